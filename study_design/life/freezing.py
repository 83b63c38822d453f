"""Freezes the record, and takes a freeze back as long as nobody has seen results.

The truth's files are hashed and not looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.counted import counted
from study_design.errors import BadInputError, ProtocolError
from study_design.protocol.plan import read_plan
from study_design.record.actor import Actor
from study_design.record.acts import Signature, signed_act, staff_act
from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import (
    LockedProtocol,
    fixed_hashes,
    locked_protocol,
    refuse_changed,
    study_hashes,
)
from study_design.record.newest import freeze_of, is_frozen
from study_design.record.payloads.staff import FreezeLifted, StudyFrozen
from study_design.record.reads.missing_reads import MissingRead, missing_lines, missing_reads
from study_design.record.reads.replay import reads_of
from study_design.record.release import release_after
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReadStatus

# From this form of events on it is written down who sees results of a frozen study.
FIRST_NOTED_FORM = 2


@dataclass(frozen=True, slots=True)
class Freeze:
    """What was frozen: the number of the freeze, of reads; what is missing; the hash to keep."""

    number: int
    reads: int
    warnings: tuple[str, ...]
    last_hash: str


@dataclass(frozen=True, slots=True)
class Without:
    """Why a study is frozen without reads that were planned, and its title, to be sure of it."""

    reason: str
    title: str


def freeze_study(
    folder: StudyFolder, *, by: Actor, now: datetime, without: Without | None = None
) -> Freeze:
    """Close the record: nothing is read after it.

    Parameters
    ----------
    without
        Given where planned reads are missing and the study ends all the same.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, the record is closed, a locked file was changed, or
        planned reads are missing.
    BadInputError
        Where reads are missing and `without` lacks a reason or names another study.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        protocol = locked_protocol(folder, events)
        if is_frozen(events):
            raise ProtocolError(f"The record of {folder.path.name} is already frozen.")
        fixed = fixed_hashes(events)
        for known in fixed:
            refuse_changed(folder, fixed, folder.path / known.file)
        reads = reads_of(events)
        missing = missing_reads(read_plan(folder), reads, events)
        _refuse_unexplained(folder, protocol, missing, without)
        number = 1 + sum(stored.event.type is EventType.STUDY_FROZEN for stored in events)
        payload = StudyFrozen(
            {known.file: known.sha256 for known in study_hashes(folder)},
            number,
            tuple(one.cell for one in missing),
            " ".join(without.reason.split()) if without and missing else "",
        )
        act = staff_act(payload, by=by, now=now, once=f"frozen/{number}")
        frozen = store.append(act, as_of=events[-1].number)
    final = sum(read.status is ReadStatus.FINAL for read in reads)
    return Freeze(number, final, missing_lines(missing), frozen.hash)


def lift_freeze(folder: StudyFolder, signature: Signature) -> int:
    """Take the freeze back, so that reading goes on; return its number.

    Raises
    ------
    ProtocolError
        Where the record is not frozen, or somebody has seen results of it since.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        freeze = freeze_of(events)
        if freeze is None or not isinstance(freeze.event.payload, StudyFrozen):
            raise ProtocolError(
                f"Expected a frozen record, got {folder.path.name}, which is open. "
                "There is nothing to lift."
            )
        _refuse_released(folder, events)
        number = freeze.event.payload.number
        once = f"freeze_lifted/{number}"
        act = signed_act(FreezeLifted(number), signature, once=once)
        store.append(act, as_of=events[-1].number)
    return number


def still_missing(folder: StudyFolder) -> tuple[str, ...]:
    """Return what a freeze would be without now, one line a reader and period."""
    with open_store(folder.required()) as store:
        events = store.events()
    locked_protocol(folder, events)
    return missing_lines(missing_reads(read_plan(folder), reads_of(events), events))


def _refuse_unexplained(
    folder: StudyFolder,
    protocol: LockedProtocol,
    missing: Sequence[MissingRead],
    without: Without | None,
) -> None:
    """Refuse to close a record that lacks reads, unless somebody says why and of which study."""
    if not missing:
        return
    if without is None:
        raise ProtocolError(
            f"Expected a read of every planned cell, got {len(missing)} missing: "
            f"{' '.join(line + '.' for line in missing_lines(missing))} Have them read, or end "
            f"the study without them: crossread freeze {folder.path.name} --missing REASON"
        )
    if not without.reason.strip():
        raise BadInputError(
            f"Expected a reason for {len(missing)} missing reads, got none. Give it: "
            "--missing REASON"
        )
    if " ".join(without.title.split()) != " ".join(protocol.study_file.title.split()):
        raise BadInputError(
            f"Expected the title of the study, to end it with {counted(len(missing), 'read')} "
            f"missing, got {without.title!r}. Give the title that study.toml has: --title TITLE"
        )


def _refuse_released(folder: StudyFolder, events: Sequence[StoredEvent]) -> None:
    """Refuse to lift a freeze after which results were seen: nobody may read knowing them."""
    freeze, released = freeze_of(events), release_after(events)
    if freeze is not None and freeze.form < FIRST_NOTED_FORM:
        raise ProtocolError(
            f"{folder.path.name} was frozen by a version that kept no note of who saw results, so "
            "the freeze stays. Make a new study for further reads."
        )
    if released is not None:
        raise ProtocolError(
            f"Results of {folder.path.name} were taken out on {released.event.at_utc[:10]} by "
            f"{released.event.actor} (event {released.number}), so the freeze stays. Make a new "
            "study for further reads."
        )
