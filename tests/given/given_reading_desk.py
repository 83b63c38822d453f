"""What tests of `reading_desk` begin with."""

from typing import Any

import pytest

from reader_app.reading.keys import command_of
from reader_app.reading.reading_desk import ReadingDesk
from study_design.geometry import Point
from study_design.reads import Finding
from study_design.vocabulary import View

PARTED = ("1", "2", "3", "4A", "4B", "4C", "5")


class Keys:
    """Presses keys on a desk as the window does, from the first paint on."""

    def __init__(self, sitting: Any) -> None:
        self.session = sitting.session
        self.desk = ReadingDesk(sitting.session)
        self.session.open_case()
        self.session.painted(0.1)

    def press(self, keys: str) -> "Keys":
        for key in keys.split():
            command = command_of(self.desk.mode, key)
            assert command is not None, f"{key} means nothing while {self.desk.mode}"
            self.desk.do(command, key)
        return self

    def mark(self, view: View, *points: tuple[float, float]) -> "Keys":
        self.desk.place(view, view.value, tuple(Point(*point) for point in points))
        return self

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.session.state.draft.findings


@pytest.fixture
def keys(sit_down: Any) -> Keys:
    return Keys(sit_down())
