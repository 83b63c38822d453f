"""What an analysis hands on: estimates that each say what they are of, and how they were got.

Tables, figures, text and results.json are all made from one `AnalysisResult`, so they cannot
disagree. A number without its method is not a result, and a value that cannot be estimated has a
reason in its place.
"""

import math
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; its level stands in the estimate."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Of:
    """What a quantity is of; what does not apply stays None and is not written."""

    reader: str | None = None
    group: str | None = None
    readers: str | None = None  # "all": the mean of all readers
    system: str | None = None  # an AI system alone
    arm: str | None = None
    target: str | None = None
    operating_point: str | None = None
    maximum: str | None = None  # "2 of 3": one of several tied maxima
    stratum: str | None = None
    cases: str | None = None  # "withdrawn included"; None: without withdrawn cases
    unit: str | None = None  # where it is not that of the settings: exam, breast
    item: str | None = None  # of an agreement: what is agreed upon
    hit_rule: str | None = None  # where it is not that of the settings: when a mark hits a lesion
    random: str | None = None  # what is a sample; None: cases only, readers fixed
    readings: str | None = None  # where the main analysis leaves some out: whose stand here
    as_in: str | None = None  # the paper whose way of computing is reproduced

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the names and values that apply, in the order of the fields."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple((name, value) for name, value in named if value is not None)

    @property
    def of_readers(self) -> bool:
        """Whether it is of readers, with or without an AI system beside them."""
        return not (self.reader is None and self.group is None and self.readers is None)

    @property
    def whom(self) -> str:
        """Who rated: a reader, a group, all readers, or an AI system."""
        if self.reader is not None:
            return self.reader
        if self.system is not None and not self.of_readers:
            return self.system
        whom = f"{self.group} readers" if self.group is not None else "all readers"
        return whom if self.random is None else f"{whom} (random)"

    @property
    def label(self) -> str:
        """Who rated, and in which arm, in words."""
        return f"{self.whom}, {self.arm}" if self.arm else self.whom


@dataclass(frozen=True, slots=True)
class Counts:
    """What an estimate rests on; what does not apply stays None and is not written.

    Units are what is analysed: exams, breasts or images, as the settings or `Of.unit` say; cases
    are the exams that they belong to, and of a table the cases that it names.
    """

    n_units: int | None = None
    n_cases: int | None = None
    n_clusters: int | None = None  # patients or exams, where several units are of one
    n_positive: int | None = None  # of the units
    n_readers: int | None = None
    n_reads: int | None = None
    n_places: int | None = None  # of an agreement on place, over all pairs of readers
    n_pairs: int | None = None  # of a comparison: units, or reader's units, seen on both sides
    n_zero: int | None = None  # pairs without a difference, which a signed-rank test drops
    n_smallest_expected: int | None = None  # of an agreement: in a cell of its table, by chance

    def items(self) -> tuple[tuple[str, int], ...]:
        """Return the counts that apply, in the order of the fields."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return tuple((name, value) for name, value in named if value is not None)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with everything that is needed to print it.

    A comparison has two things in `of`; its estimate is the first minus the second, and its
    quantity ends in `_difference`. Where `estimate` is None, `reason` says why; where only the
    interval or p cannot be estimated, `reason` says that.
    """

    quantity: str
    of: Of | tuple[Of, Of]
    estimate: float | None
    method: str
    se: float | None = None
    ci: Interval | None = None
    level: float | None = None
    p: float | None = None
    exploratory: bool = True
    n: Counts = Counts()
    reason: str | None = None
    decision: str | None = None  # of a test of the plan
    p_adjusted: float | None = None  # of the plan's family of tests; one-sided ones doubled
    df: float | None = None  # of the t, or F's denominator; None: another distribution
    df_numerator: float | None = None  # of an F, or of a chi-square, which has no denominator
    p_exact: float | None = None  # Fisher's, beside p where expected counts are small
    design_effect: float | None = None  # of clustered units: variance over that of independent ones

    def __post_init__(self) -> None:
        limits = () if self.ci is None else (self.ci.low, self.ci.high)
        numbers = (
            self.estimate, self.se, self.p, self.p_adjusted, self.p_exact, self.df,
            self.df_numerator, self.design_effect, *limits,
        )  # fmt: skip
        if not all(math.isfinite(number) for number in numbers if number is not None):
            raise ValueError(f"{self.quantity}: expected finite numbers, got {numbers}")
        if self.estimate is None and not self.reason:
            raise ValueError(f"{self.quantity}: an estimate that is missing needs a reason")
        if isinstance(self.of, tuple) != self.quantity.endswith("_difference"):
            raise ValueError(f"{self.quantity}: a comparison, and only that, ends in _difference")

    @property
    def measures(self) -> tuple[tuple[str, float], ...]:
        """The numbers that interval and p rest on, by their names in files."""
        named = (
            ("df", self.df),
            ("df_numerator", self.df_numerator),
            ("p_exact", self.p_exact),
            ("design_effect", self.design_effect),
        )
        return tuple((name, value) for name, value in named if value is not None)

    @property
    def reaches_limit(self) -> bool:
        """Whether the interval of a fraction runs to 0 or 1, where it may have been cut."""
        return self.ci is not None and (self.ci.low <= 0.0 or self.ci.high >= 1.0)

    @property
    def subjects(self) -> tuple[Of, ...]:
        """The one or two things that the estimate is of."""
        return self.of if isinstance(self.of, tuple) else (self.of,)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the analysis, as it is printed."""

    name: str
    value: str | float | bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An ROC curve to draw: fractions of false and true positives from (1, 1) down to (0, 0).

    `threshold` is None for a mean of several readers' curves, which has none.
    """

    of: Of
    group: str | None
    false_positive_fraction: FloatArray
    sensitivity: FloatArray
    threshold: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class FrocCurve:
    """A FROC curve to draw, from 0, 0 on: false marks per image, and the lesions found."""

    of: Of
    group: str | None
    false_marks: FloatArray
    lesions: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ReaderTimes:
    """Reading times of one reader in two arms, paired by case; NaN where a read is missing."""

    reader: str
    group: str
    first_arm: str
    second_arm: str
    first_s: FloatArray
    second_s: FloatArray


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """One cell of a paper's table with full precision, under the name that its file has."""

    column: str
    value: str | float | int | None


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row of a paper's table: as printed, and with full precision."""

    section: str
    label: str
    cells: tuple[str, ...]
    numbers: tuple[PaperNumber, ...]


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table in a paper's own layout; `header` names section, label and cells."""

    name: str
    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class NamedCurve:
    """A curve as a paper's figure names it; `place` tells its colour and line."""

    name: str
    curve: Curve
    place: int


