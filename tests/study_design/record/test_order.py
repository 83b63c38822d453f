"""Whatever is tried in whatever order: the record holds lawful acts only, and says where it is."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from study_design.errors import CrossreadError
from study_design.life.freezing import Without, freeze_study, lift_freeze
from study_design.life.reopening import reopen_read
from study_design.life.unlock import unlock_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, signed_act
from study_design.record.events import Event, EventType
from study_design.record.newest import is_frozen
from study_design.record.order import unlawful_acts
from study_design.record.payloads.staff import FreezeLifted, ProtocolUnlocked, StudyFrozen
from study_design.record.reads.replay import reads_of
from study_design.record.release import note_results
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

ReadEvents = Callable[[Assignment, datetime], list[Event]]


class Hand:
    """Does one act after another at a study and keeps account of where it is."""

    def __init__(self, folder: StudyFolder, now: datetime, read_events: ReadEvents) -> None:
        self.folder, self.now, self.read_events = folder, now, read_events
        self.plan = list(read_plan(folder))
        self.title = read_study_file(folder.study_toml).title
        self.frozen = self.seen = self.begun = False
        self.turn = 0

    def read(self) -> None:
        cell = self.plan[self.turn % len(self.plan)]
        with open_store(self.folder) as store:
            for number, act in enumerate(self.read_events(cell, self.now)):
                once = None if act.once is None else f"{act.once}/{self.turn}"
                read = f"read/{self.turn}"
                event = f"{self.turn}/{number}"
                store.append(replace(act, event=event, read=read, once=once, sitting=read))
        self.begun = True

    def reopen(self) -> None:
        with open_store(self.folder) as store:
            newest = [read.read for read in reads_of(store.events())][-1:]
        reopen_read(self.folder, "".join(newest), by=Actor("Ann"), reason="r", now=self.now)

    def freeze(self) -> None:
        without = Without("as it came", self.title)
        freeze_study(self.folder, by=Actor("Ann"), now=self.now, without=without)
        self.frozen, self.seen = True, False

    def lift(self) -> None:
        lift_freeze(self.folder, Signature(Actor("Ann"), "as it came", self.now))
        self.frozen = False

    def look(self) -> None:
        note_results(self.folder, "analysis", by=Actor("Bob"), now=self.now)
        self.seen = True

    def unlock(self) -> None:
        unlock_study(self.folder, Signature(Actor("Ann"), "as it came", self.now))

    def may(self, act: Callable[[], None]) -> bool | None:
        """Whether an act must succeed now; None where that hangs on more than the freeze."""
        return {
            "read": not self.frozen,
            "reopen": False if self.frozen or not self.begun else None,
            "freeze": not self.frozen,
            "lift": self.frozen and not self.seen,
            "look": self.frozen,
            "unlock": False if self.begun else None,
        }[act.__name__]


@pytest.mark.parametrize("seed", range(6))
def test_acts_in_any_order_are_done_or_refused_as_they_must_and_leave_a_lawful_record(
    masters: dict[str, StudyFolder],
    tmp_path: Path,
    now: datetime,
    read_events: ReadEvents,
    seed: int,
) -> None:
    shutil.copytree(
        masters["locked"].path, tmp_path / "s", ignore=shutil.ignore_patterns("images", "cache")
    )
    hand = Hand(StudyFolder(tmp_path / "s"), now + timedelta(days=1), read_events)
    hand.read()
    draw = Random(seed)
    acts = (hand.read, hand.read, hand.reopen, hand.freeze, hand.lift, hand.look, hand.unlock)
    done: Counter[bool] = Counter()
    for hand.turn in range(1, 26):
        act = draw.choice(acts)
        may, succeeded = hand.may(act), True
        try:
            act()
        except CrossreadError:
            succeeded = False
        assert may in (None, succeeded), act.__name__
        done[succeeded] += 1
        with open_store(hand.folder) as store:
            events = store.events()
        assert is_frozen(events) is hand.frozen
        assert list(unlawful_acts(events)) == []
    assert min(done.values()) > 2
    freezes = [s.event.payload for s in events if isinstance(s.event.payload, StudyFrozen)]
    assert [freeze.number for freeze in freezes] == list(range(1, len(freezes) + 1))


def test_what_is_recorded_out_of_order_by_another_program_is_named(
    locked_study: StudyFolder, now: datetime, read_events: ReadEvents
) -> None:
    signature = Signature(Actor("Eve"), "why not", now)
    opened, *_ = read_events(read_plan(locked_study)[0], now)
    with open_store(locked_study) as store:
        store.append(opened)
        store.append(signed_act(ProtocolUnlocked(1), signature))
        store.append(signed_act(FreezeLifted(1), signature))
        events = store.events()
    unlocked = next(s for s in events if s.event.type is EventType.PROTOCOL_UNLOCKED)
    assert list(unlawful_acts(events)) == [
        f"Event {unlocked.number} of Eve unlocks what was read already."
    ]
    late = replace(events[-3], number=events[-1].number + 1)
    assert list(unlawful_acts((*events, late)))[1:] == [
        f"Event {late.number} of junior1 opens a case of an unlocked plan."
    ]
