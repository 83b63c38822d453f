"""The threshold of highest Youden index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.mommi.operating_point import youden_threshold


def _youden(scores: list[float], malignant: list[bool], threshold: float) -> float:
    """Sensitivity + specificity - 1, counted one by one."""
    hits = sum(s >= threshold for s, m in zip(scores, malignant, strict=True) if m)
    passes = sum(s < threshold for s, m in zip(scores, malignant, strict=True) if not m)
    return hits / sum(malignant) + passes / (len(malignant) - sum(malignant)) - 1


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=20))
def test_no_other_threshold_is_better(lesions: list[tuple[int, bool]]) -> None:
    scores, malignant = [float(s) for s, _ in lesions], [m for _, m in lesions]
    threshold = youden_threshold(scores, malignant)
    if len(set(malignant)) == 1:
        assert threshold is None
        return
    assert threshold is not None
    best = max(_youden(scores, malignant, cut / 2) for cut in range(-1, 18))
    at_most_one_kind = _youden(scores, malignant, threshold)
    assert at_most_one_kind == pytest.approx(max(best, 0.0))


def test_it_lies_half_way_between_the_two_kinds() -> None:
    assert youden_threshold([10.0, 20.0, 60.0, 90.0], [False, False, True, True]) == 40.0


def test_of_equally_good_thresholds_the_highest_is_taken() -> None:
    assert youden_threshold([1.0, 2.0, 3.0, 4.0], [False, True, False, True]) == 3.5
