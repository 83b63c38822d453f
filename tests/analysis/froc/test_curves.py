"""Curves of marks, and what is read off them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis.froc.curves import MarksCurve, marks_curve, partial_area, sensitivity_at
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FrocError, FrocStudy
from analysis.froc.reader_froc import froc_values

DrawStudy = Callable[..., FrocStudy]

AREAS = (
    FrocFigure.FROC,
    FrocFigure.AFROC,
    FrocFigure.WAFROC,
    FrocFigure.AFROC1,
    FrocFigure.WAFROC1,
    FrocFigure.HR_AUC,
)
STAIRS = MarksCurve(np.array([0, 0, 0.5, 0.8]), np.array([0, 0.4, 0.6, 0.9]))


@pytest.mark.parametrize("figure", AREAS)
def test_the_area_under_a_curve_is_its_figure_of_merit(
    draw_study: DrawStudy, figure: FrocFigure
) -> None:
    study = draw_study(11)
    for curve, value in enumerate(froc_values(study, figure)):
        found = marks_curve(study.marks(curve), figure)
        area = np.trapezoid(found.lesions, found.false_marks)
        assert area == pytest.approx(value, abs=1e-12)


def test_a_share_has_no_curve(draw_study: DrawStudy) -> None:
    with pytest.raises(FrocError, match="got HrSe"):
        marks_curve(draw_study(0).marks(0), FrocFigure.HR_SE)


def test_sensitivity_is_that_of_a_threshold_never_read_between_two() -> None:
    assert sensitivity_at(STAIRS, 0.25) == 0.4
    assert sensitivity_at(STAIRS, 0.5) == 0.6
    assert sensitivity_at(STAIRS, 1.0) == 0.9


@pytest.mark.parametrize(
    ("limit", "area"),
    [
        (0.5, 0.5),  # a trapezoid from 0.4 to 0.6
        (0.25, (0.4 + 0.5) / 2),  # cut within a piece
        (1.0, 0.25 + 0.3 * 0.75 + 0.2 * 0.9),  # level beyond the last mark
    ],
)
def test_a_partial_area_is_cut_or_continued_level(limit: float, area: float) -> None:
    assert partial_area(STAIRS, limit) == pytest.approx(area)


def test_a_partial_area_needs_a_range() -> None:
    with pytest.raises(FrocError, match="above 0"):
        partial_area(STAIRS, 0.0)


def test_a_curve_needs_a_case_with_a_lesion(draw_study: DrawStudy) -> None:
    marks = replace(draw_study(0).marks(0), lesion_case=np.array([], dtype=np.int64))
    bare = replace(marks, lesion_rating=np.array([]), lesion_weight=np.array([]))
    with pytest.raises(FrocError, match="cases with and without a lesion"):
        marks_curve(bare, FrocFigure.FROC)
