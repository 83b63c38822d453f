"""What the status calls next is what the reader finds at the desk, whatever happened before."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from reader_app.reading.sitting_state import Phase
from study_design.errors import CrossreadError
from study_design.life.reopening import check_reopening, reopening, reopening_key
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import CaseWithdrawn
from study_design.record.reads.next_read import INTERRUPTED, REOPENED, NextRead, next_read

SitDown = Callable[..., Any]


def read_case(desk: Any) -> None:
    open_case(desk)
    for side in ("right", "left"):
        desk.session.case.answer(f"birads_{side}", "1")
        desk.session.case.answer(f"rating_{side}", 3.0)
    desk.session.show_summary()
    desk.session.validate()


def open_case(desk: Any) -> None:
    desk.session.open_case()
    desk.session.painted(0.05)
    desk.clock.advance(20.0)


def reopen(desk: Any, read: Any) -> None:
    check_reopening(read, desk.store.events())
    act = staff_act(
        reopening(read, "wrong case on the desk"),
        by=Actor("Coordinator"),
        now=desk.clock.now(),
        once=reopening_key(read.read),
    )
    desk.store.append(replace(act, read=read.read))


def withdraw(desk: Any, case: str) -> None:
    desk.store.append(
        staff_act(CaseWithdrawn(case, "consent"), by=Actor("Coordinator"), now=desk.clock.now())
    )


def foreseen(desk: Any) -> NextRead | None:
    """Return what the status says of a desk that nobody sits at now."""
    facts = desk.session._facts
    return next_read(
        facts.plan,
        desk.reads,
        desk.store.events(),
        reader=facts.reader.reader,
        study=facts.study,
        now=desk.clock.now(),
    )


def check(said: NextRead | None, desk: Any) -> None:
    """Hold what was said against the gate of a new sitting."""
    state = desk.session.state
    if said is None:
        assert state.phase is Phase.FINISHED
        return
    assert said.assignment == state.assignment
    assert (said.position, said.total) == (state.progress.position, state.progress.total)
    assert (said.state == INTERRUPTED) == state.again
    assert (said.state == REOPENED) == (state.redo and not state.again)
    assert (said.opens_at > desk.clock.now()) == (state.closed_until is not None)


def test_a_reopened_read_comes_before_the_next_new_one(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk)
    read_case(desk)
    assert foreseen(desk).assignment.case == "C003"
    reopen(desk, desk.reads[0])
    said = foreseen(desk)
    assert (said.assignment.case, said.position, said.total, said.state) == ("C001", 1, 3, REOPENED)


@pytest.mark.parametrize("seed", range(6))
def test_the_status_foresees_the_gate(sit_down: SitDown, seed: int) -> None:
    chance = random.Random(seed)
    cases = tuple(f"C{n:03}" for n in range(1, 7))
    day = 0.0
    for _ in range(9):
        desk = sit_down(cases=cases, days=day, period=1)
        check(foreseen(desk), desk)
        for _ in range(chance.randint(0, 2)):
            if desk.session.state.phase is Phase.GATE:
                read_case(desk)
        act = chance.choice(("interrupt", "reopen", "reopen", "withdraw", "own"))
        if act == "interrupt" and desk.session.state.phase is Phase.GATE:
            open_case(desk)
        elif act == "own" and desk.session.state.offer is not None:
            desk.session.choose_reopening()
            open_case(desk)
        elif act == "reopen" and desk.reads:
            with suppress(CrossreadError):
                reopen(desk, chance.choice(desk.reads))
        elif act == "withdraw" and chance.random() < 0.4:
            withdraw(desk, chance.choice(cases))
        desk.session.close()
        day += 1.0
