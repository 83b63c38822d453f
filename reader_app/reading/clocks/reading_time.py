"""The time of the read that is open: of the reading itself, and of the AI's marks on the screen."""

from reader_app.reading.clocks.ai_watch import AiWatch
from reader_app.reading.clocks.clock import Clock, ReadClock
from study_design.reads import ReadTimes
from study_design.record.reads.replay import OpenRead


class ReadingTime:
    """The clocks of one read; `clock` is that of the sitting.

    Attributes
    ----------
    ai
        When the AI's marks were shown, and for how long.
    """

    def __init__(self, clock: Clock, resumed: OpenRead | None = None) -> None:
        self._clock = clock
        self._read = ReadClock(earlier=resumed.times) if resumed else ReadClock()
        self.ai = AiWatch(resumed.ai_first_shown_s, resumed.ai_shown_s) if resumed else AiWatch()

    @property
    def running(self) -> bool:
        """Whether the clock has started; it runs in a pause too."""
        return self._read.running

    def start(self) -> None:
        """Start at the first full paint."""
        self._read.start(self._clock.monotonic_s())

    def input_seen(self) -> None:
        """Note that the reader did something."""
        if self.running:
            self._read.input(self._clock.monotonic_s())

    def waited(self, seconds: float, until_s: float) -> float:
        """Note that the program let the reader wait; return what of it is flagged."""
        return self._read.waited(seconds, until_s)

    def waited_until_now(self, seconds: float) -> float:
        """Note a wait that ends now; return what of it is flagged."""
        return self.waited(seconds, self._clock.monotonic_s())

    def pause(self, *, ago_s: float = 0.0) -> None:
        """Stop the reading time, now or so long ago; no AI is shown in a pause."""
        at_s = self._clock.monotonic_s() - ago_s
        self.ai.hide(self._read.since_start_s(at_s))
        self._read.pause(at_s)

    def resume(self) -> None:
        """Go on after a pause."""
        self._read.resume(self._clock.monotonic_s())

    def show_ai(self) -> None:
        """Note that the AI's marks are on the screen from now on."""
        self.ai.show(self._read.since_start_s(self._clock.monotonic_s()))

    def hide_ai(self) -> None:
        """Note that the AI's marks are gone from the screen."""
        self.ai.hide(self._read.since_start_s(self._clock.monotonic_s()))

    def stop(self) -> ReadTimes:
        """Return the times of the read that ends now."""
        at_s = self._clock.monotonic_s()
        self.ai.hide(self._read.since_start_s(at_s))
        return self._read.times(at_s)
