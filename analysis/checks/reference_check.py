"""Runs the estimators on reference cases and says which numbers they reproduce."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.reference_methods import (
    chi2,
    delong,
    diagnostic2x2,
    froc,
    imrmc,
    kappa,
    lroc,
    mcnemar,
    mrmc_or,
    multiplicity,
    pauc,
    power,
    proportions,
    reading_time,
    shapiro,
    wilcoxon,
    youden,
)
from analysis.reference_methods.reference_case import (
    Part,
    ReferenceCase,
    ReferenceCaseError,
    read_cases,
)

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "reference_cases"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may lie apart: relative to the expected one, or absolute."""

    relative: float = 1e-8
    absolute: float = 1e-12

    def allows(self, expected: float, got: float) -> bool:
        """Tell whether a number is reproduced; what is no number must be none on both sides."""
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        if math.isinf(expected) or math.isinf(got):
            return expected == got
        return abs(got - expected) <= max(self.relative * abs(expected), self.absolute)


EXACT = Tolerance()
# Where the reference itself rounds or iterates. Published approximations of Shapiro-Wilk differ
# between libraries; irr rounds by category to 3 digits and irrCAC to 3 to 5; R's uniroot stops
# within wilcox.test at a bracket of 1e-4.
ROUNDED = Tolerance(absolute=5e-4)
# iMRMC in Java prints its statistics with 9 digits, its tables with 6, and rounds the variances of
# single readers to 8 places.
JAVA_TABLE = Tolerance(relative=1e-4)
JAVA_STATISTICS = Tolerance(relative=1e-5)
TOLERANCES = {
    ("imrmc", "statAnalysis"): JAVA_STATISTICS,
    ("imrmc", "statAnalysisMLE"): JAVA_STATISTICS,
    ("imrmc", "AUCperReader"): Tolerance(relative=1e-5, absolute=5.1e-9),
    # lme4 stops where a step changes the criterion little.
    ("reading_time", "fixef"): Tolerance(relative=1e-4),
    ("reading_time", "varcomp"): Tolerance(relative=1e-4),
    **{("imrmc", f"{name}table"): JAVA_TABLE for name in ("BDG", "BCK", "DBM", "OR", "MS")},
    ("shapiro", "shapiro"): Tolerance(relative=1e-6),
    ("kappa", "fleiss_by_category"): ROUNDED,
    ("kappa", "gwet_ac1"): ROUNDED,
    ("kappa", "fleiss_irrCAC"): ROUNDED,
    ("wilcoxon", "hodges_lehmann"): Tolerance(absolute=1e-3),
}
Answer = Callable[[ReferenceCase, str], tuple[Part, ...] | None]
METHODS: dict[str, Answer] = {
    "delong": delong.answer,
    "youden": youden.answer,
    "kappa": kappa.answer,
    "wilcoxon": wilcoxon.answer,
    "shapiro": shapiro.answer,
    "proportions": proportions.answer,
    "diagnostic2x2": diagnostic2x2.answer,
    "froc": froc.answer,
    "lroc": lroc.answer,
    "imrmc": imrmc.answer,
    "reading_time": reading_time.answer,
    "mrmc_or": mrmc_or.answer,
    "power": power.answer,
    "chi2": chi2.answer,
    "mcnemar": mcnemar.answer,
    "multiplicity": multiplicity.answer,
    "pauc": pauc.answer,
}
NOTES = {"delong": delong.NOTE, "imrmc": imrmc.NOTE, "kappa": kappa.NOTE, "lroc": lroc.NOTE}


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """One number of a reference case beside ours; None, with a reason, where there is none."""

    case: str
    quantity: str
    expected: float
    got: float | None
    ok: bool
    reason: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the expected one."""
        return None if self.got is None else self.got - self.expected


@dataclass(frozen=True, slots=True)
class MissingMethod:
    """A method of the folder that has no estimator yet."""

    method: str
    n_cases: int
    n_values: int


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """What was compared, and what could not be.

    `n_values` counts what was compared, and the values of missing methods that were asked for by
    name.
    """

    values: tuple[CheckedValue, ...]
    missing: tuple[MissingMethod, ...]
    notes: tuple[str, ...]
    n_reproduced: int
    n_values: int

    @property
    def complete(self) -> bool:
        """Whether every value was reproduced."""
        return self.n_reproduced == self.n_values


def check(folder: Path | None = None, methods: Sequence[str] = ()) -> ReferenceCheck:
    """Run the estimators on the cases of a folder.

    Parameters
    ----------
    folder
        One folder a method, in it CASE.json with its tables; None: the shipped cases.
    methods
        Methods to check; empty: all that have an estimator. The values of a method that was asked
        for and has none count as not reproduced.

    Raises
    ------
    ReferenceCaseError
        Where the folder cannot be read, or has no case of a method that was asked for.
    """
    if folder is None and not SHIPPED.is_dir():
        raise ReferenceCaseError(
            "expected the shipped reference cases in assets/reference_cases beside the program, "
            "got none; name a folder of reference cases"
        )
    cases = read_cases(folder or SHIPPED)
    there = tuple(dict.fromkeys(case.method for case in cases))
    unknown = [name for name in methods if name not in there]
    if unknown:
        raise ReferenceCaseError(
            f"expected methods of the folder ({', '.join(there)}), got {', '.join(unknown)}"
        )
    chosen = [name for name in there if name in methods or not methods]
    checked = tuple(
        value
        for case in cases
        if case.method in chosen and case.method in METHODS
        for value in _checked(case)
    )
    missing = tuple(_missing(name, cases) for name in chosen if name not in METHODS)
    asked_in_vain = sum(one.n_values for one in missing) if methods else 0
    return ReferenceCheck(
        checked,
        missing,
        tuple(NOTES[name] for name in chosen if name in NOTES),
        sum(value.ok for value in checked),
        len(checked) + asked_in_vain,
    )


def _missing(name: str, cases: tuple[ReferenceCase, ...]) -> MissingMethod:
    """Return how much of a folder a missing method leaves unchecked."""
    of_method = [case for case in cases if case.method == name]
    return MissingMethod(name, len(of_method), sum(case.n_values for case in of_method))


def _checked(case: ReferenceCase) -> Iterator[CheckedValue]:
    """Return every number of a case beside ours."""
    for name, expected in case.expected.items():
        tolerance = TOLERANCES.get((case.method, name), EXACT)
        reason = ""
        try:
            parts = METHODS[case.method](case, name)
            reason = "the name is not known" if parts is None else "no such part in our answer"
        except (ValueError, LookupError, ArithmeticError) as error:
            parts, reason = None, f"refused: {error}"
        ours = {part.label: part.value for part in parts or ()}
        for part in expected:
            got = ours.get(part.label)
            ok = got is not None and tolerance.allows(part.value, got)
            quantity = f"{name}{part.label}"
            why = reason if got is None else ""
            yield CheckedValue(case.id, quantity, part.value, got, ok, why)
