"""Marks of a small study, drawn at random, with every kind of tie and gap."""

from collections.abc import Callable

import numpy as np
import pytest

from analysis.froc.froc_data import FalseMarks, FrocStudy, Lesions, crossed_froc


def random_study(
    seed: int, *, cases: int = 14, arms: int = 2, readers: int = 3, unit: np.ndarray | None = None
) -> FrocStudy:
    """Return marks with ratings 1 to 5, so that many tie; half of the cases have lesions."""
    rng = np.random.default_rng(seed)
    curves = arms * readers
    counts = rng.integers(1, 4, cases // 2)
    lesion_case = np.repeat(np.arange(cases - cases // 2, cases), counts)
    weight = rng.uniform(0.5, 1.5, len(lesion_case))
    weight /= np.bincount(lesion_case, weights=weight)[lesion_case]
    rating = rng.integers(1, 6, (curves, len(lesion_case))).astype(float)
    rating[rng.random(rating.shape) < 0.3] = -np.inf
    false = rng.integers(0, curves * cases, 4 * cases)
    return crossed_froc(
        tuple(f"arm {place}" for place in range(arms)),
        tuple(f"reader {place}" for place in range(readers)),
        Lesions(lesion_case, weight, rating),
        FalseMarks(false // cases, false % cases, rng.integers(1, 6, len(false)).astype(float)),
        cases=cases,
        unit=unit,
    )


@pytest.fixture(scope="session")
def draw_study() -> Callable[..., FrocStudy]:
    """Return what draws a study from a seed."""
    return random_study


@pytest.fixture
def study() -> FrocStudy:
    """One such study."""
    return random_study(3)
