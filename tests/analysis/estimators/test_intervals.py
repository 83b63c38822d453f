"""Exact intervals against R."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.estimators.intervals import clopper_pearson

Golden = Callable[[str], list[Any]]


def test_every_clopper_pearson_interval_of_r_is_reproduced(golden: Golden) -> None:
    for case in golden("proportions"):
        data = case.inputs["d"]
        expected = np.ravel(case.expected["clopper_pearson"])
        found = [
            clopper_pearson(int(x), int(n), level=0.95)
            for x, n in zip(data["x"], data["n"], strict=True)
        ]
        # R hands a matrix over column by column: all lower limits, then all upper ones.
        limits = [one.low for one in found] + [one.high for one in found]
        assert limits == pytest.approx(expected, rel=1e-8, abs=1e-12), case.id


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (3, 2), (-1, 2)])
def test_impossible_counts_are_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        clopper_pearson(hits, trials, level=0.95)
