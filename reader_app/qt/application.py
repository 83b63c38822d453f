"""The Qt application: its style, and what happens to an error that nobody expected."""

import logging
import sys
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from reader_app.qt.style import AROUND_PX, BLACK, STRONG, TITLE_PX, apply_style

_LOG = logging.getLogger(__name__)


def reading_application(argv: list[str] | None = None) -> QApplication:
    """Return the application, made on the first call, in which all windows live."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(argv or sys.argv[:1])
        application.setApplicationName("Crossread")
        sys.excepthook = _LastResort()
    apply_style(application)
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

    def keyPressEvent(self, _event: object) -> None:
        """End the program."""
        QApplication.exit(1)

    def mousePressEvent(self, _event: object) -> None:
        """End the program."""
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
