"""Li et al. 2023 (doi 10.21037/qims-23-642): Tables 3 and 4 from a study.

Table 3 counts the masses that readers and system found, by what the reference standard says of the
breast and of the mass, with Pearson's test; Table 4 gives their calls of whole cases. Areas are
those of one point. The proper method stands in tables of its own: masses of one patient belong
together (Rao and Scott 1992), and areas are those of all ratings.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.estimators.chi_square import ChiSquareTest, pearson_chi_square
from analysis.estimators.rao_scott import effective_counts, rao_scott_chi_square
from analysis.froc.froc_data import UNMARKED, FrocError
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.marked_cases import matched_marks
from analysis.papers.decisions import Caller, Decisions, decisions
from analysis.papers.proper_areas import proper_areas
from analysis.printed import NOTHING, p_cell, rounded
from analysis.rating_table import MALIGNANT_TARGET
from analysis.result import Estimate, FloatArray, PaperNumber, PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource

PAPER = "li2023"
MASS = "type_present:mass"
# The paper's factor, and the columns of the reference standard or the lesions that may hold it.
FACTORS = (
    ("Breast density", ("density",)),
    ("Age (years)", ("age_group", "age")),
    ("Morphology", ("morphology", "shape")),
    ("Margin", ("margin",)),
    ("Density", ("mass_density",)),
    ("BI-RADS", ("birads",)),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Masses:
    """The masses with their factors, and who has found which.

    `found` (k, m) is 1 or 0, NaN where the case was not read; `patients` (m,) name their clusters.
    """

    names: tuple[str, ...]
    found: FloatArray
    patients: tuple[str, ...]
    factors: pd.DataFrame


def li2023(source: StudySource, settings: AnalysisSettings) -> PaperPart:
    """Return the paper's tables from a study; everything here is exploratory."""
    plain = replace(settings, quantity=None, order=(), target=MALIGNANT_TARGET)
    table = source.ratings(plain)
    calls = decisions(table, plain, PAPER)
    classified, estimates = _classified(calls)
    masses = _masses(source, replace(plain, target=MASS))
    detected = () if masses is None else _detection_tables(masses)
    return PaperPart(
        PAPER,
        "As in Li et al. 2023",
        estimates,
        (*detected, classified, proper_areas(table, plain, PAPER)),
        (),
        tuple(_cautions(calls, masses)),
    )


def _masses(source: StudySource, settings: AnalysisSettings) -> _Masses | None:
    """Return the masses and who found them; None where no mass has a place, or nobody marked."""
    if not source.has_marked_lesions:
        return None
    try:
        marked = source.marked("exam", settings)
    except FrocError:
        return None
    matched = matched_marks(marked, FrocSettings().rule)
    first = marked.lesions.groupby(["case", "lesion"], sort=False).first().reset_index()
    reference = source.tables.reference.set_index("case")
    for column in ("density", "age_group", "age"):
        if column in reference:
            first[column] = first["case"].map(reference[column])
    study = matched.study
    read = study.read[:, study.lesions.case]
    found = np.where(read, study.lesions.rating > UNMARKED, np.nan)
    several = len({row.arm for row in matched.rows if row.arm}) > 1
    names = tuple(
        f"{row.reader}, {row.arm}" if several and row.arm else row.reader for row in matched.rows
    )
    cluster = marked.units.set_index("case")["cluster"]
    patients = tuple(str(cluster[case]) for case in first["case"])
    return _Masses(names, found, patients, first)


def _detection_tables(masses: _Masses) -> tuple[PaperTable, PaperTable]:
    """Return Table 3 as the paper tests it, and with masses of one patient kept together."""
    plain: list[PaperRow] = []
    proper: list[PaperRow] = []
    for name, columns in FACTORS:
        column = next((one for one in columns if one in masses.factors), None)
        if column is None:
            continue
        category = (
            masses.factors[column].astype(str).replace("", "not given").to_numpy(dtype=np.str_)
        )
        there = sorted(set(category.tolist()))
        plain += [_count_row(masses, name, one, category == one) for one in there]
        if len(there) > 1:
            plain += _test_rows(masses, name, category, clustered=False)
            proper += _test_rows(masses, name, category, clustered=True)
    header = ("Variables", "", "Reference", *masses.names)
    title = "Table 3. Masses found, by factors of breast and mass"
    caption = (
        "Numbers of masses found; a finding hits the mass as elsewhere in this report. Pearson's "
        "chi-square of found and missed masses, masses taken as independent, as in the paper."
    )
    clusters = (
        "The tests of Table 3 with the masses of one patient kept together: counts over their "
        "design effect (Rao and Scott 1992)."
    )
    return (
        PaperTable(f"{PAPER}_table3", title, caption, header, tuple(plain)),
        PaperTable(
            f"{PAPER}_table3_clustered", f"{title}, by patient", clusters, header, tuple(proper)
        ),
    )


