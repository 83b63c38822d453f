"""A question on exams or persons beside the table, with a button for each answer."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from reader_app.coordinator.exam_answers import offers
from reader_app.coordinator.exam_changes import Change, TakeBack
from reader_app.coordinator.exam_rows import ExamRow
from reader_app.coordinator.same_day import leave_outs
from reader_app.qt.parts.flow_layout import FlowLayout
from reader_app.qt.parts.style import GRID_PX, INSIDE_PX
from study_design.images.exam_question import Asked

WHO = "Before and after de-identification shows whom the hospital's files name."


class QuestionBox(QWidget):
    """Asks one question after the other.

    Signals
    -------
    answered : tuple[Change, ...]
        An answer was chosen, and what it changes.
    """

    answered = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = QLabel("")
        self._words.setWordWrap(True)
        self._words.setProperty("tone", "strong")
        self._hint = QLabel(WHO)
        self._hint.setWordWrap(True)
        self._why_not = QLabel("")
        self._why_not.setWordWrap(True)
        self._line = FlowLayout()
        self._line.setSpacing(GRID_PX)
        self._buttons: list[QPushButton] = []
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(INSIDE_PX)
        lines.addWidget(self._words)
        lines.addWidget(self._hint)
        lines.addLayout(self._line)
        lines.addWidget(self._why_not)
        self.hide()

    def show_exam(self, row: ExamRow | None, refusal: Callable[[Change], str]) -> None:
        """Ask the first of the questions on an exam, offer its priors, or go where neither is.

        Parameters
        ----------
        refusal
            Why a change cannot be saved; empty for one that can.
        """
        for button in self._buttons:
            self._line.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        self._why_not.hide()
        questions, priors = (row.questions, row.priors) if row else ((), ())
        self._words.setVisible(bool(questions))
        who = {Asked.PERSONS, Asked.NUMBERS} & {question.asked for question in questions[:1]}
        self._hint.setVisible(bool(who))
        for question in questions[:1]:
            self._words.setText(_sentence(question.words))
            for answer in offers(question):
                self._offer(answer.words, answer)
                if why := refusal(answer):
                    self._withhold(answer.words, why)
            for one in leave_outs(question):
                self._offer(one.words, *one.exclusions)
        for prior in priors:
            case = row.case if row else ""
            self._offer(f"Read {prior.exam} as a case of its own", TakeBack(case, prior.exam))
        self.setVisible(bool(self._buttons))

    def _withhold(self, words: str, why: str) -> None:
        """Switch the newest button off and say why."""
        self._buttons[-1].setEnabled(False)
        self._buttons[-1].setToolTip(why)
        self._why_not.setText(f"Not {words[:1].lower()}{words[1:]}: {why}")
        self._why_not.show()

    def _offer(self, words: str, *changes: Change) -> None:
        """Add a button for what an answer changes."""
        button = QPushButton(words)
        button.clicked.connect(partial(self.answered.emit, changes))
        self._line.addWidget(button)
        self._buttons.append(button)


def _sentence(words: str) -> str:
    """Return words that begin with a capital letter."""
    return words[:1].upper() + words[1:]
