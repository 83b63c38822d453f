"""The one kind of label that the reading windows are made of."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

FEWEST_LETTERS = 12  # of words that were cut: a shorter stump names nothing


class Words(QLabel):
    """Plain words in one of the tones of the style sheet; never rich text, never focused.

    Parameters
    ----------
    tone
        normal, quiet, strong, title, input or problem.
    field
        Whether it shows an answer that the focus ring can stand around.
    """

    def __init__(self, parent: QWidget, *, tone: str = "normal", field: bool = False) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("tone", tone)
        self.setProperty("field", field)

    def set_tone(self, tone: str) -> None:
        """Change the tone."""
        self._set("tone", tone)

    def set_focused(self, focused: bool) -> None:
        """Put the focus ring around the words, or take it away."""
        self._set("focused", focused)

    def _set(self, name: str, value: object) -> None:
        """Set a property that the style sheet looks at."""
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)


class ShrinkingWords(Words):
    """Words that lose their middle where there is no room for all of them; `text` has them all.

    Where only a stump of fewer than `FEWEST_LETTERS` would be left, nothing is drawn.
    """

    def minimumSizeHint(self) -> QSize:
        """Ask for no width."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        middle = Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(self.text(), middle, self.width())
        if shown != self.text() and len(shown) < FEWEST_LETTERS:
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), self.alignment(), shown)
