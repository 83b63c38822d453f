"""Sees every input of a window: for idle time, waits, an empty chair, and a computer that slept."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from reader_app.reading.clocks.clock import WAIT_S, Clock

UNATTENDED_S = 300.0
ASLEEP_S = 1.0  # more than the two clocks differ by when they are read one after the other
SETTLED_MS = 20
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
    waited : float, float
        From an input until its answer stood on the screen more than 50 ms have passed: how many
        seconds, and until when.
    unattended
        Nothing has been done for five minutes; comes once until the next input.
    slept : float
        The computer has slept since the last look, for how many seconds; comes before whatever is
        pressed next, and the key or click that woke the reader's screen is swallowed.
    """

    seen = Signal()
    waited = Signal(float, float)
    unattended = Signal()
    slept = Signal(float)

    def __init__(self, window: QWidget, clock: Clock) -> None:
        super().__init__(window)
        self._window = window
        self._clock = clock
        self._last_s: float | None = clock.monotonic_s()
        self._asleep_s = self._sleep_s()
        self._began_s: float | None = None
        self._ended_s = 0.0
        # Runs when the events that an input has caused are through; a repaint that comes later
        # than that starts it again until `_settled` runs.
        self._answered = QTimer(self, interval=0, singleShot=True)
        self._answered.timeout.connect(self._note_answer)
        self._settled = QTimer(self, interval=SETTLED_MS, singleShot=True)
        self._settled.timeout.connect(self._report)
        self._chair = QTimer(self, interval=LOOK_EVERY_MS)
        self._chair.timeout.connect(self._look)
        self._chair.start()
        for widget in (window, *window.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note an input or a repaint and let it pass."""
        if event.type() in INPUTS:
            if self._has_slept():
                return True
            self._last_s = self._clock.monotonic_s()
            self.seen.emit()
            self._begin(self._last_s)
        elif event.type() is QEvent.Type.UpdateRequest and watched is self._window:
            self._answered.start()
        return False

    def _begin(self, at_s: float) -> None:
        """Measure from the first of the inputs that are answered together."""
        if self._settled.isActive() and not self._answered.isActive():
            self._report()
        if self._began_s is None:
            self._began_s = at_s
            self._answered.start()

    def _note_answer(self) -> None:
        """Note when an input was answered; a repaint may still follow."""
        self._ended_s = self._clock.monotonic_s()
        self._settled.start()

    def _report(self) -> None:
        """Report how long the reader has waited for the answer to an input."""
        self._settled.stop()
        began_s, self._began_s = self._began_s, None
        if began_s is not None and self._ended_s - began_s > WAIT_S:
            self.waited.emit(self._ended_s - began_s, self._ended_s)

    def _look(self) -> None:
        """Look whether the computer slept, and whether anybody is there."""
        if self._has_slept():
            return
        if self._last_s is not None and self._clock.monotonic_s() - self._last_s >= UNATTENDED_S:
            self._last_s = None
            self.unattended.emit()

    def _has_slept(self) -> bool:
        """Tell of sleep since the last look; nobody can have sat at the computer meanwhile."""
        before_s, self._asleep_s = self._asleep_s, self._sleep_s()
        slept_s = self._asleep_s - before_s
        if slept_s < ASLEEP_S:
            return False
        self._last_s = self._clock.monotonic_s()
        self.slept.emit(slept_s)
        return True

    def _sleep_s(self) -> float:
        """Return for how many seconds the computer has slept since it was started."""
        return self._clock.monotonic_s() - self._clock.awake_s()
