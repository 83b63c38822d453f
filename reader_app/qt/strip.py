"""The strip at the foot of the reading window: one line, 40 px, all answers so far."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from reader_app.key_bindings import KeyBindings
from reader_app.qt.labels import Words
from reader_app.qt.style import BETWEEN_PX, STRIP_PX


class Strip(QWidget):
    """Answers at the left, what to do next in the middle, the pause key at the right."""

    def __init__(self, parent: QWidget, keys: KeyBindings) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(STRIP_PX)
        self._answers = Words(self)
        self._prompt = Words(self, tone="strong")
        self._prompt.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._prompt.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        pause = Words(self, tone="quiet")
        pause.setText(f"{keys.cap('P')} pause   F1 keys")
        line = QHBoxLayout(self)
        line.setContentsMargins(BETWEEN_PX, 0, BETWEEN_PX, 0)
        line.setSpacing(BETWEEN_PX)
        line.addWidget(self._answers)
        line.addWidget(self._prompt, 1)
        line.addWidget(pause)

    @property
    def text(self) -> str:
        """What the strip says, the prompt included."""
        return f"{self._answers.text()} {self._prompt.text()}".strip()

    def show_words(self, answers: list[str], prompt: str) -> None:
        """Show answers and prompt."""
        self._answers.setText("   |   ".join(answers))
        self._prompt.setText(prompt)
