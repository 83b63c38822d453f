"""Undo and redo: one step a key or mark, and nothing is taken out of the record."""

from collections.abc import Callable
from typing import Any

import pytest

from reader_app.reading.keys import Mode, command_of
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.sitting_state import Phase
from study_design.geometry import Point
from study_design.record.events import EventType
from study_design.record.reads.replay import open_read
from study_design.vocabulary import View

SitDown = Callable[..., Any]


class Reader:
    """A reader at an open case, with keys and marks."""

    def __init__(self, sitting: Any) -> None:
        self.sitting = sitting
        self.session = sitting.session
        self.desk = ReadingDesk(sitting.session)
        self.session.open_case()
        self.session.painted(0.1)

    def press(self, keys: str) -> None:
        for key in keys.split():
            command = command_of(self.desk.mode, key)
            assert command is not None, key
            self.desk.do(command, key)

    def mark(self, view: View, x_px: float = 10.0) -> None:
        self.desk.place(view, view.value, (Point(x_px, 20.0),))

    @property
    def draft(self) -> Any:
        return self.session.state.draft

    @property
    def replayed(self) -> Any:
        pending = open_read(self.sitting.store.events(), "R01")
        assert pending is not None
        return pending


@pytest.fixture
def reader(sit_down: SitDown) -> Reader:
    return Reader(sit_down())


def test_a_mark_is_undone_and_redone(reader: Reader) -> None:
    reader.press("M")
    reader.mark(View.R_CC)
    marked = reader.draft
    reader.press("Ctrl+Z")
    assert reader.draft.findings == ()
    assert reader.desk.mode is Mode.READING
    reader.press("Ctrl+Shift+Z")
    assert reader.draft == marked


def test_both_answers_of_one_key_are_one_step(reader: Reader) -> None:
    reader.press("N")
    assert reader.draft.given.birads_right == reader.draft.given.birads_left == "1"
    reader.press("Ctrl+Z")
    assert reader.draft.given.birads_right is reader.draft.given.birads_left is None


def test_a_removed_mark_comes_back_with_its_description(reader: Reader) -> None:
    reader.press("M")
    reader.mark(View.R_CC)
    reader.press("4 6 5 Enter")
    described = reader.draft
    reader.press("Delete Ctrl+Z")
    assert reader.draft == described


def test_a_new_act_ends_what_could_be_redone(reader: Reader) -> None:
    reader.press("N Ctrl+Z B Ctrl+Shift+Z")
    assert reader.draft.given.birads_right == "2"
    assert "nothing more" in reader.desk.half.notice


def test_where_nothing_was_done_nothing_is_undone(reader: Reader) -> None:
    reader.press("Ctrl+Z")
    assert "nothing more" in reader.desk.half.notice


def test_undo_ends_with_the_case(reader: Reader) -> None:
    reader.press("N 3 Enter Enter")
    assert reader.session.state.phase is Phase.GATE
    reader.session.open_case()
    reader.session.painted(0.1)
    reader.press("Ctrl+Z")
    assert "nothing more" in reader.desk.half.notice


def test_the_record_tells_the_same_as_the_draft_and_forgets_nothing(reader: Reader) -> None:
    reader.press("M")
    reader.mark(View.R_CC)
    reader.press("4 6 5 Enter C")
    reader.mark(View.L_CC, 40.0)
    reader.press("Ctrl+Z Ctrl+Z Ctrl+Shift+Z N Ctrl+Z Ctrl+Z")
    assert reader.replayed.findings == reader.draft.findings
    assert reader.replayed.answers == reader.draft.given
    assert len(reader.sitting.payloads(EventType.MARK_PLACED)) == 2
    assert len(reader.sitting.payloads(EventType.MARK_REMOVED)) == 1
