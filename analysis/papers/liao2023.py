"""Liao et al. 2023 (doi 10.1016/j.ejro.2023.100502): Tables 1 to 4 from a study.

Table 1 compares the system's area with each reader's, Tables 2 to 4 give everybody's accuracy: of
all cases, by breast density (a and b non-dense, c and d dense) and by symptoms. Areas are those of
one point; the proper ones stand in a table of their own. Strata that the reference standard does
not have are left out, and said so.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.papers.decisions import Caller, Decisions, among, decisions
from analysis.papers.proper_areas import proper_areas
from analysis.printed import NOTHING, p_cell, rounded, value_cell
from analysis.rating_table import MALIGNANT_TARGET, RatingTable
from analysis.result import Estimate, FloatArray, PaperNumber, PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource

PAPER = "liao2023"
SHARES = ("sensitivity", "specificity", "accuracy")
DENSITY = (("Non-dense", ("a", "b")), ("Dense", ("c", "d")))
SYMPTOMS = (
    ("Asymptomatic", ("0", "no", "none", "asymptomatic", "false")),
    ("Symptomatic", ("1", "yes", "symptomatic", "true")),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """Some of the cases (n,), by the paper's name."""

    name: str
    cases: FloatArray


def liao2023(source: StudySource, settings: AnalysisSettings) -> PaperPart:
    """Return the paper's tables from a study; everything here is exploratory."""
    plain = replace(settings, quantity=None, order=(), target=MALIGNANT_TARGET)
    table = source.ratings(plain)
    found = decisions(table, plain, PAPER)
    total = _Stratum("Total", np.ones(len(found.grid.cases)))
    density = _strata(table, found, "density", DENSITY)
    symptoms = _strata(table, found, "symptoms", SYMPTOMS)
    strata = (total, *density, *symptoms)
    compared = _compared(found, strata)
    parts = [
        _accuracy(found, (total,), "table2", "Table 2. Diagnostic efficacy of readers and system"),
        _accuracy(found, density, "table3", "Table 3. Influence of breast density"),
        _accuracy(found, symptoms, "table4", "Table 4. Influence of clinical symptoms"),
    ]
    tables = tuple(one for one in (compared, *parts) if one.table.rows)
    return PaperPart(
        PAPER,
        "As in Liao et al. 2023",
        tuple(estimate for one in tables for estimate in one.estimates),
        (*(one.table for one in tables), proper_areas(table, plain, PAPER)),
        (),
        tuple(_cautions(found, density, symptoms)),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """A table and the estimates in it."""

    table: PaperTable
    estimates: tuple[Estimate, ...]


def _strata(
    table: RatingTable,
    found: Decisions,
    column: str,
    named: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[_Stratum, ...]:
    """Return the strata that the table has cases of."""
    if column not in table.strata:
        return ()
    strata = [_Stratum(name, among(table, found, column, values)) for name, values in named]
    return tuple(one for one in strata if one.cases.any())


def _compared(found: Decisions, strata: tuple[_Stratum, ...]) -> _Made:
    """Return Table 1: Z and p of every reader against every system."""
    systems = [one for one in found.callers if one.is_system]
    readers = [one for one in found.callers if not one.is_system]
    pairs = [(reader, system) for system in systems for reader in readers]
    rows: list[PaperRow] = []
    estimates: list[Estimate] = []
    for stratum in strata:
        own = [
            found.difference(reader, system, stratum.cases, stratum.name)
            for reader, system in pairs
        ]
        estimates += own
        z = tuple(NOTHING if not one.se else rounded(_z(one), 3) for one in own)
        numbers = tuple(
            PaperNumber(f"{reader.name} vs {system.name} {name}", value)
            for (reader, system), one in zip(pairs, own, strict=True)
            for name, value in (("z", _z(one) if one.se else None), ("p", one.p))
        )
        rows.append(PaperRow(stratum.name, "Z", z, numbers))
        rows.append(PaperRow(stratum.name, "p", tuple(p_cell(one.p) or NOTHING for one in own), ()))
    header = ("", "", *(f"{reader.name} vs {system.name}" for reader, system in pairs))
    title = "Table 1. DeLong tests between readers and system"
    caption = "Areas under one point, paired by case; Z is the reader's area less the system's."
    table = PaperTable(f"{PAPER}_table1", title, caption, header, tuple(rows if pairs else ()))
    return _Made(table, tuple(estimates))


def _z(one: Estimate) -> float:
    """Return a difference over its standard error."""
    return (one.estimate or 0.0) / (one.se or 1.0)


def _accuracy(found: Decisions, strata: tuple[_Stratum, ...], name: str, title: str) -> _Made:
    """Return a table of accuracy: a row for everybody in each stratum."""
    rows: list[PaperRow] = []
    estimates: list[Estimate] = []
    for stratum in strata:
        for caller in found.callers:
            own = _of_caller(found, caller, stratum)
            estimates += own
            rows.append(_row(stratum, caller, own))
    header = ("", "", "Sensitivity", "Specificity", "Accuracy", "AUC", "Lower limit", "Upper limit")
    caption = (
        "AUC: area under the one point of the calls, DeLong; sensitivity, specificity and accuracy "
        "are shares of cases, whose exact intervals stand in the file."
    )
    return _Made(
        PaperTable(f"{PAPER}_{name}", title, caption, header, tuple(rows)), tuple(estimates)
    )


def _of_caller(found: Decisions, caller: Caller, stratum: _Stratum) -> tuple[Estimate, ...]:
    """Return the shares and the area of one caller."""
    shares = (found.share(one, caller, stratum.cases, stratum.name) for one in SHARES)
    return (*shares, found.area(caller, stratum.cases, stratum.name))


def _row(stratum: _Stratum, caller: Caller, own: tuple[Estimate, ...]) -> PaperRow:
    """Return one row of accuracy."""
    area = own[-1]
    limits = (None, None) if area.ci is None else (area.ci.low, area.ci.high)
    cells = tuple(NOTHING if limit is None else rounded(limit, 3) for limit in limits)
    numbers = [
        PaperNumber(f"{one.quantity}{end}", value)
        for one in own
        for end, value in (
            ("", one.estimate),
            ("_ci_low", None if one.ci is None else one.ci.low),
            ("_ci_high", None if one.ci is None else one.ci.high),
        )
    ]
    numbers += [
        PaperNumber("threshold", caller.threshold if math.isfinite(caller.threshold) else None)
    ]
    counts = area.n
    numbers += [
        PaperNumber("n_cases", counts.n_cases),
        PaperNumber("n_positive", counts.n_positive),
    ]
    values = tuple(value_cell(one, 3) for one in own)
    return PaperRow(stratum.name, caller.name, (*values, *cells), tuple(numbers))


def _cautions(
    found: Decisions, density: tuple[_Stratum, ...], symptoms: tuple[_Stratum, ...]
) -> Iterator[str]:
    """Warn of thresholds that were chosen on the same cases, and of what is lacking."""
    if not found.stated:
        yield (
            "Liao 2023: no threshold is stated, so each reader and system has their own Youden "
            "threshold, chosen on the same cases: accuracy is optimistic."
        )
    lacking = [name for name, there in (("density", density), ("symptoms", symptoms)) if not there]
    if lacking:
        yield f"Liao 2023: the reference standard has no {' and no '.join(lacking)}: left out."
