"""What the preview of AI results asks of cases without a row: two plain answers, none taken.

The buttons stand as long as the files leave cases open; which cases they are stands above.
"""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QRadioButton, QVBoxLayout

from reader_app.qt.style import INSIDE_PX
from study_design.exchange.without_row import UnsaidCase, WithoutRow, unsaid_words

ANSWERS = {
    WithoutRow.NONE: "The AI looked at them and found nothing",
    WithoutRow.NOT_PROCESSED: "The AI did not look at them",
}


class OpenEndsPanel(QFrame):
    """Asks how cases without a row ended.

    Signals
    -------
    answered : WithoutRow
        What was chosen.
    """

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._heading = QLabel("")
        self._heading.setProperty("tone", "strong")
        self._which = QLabel("")
        self._which.setWordWrap(True)
        self.buttons = {answer: QRadioButton(words) for answer, words in ANSWERS.items()}
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(INSIDE_PX)
        for part in (self._heading, self._which, *self.buttons.values()):
            lines.addWidget(part)
        for answer, button in self.buttons.items():
            button.clicked.connect(partial(self.answered.emit, answer))
        self.setVisible(False)

    def ask(self, unsaid: tuple[UnsaidCase, ...], cases: int, answer: WithoutRow | None) -> None:
        """Show which cases are open, and the answer that was given."""
        self.setVisible(bool(unsaid))
        counted = "1 case" if len(unsaid) == 1 else f"{len(unsaid)} cases"
        self._heading.setText(f"{counted} without a row: which is it?")
        self._heading.setProperty("tone", "strong" if answer else "problem")
        self._heading.style().polish(self._heading)
        self._which.setText(f"The files tell {unsaid_words(unsaid, cases)}.")
        for one, button in self.buttons.items():
            button.setChecked(one is answer)
