"""Which reads count where some were done again: the newest of a cell; pure.

A reopened read counts until another one is validated in its place: nothing is lost where a reader
opens a case again and never comes to an end with it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from study_design.reads import Read
from study_design.record.events import EventType, StoredEvent
from study_design.vocabulary import ReadStatus


def reopened_reads(events: Iterable[StoredEvent]) -> frozenset[str]:
    """Return the names of the reads that were reopened."""
    kind = EventType.READ_REOPENED
    return frozenset(s.event.read for s in events if s.event.type is kind and s.event.read)


def with_supersession(reads: Iterable[Read], reopened: Collection[str]) -> tuple[Read, ...]:
    """Return the same reads, each reopened one superseded by the next of its cell and step.

    Parameters
    ----------
    reads
        In the order of their validation.
    reopened
        Names of the reads that were reopened. Two reads of a cell of which the first was not
        reopened both count, so that `verify` finds them.
    """
    settled: list[Read] = []
    newest: dict[tuple[str, int], int] = {}
    for read in reads:
        place = newest.get((read.cell, read.step))
        newest[read.cell, read.step] = len(settled)
        settled.append(read)
        if place is not None and settled[place].read in reopened:
            before = settled[place]
            earlier_s = before.times.reading_s + (before.earlier_s or 0.0)
            settled[-1] = replace(read, supersedes=before.read, earlier_s=earlier_s)
            settled[place] = replace(before, status=ReadStatus.SUPERSEDED)
    return tuple(settled)
