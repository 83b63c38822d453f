"""The windows that were opened from another one: one of a kind and study, kept while it is open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from reader_app.qt.parts.screen_fit import show_fitting


class OpenWindows:
    """Opens a window or brings the one that is open to the front, with all that stands in it."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, Path], QWidget] = {}

    def show(self, kind: str, study: Path, make: Callable[[], QWidget], size: QSize) -> QWidget:
        """Return the window of a kind on a study, shown.

        Parameters
        ----------
        make
            Makes it where none is open.
        size
            The size that a new one wants.
        """
        there = self._open.get((kind, study))
        if there is not None and there.isVisible():
            if there.isMinimized():
                there.showNormal()
            there.activateWindow()
            return there
        window = make()
        self._open[kind, study] = window
        show_fitting(window, size)
        return window
