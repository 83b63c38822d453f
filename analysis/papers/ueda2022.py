"""Ueda et al. 2022 (doi 10.1371/journal.pone.0265751): Table 3 from a study.

Accuracy, sensitivity, specificity and predictive values with exact intervals, the first two of
them by breast density too. The paper judges images of one data set after another; a study judges
its unit, with a column for each system and reader. FROC curves stand in the analysis itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.papers.decisions import Decisions, among, decisions
from analysis.papers.proper_areas import proper_areas
from analysis.printed import NOTHING, rounded
from analysis.rating_table import MALIGNANT_TARGET, RatingTable
from analysis.result import Estimate, FloatArray, PaperNumber, PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource

PAPER = "ueda2022"
SHARES = (
    ("Accuracy", "accuracy"),
    ("Sensitivity for diagnosis", "sensitivity"),
    ("Specificity for diagnosis", "specificity"),
    ("Positive predictive value", "ppv"),
    ("Negative predictive value", "npv"),
)
DENSITY = (
    ("a", "Almost entirely fat"),
    ("b", "Scattered fibroglandular tissue"),
    ("c", "Heterogeneously dense tissue"),
    ("d", "Extremely dense tissue"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """One row of the table: a share of some of the cases (n,)."""

    section: str
    label: str
    quantity: str
    cases: FloatArray
    stratum: str | None


def ueda2022(source: StudySource, settings: AnalysisSettings) -> PaperPart:
    """Return the paper's table from a study; everything here is exploratory."""
    plain = replace(settings, quantity=None, order=(), target=MALIGNANT_TARGET)
    table = source.ratings(plain)
    found = decisions(table, plain, PAPER)
    # Systems first: the paper is about one.
    callers = sorted(found.callers, key=lambda one: not one.is_system)
    ordered = replace(found, callers=tuple(callers))
    rows: list[PaperRow] = []
    estimates: list[Estimate] = []
    for line in _lines(table, ordered):
        own = [
            ordered.share(line.quantity, one, line.cases, line.stratum) for one in ordered.callers
        ]
        estimates += own
        rows.append(_row(line, own, ordered))
    shown = PaperTable(
        f"{PAPER}_table3",
        f"Table 3. Performance by {plain.unit}",
        f"Numbers in parentheses are {100 * plain.level:g} % confidence intervals "
        "(Clopper-Pearson). Predictive values hold for the study's own share of cancers.",
        ("Characteristics", "", *(one.name for one in ordered.callers)),
        tuple(rows),
    )
    return PaperPart(
        PAPER,
        "As in Ueda et al. 2022",
        tuple(estimates),
        (shown, proper_areas(table, plain, PAPER)),
        (),
        tuple(_cautions(table, ordered)),
    )


def _lines(table: RatingTable, found: Decisions) -> Iterator[_Line]:
    """Return the rows of the table."""
    everything = np.ones(len(found.grid.cases))
    for label, quantity in SHARES:
        yield _Line("", label, quantity, everything, None)
    if "density" not in table.strata:
        return
    for section, quantity in (
        ("Sensitivities by mammary gland density", "sensitivity"),
        ("Specificities by mammary gland density", "specificity"),
    ):
        for letter, label in DENSITY:
            cases = among(table, found, "density", (letter,))
            if cases.any():
                yield _Line(section, label, quantity, cases, f"density = {letter}")


def _row(line: _Line, own: list[Estimate], found: Decisions) -> PaperRow:
    """Return one row."""
    numbers = [
        PaperNumber(f"{caller.name}{end}", value)
        for caller, one in zip(found.callers, own, strict=True)
        for end, value in (
            ("", one.estimate),
            ("_ci_low", None if one.ci is None else one.ci.low),
            ("_ci_high", None if one.ci is None else one.ci.high),
        )
    ]
    return PaperRow(line.section, line.label, tuple(_cell(one) for one in own), tuple(numbers))


def _cell(one: Estimate) -> str:
    """Return a share with its interval, as the paper prints them."""
    if one.estimate is None or one.ci is None:
        return NOTHING
    low, high = rounded(one.ci.low, 2), rounded(one.ci.high, 2)
    return f"{rounded(one.estimate, 2)} ({low}\u2013{high})"


def _cautions(table: RatingTable, found: Decisions) -> Iterator[str]:
    """Warn of thresholds chosen on the same cases, of clusters and of what is lacking."""
    if not found.stated:
        yield (
            "Ueda 2022: no threshold is stated, so each reader and system has their own Youden "
            "threshold, chosen on the same cases: accuracy is optimistic."
        )
    if found.grid.shared_clusters is not None:
        yield (
            "Ueda 2022, Table 3: cases of one patient are taken as independent, as in the paper; "
            "intervals over whole patients stand among the sensitivities and specificities."
        )
    if "density" not in table.strata:
        yield "Ueda 2022: the reference standard has no density: left out."
