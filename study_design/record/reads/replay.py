"""Folds events into reads: what was marked, answered and shown, and how long it took. Pure.

Nothing is invented here: roll-ups come as answers that the sitting wrote. A read that was cut off
is opened again under the same UUID; the times that its `read_validated` carries are those of the
whole read, earlier sittings included, as `OpenRead.times` gave them to the sitting.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from study_design.errors import RecordError
from study_design.reads import AiShown, Answers, Finding, Read, ReadTimes
from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.reading import ReadOpened, ReadValidated
from study_design.record.reads.flags import flags_of
from study_design.record.reads.half_typed import HalfTyped, half_typed
from study_design.record.reads.read_content import ReadContent, content_of
from study_design.record.reads.stretch import Stretch, stretches_of
from study_design.record.reads.supersession import reopened_reads, with_supersession
from study_design.record.withdrawal import with_withdrawals
from study_design.vocabulary import (
    ReadStatus,
)


@dataclass(frozen=True, slots=True)
class OpenRead:
    """A read that was opened and not validated, to be resumed.

    Attributes
    ----------
    openings
        How often it was opened so far.
    stretches
        One for each sitting that painted it, in order.
    """

    read: str
    step: int
    cell: str
    case: str
    openings: int
    opened_utc: str
    painted_utc: str | None
    content: ReadContent
    half_typed: HalfTyped | None
    stretches: tuple[Stretch, ...]
    first_event: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings so far."""
        return self.content.findings

    @property
    def answers(self) -> Answers:
        """Answers so far."""
        return self.content.answers

    @property
    def times(self) -> ReadTimes:
        """Seconds spent so far; idle time (0) and short waits of cut-off sittings are not known."""
        return ReadTimes(
            raw_s=sum(stretch.raw_s for stretch in self.stretches),
            paused_s=sum(stretch.paused_s for stretch in self.stretches),
            idle_s=0.0,
            system_s=sum(stretch.stalled_s for stretch in self.stretches),
        )

    @property
    def ai_shown_s(self) -> float:
        """Seconds for which AI marks were shown so far."""
        return sum(stretch.ai_shown_s for stretch in self.stretches)

    @property
    def ai_first_shown_s(self) -> float | None:
        """Seconds on the read's own clock until AI marks were first shown; None if never."""
        before_s = 0.0
        for stretch in self.stretches:
            if stretch.ai_first_shown_s is not None:
                return before_s + stretch.ai_first_shown_s
            before_s += stretch.raw_s
        return None


@dataclass(frozen=True, slots=True)
class ReaderProgress:
    """How far a reader has come; says nothing about what was answered."""

    reader: str
    cells: tuple[str, ...]
    open_cell: str | None
    median_active_s: float | None
    last_validated_utc: str | None


def reads_of(events: Iterable[StoredEvent]) -> tuple[Read, ...]:
    """Return the validated steps of reads in the order of their validation.

    A reopened read is superseded by the next one of its cell, from that one's validation on.

    Raises
    ------
    RecordError
        Where an event does not carry what its type demands.
    """
    everything = tuple(events)
    steps = [step for step in _steps(everything) if step.validation is not None]
    reads = (_read(step) for step in sorted(steps, key=lambda step: step.events[-1].number))
    settled = with_supersession(reads, reopened_reads(everything))
    return with_withdrawals(settled, everything)


def open_read(events: Iterable[StoredEvent], reader: str) -> OpenRead | None:
    """Return the reader's read that was opened and not validated; the newest, or None.

    A read of a cell that was validated by another one is left alone, unless that one was reopened
    before: there is nothing to resume.
    """
    everything = tuple(events)
    own = [step for step in _steps(everything) if step.opening.event.actor == reader]
    reopened = _reopenings(everything)
    # Up to which event what was opened in a cell is settled by a read that counts.
    done = {
        step.cell: reopened.get(step.opening.event.read or "", math.inf)
        for step in own
        if step.validation is not None
    }
    pending = [step for step in own if step.opening.number > done.get(step.cell, 0)]
    pending = [step for step in pending if step.validation is None]
    return _open_read(pending[-1], everything) if pending else None


def progress_of(events: Iterable[StoredEvent]) -> tuple[ReaderProgress, ...]:
    """Return the progress of every reader who opened a case, in the order they first did."""
    everything = tuple(events)
    reads = reads_of(everything)
    opened = (s.event.actor for s in everything if s.event.type is EventType.READ_OPENED)
    progress = []
    for reader in dict.fromkeys(opened):
        final = ReadStatus.FINAL
        own = [read for read in reads if read.reader == reader and read.status is final]
        pending = open_read(everything, reader)
        progress.append(
            ReaderProgress(
                reader,
                tuple(read.cell for read in own),
                pending.cell if pending else None,
                median(read.times.active_s for read in own) if own else None,
                own[-1].validated_utc if own else None,
            )
        )
    return tuple(progress)


