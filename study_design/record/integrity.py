"""Freezes the record and checks that a study is what it says: nothing altered, lost or too early.

The truth's files are hashed and not looked at.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.errors import ProtocolError, RecordError
from study_design.protocol.locked import (
    FileHash,
    file_hash,
    hashes_in,
    locked_protocol,
    refuse_changed,
    study_hashes,
)
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import StudyFile
from study_design.protocol.washout import check_clock, earliest
from study_design.reads import Read
from study_design.record.acts import moment_of, staff_act
from study_design.record.events import OF_READING, EventType, JsonValue, StoredEvent
from study_design.record.payload import Payload
from study_design.record.replay import reads_of
from study_design.record.store.record_store import RecordStore, open_store
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a check found; `grave` where the study is not what its protocol says."""

    what: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{'Problem' if self.grave else 'Note'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Freeze:
    """What was frozen: number of reads; what is missing."""

    reads: int
    warnings: tuple[str, ...]


def is_frozen(folder: StudyFolder) -> bool:
    """Tell whether the record is closed."""
    with open_store(folder) as store:
        return bool(store.events(types=(EventType.STUDY_FROZEN,)))


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
        events = store.events()
        locked = locked_protocol(folder, events)
        if _newest(events, EventType.STUDY_FROZEN):
            raise ProtocolError(f"The record of {folder.path.name} is already frozen.")
        for known in locked.hashes:
            refuse_changed(folder, locked.hashes, folder.path / known.file)
        broken = store.verify_chain()
        if broken:
            raise RecordError(f"The record was altered: {broken[0]} Restore it from a backup.")
        reads = reads_of(events)
        missing = _missing(read_plan(folder), reads)
        payload: dict[str, JsonValue] = {
            "hashes": {known.file: known.sha256 for known in study_hashes(folder)}
        }
        store.append(staff_act(EventType.STUDY_FROZEN, payload, by=by, now=now, once="frozen"))
    return Freeze(len(reads), tuple(problem.what for problem in missing))


def verify_study(folder: StudyFolder) -> tuple[Problem, ...]:
    """Return everything that is not as record and protocol say; empty where all is well."""
    problems: list[Problem] = []
    with open_store(folder) as store:
        try:
            for problem in _problems(folder, store):
                problems.append(problem)
        except (RecordError, ValueError) as error:
            # What was found before stays found.
            problems.append(Problem(f"The record cannot be understood: {error}"))
    return tuple(problems)


def _problems(folder: StudyFolder, store: RecordStore) -> Iterator[Problem]:
    """Check the chain first, then files, reads, cells and clocks."""
    yield from (Problem(broken) for broken in store.verify_chain())
    try:
        events = store.events()
        reads = reads_of(events)
    except RecordError as error:
        yield Problem(str(error))
        return
    lock = _newest(events, EventType.PROTOCOL_LOCKED)
    if lock is None:
        yield Problem("The protocol is not locked yet.", grave=False)
        return
    changed = tuple(_changed_files(folder, lock, _newest(events, EventType.STUDY_FROZEN)))
    yield from changed
    try:
        study = locked_protocol(folder, events).study_file
        plan = read_plan(folder)
    except ProtocolError:
        return  # named above; nothing can be compared with a protocol that was changed
    yield from _out_of_protocol(plan, reads, study)
    frozen = _newest(events, EventType.STUDY_FROZEN) is not None
    yield from (Problem(missing.what, grave=frozen) for missing in _missing(plan, reads))
    yield from _clocks(events, study)
    yield from _after_freeze(events)


def _newest(events: Sequence[StoredEvent], kind: EventType) -> StoredEvent | None:
    """Return the newest event of a type."""
    return next((stored for stored in reversed(events) if stored.event.type is kind), None)


def _changed_files(
    folder: StudyFolder, lock: StoredEvent, freeze: StoredEvent | None
) -> Iterator[Problem]:
    """Compare the study's files with those that were locked and frozen.

    Truth may come in after the lock; AI results may not.
    """
    present = {known.file: known.sha256 for known in study_hashes(folder)}
    fixed = {known.file: known.sha256 for known in hashes_in(lock)}
    if freeze is not None:
        fixed |= {known.file: known.sha256 for known in hashes_in(freeze)}
    for name, sha256 in fixed.items():
        if name not in present:
            yield Problem(f"{name} is missing.")
        elif present[name] != sha256:
            yield Problem(f"{name} was changed.")
    for name in present:
        if name not in fixed and (freeze is not None or not name.startswith("reference_standard/")):
            yield Problem(f"{name} was added.")
    yield from _locked_copy(folder, lock, hashes_in(lock))


def _locked_copy(
    folder: StudyFolder, lock: StoredEvent, hashes: Sequence[FileHash]
) -> Iterator[Problem]:
    """Compare the copy of the protocol that the lock put aside."""
    copy = folder.protocol / f"{Payload(lock).whole('protocol_version')}.toml"
    wanted = [known.sha256 for known in hashes if known.file == folder.study_toml.name]
    name = copy.relative_to(folder.path).as_posix()
    if not copy.is_file():
        yield Problem(f"{name} is missing.")
    elif [file_hash(folder, copy).sha256] != wanted:
        yield Problem(f"{name} was changed.")


def _out_of_protocol(
    plan: Sequence[Assignment], reads: Sequence[Read], study: StudyFile
) -> Iterator[Problem]:
    """Name reads that were not planned so, came twice or too early."""
    planned = {cell.cell: cell for cell in plan}
    for number, read in enumerate(reads):
        cell = planned.get(read.cell)
        if cell is None or (cell.reader, cell.case, cell.arm) != (read.reader, read.case, read.arm):
            yield Problem(
                f"Read {read.read} of case {read.case} by {read.reader} in arm {read.arm} "
                f"was not planned as cell {read.cell}."
            )
            continue
        allowed = earliest(cell, reads[:number], study)
        if allowed is not None and moment_of(read.opened_utc) < allowed:
            yield Problem(
                f"{read.reader} read case {read.case} (cell {read.cell}) on {read.opened_utc}, "
                f"before the washout was over ({allowed.isoformat()})."
            )
    for (cell_name, step), times in Counter((read.cell, read.step) for read in reads).items():
        if times > 1:
            yield Problem(f"Cell {cell_name}, step {step}, was read {times} times.")


def _missing(plan: Sequence[Assignment], reads: Sequence[Read]) -> tuple[Problem, ...]:
    """Name planned cells that were not read, one line a reader and period."""
    done = {read.cell for read in reads}
    lacking = Counter((cell.reader, cell.period) for cell in plan if cell.cell not in done)
    return tuple(
        Problem(f"{reader}, period {period}: {count} planned reads are missing.")
        for (reader, period), count in lacking.items()
    )


def _after_freeze(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Name what was read after the record was closed."""
    closed = False
    for stored in events:
        if closed and stored.event.type in OF_READING:
            yield Problem(f"Event {stored.number} of {stored.event.actor} follows the freeze.")
        closed = closed or stored.event.type is EventType.STUDY_FROZEN


def _clocks(events: Sequence[StoredEvent], study: StudyFile) -> Iterator[Problem]:
    """Name simulated clocks, and dates that run backwards."""
    simulated = dict.fromkeys(
        stored.event.actor
        for stored in events
        if stored.event.type is EventType.SITTING_OPENED
        and Payload(stored).text("clock") == "simulated"
    )
    if simulated:
        yield Problem(
            f"{', '.join(simulated)} read on a simulated clock: no data of persons.",
            grave=not study.simulated,
        )
    newest: dict[str, datetime] = {}
    for stored in events:
        actor, at = stored.event.actor, moment_of(stored.event.at_utc)
        try:
            check_clock(newest.get(actor), at)
        except ProtocolError:
            yield Problem(f"Event {stored.number} of {actor} is dated before the one before it.")
        newest[actor] = at
