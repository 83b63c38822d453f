"""Events: the acts of which the record consists, appended once and never changed.

Reads, progress and the audit trail are derived from them. An event that must happen only once
whatever a retry does carries a key in `once`; the store accepts that key a single time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class EventType(StrEnum):
    """What can happen; `PAYLOADS` says what each carries.

    A read goes `read_opened` (once a sitting), `read_painted`, any number of acts, then
    `read_validated`. A program that was killed in between opens the same read again.
    """

    STUDY_CREATED = "study_created"
    PROTOCOL_LOCKED = "protocol_locked"
    CASE_EXCLUDED = "case_excluded"
    BURNED_IN_JUDGED = "burned_in_judged"
    DOUBT_ACCEPTED = "doubt_accepted"
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
    CASE_WITHDRAWN = "case_withdrawn"
    PROTOCOL_AMENDED = "protocol_amended"
    DATE_ATTESTED = "date_attested"


# What the payload of each event holds. An answer's `item` is a field of `reads.Answers`, or any
# other name for an item of responses.csv; `points` are [[x_px, y_px], ...]; `hashes` are SHA-256 by
# file name; `boxes` are [[x_px, y_px, width_px, height_px], ...];
# `clock` is local or simulated;
# `again` counts earlier openings of the same read; `booted_utc` is when the computer was started;
# `read_reopened` names the read that is done again in the event's own `read`; the times of
# `read_validated` are those of the whole read, earlier sittings included. The store refuses a
# payload with other keys.
PAYLOADS: Mapping[EventType, tuple[str, ...]] = {
    EventType.STUDY_CREATED: ("title", "template", "software_version"),
    EventType.PROTOCOL_LOCKED: ("protocol_version", "hashes", "software_version"),
    EventType.CASE_EXCLUDED: ("case", "why"),
    EventType.BURNED_IN_JUDGED: ("image", "verdict", "boxes", "sha256", "why"),
    EventType.DOUBT_ACCEPTED: ("image", "doubts", "why"),
    EventType.IMAGE_PLACED: ("image", "view", "why"),
    EventType.LINK_OPENED: ("what", "why"),
    EventType.SITTING_OPENED: ("software_version", "clock", "screen", "booted_utc"),
    EventType.SITTING_CLOSED: (),
    EventType.READ_OPENED: (
        "cell",
        "kind",
        "group",
        "site",
        "arm",
        "revealed",
        "step",
        "role",
        "repeat",
        "period",
        "block",
        "position",
        "case",
        "system",
        "system_version",
        "threshold",
        "ai_status",
        "ai_initial",
        "gap_days",
        "gap_basis",
        "seen_before",
        "protocol_version",
        "software_version",
        "again",
    ),
    EventType.READ_PAINTED: ("latency_s",),
    EventType.MARK_PLACED: ("finding", "mark", "view", "image", "shape", "points", "types"),
    EventType.MARK_REMOVED: ("mark",),
    EventType.FINDING_DESCRIBED: ("finding", "types", "birads", "rating", "one_view_only"),
    EventType.ANSWER_GIVEN: ("item", "value"),
    EventType.AI_SHOWN: (),
    EventType.AI_HIDDEN: (),
    EventType.READ_PAUSED: (),
    EventType.READ_RESUMED: (),
    EventType.FOCUS_LOST: (),
    EventType.FOCUS_RETURNED: (),
    EventType.READ_STALLED: ("seconds",),
    EventType.READ_SUSPENDED: ("seconds",),
    EventType.READ_VALIDATED: (
        "raw_s",
        "paused_s",
        "idle_s",
        "system_s",
        "ai_first_shown_s",
        "ai_shown_s",
    ),
    EventType.READ_REOPENED: ("reader", "case", "cell", "reason"),
    EventType.STUDY_FROZEN: ("hashes",),
    EventType.STUDY_UNBLINDED: ("what", "masked"),
    EventType.TRUTH_RECORDED: ("hashes", "cases", "why"),
    EventType.CASE_WITHDRAWN: ("case", "why"),
    EventType.PROTOCOL_AMENDED: (
        "protocol_version",
        "hashes",
        "software_version",
        "changed",
        "why",
    ),
    EventType.DATE_ATTESTED: ("why",),
}


# Acts of the coordinator; everything else is an act of reading, which ends with the freeze.
_OF_COORDINATOR = frozenset(
    {
        EventType.STUDY_CREATED,
        EventType.PROTOCOL_LOCKED,
        EventType.CASE_EXCLUDED,
        EventType.BURNED_IN_JUDGED,
        EventType.DOUBT_ACCEPTED,
        EventType.IMAGE_PLACED,
        EventType.LINK_OPENED,
        EventType.STUDY_FROZEN,
        EventType.STUDY_UNBLINDED,
        EventType.TRUTH_RECORDED,
        EventType.CASE_WITHDRAWN,
        EventType.PROTOCOL_AMENDED,
        EventType.DATE_ATTESTED,
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
    read
        UUID of the read, where the act belongs to one.
    once
        Key that the store accepts a single time, e.g. one validation a cell and step.
    """

    event: str
    type: EventType
    at_utc: str
    utc_offset_min: int
    elapsed_s: float
    sitting: str
    actor: str
    payload: Mapping[str, JsonValue]
    read: str | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the record and the hashes that chain it to the one before."""

    number: int
    event: Event
    previous_hash: str
    hash: str
