"""The summary above the strip: everything that will be stored, the first missing item in focus."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import BETWEEN_PX, GRID_PX, INSIDE_PX
from reader_app.qt.reading.reading_words import finding_line
from reader_app.reading.answer_form import Entry, answer_of, digits_hint, item_text, value_text
from reader_app.reading.clocks.clock import Clock
from reader_app.reading.sitting_state import State
from study_design.protocol.study_file import StudyFile

COLUMNS = ("right", "left", "exam")
FIELDS = {
    "birads_right": (1, 1),
    "birads_left": (1, 2),
    "birads_exam": (1, 3),
    "rating_right": (2, 1),
    "rating_left": (2, 2),
    "rating": (2, 3),
    "density": (3, 3),
}


def doubt_words(state: State) -> str:
    """Return the first contradiction of complete answers, and how many more there are."""
    if state.missing or not state.contradictions:
        return ""
    more = len(state.contradictions) - 1
    return f"Contradiction: {state.contradictions[0]}{f' (and {more} more)' if more else ''}"


def todo_words(state: State, asked: Sequence[str]) -> str:
    """Return what Enter does."""
    if state.missing:
        return f"{item_text(state.missing[0])} is missing"
    if state.contradictions and state.contradictions == tuple(asked):
        return "Enter again: it is meant like this"
    return "Enter: validate"


class Summary(QWidget):
    """Category and rating of both breasts and the exam, density, and a line for each finding.

    Parameters
    ----------
    clock
        Times for how long the summary has been on the screen.
    """

    def __init__(self, parent: QWidget, study: StudyFile, clock: Clock) -> None:
        super().__init__(parent)
        self.setObjectName("summary")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._study = study
        self._clock = clock
        self._asked: tuple[str, ...] = ()
        self._painted_s: float | None = None
        self._fields = {item: Words(self, tone="input", field=True) for item in FIELDS}
        self._findings = Words(self)
        self._doubt = Words(self, tone="problem")
        self._todo = Words(self, tone="strong")
        self._hint = Words(self, tone="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(BETWEEN_PX, INSIDE_PX, BETWEEN_PX, INSIDE_PX)
        column.setSpacing(INSIDE_PX)
        column.addLayout(self._grid())
        column.addWidget(self._findings)
        column.addWidget(self._doubt)
        column.addWidget(self._todo)
        column.addWidget(self._hint)

    @property
    def text(self) -> str:
        """All that the summary says."""
        values = [f"{item} {field.text()}" for item, field in self._fields.items()]
        said = (self._findings, self._doubt, self._todo, self._hint)
        return "\n".join([*values, *(words.text() for words in said)])

    @property
    def seen(self) -> bool:
        """Whether what the summary asks now stands on the screen."""
        return self._painted_s is not None

    @property
    def asked_for_s(self) -> float:
        """Seconds for which it has stood there; 0 before."""
        return 0.0 if self._painted_s is None else self._clock.monotonic_s() - self._painted_s

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask anew next time."""
        super().hideEvent(event)
        self._painted_s = None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note when the summary is first seen."""
        super().paintEvent(event)
        if self._painted_s is None:
            self._painted_s = self._clock.monotonic_s()

    def show_state(
        self, state: State, focus: str, entry: Entry | None, asked: Sequence[str]
    ) -> None:
        """Show the answers; the digits that are being typed stand in the field that has focus.

        Parameters
        ----------
        asked
            The contradictions that the next Enter confirms.
        """
        for item, field in self._fields.items():
            typed = f"{entry.typed.text}_" if entry and item in entry.items else ""
            missing = item in state.missing and not typed
            field.setText(typed or ("?" if missing else value_text(answer_of(state.answers, item))))
            field.set_tone("problem" if missing else "input")
            field.set_focused(item == focus)
        findings = state.draft.findings
        self._findings.setText("\n".join(map(finding_line, findings)) or "No findings")
        self._doubt.setText(doubt_words(state))
        self._doubt.setVisible(bool(self._doubt.text()))
        self._todo.setText(todo_words(state, asked))
        if self._asked != tuple(asked):
            self._asked, self._painted_s = tuple(asked), None
            self.update()
        digits = (
            f"{item_text(focus)}: {digits_hint(focus, self._study.scales)}      " if focus else ""
        )
        self._hint.setText(f"{digits}Tab: change      Esc: back to the images")

    def _grid(self) -> QGridLayout:
        """Lay the fields out as a table."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(BETWEEN_PX)
        grid.setVerticalSpacing(GRID_PX)
        for row, name in ((1, "BI-RADS"), (2, "rating"), (3, "density")):
            grid.addWidget(self._word(name), row, 0)
        for column, name in enumerate(COLUMNS, start=1):
            head = Words(self, tone="quiet", field=True)  # has the edges of the fields below it
            head.setText(name)
            grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignRight)
        for item, (row, column) in FIELDS.items():
            self._fields[item].setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(self._fields[item], row, column, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(len(COLUMNS) + 1, 1)
        return grid

    def _word(self, text: str) -> Words:
        """Return a heading."""
        words = Words(self, tone="quiet")
        words.setText(text)
        return words
