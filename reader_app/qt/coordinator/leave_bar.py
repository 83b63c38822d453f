"""The question below the exams where the window is about to close with unsaved changes."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from reader_app.coordinator.exam_changes import Change
from reader_app.qt.coordinator.bars import counted, words_of_change
from reader_app.qt.parts.style import INSIDE_PX


class LeaveBar(QWidget):
    """Asks what becomes of the changes; Enter saves them, Escape goes back to work.

    Parameters
    ----------
    instead_of
        What it stands in the place of while it asks.

    Attributes
    ----------
    leaving
        Whether the window closes as soon as the changes are safe.

    Signals
    -------
    saved, dropped, kept
        Save and close, close without saving, keep working.
    """

    saved = Signal()
    dropped = Signal()
    kept = Signal()

    def __init__(self, parent: QWidget, instead_of: QWidget) -> None:
        super().__init__(parent)
        self._instead = instead_of
        self.leaving = False
        self._said = QLabel("")
        self._said.setWordWrap(True)
        self._said.setProperty("tone", "problem")
        self._save = QPushButton("Save and close")
        self._save.setDefault(True)
        self._save.clicked.connect(self._save_and_leave)
        drop, keep = QPushButton("Close without saving"), QPushButton("Keep working (Esc)")
        drop.clicked.connect(self.dropped)
        keep.clicked.connect(self._stay)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(INSIDE_PX)
        line.addWidget(self._said, stretch=1)
        for button in (drop, keep, self._save):
            line.addWidget(button)
        self.hide()

    def ask(self, changes: Sequence[Change], *, saving: bool) -> None:
        """Show the question; where the changes are being saved, the window closes behind that."""
        self.leaving = saving
        if saving:
            return
        newest = words_of_change(changes[-1])
        self._said.setText(f"{counted(changes)} not saved. The newest: {newest}.")
        self.show()
        self._instead.hide()
        self._save.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the place back."""
        super().hideEvent(event)
        if self.isHidden():  # by itself, and not with the window
            self._instead.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to work on Escape, save on Enter."""
        if event.key() == Qt.Key.Key_Escape:
            self._stay()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save_and_leave()
        else:
            super().keyPressEvent(event)

    def _save_and_leave(self) -> None:
        """Save; the window closes when that is done."""
        self.hide()
        self.leaving = True
        self.saved.emit()

    def _stay(self) -> None:
        """Go back to work."""
        self.hide()
        self.kept.emit()