def _count_row(
    masses: _Masses,
    factor: str,
    category: str,
    own: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> PaperRow:
    """Return how many masses of a category there are, and how many each has found."""
    counts = [int(np.nansum(found[own])) for found in masses.found]
    numbers = (
        PaperNumber("reference", int(own.sum())),
        *(PaperNumber(name, count) for name, count in zip(masses.names, counts, strict=True)),
    )
    cells = (str(int(own.sum())), *(str(count) for count in counts))
    return PaperRow(factor, category, cells, numbers)


def _test_rows(
    masses: _Masses,
    factor: str,
    category: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    *,
    clustered: bool,
) -> Iterator[PaperRow]:
    """Return the rows of chi-square and p."""
    tests = [
        _tested(masses, row, category, clustered=clustered) for row in range(len(masses.names))
    ]
    for label, values, digits in (
        ("\u03c7\u00b2", [one.statistic for one in tests], True),
        ("P value", [one.p for one in tests], False),
    ):
        cells = tuple(
            NOTHING if value is None else rounded(value, 3) if digits else p_cell(value)
            for value in values
        )
        numbers = tuple(
            PaperNumber(name, value) for name, value in zip(masses.names, values, strict=True)
        )
        yield PaperRow(factor, label, (NOTHING, *cells), numbers)


def _tested(
    masses: _Masses,
    row: int,
    category: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
    *,
    clustered: bool,
) -> ChiSquareTest:
    """Return whether one reader finds masses of all categories equally often."""
    found = masses.found[row]
    read = ~np.isnan(found)
    there = np.unique(category[read])
    own = [read & (category == one) for one in there]
    if len(own) < 2:
        return ChiSquareTest(None, 0, None, None, 0.0, 0, "not estimable: one category only")
    if clustered:
        patients = np.array(masses.patients)
        return rao_scott_chi_square([effective_counts(found[one], patients[one]) for one in own])
    return pearson_chi_square([[found[one].sum(), (1 - found[one]).sum()] for one in own])


def _classified(found: Decisions) -> tuple[PaperTable, tuple[Estimate, ...]]:
    """Return Table 4: right calls, accuracy, area, and its test against the system."""
    cases = np.ones(len(found.grid.cases))
    system = next((one for one in found.callers if one.is_system), None)
    shares = {
        name: [found.share(name, one, cases, None) for one in found.callers]
        for name in ("accuracy", "sensitivity", "specificity")
    }
    areas = [found.area(one, cases, None) for one in found.callers]
    against = [_against(found, one, system, cases) for one in found.callers]
    tables = [found.counts(one, cases) for one in found.callers]
    positive = int(found.grid.truth.sum())
    rows = [
        _row("Negative", str(len(cases) - positive), [str(one.tn) for one in tables], found),
        _row("Positive", str(positive), [str(one.tp) for one in tables], found),
        *(
            _row(f"{name.capitalize()} (%)", NOTHING, [_percent(one) for one in own], found, own)
            for name, own in shares.items()
        ),
        _row("AUC", NOTHING, [_fixed(one.estimate) for one in areas], found, areas),
        _row("CI", NOTHING, [_interval(one) for one in areas], found),
        _row("Z", NOTHING, [_z(one) for one in against], found),
        _row("P value", NOTHING, [_p(one) for one in against], found),
    ]
    estimates = (
        *(one for own in shares.values() for one in own),
        *areas,
        *(one for one in against if one is not None),
    )
    caption = (
        "Negative and positive: right calls. AUC: area under the one point of the calls, DeLong; Z "
        "and P: against the first system, paired by case."
    )
    header = ("Variables", "Reference", *(one.name for one in found.callers))
    title = "Table 4. Classification by readers and system"
    return PaperTable(f"{PAPER}_table4", title, caption, header, tuple(rows)), estimates


def _against(
    found: Decisions, caller: Caller, system: Caller | None, cases: FloatArray
) -> Estimate | None:
    """Return the system's area less a reader's; None for a system."""
    if system is None or caller.is_system:
        return None
    return found.difference(system, caller, cases, None)


def _row(
    label: str,
    reference: str,
    cells: list[str],
    found: Decisions,
    values: list[Estimate] | None = None,
) -> PaperRow:
    """Return a row with a cell for everybody."""
    numbers = [
        PaperNumber(caller.name, one.estimate)
        for caller, one in zip(found.callers, values or (), strict=False)
    ]
    return PaperRow(label, "", (reference, *cells), tuple(numbers))


def _percent(one: Estimate) -> str:
    """Return a share in percent."""
    return NOTHING if one.estimate is None else rounded(100 * one.estimate, 1)


def _fixed(value: float | None) -> str:
    """Return a number with three decimals."""
    return NOTHING if value is None else rounded(value, 3)


def _interval(one: Estimate) -> str:
    """Return an interval as the paper prints it."""
    if one.ci is None:
        return NOTHING
    return f"{rounded(one.ci.low, 3)}\u2013{rounded(one.ci.high, 3)}"


def _z(one: Estimate | None) -> str:
    """Return a difference over its standard error, without sign as the paper has it."""
    return _fixed(abs(one.estimate or 0.0) / one.se if one is not None and one.se else None)


def _p(one: Estimate | None) -> str:
    """Return the p of a difference."""
    return NOTHING if one is None or one.p is None else p_cell(one.p)


def _cautions(found: Decisions, masses: _Masses | None) -> Iterator[str]:
    """Warn of thresholds chosen on the same cases, and of what is lacking."""
    if not found.stated:
        yield (
            "Li 2023, Table 4: no threshold is stated, so each reader and system has their own "
            "Youden threshold, chosen on the same cases: accuracy is optimistic."
        )
    if masses is None:
        yield "Li 2023, Table 3: no mass with a place, or no mark: left out."
        return
    lacking = [
        name for name, columns in FACTORS if not any(one in masses.factors for one in columns)
    ]
    if lacking:
        yield f"Li 2023, Table 3: the reference standard has no {', '.join(lacking)}: left out."
