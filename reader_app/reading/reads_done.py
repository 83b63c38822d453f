"""The validated reads of a reader: which cells are done, and which read may be done again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from reader_app.reading.draft import Draft
from study_design.errors import ProtocolError
from study_design.life.reopening import check_reopening
from study_design.protocol.study_file import StudyFile
from study_design.reads import BIRADS_OF, RATING_OF, Read
from study_design.record.acts import moment_of
from study_design.record.events import EventType, StoredEvent
from study_design.record.reads.replay import reads_of
from study_design.record.reads.supersession import reopened_reads, with_supersession
from study_design.vocabulary import ReadStatus, Side

_KEPT = frozenset({EventType.READ_OPENED, EventType.READ_REOPENED})


class ReadsDone:
    """What a reader has validated so far.

    Parameters
    ----------
    events
        All events of the reader, and the reopenings of the reader's reads.
    reopen_minutes
        For how long the reader may do the last read again.
    """

    def __init__(self, events: Sequence[StoredEvent], reopen_minutes: float) -> None:
        self.reads = reads_of(events)
        self._openings = [stored for stored in events if stored.event.type in _KEPT]
        self._reopen_for = timedelta(minutes=reopen_minutes)

    def note(self, events: Iterable[StoredEvent]) -> None:
        """Take note of acts that have been written down."""
        self._openings += [stored for stored in events if stored.event.type in _KEPT]

    def add(self, events_of_read: Sequence[StoredEvent]) -> None:
        """Add the read that has just been validated."""
        reads = (*self.reads, *reads_of(events_of_read))
        self.reads = with_supersession(reads, reopened_reads(self._openings))

    @property
    def cells(self) -> frozenset[str]:
        """The cells that have a read which nobody asked to be done again."""
        reopened = reopened_reads(self._openings)
        return frozenset(read.cell for read in self.reads if read.read not in reopened)

    def before(self, cell: str) -> tuple[Read, ...]:
        """Return the reads of other cells: those that a reader may remember in this one."""
        return tuple(read for read in self.reads if read.cell != cell)

    def to_replace(self, cell: str) -> Read | None:
        """Return the reopened read of a cell that the next one supersedes; None without one."""
        reopened = reopened_reads(self._openings)
        counting = (read for read in self.reads if read.status is ReadStatus.FINAL)
        return next((r for r in counting if r.cell == cell and r.read in reopened), None)

    def last_reopenable(self, now: datetime) -> Read | None:
        """Return the read that was validated last, where the reader may do it again now."""
        if not self.reads or now > self.reopenable_until(self.reads[-1]):
            return None
        try:
            check_reopening(self.reads[-1], self._openings)
        except ProtocolError:
            return None
        return self.reads[-1]

    def reopenable_until(self, read: Read) -> datetime:
        """Return the moment, UTC, after which only the coordinator may have a read done again."""
        return moment_of(read.validated_utc) + self._reopen_for


def carried_over(read: Read, study: StudyFile) -> Draft:
    """Return the answers of a read as the draft of the one that takes its place.

    What only followed from the findings is left to follow again, so that a category which is
    changed on a card changes that of its breast too.
    """
    draft = Draft(read.findings, read.answers)
    form, order = study.form, study.scales.order
    wanted = draft.rolled_up(form, order)
    breasts = [item for side in Side for item in (BIRADS_OF[side], RATING_OF[side])]
    for item in ("birads_exam", "rating", *breasts):
        without = draft.with_answer(item, None)
        if without.rolled_up(form, order) == wanted:
            draft = without
    return draft
