"""What a file of AI results reports, before its images and cases are known to be the study's.

Nothing is checked here but the form: a box may lie outside its picture, and a name may be a
stranger's. `study_names` says what of it holds in the study. Each entry knows its place in the
file, so that what is wrong can be named.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from study_design.geometry import Box
from study_design.tables.foreign.units import Unit
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps the results out: where it stands, and what is wrong there.

    `on`: what the row is about, where that could be read; a row of another study may be left out.
    """

    place: str
    words: str
    on: "ReportedImage | None" = None

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


@dataclass(frozen=True, slots=True)
class PictureSize:
    """Columns and rows of the picture that coordinates refer to."""

    columns: float
    rows: float


@dataclass(frozen=True, slots=True)
class Corners:
    """Two corners of a box as a file gives them: unchecked, NaN where a number was unreadable."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def finite(self) -> bool:
        """Whether all four are numbers."""
        return all(math.isfinite(value) for value in (self.x0, self.y0, self.x1, self.y1))

    @property
    def in_order(self) -> bool:
        """Whether the first corner is the upper left one."""
        return self.x0 <= self.x1 and self.y0 <= self.y1

    @property
    def box(self) -> Box:
        """The box between the corners."""
        return Box(self.x0, self.y0, self.x1 - self.x0, self.y1 - self.y0)

    def moved(self, by: float) -> "Corners":
        """Return the corners with all four numbers moved."""
        return Corners(self.x0 + by, self.y0 + by, self.x1 + by, self.y1 + by)

    def turned_over(self, rows: float) -> "Corners":
        """Return the corners with y counted from the other edge of a picture of so many rows."""
        return Corners(self.x0, rows - self.y1, self.x1, rows - self.y0)

    def scaled(self, columns: float, rows: float) -> "Corners":
        """Return the corners with x and y multiplied."""
        return Corners(self.x0 * columns, self.y0 * rows, self.x1 * columns, self.y1 * rows)

    @staticmethod
    def around(points: Iterable[tuple[float, float]]) -> "Corners":
        """Return the smallest upright box around points, each x and y; NaN where one is none."""
        xs, ys = zip(*points, strict=True)
        if not all(map(math.isfinite, (*xs, *ys))):
            return Corners(math.nan, math.nan, math.nan, math.nan)
        return Corners(min(xs), min(ys), max(xs), max(ys))

    @staticmethod
    def sized(x0: float, y0: float, width: float, height: float) -> "Corners":
        """Return the corners of a box given by its upper left corner and its size."""
        return Corners(x0, y0, x0 + width, y0 + height)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a file says of an image beside its name, as far as it was understood."""

    case: str = ""
    side: Side | None = None
    projection: Projection | None = None


@dataclass(frozen=True, slots=True)
class ReportedImage:
    """How a file names a view: by its image, or by case and view, or by both.

    Attributes
    ----------
    image
        A SOP Instance UID, a file name, or the study's name; empty where case and view say it all.
    case
        Any identifier of the exam.
    size
        Of the picture that the system saw; None where the file does not say.
    beside
        Must not contradict the image.
    """

    image: str
    case: str = ""
    view: View | None = None
    size: PictureSize | None = None
    beside: Beside | None = None

    @property
    def is_exam(self) -> bool:
        """Whether no image but the whole exam is meant."""
        return not self.image and self.view is None


@dataclass(frozen=True, slots=True)
class ReportedBox:
    """A place that a system reports, with what it says of the abnormality there.

    `detection` joins boxes of one abnormality; empty where the box stands alone. `score` is None
    where the file gives none. `from_bottom`: y counts upwards from the picture's lower edge.
    """

    place: str
    on: ReportedImage
    corners: Corners
    score: float | None
    types: tuple[AbnormalityType, ...] = ()
    unit: Unit = Unit.PIXELS
    from_bottom: bool = False
    detection: str = ""
    box: str = ""
    malignancy: float | None = None
    birads: str | None = None
    morphology: str = ""
    quadrant: str = ""
    depth: float | None = None


@dataclass(frozen=True, slots=True)
class ReportedCase:
    """What a file says of a whole case, or of one image of it.

    Attributes
    ----------
    status
        None where the file shows nothing there and does not say that nothing was found either.
    run
        The run of the system that said so, where the file knows it; two runs of one case are never
        mixed.
    scores_told
        A score of exam or breast that is None was not given; otherwise the highest of its boxes
        takes its place where none of the three is given.
    looked_at
        Of an exam: the images that the system looked at; None where the file speaks of the exam as
        such.
    """

    place: str
    on: ReportedImage
    status: AiStatus | None
    score_exam: float | None = None
    score_right: float | None = None
    score_left: float | None = None
    seconds: float | None = None
    run: str = ""
    scores_told: bool = False
    looked_at: tuple[ReportedImage, ...] | None = None

    @property
    def scores(self) -> tuple[float, ...]:
        """The scores of the whole case that are on the system's scale."""
        told = (self.score_exam, self.score_right, self.score_left)
        return tuple(score for score in told if score is not None)


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """Everything that files of one kind report of one system.

    Attributes
    ----------
    kind
        What the files are, in words.
    scale
        Lowest and highest possible score as in `0-1`; empty where no file says.
    words
        What the files call abnormalities, each once; empty where codes say it.
    units_told
        The format itself says what coordinates count, as DICOM does.
    """

    kind: str
    files: tuple[Path, ...]
    boxes: tuple[ReportedBox, ...]
    cases: tuple[ReportedCase, ...]
    version: str = ""
    scale: str = ""
    simulated: bool = False
    phantom_trained: bool = False
    provenance: str = ""
    words: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    units_told: bool = False
