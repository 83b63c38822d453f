"""A read: what one reader reported of one case in one arm, and when.

A read has one step, or two where the AI is revealed after a first answer. Reads are never edited:
`record.reads.replay` derives them from the events.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from study_design.geometry import Box, Point
from study_design.vocabulary import (
    AbnormalityType,
    AiInitial,
    AiStatus,
    GapBasis,
    ReaderKind,
    ReadStatus,
    Role,
    Side,
    View,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on one view, in stored pixels."""

    mark: int
    view: View
    image: str
    shape: str  # point, box or ellipse
    points: tuple[Point, ...]

    @property
    def box(self) -> Box:
        """The smallest upright box that holds the mark."""
        xs = [point.x_px for point in self.points]
        ys = [point.y_px for point in self.points]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True, slots=True)
class Finding:
    """An abnormality that a reader reports, marked on one view or on two views of one breast."""

    finding: int
    types: tuple[AbnormalityType, ...]
    marks: tuple[Mark, ...]
    birads: str | None = None
    rating: float | None = None
    one_view_only: bool = False

    @property
    def side(self) -> Side:
        """The breast in which the finding lies."""
        return self.marks[0].view.side


# Which item of `Answers` is that of a breast.
BIRADS_OF = MappingProxyType({Side.RIGHT: "birads_right", Side.LEFT: "birads_left"})
RATING_OF = MappingProxyType({Side.RIGHT: "rating_right", Side.LEFT: "rating_left"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered about the breasts and the exam; None where nothing was.

    Ratings are probabilities of malignancy, 0-100.
    """

    birads_right: str | None = None
    birads_left: str | None = None
    birads_exam: str | None = None
    rating_right: float | None = None
    rating_left: float | None = None
    rating: float | None = None
    density: str | None = None

    def birads_of(self, side: Side) -> str | None:
        """Return the category of a breast."""
        return self.birads_right if side is Side.RIGHT else self.birads_left

    def rating_of(self, side: Side) -> float | None:
        """Return the rating of a breast."""
        return self.rating_right if side is Side.RIGHT else self.rating_left


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """Seconds of a step on a monotonic clock, counted from the first full paint.

    `idle_s` and `system_s` are reported and never subtracted.
    """

    raw_s: float
    paused_s: float
    idle_s: float
    system_s: float

    @property
    def reading_s(self) -> float:
        """The primary reading time."""
        return self.raw_s - self.paused_s

    @property
    def active_s(self) -> float:
        """Reading time without the stretches that had no input."""
        return self.reading_s - self.idle_s


@dataclass(frozen=True, slots=True)
class AiShown:
    """The AI of a step and how it was shown."""

    system: str = ""
    version: str = ""
    threshold: float | None = None
    status: AiStatus | None = None
    initial: AiInitial = AiInitial.NONE
    first_shown_s: float | None = None
    shown_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """One validated step of a read, as the table `reads.csv` holds it.

    Attributes
    ----------
    earlier_s
        Reading time of all the reads that this one supersedes; None where it supersedes none.
    """

    read: str
    step: int
    reader: str
    kind: ReaderKind
    group: str
    site: str
    arm: str
    revealed: bool
    ai: AiShown
    role: Role
    repeat: int
    period: int
    block: int
    position: int
    cell: str
    case: str
    answers: Answers
    findings: tuple[Finding, ...]
    opened_utc: str
    painted_utc: str
    validated_utc: str
    utc_offset_min: int
    times: ReadTimes
    gap_days: float | None
    gap_basis: GapBasis
    seen_before: bool
    status: ReadStatus
    supersedes: str | None
    contradiction: str  # confirmed, or empty
    protocol_version: int
    software_version: str
    first_event: int
    last_event: int
    responses: tuple[tuple[str, str], ...] = field(default=())
    earlier_s: float | None = None
