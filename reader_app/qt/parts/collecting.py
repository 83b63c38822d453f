"""Collects what Python has no use for in the GUI thread alone.

Python takes garbage apart in whatever thread happens to allocate: a decoder's, the writer's. A
window or a picture that dies in such a thread takes the program with it, so the collector is off,
and a timer of the GUI thread does its work.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Collector(QObject):
    """Looks every half second whether anything is due; made once, by the application."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # modules stay; to look through them all would be seen as a hitch
        self._timer = QTimer(self)
        self._timer.timeout.connect(collect_due)
        self._timer.start(_EVERY_MS)


def collect_due() -> None:
    """Collect each generation that is due by the thresholds Python itself would go by."""
    for generation in (2, 1, 0):
        count, threshold = gc.get_count()[generation], gc.get_threshold()[generation]
        if count > threshold > 0:
            gc.collect(generation)
            return
