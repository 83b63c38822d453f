"""Says that something is being saved, once that takes so long that a reader would notice."""

from PySide6.QtCore import QObject, QTimer, Signal

NOTICED_MS = 200  # shorter ones would only flicker


class SavingNotice(QObject):
    """Watches whether anything is on its way to the disk.

    Signals
    -------
    due
        Something has been on its way for long: the notice is to be shown.
    """

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pending = False
        self._soon = QTimer(self, interval=NOTICED_MS, singleShot=True)
        self._soon.timeout.connect(self.due)

    @property
    def shown(self) -> bool:
        """Whether the reader is to be told."""
        return self._pending and not self._soon.isActive()

    def watch(self, *, pending: bool) -> None:
        """Note whether anything is on its way now."""
        if pending and not self._pending:
            self._soon.start()
        elif not pending:
            self._soon.stop()
        self._pending = pending
