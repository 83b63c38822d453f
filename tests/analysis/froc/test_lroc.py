"""LROC curves by hand, and as the ROC curve where every place is right."""

import numpy as np
import pytest

from analysis.froc.froc_data import FrocError
from analysis.froc.lroc import LrocRatings, correct_localisation_at, lroc_area, lroc_curve
from analysis.mrmc.figures_of_merit import EmpiricalAuc


def test_a_hit_needs_rating_and_place() -> None:
    curve = lroc_curve(
        LrocRatings(
            np.array([1.0, 3]), np.array([2.0, 4, 5, 6]), np.array([True, False, True, True])
        )
    )
    assert curve.false_positive_fraction.tolist() == [0, 0, 0, 0.5, 0.5, 1]
    assert curve.correct_localisations.tolist() == [0, 0.25, 0.5, 0.5, 0.75, 0.75]
    assert correct_localisation_at(curve, 0.5) == 0.5
    assert correct_localisation_at(curve, 0.75) == 0.75
    assert lroc_area(curve) == pytest.approx(0.5 * 0.5 + 0.5 * 0.75)
    assert lroc_area(curve, 0.5) == pytest.approx(0.25)


def test_with_every_place_right_the_area_is_the_auc() -> None:
    rng = np.random.default_rng(4)
    normal = rng.integers(0, 9, 30).astype(np.float64)
    diseased = rng.integers(3, 12, 20).astype(np.float64)
    curve = lroc_curve(LrocRatings(normal, diseased, np.ones(20, dtype=bool)))
    truth = np.repeat([0.0, 1.0], (30, 20))
    auc = EmpiricalAuc().value(truth, np.concatenate((normal, diseased)))
    assert lroc_area(curve) == pytest.approx(auc, abs=1e-12)


def test_nothing_localised_is_worth_nothing() -> None:
    curve = lroc_curve(LrocRatings(np.array([1.0]), np.array([2.0]), np.array([False])))
    assert lroc_area(curve) == 0


@pytest.mark.parametrize("fraction", [0.0, 1.1, -1.0])
def test_what_is_no_fraction_is_refused(fraction: float) -> None:
    curve = lroc_curve(LrocRatings(np.array([1.0]), np.array([2.0]), np.array([True])))
    with pytest.raises(FrocError, match="above 0 and up to 1"):
        lroc_area(curve, fraction)


@pytest.mark.parametrize(
    ("normal", "diseased", "localised", "words"),
    [
        ([], [1.0], [True], "one class only"),
        ([1.0], [1.0, 2.0], [True], "whether its place is right"),
        ([np.nan], [1.0], [True], "no number"),
        ([1.0], [np.inf], [True], "no number"),
    ],
)
def test_ratings_that_make_no_curve_are_refused(
    normal: list[float], diseased: list[float], localised: list[bool], words: str
) -> None:
    with pytest.raises(FrocError, match=words):
        LrocRatings(np.array(normal), np.array(diseased), np.array(localised))
