"""Which reads count where a case was withdrawn after reading began: none of it; pure.

Nothing leaves the record. Reads of a withdrawn case have the status `withdrawn`: the primary
analysis leaves them out, the export with --all has them, so both analyses can be made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.payloads.staff import CaseWithdrawn
from study_design.vocabulary import ReadStatus


@dataclass(frozen=True, slots=True)
class WithdrawnCase:
    """A case that was withdrawn, and why."""

    case: str
    why: str


def withdrawn_cases(events: Iterable[StoredEvent]) -> tuple[WithdrawnCase, ...]:
    """Return the cases that were withdrawn, in the order in which they were."""
    return tuple(
        WithdrawnCase(stored.event.payload.case, stored.event.payload.why)
        for stored in events
        if isinstance(stored.event.payload, CaseWithdrawn)
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
