"""The one kind of label that the reading windows are made of."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


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
