"""What an open read says: as it is shown at once, and as it is on the disk a moment later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from reader_app.reading.draft import Draft
from reader_app.reading.journal import Act, Journal
from study_design.record.events import StoredEvent

Then = Callable[[Sequence[StoredEvent]], None]


@dataclass(slots=True)
class ReadDraft:
    """The draft of one read and the events that it comes from.

    Attributes
    ----------
    read
        UUID of the read; None where no case is open.
    shown
        With every act up to now.
    saved
        With every act that is on the disk.
    events
        Those on the disk.
    """

    read: str | None = None
    shown: Draft = field(default_factory=Draft)
    saved: Draft = field(default_factory=Draft)
    events: list[StoredEvent] = field(default_factory=list)

    @property
    def pending_marks(self) -> frozenset[int]:
        """The marks that are not on the disk as they are shown, or whose finding is not."""
        if self.shown is self.saved:
            return frozenset()
        shown, saved = _marks(self.shown), _marks(self.saved)
        return frozenset(number for number, mark in shown.items() if saved.get(number) != mark)

    def hand_over(
        self, journal: Journal, acts: Sequence[Act], draft: Draft | None, then: Then | None
    ) -> None:
        """Send acts on their way to the disk and show the draft that they lead to.

        Parameters
        ----------
        draft
            None where they change nothing in it.
        then
            What waits for the disk.
        """
        draft = draft or self.shown
        journal.append_all(acts, partial(self._note, draft, then), read=self.read)
        self.shown = draft

    def give_up(self) -> None:
        """Take back what is not on the disk."""
        self.shown = self.saved

    def _note(self, draft: Draft, then: Then | None, stored: Sequence[StoredEvent]) -> None:
        """Note that the acts which led to a draft are on the disk, and go on."""
        self.saved = draft
        self.events += stored
        if then is not None:
            then(stored)


def _marks(draft: Draft) -> dict[int, object]:
    """Return each mark with what its finding says, by the mark's number."""
    return {m.mark: (m, replace(f, marks=())) for f in draft.findings for m in f.marks}
