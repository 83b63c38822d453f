"""What FROC curves say when patients are drawn anew."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analysis.froc.curves import marks_curve, partial_area, sensitivity_at
from analysis.froc.detector_froc import patient_weights
from analysis.froc.froc_data import UNMARKED, FalseMarks, FrocStudy, Lesions, crossed_froc
from analysis.froc.resampled import (
    resampled_partial_areas,
    resampled_sensitivities,
    with_spread,
)

DrawStudy = Callable[..., FrocStudy]
SAMPLES = 40


def repeated(study: FrocStudy, times: np.ndarray) -> FrocStudy:
    """Return the study with each case as often as it was drawn, new cases beside old ones."""
    again = np.repeat(np.arange(len(times)), times.astype(int))
    lesions = [np.flatnonzero(study.lesions.case == case) for case in again]
    marks = [np.flatnonzero(study.false_marks.case == case) for case in again]
    places, found = np.concatenate(lesions), np.concatenate(marks)
    return crossed_froc(
        study.arms,
        study.readers,
        Lesions(
            np.repeat(np.arange(len(again)), [len(one) for one in lesions]),
            study.lesions.weight[places],
            study.lesions.rating[:, places],
        ),
        FalseMarks(
            study.false_marks.curve[found],
            np.repeat(np.arange(len(again)), [len(one) for one in marks]),
            study.false_marks.rating[found],
        ),
        cases=len(again),
    )


@pytest.mark.parametrize("number", [0.25, 0.5, 1.0])
def test_a_draw_is_the_sensitivity_of_the_curve_of_the_cases_drawn(
    draw_study: DrawStudy, number: float
) -> None:
    study = draw_study(5)
    drawn = resampled_sensitivities(study, number, samples=SAMPLES, seed=2)
    weights = patient_weights(len(study.unit), seed=2, draws=SAMPLES)[1:]
    for times, row in zip(weights[:8], drawn[:8], strict=True):
        again = repeated(study, times)
        curves = [marks_curve(again.marks(curve)) for curve in range(len(study.read))]
        assert row == pytest.approx([sensitivity_at(curve, number) for curve in curves])


@pytest.mark.parametrize("limit", [0.4, 1.0, 9.0])
def test_a_draw_is_the_partial_area_of_the_curve_of_the_cases_drawn(
    draw_study: DrawStudy, limit: float
) -> None:
    study = draw_study(6)
    drawn = resampled_partial_areas(study, limit, samples=SAMPLES, seed=2)
    weights = patient_weights(len(study.unit), seed=2, draws=SAMPLES)[1:]
    for times, row in zip(weights[:8], drawn[:8], strict=True):
        again = repeated(study, times)
        curves = [marks_curve(again.marks(curve)) for curve in range(len(study.read))]
        assert row == pytest.approx([partial_area(curve, limit) for curve in curves])


def test_a_curve_without_a_mark_has_no_area_in_any_draw(draw_study: DrawStudy) -> None:
    study = draw_study(6, arms=1, readers=1)
    silent = replace(
        study,
        lesions=replace(study.lesions, rating=np.full_like(study.lesions.rating, UNMARKED)),
        false_marks=FalseMarks(*(np.zeros(0, dtype=kind) for kind in (int, int, float))),
    )
    drawn = resampled_partial_areas(silent, 1.0, samples=SAMPLES, seed=2)
    assert not drawn[~np.isnan(drawn)].any()


def test_all_images_of_a_patient_are_drawn_together(draw_study: DrawStudy) -> None:
    # Two patients: every draw holds one of them only, or both as they are.
    study = draw_study(1, unit=np.arange(14) % 2)
    drawn = resampled_sensitivities(study, 0.5, samples=SAMPLES, seed=1)
    assert len(np.unique(drawn, axis=0)) == 3


def test_draws_without_a_lesion_have_no_sensitivity_and_no_part_in_the_spread(
    draw_study: DrawStudy,
) -> None:
    study = draw_study(1, unit=(np.arange(14) >= 7).astype(np.int64))
    drawn = resampled_sensitivities(study, 0.5, samples=SAMPLES, seed=1)
    assert np.isnan(drawn).all(axis=1).any()
    spread = with_spread(np.zeros(6), drawn)
    assert np.isfinite(spread.covariance).all()
    assert not with_spread(np.zeros(6), np.full((3, 6), np.nan)).covariance.any()
