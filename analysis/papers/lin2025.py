"""Lin et al. 2025 (Fundamental Research): Table 2 from a study.

Overall accuracy, and of the benign and of the malignant class precision, sensitivity and F1, for
everybody at each unit that the study knows: exam and breast. The paper's microcalcification lesions
and its four-fold training sets are the training's own; a reader study has neither.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.papers.decisions import Caller, Decisions, decisions
from analysis.papers.proper_areas import proper_areas
from analysis.printed import NOTHING, rounded
from analysis.rating_table import MALIGNANT_TARGET
from analysis.result import Estimate, PaperNumber, PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource

PAPER = "lin2025"
EXAM = "exam"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What the paper prints of one model at one level."""

    accuracy: Estimate
    shares: tuple[tuple[str, float], ...]


def lin2025(source: StudySource, settings: AnalysisSettings) -> PaperPart:
    """Return the paper's table from a study; everything here is exploratory."""
    plain = replace(settings, quantity=None, order=(), target=MALIGNANT_TARGET)
    units = dict.fromkeys((EXAM, source.unit_of(MALIGNANT_TARGET)))
    levels = []
    for unit in units:
        asked = replace(plain, unit=unit)
        levels.append((unit, decisions(source.ratings(asked), asked, PAPER)))
    rows: list[PaperRow] = []
    estimates: list[Estimate] = []
    for unit, found in levels:
        for caller in found.callers:
            own = _numbers(found, caller, unit)
            estimates.append(own.accuracy)
            rows.append(_row(unit, caller, own))
    shown = PaperTable(
        f"{PAPER}_table2",
        "Table 2. Classification by unit",
        "Precision is the share of right calls among all calls of a class, sensitivity that among "
        "all cases of it, F1 their harmonic mean. Exact intervals of accuracy stand in the file.",
        (
            "Level", "Model or reader", "Overall accuracy", "Precision, benign",
            "Precision, malignant", "Sensitivity, benign", "Sensitivity, malignant", "F1, benign",
            "F1, malignant",
        ),
        tuple(rows),
    )  # fmt: skip
    exams = replace(plain, unit=EXAM)
    return PaperPart(
        PAPER,
        "As in Lin et al. 2025",
        tuple(estimates),
        (shown, proper_areas(source.ratings(exams), exams, PAPER)),
        (),
        tuple(_cautions(levels[0][1])),
    )


def _numbers(found: Decisions, caller: Caller, unit: str) -> _Numbers:
    """Return accuracy, and precision, sensitivity and F1 of both classes, benign first."""
    cases = np.ones(len(found.grid.cases))
    accuracy = found.share("accuracy", caller, cases, None)
    first = replace(accuracy.subjects[0], unit=unit)
    table = found.counts(caller, cases)
    classes = (("benign", table.turned), ("malignant", table))
    shares = (
        *((f"precision_{name}", _share(one.tp, one.tp + one.fp)) for name, one in classes),
        *((f"sensitivity_{name}", _share(one.tp, one.tp + one.fn)) for name, one in classes),
        *((f"f1_{name}", one.f1) for name, one in classes),
    )
    return _Numbers(replace(accuracy, of=first), shares)


def _row(unit: str, caller: Caller, own: _Numbers) -> PaperRow:
    """Return one row of the table."""
    accuracy, ci = own.accuracy.estimate, own.accuracy.ci
    values = (math.nan if accuracy is None else accuracy, *(value for _, value in own.shares))
    numbers = (
        PaperNumber("accuracy", accuracy),
        PaperNumber("accuracy_ci_low", None if ci is None else ci.low),
        PaperNumber("accuracy_ci_high", None if ci is None else ci.high),
        *(PaperNumber(name, None if math.isnan(value) else value) for name, value in own.shares),
    )
    cells = tuple(NOTHING if math.isnan(value) else rounded(value, 4) for value in values)
    return PaperRow(unit.capitalize(), caller.name, cells, numbers)


def _share(hits: int, trials: int) -> float:
    """Return a share; NaN of nothing."""
    return hits / trials if trials else math.nan


def _cautions(found: Decisions) -> Iterator[str]:
    """Warn of thresholds chosen on the same cases."""
    if not found.stated:
        yield (
            "Lin 2025: no threshold is stated, so each reader and system has their own Youden "
            "threshold, chosen on the same cases: accuracy is optimistic."
        )
