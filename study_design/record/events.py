"""Events: the acts of which the record consists, appended once and never changed.

Reads, progress and the audit trail are derived from them. An event that must happen only once
whatever a retry does carries a key in `once`; the store accepts that key a single time.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class EventType(StrEnum):
    """What can happen; `record.payloads` says what each carries.

    A read goes `read_opened` (once a sitting), `read_painted`, any number of acts, then
    `read_validated`. A program that was killed in between opens the same read again.
    """

    STUDY_CREATED = "study_created"
    PROTOCOL_LOCKED = "protocol_locked"
    CASE_EXCLUDED = "case_excluded"
    BURNED_IN_JUDGED = "burned_in_judged"
    DOUBT_ACCEPTED = "doubt_accepted"
    DETECTIONS_RECORDED = "detections_recorded"
    DETECTIONS_REMOVED = "detections_removed"
    IMAGE_PLACED = "image_placed"
    LINK_OPENED = "link_opened"
    SITTING_OPENED = "sitting_opened"
    SITTING_CLOSED = "sitting_closed"
    READ_OPENED = "read_opened"
    READ_PAINTED = "read_painted"
    MARK_PLACED = "mark_placed"
    MARK_REMOVED = "mark_removed"
    FINDING_DESCRIBED = "finding_described"
    ANSWER_GIVEN = "answer_given"
    DIGITS_TYPED = "digits_typed"
    AI_SHOWN = "ai_shown"
    AI_HIDDEN = "ai_hidden"
    READ_PAUSED = "read_paused"
    READ_RESUMED = "read_resumed"
    FOCUS_LOST = "focus_lost"
    FOCUS_RETURNED = "focus_returned"
    READ_STALLED = "read_stalled"
    READ_SUSPENDED = "read_suspended"
    READ_VALIDATED = "read_validated"
    READ_REOPENED = "read_reopened"
    STUDY_FROZEN = "study_frozen"
    STUDY_UNBLINDED = "study_unblinded"
    TRUTH_RECORDED = "truth_recorded"
    TRUTH_ROWS_LEFT_OUT = "truth_rows_left_out"
    CASE_WITHDRAWN = "case_withdrawn"
    PROTOCOL_AMENDED = "protocol_amended"
    DATE_ATTESTED = "date_attested"
    PROTOCOL_UNLOCKED = "protocol_unlocked"
    FREEZE_LIFTED = "freeze_lifted"
    STUDY_EXPORTED = "study_exported"
    RESULTS_SHOWN = "results_shown"
    TIME_WITNESSED = "time_witnessed"
    KEY_ENROLLED = "key_enrolled"
    STUDY_RESTORED = "study_restored"
    EXAMS_SETTLED = "exams_settled"
    CASE_ERASED = "case_erased"


class EventPayload:
    """What an event carries: a frozen dataclass for each type, in `record.payloads`."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

    type: ClassVar[EventType]


# Acts of the coordinator; everything else is an act of reading, which ends with the freeze.
_OF_COORDINATOR = frozenset(
    {
        EventType.STUDY_CREATED,
        EventType.PROTOCOL_LOCKED,
        EventType.CASE_EXCLUDED,
        EventType.BURNED_IN_JUDGED,
        EventType.DOUBT_ACCEPTED,
        EventType.DETECTIONS_RECORDED,
        EventType.DETECTIONS_REMOVED,
        EventType.IMAGE_PLACED,
        EventType.EXAMS_SETTLED,
        EventType.CASE_ERASED,
        EventType.LINK_OPENED,
        EventType.STUDY_FROZEN,
        EventType.STUDY_UNBLINDED,
        EventType.TRUTH_RECORDED,
        EventType.TRUTH_ROWS_LEFT_OUT,
        EventType.CASE_WITHDRAWN,
        EventType.PROTOCOL_AMENDED,
        EventType.DATE_ATTESTED,
        EventType.PROTOCOL_UNLOCKED,
        EventType.FREEZE_LIFTED,
        EventType.STUDY_EXPORTED,
        EventType.RESULTS_SHOWN,
        EventType.KEY_ENROLLED,
        EventType.STUDY_RESTORED,
    }
)
OF_READING = frozenset(EventType) - _OF_COORDINATOR - {EventType.SITTING_CLOSED}


@dataclass(frozen=True, slots=True)
class Event:
    """One act, as the program that saw it hands it to the store.

    Attributes
    ----------
    event
        UUID made where the act happened, so that a retry is recognised.
    at_utc
        Wall clock, ISO 8601 with microseconds and Z.
    utc_offset_min
        Minutes from UTC to the local time of the station.
    elapsed_s
        Monotonic seconds since the sitting began; the only basis of durations.
    sitting
        UUID of one run of the program at one desk.
    actor
        Reader or person who acts.
    payload
        What it carries; its class tells the event's type.
    read
        UUID of the read, where the act belongs to one.
    once
        Key that the store accepts a single time, e.g. one validation a cell and step.
    """

    event: str
    at_utc: str
    utc_offset_min: int
    elapsed_s: float
    sitting: str
    actor: str
    payload: EventPayload
    read: str | None = None
    once: str | None = None

    @property
    def type(self) -> EventType:
        """What happened."""
        return self.payload.type


@dataclass(frozen=True, slots=True)
class Signing:
    """How an event hangs in its sitting, and who vouches for it.

    Attributes
    ----------
    place
        Counts the events of a sitting from 1.
    follows
        Hash of what the event grows from: the sitting's event before it; of a sitting's first
        event the newest of the record then, or zeros where there was none.
    content_hash
        SHA-256 of the event without its number; what a signature covers.
    key
        Name of the key of who wrote it.
    signature
        Ed25519, in hexadecimal; empty where a later event of the same sitting, written in the same
        step, is signed and so vouches for this one too.
    """

    place: int
    follows: str
    content_hash: str
    key: str
    signature: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the record and the hashes that chain it to the one before.

    Attributes
    ----------
    payload_text
        The payload as it was recorded, in the form of its time.
    form
        1 where the event bears no signature, 2 from there on.
    signing
        None in form 1.
    """

    number: int
    event: Event
    previous_hash: str
    hash: str
    payload_text: str
    form: int
    signing: Signing | None