@dataclass(frozen=True, slots=True)
class PaperPanel:
    """One pair of axes with ROC curves; thin curves are those of single readers."""

    title: str
    curves: tuple[NamedCurve, ...]
    thin: tuple[NamedCurve, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperFigure:
    """A figure in a paper's own layout: panels in rows of `columns`."""

    name: str
    title: str
    caption: str
    panels: tuple[PaperPanel, ...]
    columns: int


@dataclass(frozen=True, slots=True)
class PaperPart:
    """What a paper prints, made from the study's own data."""

    name: str
    title: str
    estimates: tuple[Estimate, ...]
    tables: tuple[PaperTable, ...]
    figures: tuple[PaperFigure, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was analysed.

    Attributes
    ----------
    readers, systems
        Number of readers, and the AI systems alone.
    units, positive
        What is analysed, and the positive ones among it.
    exams, patients
        To which the units belong; None where nothing tells.
    arms_with_ai
        In which readers were shown the AI, where that is known.
    """

    readers: int
    systems: tuple[str, ...]
    units: int
    positive: int
    exams: int | None = None
    patients: int | None = None
    arms_with_ai: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AnalysisResult:
    """Everything that one analysis found."""

    title: str
    simulated: bool
    arms: tuple[str, ...]
    settings: tuple[Setting, ...]
    estimand: str
    warnings: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    curves: tuple[Curve, ...] = ()
    times: tuple[ReaderTimes, ...] = ()
    froc_curves: tuple[FrocCurve, ...] = ()
    strata: tuple[Estimate, ...] = ()
    withdrawn: tuple[Estimate, ...] = ()  # the plan's, withdrawn cases included
    paper: PaperPart | None = None
    interim: bool = False
    extent: Extent | None = None
    tests: tuple[str, ...] = ()  # of the plan, in their order, computed or not

    @property
    def all_estimates(self) -> tuple[Estimate, ...]:
        """The estimates of the analysis, of its strata, with withdrawn cases, of a paper."""
        return (
            *self.estimates,
            *self.strata,
            *self.withdrawn,
            *(() if self.paper is None else self.paper.estimates),
        )

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """The warnings of the analysis, and those of a paper's tables."""
        return self.warnings + (() if self.paper is None else self.paper.warnings)

    def setting(self, name: str) -> str | float | bool | None:
        """Return the value of a setting, as it is printed; None where it has none."""
        return next((one.value for one in self.settings if one.name == name), None)

    @property
    def planned(self) -> tuple[Estimate, ...]:
        """What belongs to the locked plan."""
        return tuple(one for one in self.estimates if not one.exploratory)

    def select(self, *quantities: str) -> tuple[Estimate, ...]:
        """Return the estimates of some quantities, in their order."""
        return tuple(one for one in self.estimates if one.quantity in quantities)
