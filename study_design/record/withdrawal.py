"""Which reads count where a case was withdrawn after reading began: none of it; pure.

Nothing leaves the record. Reads of a withdrawn case have the status `withdrawn`: the primary
analysis leaves them out, the export with --all has them, so both analyses can be made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from study_design.reads import Read
from study_design.record.events import EventType, StoredEvent
from study_design.record.payload import Payload
from study_design.vocabulary import ReadStatus


@dataclass(frozen=True, slots=True)
class WithdrawnCase:
    """A case that was withdrawn, and why."""

    case: str
    why: str


def withdrawn_cases(events: Iterable[StoredEvent]) -> tuple[WithdrawnCase, ...]:
    """Return the cases that were withdrawn, in the order in which they were."""
    return tuple(
        WithdrawnCase(Payload(stored).text("case"), Payload(stored).text("why"))
        for stored in events
        if stored.event.type is EventType.CASE_WITHDRAWN
    )


def with_withdrawals(reads: Sequence[Read], events: Iterable[StoredEvent]) -> tuple[Read, ...]:
    """Return the same reads; those of withdrawn cases that counted are withdrawn."""
    withdrawn = {case.case for case in withdrawn_cases(events)}
    return tuple(
        replace(read, status=ReadStatus.WITHDRAWN)
        if read.case in withdrawn and read.status is ReadStatus.FINAL
        else read
        for read in reads
    )
