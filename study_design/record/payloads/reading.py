"""What the acts of readers carry.

An answer's `item` is a field of `reads.Answers`, or any other name for an item of responses.csv.
A field is only ever added, with a step in `record.upcast` that says what its absence meant before.
"""

from dataclasses import dataclass
from typing import ClassVar

from study_design.record.events import EventPayload, EventType
from study_design.record.payloads.station import UNKNOWN_STATION, Station
from study_design.vocabulary import (
    AbnormalityType,
    AiInitial,
    AiStatus,
    GapBasis,
    ReaderKind,
    Role,
    View,
)

AnswerValue = str | bool | int | float | None


@dataclass(frozen=True, slots=True)
class SittingOpened(EventPayload):
    """A reader sat down; `clock` is local or simulated, `booted_utc` by that clock."""

    type: ClassVar[EventType] = EventType.SITTING_OPENED
    software_version: str
    clock: str
    screen: str
    booted_utc: str
    station: Station = UNKNOWN_STATION


@dataclass(frozen=True, slots=True)
class TimeWitnessed(EventPayload):
    """A time server told a station the true time; `offset_s` is what its clock was behind."""

    type: ClassVar[EventType] = EventType.TIME_WITNESSED
    source: str
    true_utc: str
    offset_s: float
    round_trip_s: float
    station: Station


@dataclass(frozen=True, slots=True)
class SittingClosed(EventPayload):
    """A reader got up."""

    type: ClassVar[EventType] = EventType.SITTING_CLOSED


@dataclass(frozen=True, slots=True)
class ReadOpened(EventPayload):
    """A case left the gate; `again` counts earlier openings of the same read."""

    type: ClassVar[EventType] = EventType.READ_OPENED
    cell: str
    kind: ReaderKind
    group: str
    site: str
    arm: str
    revealed: bool
    step: int
    role: Role
    repeat: int
    period: int
    block: int
    position: int
    case: str
    system: str
    system_version: str
    threshold: float | None
    ai_status: AiStatus | None
    ai_initial: AiInitial
    gap_days: float | None
    gap_basis: GapBasis
    seen_before: bool
    protocol_version: int
    software_version: str
    again: int


@dataclass(frozen=True, slots=True)
class ReadPainted(EventPayload):
    """All views stand on the screen; the clock starts."""

    type: ClassVar[EventType] = EventType.READ_PAINTED
    latency_s: float


@dataclass(frozen=True, slots=True)
class MarkPlaced(EventPayload):
    """A mark was placed or moved; `points` are x_px, y_px in stored pixels."""

    type: ClassVar[EventType] = EventType.MARK_PLACED
    finding: int
    mark: int
    view: View
    image: str
    shape: str
    points: tuple[tuple[float, float], ...]
    types: tuple[AbnormalityType, ...]


@dataclass(frozen=True, slots=True)
class MarkRemoved(EventPayload):
    """A mark was taken away."""

    type: ClassVar[EventType] = EventType.MARK_REMOVED
    mark: int


@dataclass(frozen=True, slots=True)
class FindingDescribed(EventPayload):
    """What the reader says of a finding."""

    type: ClassVar[EventType] = EventType.FINDING_DESCRIBED
    finding: int
    types: tuple[AbnormalityType, ...]
    birads: str | None
    rating: float | None
    one_view_only: bool


@dataclass(frozen=True, slots=True)
class AnswerGiven(EventPayload):
    """An item was answered; None takes the answer back."""

    type: ClassVar[EventType] = EventType.ANSWER_GIVEN
    item: str
    value: AnswerValue


@dataclass(frozen=True, slots=True)
class DigitsTyped(EventPayload):
    """Digits that are no answer yet, for which items and on whose card; none were dropped."""

    type: ClassVar[EventType] = EventType.DIGITS_TYPED
    items: tuple[str, ...]
    text: str
    finding: int | None


@dataclass(frozen=True, slots=True)
class AiMarksShown(EventPayload):
    """AI marks appeared."""

    type: ClassVar[EventType] = EventType.AI_SHOWN


@dataclass(frozen=True, slots=True)
class AiMarksHidden(EventPayload):
    """AI marks disappeared."""

    type: ClassVar[EventType] = EventType.AI_HIDDEN


@dataclass(frozen=True, slots=True)
class ReadPaused(EventPayload):
    """The reading clock stands; the images are hidden."""

    type: ClassVar[EventType] = EventType.READ_PAUSED


@dataclass(frozen=True, slots=True)
class ReadResumed(EventPayload):
    """The reading clock goes on."""

    type: ClassVar[EventType] = EventType.READ_RESUMED


@dataclass(frozen=True, slots=True)
class FocusLost(EventPayload):
    """Another window took the keyboard."""

    type: ClassVar[EventType] = EventType.FOCUS_LOST


@dataclass(frozen=True, slots=True)
class FocusReturned(EventPayload):
    """The reading window has the keyboard again."""

    type: ClassVar[EventType] = EventType.FOCUS_RETURNED


@dataclass(frozen=True, slots=True)
class ReadStalled(EventPayload):
    """The program let the reader wait for three seconds or more."""

    type: ClassVar[EventType] = EventType.READ_STALLED
    seconds: float


@dataclass(frozen=True, slots=True)
class ReadSuspended(EventPayload):
    """The computer slept."""

    type: ClassVar[EventType] = EventType.READ_SUSPENDED
    seconds: float


@dataclass(frozen=True, slots=True)
class ReadValidated(EventPayload):
    """The read is committed; its times are those of the whole read, earlier sittings included.

    `contradiction` is `confirmed` where the reader was asked about answers that contradict each
    other and meant them; empty where there was nothing to ask, or nobody asked.
    """

    type: ClassVar[EventType] = EventType.READ_VALIDATED
    raw_s: float
    paused_s: float
    idle_s: float
    system_s: float
    ai_first_shown_s: float | None
    ai_shown_s: float
    contradiction: str


@dataclass(frozen=True, slots=True)
class ReadReopened(EventPayload):
    """The read that the event names is done again; `reason` is empty where the reader did it."""

    type: ClassVar[EventType] = EventType.READ_REOPENED
    reader: str
    case: str
    cell: str
    reason: str
