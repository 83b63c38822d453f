"""Sees every input of a window and its children: for idle time, waits, and an empty chair."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from reader_app.clock import Clock

WAIT_S = 0.05  # what a reader notices; shorter is not counted
UNATTENDED_S = 300.0
LOOK_EVERY_MS = 1000
INPUTS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
    }
)


class InputWatch(QObject):
    """Watches the inputs of a window.

    Signals
    -------
    seen
        The reader has done something; comes before the widget hears of it.
    waited : float
        From an input until its answer stood on the screen more than 50 ms have passed: how many
        seconds.
    unattended
        Nothing has been done for five minutes; comes once until the next input.
    """

    seen = Signal()
    waited = Signal(float)
    unattended = Signal()

    def __init__(self, window: QWidget, clock: Clock) -> None:
        super().__init__(window)
        self._clock = clock
        self._last_s: float | None = clock.monotonic_s()
        self._began_s: float | None = None
        for widget in (window, *window.findChildren(QWidget)):
            widget.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY_MS)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note an input and let it pass."""
        if event.type() in INPUTS:
            self._last_s = self._clock.monotonic_s()
            self.seen.emit()
            if self._began_s is None:
                self._began_s = self._last_s
                # Timers run after the paint events that the input has caused.
                QTimer.singleShot(0, self, self._answered)
        return False

    def _answered(self) -> None:
        """Report how long the reader has waited for the answer to an input."""
        if self._began_s is None:
            return
        waited_s = self._clock.monotonic_s() - self._began_s
        self._began_s = None
        if waited_s > WAIT_S:
            self.waited.emit(waited_s)

    def _look(self) -> None:
        """Look whether anybody is there."""
        if self._last_s is not None and self._clock.monotonic_s() - self._last_s >= UNATTENDED_S:
            self._last_s = None
            self.unattended.emit()
