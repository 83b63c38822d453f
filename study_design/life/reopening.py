"""Reopening: a validated read is done again; both stay in the record, the newer one counts.

The reader may do it at the gate for as long as the protocol states; after that the coordinator may,
with a reason. Nobody may once the reader has met the case again: an answer that was given without
the AI must not be changed by what the AI has shown since.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from study_design.errors import ProtocolError
from study_design.protocol.plan import read_plan
from study_design.reads import Read
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import StoredEvent
from study_design.record.locked import locked_protocol
from study_design.record.newest import is_frozen
from study_design.record.payloads.reading import ReadOpened, ReadReopened
from study_design.record.reads.chosen_read import ReadPlace, chosen_read
from study_design.record.reads.replay import reads_of
from study_design.record.reads.supersession import reopened_reads
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReadStatus


def check_reopening(read: Read, events: Iterable[StoredEvent]) -> None:
    """Refuse to reopen a read that does not count any more, or whose case was met again since.

    Parameters
    ----------
    events
        At least all events of the reader, and all reopenings.

    Raises
    ------
    ProtocolError
        In one line: why the read stays as it is.
    """
    everything = tuple(events)
    if read.status is not ReadStatus.FINAL or read.read in reopened_reads(everything):
        raise ProtocolError(
            f"Expected a read that counts, got {read.read} of case {read.case}, which was reopened "
            "already. Reopen the read that took its place."
        )
    if any(_meets_again(stored, read) for stored in everything):
        raise ProtocolError(
            f"{read.reader} has met case {read.case} again since read {read.read}, so that "
            "read can no longer be reopened. Withdraw the case instead, or leave the read as it is."
        )


def reopening(read: Read, reason: str) -> ReadReopened:
    """Return what `read_reopened` holds."""
    return ReadReopened(read.reader, read.case, read.cell, reason)


def reopening_key(read: str) -> str:
    """Return the key under which the record takes a read's reopening a single time."""
    return f"reopen/{read}"


def reopen_read(
    folder: StudyFolder, which: str | ReadPlace, *, by: Actor, reason: str, now: datetime
) -> Read:
    """Let a reader do a read again, as the coordinator's signed act.

    Parameters
    ----------
    which
        The name of the read or how it begins, or whose read of which case.

    Returns
    -------
    Read
        The read that will be superseded when another one is validated in its place.

    Raises
    ------
    ProtocolError
        Where no reason is given, the protocol is not locked, the record is frozen, there is no such
        read or more than one, or `check_reopening` refuses it.
    BadInputError
        Where the plan has no such reader, case, period or arm.
    RecordError
        Where the record was altered.
    """
    if not reason.strip():
        raise ProtocolError("Expected --reason, got none. Say why the read is done again.")
    with open_store(folder.required()) as store:
        events = sound_events(store)
        locked_protocol(folder, events)
        if is_frozen(events):
            raise ProtocolError(f"The record of {folder.path.name} is frozen; no read is reopened.")
        known = chosen_read(which, read_plan(folder), reads_of(events))
        check_reopening(known, events)
        payload = reopening(known, reason.strip())
        act = staff_act(payload, by=by, now=now, once=reopening_key(known.read))
        store.append(replace(act, read=known.read))
    return known


def _meets_again(stored: StoredEvent, read: Read) -> bool:
    """Tell whether an event opens the read's case to its reader again: other cell or later step."""
    match stored.event.payload:
        case ReadOpened() as opened if stored.event.actor == read.reader:
            other = (opened.cell, opened.step) != (read.cell, read.step)
            return stored.number > read.first_event and opened.case == read.case and other
    return False
