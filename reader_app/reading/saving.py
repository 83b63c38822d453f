"""The acts of a read on their way to the disk, and the draft that they lead to.

An act shows at once and is pending until it is on the disk. Where one cannot be written, it and all
later ones are taken back.
"""

from collections.abc import Callable, Sequence

from reader_app.reading.draft import Draft
from reader_app.reading.journal import Act, Journal
from reader_app.reading.read_draft import ReadDraft, Then
from study_design.errors import CrossreadError


class Saving:
    """What is written of the case on the screen.

    Parameters
    ----------
    journal
        Writes the acts.

    Attributes
    ----------
    kept
        The read that is open; one without a name where none is.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.kept = ReadDraft()

    @property
    def draft(self) -> Draft:
        """The answers up to now."""
        return self.kept.shown

    @property
    def pending(self) -> bool:
        """Whether something that was done is not on the disk yet."""
        return self._journal.pending

    @property
    def waiting_s(self) -> float:
        """For how long the oldest act has waited for the disk."""
        return self._journal.waiting_s

    def when_saved(self, tell: Callable[[], None]) -> None:
        """Tell somebody, now and later and in any thread, when it is time to `settle`."""
        self._journal.arrived = tell
        tell()

    def settle(self) -> float:
        """Take note of what is on the disk by now; return for how long it was waited for.

        Raises
        ------
        RecordError
            Where something could not be written: it and all that came after it is taken back.
        """
        waited_s = self.waiting_s
        try:
            settled = self._journal.settle()
        except CrossreadError:
            self.kept.give_up()
            raise
        return waited_s if settled else 0.0

    def wait(self) -> None:
        """Wait until everything is on the disk; `settle` takes note of it."""
        self._journal.wait()

    def hand_over(
        self, acts: Sequence[Act], draft: Draft | None = None, *, then: Then | None = None
    ) -> None:
        """Send acts on their way and show the draft they lead to; `then` follows on the disk."""
        self.kept.hand_over(self._journal, acts, draft, then)
