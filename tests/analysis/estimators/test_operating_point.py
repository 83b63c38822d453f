"""Youden's J against pROC, counts against their definition."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.operating_point import (
    closest_to_corner_points,
    operating_point_at,
    youden_points,
)
from analysis.estimators.roc import roc_curve

Golden = Callable[[str], list[Any]]

close = {"rel": 1e-8, "abs": 1e-12}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def test_every_youden_point_of_proc_is_reproduced(golden: Golden) -> None:
    for case in golden("youden"):
        data = case.inputs["d"]
        for name, points in (
            ("best_youden", youden_points(data["truth"], data["a"])),
            ("best_topleft", closest_to_corner_points(data["truth"], data["a"])),
        ):
            if name not in case.expected:
                continue
            expected = {key: _listed(value) for key, value in case.expected[name].items()}
            assert [point.midpoint for point in points] == pytest.approx(expected["threshold"])
            for key in ("sensitivity", "specificity", "tp", "fp", "tn", "fn"):
                if key in expected:
                    found = [getattr(point, key) for point in points]
                    assert found == pytest.approx(expected[key], **close), case.id
            if "youden" in expected:
                found = [point.youden_j + 1 for point in points]
                assert found == pytest.approx(expected["youden"], **close)


def test_every_point_of_procs_curve_is_reproduced(golden: Golden) -> None:
    for case in golden("youden"):
        data, expected = case.inputs["d"], case.expected["all_points"]
        curve = roc_curve(data["truth"], data["a"])
        assert curve.midpoint == pytest.approx(expected["threshold"])
        assert curve.sensitivity == pytest.approx(expected["sensitivity"], **close)
        specificity = 1 - curve.false_positive_fraction
        assert specificity == pytest.approx(expected["specificity"], **close)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30))
def test_no_observed_threshold_beats_youdens(cases: Any) -> None:
    truth = np.array([True, False, *(one for one, _ in cases)])
    rating = np.array([3, 3, *(rating for _, rating in cases)], dtype=float)
    best = youden_points(truth, rating)
    every = [operating_point_at(truth, rating, value) for value in np.unique(rating)]
    greatest = max(point.youden_j for point in every)
    assert all(point.youden_j == pytest.approx(greatest) for point in best)
    reach = [point.threshold for point in every if point.youden_j > greatest - 1e-9]
    if greatest > 1e-9:
        assert [point.threshold for point in best] == reach
    else:
        # Calling nobody positive and, last of all, everybody stand behind the others.
        assert [point.threshold for point in best] == [*reach[1:], np.inf, reach[0]]


def test_a_reader_no_better_than_a_coin_calls_nobody_positive_rather_than_everybody() -> None:
    for ratings in ([3, 3, 3, 3], [4, 1, 3, 2]):
        points = youden_points([0, 1, 0, 1], ratings)
        assert points[0].threshold == np.inf
        assert (points[0].sensitivity, points[0].specificity) == (0, 1)
        assert (points[-1].sensitivity, points[-1].specificity) == (1, 0)
    between = youden_points([0, 1, 0, 1], [1, 1, 2, 2])
    assert [point.threshold for point in between] == [2, np.inf, 1]


def test_tied_maxima_are_all_listed_lowest_first() -> None:
    points = youden_points([0, 1, 0, 1], [1, 2, 3, 4])
    assert [point.threshold for point in points] == [2, 4]
    assert [point.midpoint for point in points] == [1.5, 3.5]
    assert {point.youden_j for point in points} == {0.5}


def test_a_rating_at_the_threshold_is_positive() -> None:
    point = operating_point_at([1, 1, 0, 0], [50, 49, 50, 10], 50)
    assert (point.tp, point.fn, point.fp, point.tn) == (1, 1, 1, 1)
    assert point.auc_binary == 0.5
    assert point.youden_j == 0


def test_the_points_nearest_the_corner_are_all_listed() -> None:
    points = closest_to_corner_points([0, 1, 0, 1], [1, 2, 3, 4])
    assert [point.threshold for point in points] == [2, 4]
    assert [(point.sensitivity, point.specificity) for point in points] == [(1, 0.5), (0.5, 1)]
