"""Another program holds the record at every kind of act: nothing is shown as saved that is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from given_saving import LOOK_S, RATED, Lock, click

from reader_app.reading.sitting_state import Phase
from study_design.record.events import EventType
from study_design.vocabulary import AiInitial, View

HELD_S = 3.0


def key(*names: str) -> Callable[[Any], None]:
    """Return keys that wait for nothing."""

    def act(hands: Any) -> None:
        for name in names:
            hands.tap(name)

    return act


@dataclass(frozen=True)
class Held:
    """An act under a lock: what comes before it, what it is, which events wait, what is shown."""

    name: str
    before: tuple[str, ...]
    act: Callable[[Any], None]
    waits: tuple[EventType, ...]
    phase: Phase
    after: Phase
    marked: bool = False  # a mark is there before, on R CC
    arm: str = "unaided"

    def __str__(self) -> str:
        return self.name


ARMED = ("Space", "M")


READING, SAVING = Phase.READING, Phase.SAVING


ACTS = (
    Held("open", (), key("Space"), (EventType.READ_OPENED,), SAVING, READING),
    Held("mark", ARMED, click(View.R_CC, 60, 120), (EventType.MARK_PLACED,), READING, READING),
    Held(
        "describe",
        ("Space",),
        key("4"),
        (EventType.FINDING_DESCRIBED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "one view only",
        ("Space",),
        key("X"),
        (EventType.FINDING_DESCRIBED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "remove",
        ("Space",),
        key("Delete"),
        (EventType.MARK_REMOVED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "undo",
        ("Space",),
        key("Ctrl+Z"),
        (EventType.MARK_REMOVED,),
        READING,
        READING,
        marked=True,
    ),
    Held("digit", ("Space", "N"), key("7"), (EventType.DIGITS_TYPED,), READING, READING),
    Held(
        "digits and rubbing out",
        ("Space", "N"),
        key("7", "2", "Backspace"),
        (EventType.DIGITS_TYPED,) * 3,
        READING,
        READING,
    ),
    Held("answer", ("Space",), key("N"), (EventType.ANSWER_GIVEN,) * 2, READING, READING),
    Held("density", ("Space",), key("Shift+2"), (EventType.ANSWER_GIVEN,), READING, READING),
    Held(
        "summary",
        ("Space", "N", "3"),
        key("Enter"),
        (EventType.ANSWER_GIVEN,) * 2,
        Phase.SUMMARY,
        Phase.SUMMARY,
    ),
    Held("pause", ("Space",), key("P"), (EventType.READ_PAUSED,), Phase.PAUSED, Phase.PAUSED),
    Held("resume", ("Space", "P"), key("Space"), (EventType.READ_RESUMED,), SAVING, READING),
    Held("show AI", ("Space",), key("G"), (EventType.AI_SHOWN,), READING, READING, arm="aided"),
    Held(
        "hide AI", ("Space", "G"), key("G"), (EventType.AI_HIDDEN,), READING, READING, arm="aided"
    ),
)


@pytest.mark.parametrize("held", ACTS, ids=str)
def test_an_act_shows_as_pending_until_the_record_is_free_and_the_wait_is_system_time(
    sit_down: Any, open_window: Any, lock: Lock, held: Held
) -> None:
    sitting = sit_down(arm=held.arm)
    hands = open_window(sitting)
    hands.press(*held.before)
    if held.marked:
        hands.press("M")
        hands.click(View.R_CC, 60, 120)
    before = [stored.event for stored in sitting.store.events()]
    with lock():
        held.act(hands)
        state = sitting.session.state
        assert (state.phase, state.pending) == (held.phase, True)
        assert hands.window.light_box.isVisible() == (state.phase not in (SAVING, Phase.PAUSED))
        assert state.pending_marks == frozenset(
            mark.mark
            for finding in state.draft.findings
            for mark in finding.marks
            if held.name in ("mark", "describe", "one view only")
        )
        assert not state.ai_visible
        sitting.clock.advance(HELD_S)
        if state.phase is not Phase.PAUSED:  # its page says nothing that could be unsaved
            hands.qtbot.waitUntil(lambda: "aving ..." in hands.window.text)
        assert [stored.event for stored in sitting.store.events()] == before
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.phase is held.after
    assert (sitting.session.state.pending, sitting.session.state.pending_marks) == (False, set())
    assert "aving ..." not in hands.window.text
    assert hands.window.light_box.isVisible() == (held.after is not Phase.PAUSED)
    assert sitting.session.state.ai_visible == (held.name == "show AI")
    arrived = [stored.event for stored in sitting.store.events()][len(before) :]
    assert tuple(event.type for event in arrived[: len(held.waits)]) == held.waits
    finish(hands, sitting)
    (read,) = sitting.reads
    if held.name == "open":
        assert (read.times.raw_s, dict(read.responses)["latency_s"]) == (LOOK_S, "3.0")
    elif held.name == "pause":
        assert (read.times.reading_s, read.times.system_s) == (LOOK_S, 0.0)
    else:
        assert (read.times.reading_s, read.times.system_s) == (HELD_S + LOOK_S, HELD_S)
        assert dict(read.responses)["stalls"] == "1"
    if held.name == "show AI":
        assert (read.ai.first_shown_s, read.ai.shown_s) == (HELD_S, LOOK_S)


def finish(hands: Any, sitting: Any) -> None:
    """Answer whatever is still missing and validate."""
    if sitting.session.state.phase is Phase.PAUSED:
        hands.press("Space")
    if hands.window._desk.half.card:
        hands.press("X", "4", "5", "0", "Enter")
    if sitting.session.state.phase is READING:
        hands.press("N", "3", "Enter")
    hands.press("Enter")


def test_the_ai_waits_until_the_opening_is_on_the_disk(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down(arm="aided", arms={"initial": AiInitial.SHOWN})
    hands = open_window(sitting)
    with lock():
        hands.tap("Space")
        hands.qtbot.waitUntil(lambda: "Saving ..." in hands.window.text)
        assert sitting.session.state.ai is None
        for name in ("Space", "G", "N", "Enter", "Escape"):
            hands.tap(name)
        assert sitting.session.state.phase is SAVING
        assert hands.window.text == "Saving ..."
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.ai_visible
    kinds = [stored.event.type for stored in sitting.store.events()]
    opened = kinds.index(EventType.READ_OPENED)
    assert kinds[opened:] == [EventType.READ_OPENED, EventType.READ_PAINTED, EventType.AI_SHOWN]


def test_reading_begins_while_the_first_paint_is_on_its_way_to_the_record(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    held = lock()
    hands.window.phase_changed.connect(
        lambda phase: held.__enter__() if phase is Phase.OPENING else None
    )
    hands.tap("Space")
    hands.qtbot.waitUntil(lambda: sitting.session.state.phase is READING)
    assert hands.window.light_box.isVisible()
    assert sitting.payloads(EventType.READ_PAINTED) == []
    sitting.clock.advance(1.0)
    hands.tap("N")
    assert sitting.session.state.answers.birads_right == "1"
    sitting.clock.advance(1.0)
    held.__exit__(None, None, None)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    hands.press("3", "Enter", "Enter")
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (2.0 + LOOK_S, 2.0)


def test_the_next_gate_waits_until_the_read_is_on_the_disk_and_that_is_no_reading_time(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press(*RATED)
    sitting.clock.advance(5.0)
    with lock():
        hands.tap("Enter")
        assert not hands.window.light_box.isVisible()
        sitting.clock.advance(HELD_S)
        hands.qtbot.waitUntil(lambda: hands.window.text == "Saving ...")
        for name in ("Space", "Enter", "Backspace", "Escape", "F1"):
            hands.tap(name)
        assert sitting.session.state.phase is SAVING
        assert sitting.reads == ()
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert "Case 2 of 3" in hands.window.text
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (5.0 + LOOK_S, 0.0)


def test_what_is_on_its_way_when_a_read_is_validated_counts_as_waiting_until_then(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "3")
    with lock():
        hands.tap("Enter")
        hands.qtbot.waitUntil(lambda: "saving ..." in hands.window.text)
        sitting.clock.advance(HELD_S)
        hands.tap("Enter")
        sitting.clock.advance(60.0)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (HELD_S + LOOK_S, HELD_S + LOOK_S)
    assert dict(read.responses)["stall_longest_s"] == "3.5"


def test_a_read_that_is_done_again_waits_for_its_reopening(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press(*RATED, "Enter", "Backspace")
    with lock():
        hands.tap("Space")
        assert sitting.session.state.phase is SAVING
        assert sitting.session.upcoming(1) == ("C001",)
        assert sitting.payloads(EventType.READ_REOPENED) == []
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.answers.rating == 3.0
    hands.press("7", "Enter", "Enter")
    old, new = sitting.reads
    assert new.supersedes == old.read
