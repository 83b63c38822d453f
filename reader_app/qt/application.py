"""The Qt application: its style, and what happens to an error that nobody expected."""

import logging
import sys
from types import TracebackType

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel

from reader_app.qt.parts.collecting import Collector
from reader_app.qt.parts.key_repeat import HeldKeys, stop_repeats
from reader_app.qt.parts.style import AROUND_PX, BLACK, STRONG, TITLE_PX, apply_style

SEEN_MS = 300  # for which words have stood before a key answers them
_LOG = logging.getLogger(__name__)


def reading_application(argv: list[str] | None = None) -> QApplication:
    """Return the application, made on the first call, in which all windows live."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(argv or sys.argv[:1])
        application.setApplicationName("Crossread")
        sys.excepthook = _LastResort()
        Collector(application)
    apply_style(application)
    return application


def desk_application() -> QApplication:
    """Return the application for windows other than reading, in which a held key acts once too."""
    application = reading_application()
    stop_repeats()
    return application


def screen_facts(application: QApplication) -> str:
    """Return size and scale of the main screen, for the record."""
    screen = application.primaryScreen()
    size, ratio = screen.size(), screen.devicePixelRatio()
    return f"{size.width() * ratio:.0f}x{size.height() * ratio:.0f} px, scale {ratio:g}"


class _Apology(QLabel):
    """Covers the screen after an unexpected error; any key or click ends the program."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._held = HeldKeys()
        self._stood = QElapsedTimer()
        self.setText(
            f"Something went wrong in Crossread ({type(error).__name__}: {error}).\n"
            "All that you have validated is saved; the open read can be continued.\n"
            "Please call the coordinator. Any key closes the program."
        )
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setStyleSheet(
            f"background: {BLACK}; color: {STRONG}; font-size: {TITLE_PX}px; padding: {AROUND_PX}px"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note since when it can be read."""
        super().paintEvent(event)
        if not self._stood.isValid():
            self._stood.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the program, unless the key was pressed for something else."""
        if not self._held.is_repeat(event):
            self._end()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Follow the keys."""
        self._held.note_release(event)

    def mousePressEvent(self, _event: object) -> None:
        """End the program, likewise."""
        self._end()

    def _end(self) -> None:
        """End the program once the words have stood long enough to be seen."""
        if self._stood.isValid() and self._stood.hasExpired(SEEN_MS):
            QApplication.exit(1)


class _LastResort:
    """Takes errors that nobody expected: logs each, and covers the screen with the first."""

    def __init__(self) -> None:
        self._apology: _Apology | None = None

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log an error and show it; a Ctrl+C in the terminal just ends the program."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(1)
            return
        _LOG.critical("unexpected error", exc_info=(kind, error, trace))
        if self._apology is None:
            self._apology = _Apology(error)
            self._apology.showFullScreen()
