"""A black page with a few centred lines: the gate, the pause, the end, and what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and its tone."""

    words: str
    tone: str = "normal"


class Page(QWidget):
    """Nothing but its lines on black."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._lines: tuple[Line, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX, AROUND_PX)
        self._column.setSpacing(BETWEEN_PX)

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.words for line in self._lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines and no others."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._column.addStretch()
        for line in self._lines:
            words = Words(self, tone=line.tone)
            words.setText(line.words)
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._column.addWidget(words)
        self._column.addStretch()
