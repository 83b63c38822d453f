"""What a restored backup is worth: who vouches for it, and what is lost by putting it back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import Event, StoredEvent
from study_design.record.heads import remembered_ends, restart_head
from study_design.record.payloads.staff import KeyEnrolled, StudyRestored
from study_design.record.record import file_identity
from study_design.record.signing.account_key import account_key
from study_design.record.signing.enrolment import (
    account_name,
    enrolled_keys,
    record_fingerprint,
)
from study_design.record.signing.fingerprint import typed_fingerprint
from study_design.record.signing.signature_check import signature_problems
from study_design.record.soundness import trust_here
from study_design.record.store.record_store import open_store
from study_design.record.witness import witness_problems
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class Vouching:
    """What somebody brings along to vouch for a backup: a fingerprint, or a witness of its end."""

    fingerprint: str = ""
    against: str = ""


NOTHING = Vouching()


@dataclass(frozen=True, slots=True)
class Restoring:
    """What is known of a backup.

    Attributes
    ----------
    verified
        Its signatures hold under the fingerprint given or under the key of this account, or a
        witness or this account's memory of the record's end knows it.
    lost_until
        Up to which event this account knew of more; 0 where it knew of none.
    loss_known
        Whether this account knew how the record had ended.
    doubts
        What speaks against it.
    """

    verified: bool
    lost_until: int
    loss_known: bool
    fingerprint: str
    doubts: tuple[str, ...]


def restoring(
    record: str, events: Sequence[StoredEvent], broken: Sequence[str], vouching: Vouching
) -> Restoring:
    """Judge the events of a backup.

    Parameters
    ----------
    record
        Identity of the record where it will lie.
    broken
        What is wrong with their chain.

    Raises
    ------
    BadInputError
        Where the fingerprint or the witness is none.
    """
    known = typed_fingerprint(vouching.fingerprint) if vouching.fingerprint else ""
    trust = trust_here(known)
    doubts = list(broken)
    if not broken:
        doubts += [p.what for p in signature_problems(events, trust) if p.grave]
    if vouching.against:
        doubts += [p.what for p in witness_problems(vouching.against, events) if p.grave]
    backed = bool(known or vouching.against)
    backed = backed or trust.own_key in {key.name for key in enrolled_keys(events)}
    ends = remembered_ends(events[0].event.event) if events else ()
    within = [end for end in ends if end.number <= len(events)]
    kept = [end for end in within if events[end.number - 1].hash == end.hash]
    if within and not kept:
        doubts.append(f"event {within[0].number} is not the one that this account wrote")
    backed = backed or any(end.number == len(events) for end in kept)
    # A copy that went on elsewhere is not what is lost where the record lay itself.
    here = [end for end in ends if end.path == record] or ends
    lost_until = max((max(end.number, end.lost_until) for end in here), default=0)
    return Restoring(
        verified=backed and not doubts,
        lost_until=lost_until if lost_until > len(events) else 0,
        loss_known=bool(ends),
        fingerprint=record_fingerprint(events),
        doubts=tuple(doubts),
    )


def write_restored(
    folder: StudyFolder, events: Sequence[StoredEvent], told: Restoring, *, by: Actor, now: datetime
) -> None:
    """Write down that a study was restored; a key that is new to it is enrolled by that."""
    last = events[-1]
    restored = StudyRestored(
        last.number,
        last.hash,
        told.lost_until,
        told.loss_known,
        told.verified,
        told.fingerprint,
    )
    act = staff_act(restored, by=by, now=now)
    restart_head(file_identity(folder.record), events[0].event.event, last)
    with open_store(folder) as store:
        store.append_all((act, *_enrolment_beside(act, events)))


def _enrolment_beside(act: Event, events: Sequence[StoredEvent]) -> tuple[Event, ...]:
    """Return the enrolment of this account's key, where others are enrolled and it is not."""
    key, known = account_key(), enrolled_keys(events)
    if not known or key.name in {other.name for other in known}:
        return ()
    enrolled = KeyEnrolled(key.public, account_name(), 0, "", {}, {}, "restored from a backup")
    return (replace(act, event=str(uuid.uuid4()), payload=enrolled),)
