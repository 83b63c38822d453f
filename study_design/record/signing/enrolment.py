"""Enrolment: which keys may sign in a record, from which event on, and who vouches for them.

The first key enrols itself: of a new record in its first event, of a record from before there were
signatures in the first event that is added, which takes what was there under its signature. Any
other key is enrolled by an event that an enrolled key signed, or comes with a restored backup.
"""

import getpass
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from study_design.errors import RecordError
from study_design.images.fixed_display import display_hashes
from study_design.record.events import Event, StoredEvent
from study_design.record.payloads.staff import (
    KeyEnrolled,
    ProtocolAmended,
    ProtocolLocked,
    StudyFrozen,
    TruthRecorded,
)
from study_design.record.signing.account_key import AccountKey
from study_design.record.signing.fingerprint import fingerprint_of, key_name
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class EnrolledKey:
    """A key of a record.

    Attributes
    ----------
    number
        The event that enrolled it.
    by
        Name of the key that vouches for it; its own where it vouches for itself.
    """

    name: str
    public: str
    number: int
    by: str

    @property
    def vouches_for_itself(self) -> bool:
        """Tell whether no other key vouches for it."""
        return self.by == self.name


def enrolled_keys(events: Iterable[StoredEvent]) -> tuple[EnrolledKey, ...]:
    """Return the keys of a record in the order in which they were enrolled."""
    keys: dict[str, EnrolledKey] = {}
    for stored in events:
        match stored.event.payload, stored.signing:
            case KeyEnrolled() as enrolled, signing if signing is not None:
                name = key_name(enrolled.public_key)
                key = EnrolledKey(name, enrolled.public_key, stored.number, signing.key)
                keys.setdefault(name, key)
    return tuple(keys.values())


def record_fingerprint(events: Iterable[StoredEvent]) -> str:
    """Return the fingerprint of the keys of a record; empty where nothing was signed."""
    keys = enrolled_keys(events)
    return fingerprint_of(key.public for key in keys) if keys else ""


def noted_display(events: Iterable[StoredEvent]) -> Mapping[str, str]:
    """Return how images must be shown in a study that was locked before cases.csv said so."""
    for stored in events:
        match stored.event.payload:
            case KeyEnrolled(display=display) if display:
                return display
    return {}


def self_enrolment(
    key: AccountKey, first: Event, before: Sequence[StoredEvent], folder: StudyFolder | None
) -> Event:
    """Return the event with which the first key of a record enrols itself.

    Parameters
    ----------
    first
        What is written next, in the same step; it says when.
    before
        All events of the record so far, none of them signed.
    folder
        The study of the record.
    """
    last = before[-1] if before else None
    fixed = _fixed_files(before)
    enrolled = KeyEnrolled(
        public_key=key.public,
        owner=account_name(),
        record_number=last.number if last else 0,
        record_hash=last.hash if last else "",
        files=fixed,
        display=display_hashes(folder) if folder is not None and fixed else {},
    )
    return replace(
        first,
        actor=account_name(),
        event=str(uuid.uuid4()),
        sitting=str(uuid.uuid4()),
        elapsed_s=0.0,
        payload=enrolled,
        read=None,
        once=None,
    )


class NotEnrolledError(RecordError):
    """The key of this account may not sign in the record."""


def refuse_stranger(key: AccountKey, known: Sequence[EnrolledKey], path: str) -> None:
    """Refuse to write where other keys are enrolled and this account's is not.

    Raises
    ------
    NotEnrolledError
        In one line: what to do on which account.
    """
    if known and key.name not in {other.name for other in known}:
        raise NotEnrolledError(
            f"The record of {path} is signed, and the key of this account is not enrolled in it, "
            f"so nothing was written. On the account that made the study: crossread enrol {path} "
            f"{key.public} (or bring a backup here: crossread restore FILE STUDY)"
        )


def account_name() -> str:
    """Return the name of this account, for people to recognise a key by."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "this account"


def _fixed_files(events: Iterable[StoredEvent]) -> dict[str, str]:
    """Return the hashes of files that unsigned events had fixed; nothing is opened for it."""
    fixed: dict[str, str] = {}
    for stored in events:
        match stored.event.payload:
            case ProtocolLocked(hashes=hashes) | ProtocolAmended(hashes=hashes):
                fixed = dict(hashes)
            case TruthRecorded(hashes=hashes) | StudyFrozen(hashes=hashes):
                fixed |= hashes
    return fixed
