"""Freezes the record and checks that a study is what it says: nothing altered, lost or too early.

The truth's files are hashed and not looked at.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.errors import BadInputError, CrossreadError, ProtocolError, RecordError
from study_design.images.fixed_display import fixed_display
from study_design.images.image_check import image_problems
from study_design.protocol.locked import (
    LOCKS,
    fixed_hashes,
    locked_protocol,
    refuse_changed,
    study_hashes,
)
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import StudyFile
from study_design.reads import Read
from study_design.record.acts import staff_act
from study_design.record.breaches import backward_dates, breaches
from study_design.record.events import OF_READING, EventType, StoredEvent
from study_design.record.file_check import file_problems
from study_design.record.heads import head_problems
from study_design.record.newest import is_frozen, newest
from study_design.record.payloads.reading import ReadReopened, SittingOpened
from study_design.record.payloads.staff import StudyFrozen
from study_design.record.problem import Problem
from study_design.record.replay import reads_of
from study_design.record.store.record_store import RecordStore, open_store
from study_design.record.withdrawal import withdrawn_cases
from study_design.record.witness import witness_problems
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReadStatus

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Freeze:
    """What was frozen: number of reads; what is missing; the hash to keep elsewhere."""

    reads: int
    warnings: tuple[str, ...]
    last_hash: str


def sound_events(store: RecordStore) -> tuple[StoredEvent, ...]:
    """Return all events of a record after checking that it is whole.

    Raises
    ------
    RecordError
        Where it was altered, cut off or rolled back, as far as that can be known here.
    """
    broken = store.verify_chain()
    events = store.events() if not broken else ()
    ends = (problem.what for problem in head_problems(store.path, events) if problem.grave)
    for problem in (*broken, *ends):
        raise RecordError(
            f"The record was altered: {problem} Restore it from a backup: "
            "crossread restore FILE STUDY"
        )
    return events


def freeze_study(folder: StudyFolder, *, by: str, now: datetime) -> Freeze:
    """Close the record: nothing is read after it.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, the record is closed, or a locked file was changed.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        locked_protocol(folder, events)
        if is_frozen(events):
            raise ProtocolError(f"The record of {folder.path.name} is already frozen.")
        fixed = fixed_hashes(events)
        for known in fixed:
            refuse_changed(folder, fixed, folder.path / known.file)
        reads = reads_of(events)
        missing = _missing(read_plan(folder), reads, events)
        hashes = {known.file: known.sha256 for known in study_hashes(folder)}
        frozen = store.append(staff_act(StudyFrozen(hashes), by=by, now=now, once="frozen"))
    final = sum(read.status is ReadStatus.FINAL for read in reads)
    return Freeze(final, tuple(problem.what for problem in missing), frozen.hash)


def verify_study(
    folder: StudyFolder, *, against: str = "", report: Report = lambda *_: None
) -> tuple[Problem, ...]:
    """Return everything that is not as record and protocol say; empty where all is well.

    Parameters
    ----------
    against
        Hash of an event, or path of a manifest, that vouches for the record from elsewhere.
    report
        Told what is done, how many and of how many.
    """
    problems: list[Problem] = []
    with open_store(folder) as store:
        for check in (_record_problems, _study_problems):
            try:
                for problem in check(folder, store):
                    problems.append(problem)
            except (CrossreadError, ValueError) as error:
                # What was found before stays found.
                problems.append(Problem(f"The record cannot be understood: {error}"))
        if against:
            problems += witness_problems(against, store.events())
    try:
        fixed = fixed_display(folder)
        problems += [Problem(what) for what in image_problems(folder, report, fixed)]
    except BadInputError as error:
        problems.append(Problem(str(error)))
    return tuple(dict.fromkeys(problems))


def _record_problems(folder: StudyFolder, store: RecordStore) -> Iterator[Problem]:
    """Check the chain of events, the file that holds it, and how it ends."""
    yield from (Problem(broken) for broken in store.verify_chain())
    yield from head_problems(folder.record, store.events())


def _study_problems(folder: StudyFolder, store: RecordStore) -> Iterator[Problem]:
    """Check files, then reads, cells and clocks."""
    events = store.events()
    reads = reads_of(events)
    if newest(events, *LOCKS) is None:
        yield Problem("The protocol is not locked yet.", grave=False)
        return
    yield from file_problems(folder, events)
    try:
        study = locked_protocol(folder, events).study_file
        plan = read_plan(folder)
    except ProtocolError:
        return  # named above; nothing can be compared with a protocol that was changed
    yield from (Problem(breach.what) for breach in breaches(plan, reads, study))
    yield from (
        Problem(missing.what, grave=is_frozen(events)) for missing in _missing(plan, reads, events)
    )
    yield from _reopened(events)
    yield from _simulated_clocks(events, study)
    yield from (Problem(breach.what) for breach in backward_dates(events))
    yield from _after_freeze(events)


def _missing(
    plan: Sequence[Assignment], reads: Sequence[Read], events: Sequence[StoredEvent]
) -> tuple[Problem, ...]:
    """Name planned cells that were not read, one line a reader and period."""
    done = {read.cell for read in reads}
    withdrawn = {case.case for case in withdrawn_cases(events)}
    lacking = Counter(
        (cell.reader, cell.period)
        for cell in plan
        if cell.cell not in done and cell.case not in withdrawn
    )
    return tuple(
        Problem(f"{reader}, period {period}: {count} planned reads are missing.")
        for (reader, period), count in lacking.items()
    )


def _reopened(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Note the reads that were done again."""
    for stored in events:
        match stored.event.payload:
            case ReadReopened() as again:
                by = stored.event.actor
                who = "at the gate" if by == again.reader else f"by {by}"
                why = f": {again.reason}" if again.reason else ""
                yield Problem(
                    f"Read {stored.event.read} of case {again.case} by {again.reader} was "
                    f"reopened {who}{why}.",
                    grave=False,
                )


def _simulated_clocks(events: Sequence[StoredEvent], study: StudyFile) -> Iterator[Problem]:
    """Name who read on a simulated clock."""
    simulated = dict.fromkeys(
        stored.event.actor
        for stored in events
        if isinstance(stored.event.payload, SittingOpened)
        and stored.event.payload.clock == "simulated"
    )
    if simulated:
        yield Problem(
            f"{', '.join(simulated)} read on a simulated clock: no data of persons.",
            grave=not study.simulated,
        )


def _after_freeze(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Name what was read after the record was closed."""
    closed = False
    for stored in events:
        if closed and stored.event.type in OF_READING:
            yield Problem(f"Event {stored.number} of {stored.event.actor} follows the freeze.")
        closed = closed or stored.event.type is EventType.STUDY_FROZEN
