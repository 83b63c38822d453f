"""How long the GUI thread does not answer while images are fetched: the gaps of a heartbeat."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pydicom
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer

from reader_app.display.display_frame import PaneSizes
from reader_app.qt.reading.case_loader import CaseLoader, LoadCase

BEAT_MS = 1


class Heartbeat:
    """A timer that notes the longest time between two of its beats."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._last_s = 0.0
        self._longest_s = 0.0

    def longest_gap_s(self, start: Callable[[], object], ended: Callable[[], bool]) -> float:
        """Return the longest gap from the start of some work to its end."""
        self._last_s, self._longest_s = time.perf_counter(), 0.0
        self._timer.start()
        start()
        while not ended():
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        self._timer.stop()
        return max(self._longest_s, BEAT_MS / 1000)

    def _beat(self) -> None:
        """Note the time since the beat before."""
        now = time.perf_counter()
        self._longest_s = max(self._longest_s, now - self._last_s)
        self._last_s = now


def prefetch_stall_s(load_case: LoadCase, case: str, panes: PaneSizes) -> float:
    """Return the longest gap while our loader fetches a case from the study's cache."""
    owner = QObject()
    loader = CaseLoader(load_case, owner)
    gap_s = Heartbeat().longest_gap_s(
        lambda: loader.fetch((case,), panes), lambda: not loader.waits_for(case)
    )
    loader.stop()
    return gap_s


def decoding_stall_s(files: Sequence[Path]) -> float:
    """Return the longest gap while a thread decodes files with pydicom."""
    thread = threading.Thread(
        target=lambda: [pydicom.dcmread(file).pixel_array for file in files], daemon=True
    )
    gap_s = Heartbeat().longest_gap_s(thread.start, lambda: not thread.is_alive())
    thread.join()
    return gap_s
