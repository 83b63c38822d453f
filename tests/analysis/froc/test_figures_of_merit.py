"""Figures of merit against their definitions, written out as sums over every pair."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.froc.figures_of_merit import FrocFigure, quotient_of
from analysis.froc.froc_data import CurveMarks, FalseMarks, FrocStudy, Lesions, crossed_froc

DrawStudy = Callable[..., FrocStudy]


def psi(above: float, below: float) -> float:
    return 1.0 if above > below else 0.5 if above == below else 0.0


def lesion_above_case(marks: CurveMarks, *, weighted: bool, everywhere: bool) -> float:
    cases = [c for c in range(len(marks.diseased)) if everywhere or not marks.diseased[c]]
    weights = marks.lesion_weight if weighted else np.ones(len(marks.lesion_rating))
    total = sum(
        weight * psi(rating, marks.highest_false[case])
        for rating, weight in zip(marks.lesion_rating, weights, strict=True)
        for case in cases
    )
    return float(total / weights.sum() / len(cases))


def highest_rating_auc(marks: CurveMarks) -> float:
    pairs = [
        psi(one, other)
        for one in marks.highest[marks.diseased]
        for other in marks.highest[~marks.diseased]
    ]
    return float(np.mean(pairs))


def froc_area(marks: CurveMarks) -> float:
    pairs = sum(psi(hit, miss) for hit in marks.lesion_rating for miss in marks.false_rating)
    return pairs / len(marks.diseased) / len(marks.lesion_rating)


DEFINITIONS: dict[FrocFigure, Callable[[CurveMarks], float]] = {
    FrocFigure.WAFROC: lambda m: lesion_above_case(m, weighted=True, everywhere=False),
    FrocFigure.AFROC: lambda m: lesion_above_case(m, weighted=False, everywhere=False),
    FrocFigure.WAFROC1: lambda m: lesion_above_case(m, weighted=True, everywhere=True),
    FrocFigure.AFROC1: lambda m: lesion_above_case(m, weighted=False, everywhere=True),
    FrocFigure.HR_AUC: highest_rating_auc,
    FrocFigure.HR_SE: lambda m: float(np.isfinite(m.highest[m.diseased]).mean()),
    FrocFigure.HR_SP: lambda m: float(np.isinf(m.highest[~m.diseased]).mean()),
    FrocFigure.MAX_LLF: lambda m: float(np.isfinite(m.lesion_rating).mean()),
    FrocFigure.MAX_NLF: lambda m: float((~m.diseased[m.false_case]).sum() / (~m.diseased).sum()),
    FrocFigure.MAX_NLF_ALL_CASES: lambda m: len(m.false_case) / len(m.diseased),
    FrocFigure.FROC: froc_area,
}


@pytest.mark.parametrize("figure", FrocFigure)
@pytest.mark.parametrize("seed", range(5))
def test_a_figure_is_what_its_definition_says(
    draw_study: DrawStudy, figure: FrocFigure, seed: int
) -> None:
    study = draw_study(seed)
    marks = study.marks(1)
    found = quotient_of(marks, figure, units=14).left_out().value
    assert found == pytest.approx(DEFINITIONS[figure](marks), abs=1e-12)


def test_a_reader_without_any_mark_is_worth_one_half_and_finds_nothing() -> None:
    nothing = np.array([], dtype=np.int64)
    study = crossed_froc(
        ("",),
        ("A",),
        Lesions(np.array([2, 3]), np.ones(2), np.full((1, 2), -np.inf)),
        FalseMarks(nothing, nothing, np.array([])),
        cases=4,
    )
    value = {
        figure: quotient_of(study.marks(0), figure, units=4).left_out().value
        for figure in FrocFigure
    }
    assert value[FrocFigure.WAFROC] == value[FrocFigure.AFROC] == 0.5
    assert value[FrocFigure.HR_AUC] == 0.5
    assert value[FrocFigure.FROC] == value[FrocFigure.MAX_LLF] == value[FrocFigure.HR_SE] == 0
    assert value[FrocFigure.HR_SP] == 1


def test_a_perfect_reader_has_one_everywhere() -> None:
    nothing = np.array([], dtype=np.int64)
    study = crossed_froc(
        ("",),
        ("A",),
        Lesions(np.array([2, 3, 3]), np.array([1, 0.5, 0.5]), np.full((1, 3), 9.0)),
        FalseMarks(nothing, nothing, np.array([])),
        cases=4,
    )
    for figure in (FrocFigure.WAFROC, FrocFigure.AFROC1, FrocFigure.HR_AUC, FrocFigure.MAX_LLF):
        assert quotient_of(study.marks(0), figure, units=4).left_out().value == 1
