"""The strip at the foot of the reading window: one line, 40 px, all answers so far."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from reader_app.qt.parts.labels import ShrinkingWords, Words
from reader_app.qt.parts.style import BETWEEN_PX, STRIP_PX
from reader_app.reading.key_bindings import KeyBindings


class Strip(QWidget):
    """Answers at the left, what to do next in the middle, how panes move and keys at the right.

    Where the line is short, the name of the AI gives way to all else.
    """

    def __init__(self, parent: QWidget, keys: KeyBindings) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STRIP_PX)
        self._answers = Words(self)
        self._ai = ShrinkingWords(self, tone="quiet")
        self._prompt = Words(self, tone="strong")
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._saving = Words(self, tone="strong")
        self._saving.setText("saving ...")
        self._saving.hide()
        self._view = Words(self, tone="quiet")
        pause = Words(self, tone="quiet")
        pause.setText(f"{keys.cap('P')} pause   F1 keys")
        line = QHBoxLayout(self)
        line.setContentsMargins(BETWEEN_PX, 0, BETWEEN_PX, 0)
        line.setSpacing(BETWEEN_PX)
        line.addWidget(self._answers)
        line.addWidget(self._ai)
        line.addWidget(self._prompt, 1)
        line.addWidget(self._saving)
        line.addWidget(self._view)
        line.addWidget(pause)

    @property
    def text(self) -> str:
        """What the strip says, the prompt included."""
        parts = (self._answers, self._ai, self._prompt, self._saving, self._view)
        return " ".join(words for part in parts if not part.isHidden() and (words := part.text()))

    def show_words(
        self, answers: list[str], ai: str, prompt: str, view: str, *, saving: bool
    ) -> None:
        """Show answers, which AI speaks, prompt, how the panes move, and whether the disk waits."""
        self._saving.setVisible(saving)
        self._answers.setText("   |   ".join(answers))
        self._ai.setText(ai)
        self._prompt.setText(prompt)
        self._view.setText(view)
