"""No further case is opened in a record that was found to be altered; what is open goes on."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import ExitStack
from threading import Event as Flag
from typing import Any

import pytest

from reader_app.reading.journal import Writer
from reader_app.reading.record_watch import RecordWatch
from reader_app.reading.record_writer import EventSink
from reader_app.reading.sitting_state import Phase
from study_design.errors import RecordError

SitDown = Callable[..., Any]
FOUND = "The record was altered: event 3."


class Check:
    """A check of the record that ends when it is told to."""

    def __init__(self) -> None:
        self.watch: Any = None
        self.goes_on = Flag()
        self.sound = False
        self.given_up = False

    def __call__(self, given_up: Callable[[], bool]) -> None:
        while not self.goes_on.wait(0.001):
            if given_up():
                self.given_up = True
                return
        if not self.sound:
            raise RecordError(FOUND)


@pytest.fixture
def check() -> Check:
    return Check()


@pytest.fixture
def hand_over(
    hand_over: Callable[[EventSink], Writer], check: Check
) -> Iterator[Callable[[EventSink], Writer]]:
    """Let the record be watched while a sitting writes to it."""
    with ExitStack() as desk:

        def watched(record: EventSink) -> Writer:
            check.watch = desk.enter_context(RecordWatch(hand_over(record), check))
            return check.watch

        yield watched


def read_on(desk: Any) -> None:
    desk.session.painted(0.1)
    for side in ("right", "left"):
        desk.session.case.answer(f"birads_{side}", "1")
        desk.session.case.answer(f"rating_{side}", 3.0)
    desk.session.show_summary()
    desk.session.validate()
    assert desk.session.state.phase in (Phase.GATE, Phase.FINISHED)


def open_until_refused(desk: Any) -> str:
    """Open cases until the end of the check is known; return what is said then."""
    for _ in range(3):
        try:
            desk.session.open_case()
        except RecordError as error:
            return str(error)
        read_on(desk)
    return "all cases were opened"


def test_the_case_that_is_open_is_read_to_its_end_and_no_other_is_opened(
    sit_down: SitDown, check: Check
) -> None:
    desk = sit_down()
    desk.session.open_case()
    check.goes_on.set()
    wait([check.watch.checked], timeout=60)
    read_on(desk)
    assert desk.reads[0].case == "C001"
    assert open_until_refused(desk) == FOUND
    assert desk.session.state.phase is Phase.GATE
    desk.session.close()


def test_a_sound_record_is_read_to_the_end(sit_down: SitDown, check: Check) -> None:
    check.sound = True
    check.goes_on.set()
    assert open_until_refused(sit_down()) == "all cases were opened"


def test_nobody_waits_at_the_gate_for_the_check_nor_at_the_end(sit_down: SitDown) -> None:
    desk = sit_down()
    assert open_until_refused(desk) == "all cases were opened"
    desk.session.close()


def test_a_check_is_given_up_when_the_reader_leaves() -> None:
    check = Check()

    class Nowhere:
        def write(self, _events: object) -> Any:
            raise AssertionError

    with RecordWatch(Nowhere(), check):
        pass
    assert check.given_up
