"""What the preview of AI results asks before anything comes in, in plain words, nothing taken.

Rows of other studies may be left out, by a box to tick; of cases without a row one of two answers
is chosen. Both stand as long as the files are as they are.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QRadioButton, QVBoxLayout

from reader_app.qt.parts.style import INSIDE_PX
from study_design.exchange.ai_files.without_row import UnsaidCase, WithoutRow
from study_design.exchange.detection_import import ForeseenDetections

NAMED = 6
ANSWERS = {
    WithoutRow.NONE: "The AI looked at them and found &nothing",
    WithoutRow.NOT_PROCESSED: "The AI did not &look at them",
}


class QuestionsPanel(QFrame):
    """Asks for rows of other studies, and how cases without a row ended.

    Signals
    -------
    answered : WithoutRow
        What was chosen for cases without a row.
    left_out : bool
        Whether rows of other studies are to be left out.
    """

    answered = Signal(object)
    left_out = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._others = QLabel("")
        self._others.setWordWrap(True)
        self.leave_out = QCheckBox("")
        self._heading = QLabel("")
        self._which = QLabel("")
        self._which.setWordWrap(True)
        self.buttons = {answer: QRadioButton(words) for answer, words in ANSWERS.items()}
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(INSIDE_PX)
        of_others = (self._others, self.leave_out)
        for part in (*of_others, self._heading, self._which, *self.buttons.values()):
            lines.addWidget(part)
        self.leave_out.clicked.connect(self.left_out)
        for answer, button in self.buttons.items():
            button.clicked.connect(partial(self.answered.emit, answer))
        self.setVisible(False)

    def ask(self, found: ForeseenDetections | None) -> None:
        """Show what is open in files, and what was answered; None for files that cannot be read."""
        self._ask_others(found)
        self._ask_without_row(found)
        self.setVisible(not self.leave_out.isHidden() or not self._heading.isHidden())

    def _ask_others(self, found: ForeseenDetections | None) -> None:
        """Ask whether rows of other studies are to be left out."""
        others = found.others if found else None
        asked = others is not None and not others.is_all
        for part in (self._others, self.leave_out):
            part.setVisible(asked)
        if others is None or not asked:
            return
        self._others.setText(f"{others.counted}. The first: {others.first}")
        _tone(self._others, "normal" if others.left_out else "problem")
        rows = "this row" if others.rows == 1 else f"these {others.rows} rows"
        self.leave_out.setText(f"Leave &out {rows}")
        self.leave_out.setChecked(others.left_out)

    def _ask_without_row(self, found: ForeseenDetections | None) -> None:
        """Ask how cases without a row ended, once all is right: what is wrong may be their rows."""
        unsaid = found.unsaid if found and not found.problems else ()
        for part in (self._heading, self._which, *self.buttons.values()):
            part.setVisible(bool(unsaid))
        if found is None or not unsaid:
            return
        counted = "1 case is" if len(unsaid) == 1 else f"{len(unsaid)} cases are"
        self._heading.setText(f"{counted} not, or not wholly, in the files. Which is true?")
        _tone(self._heading, "normal" if found.answer else "problem")
        self._which.setText("\n".join(_which(unsaid)))
        for one, button in self.buttons.items():
            button.setChecked(one is found.answer)


def _which(unsaid: Sequence[UnsaidCase]) -> Iterator[str]:
    """Return which cases are open, and how far the files go."""
    silent = [one.case for one in unsaid if not one.clear]
    partly = [f"{one.case} ({one.clear} of {one.images})" for one in unsaid if one.clear]
    for words, cases in (
        ("Not in the files", silent),
        ("Some images only, without a finding", partly),
    ):
        if cases:
            more = f" and {len(cases) - NAMED} more" if cases[NAMED:] else ""
            yield f"{words}: {', '.join(cases[:NAMED])}{more}"


def _tone(label: QLabel, tone: str) -> None:
    """Show a label in another tone."""
    label.setProperty("tone", tone)
    label.style().polish(label)