def _reopenings(events: Iterable[StoredEvent]) -> dict[str, int]:
    """Return the number of the event that reopened a read, by the read."""
    kind = EventType.READ_REOPENED
    return {s.event.read: s.number for s in events if s.event.type is kind and s.event.read}


@dataclass(frozen=True, slots=True)
class _Step:
    """The events of one step of a read, the first of which opened it."""

    events: list[StoredEvent]

    @property
    def opening(self) -> StoredEvent:
        return self.events[0]

    @property
    def opened(self) -> ReadOpened:
        return _opened(self.opening)

    @property
    def cell(self) -> str:
        return self.opened.cell

    @property
    def validation(self) -> StoredEvent | None:
        last = self.events[-1]
        return last if last.event.type is EventType.READ_VALIDATED else None

    def of_type(self, kind: EventType) -> list[StoredEvent]:
        return [stored for stored in self.events if stored.event.type is kind]


def _steps(events: Iterable[StoredEvent]) -> list[_Step]:
    """Sort events by read and step; what is not part of a read, or follows its end, is left out."""
    steps: dict[tuple[str, int], _Step] = {}
    current: dict[str, _Step] = {}
    for stored in events:
        read = stored.event.read
        if read is None:
            continue
        opening = stored.event.payload
        if isinstance(opening, ReadOpened):
            key = (read, opening.step)
            current[read] = steps.setdefault(key, _Step([]))
        step = current.get(read)
        if step is not None and not (step.events and step.validation):
            step.events.append(stored)
    return list(steps.values())


def _opened(stored: StoredEvent) -> ReadOpened:
    """Return what the opening of a step carries."""
    if not isinstance(stored.event.payload, ReadOpened):
        raise RecordError(f"Event {stored.number} of the record opens no read.")
    return stored.event.payload


def _read(step: _Step) -> Read:
    """Return the read of a validated step."""
    opened, validated = step.opened, step.events[-1].event.payload
    if not isinstance(validated, ReadValidated):
        raise RecordError(f"Read {step.opening.event.read} of the record was not validated.")
    content = content_of(step.events)
    responses = (*content.responses, *flags_of(step.events))
    painted = step.of_type(EventType.READ_PAINTED)
    first = step.opening.event
    return Read(
        read=first.read or "",
        step=opened.step,
        reader=first.actor,
        kind=opened.kind,
        group=opened.group,
        site=opened.site,
        arm=opened.arm,
        revealed=opened.revealed,
        ai=_ai(opened, validated),
        role=opened.role,
        repeat=opened.repeat,
        period=opened.period,
        block=opened.block,
        position=opened.position,
        cell=opened.cell,
        case=opened.case,
        answers=content.answers,
        findings=content.findings,
        opened_utc=first.at_utc,
        painted_utc=painted[0].event.at_utc if painted else first.at_utc,
        validated_utc=step.events[-1].event.at_utc,
        utc_offset_min=step.events[-1].event.utc_offset_min,
        times=ReadTimes(
            raw_s=validated.raw_s,
            paused_s=validated.paused_s,
            idle_s=validated.idle_s,
            system_s=validated.system_s,
        ),
        gap_days=opened.gap_days,
        gap_basis=opened.gap_basis,
        seen_before=opened.seen_before,
        status=ReadStatus.FINAL,
        supersedes=None,
        contradiction=validated.contradiction,
        protocol_version=opened.protocol_version,
        software_version=opened.software_version,
        first_event=step.opening.number,
        last_event=step.events[-1].number,
        responses=responses,
    )


def _ai(opened: ReadOpened, validated: ReadValidated) -> AiShown:
    """Return what AI the step had and how it was shown."""
    return AiShown(
        system=opened.system,
        version=opened.system_version,
        threshold=opened.threshold,
        status=opened.ai_status,
        initial=opened.ai_initial,
        first_shown_s=validated.ai_first_shown_s,
        shown_s=validated.ai_shown_s,
    )


def _open_read(step: _Step, everything: Sequence[StoredEvent]) -> OpenRead:
    """Return an open read with the time that its sittings took until they broke off."""
    opened = step.opened
    painted = step.of_type(EventType.READ_PAINTED)
    return OpenRead(
        read=step.opening.event.read or "",
        step=opened.step,
        cell=opened.cell,
        case=opened.case,
        openings=len(step.of_type(EventType.READ_OPENED)),
        opened_utc=step.opening.event.at_utc,
        painted_utc=painted[0].event.at_utc if painted else None,
        content=content_of(step.events),
        half_typed=half_typed(step.events),
        stretches=stretches_of(step.events, everything),
        first_event=step.opening.number,
    )
