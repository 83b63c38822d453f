import numpy as np
import pytest

from study_design.phantom.detectability import contrast_factor, film_curve
from study_design.phantom.texture import power_law_texture


def tissue(level: float, structure: float, spacing_mm: float = 0.5) -> np.ndarray:
    texture = power_law_texture(3, "tissue", extent_mm=(30.0, 30.0), coarsest_mm=8.0, finest_mm=0.5)
    places = np.arange(0.0, 30.0, spacing_mm, dtype=np.float32)
    down, right = np.meshgrid(places, places, indexing="ij")
    return np.clip(level + structure * texture.at(down, right), 0.0, None).astype(np.float32)


def test_the_film_is_straight_for_fat_and_never_passes_white() -> None:
    units = np.linspace(0.0, 5.0, 100).astype(np.float32)
    seen = film_curve(units)
    assert seen[1] == pytest.approx(units[1], rel=1e-4)
    assert np.all(np.diff(seen) > 0)
    assert seen.max() < 1.0


def test_structured_tissue_asks_for_more_contrast() -> None:
    factors = [
        contrast_factor(tissue(0.4, structure), scale_mm=3.0, spacing_mm=0.5)
        for structure in (0.1, 0.2, 0.3)
    ]
    assert factors == sorted(factors)
    assert factors[0] < factors[-1]


def test_dense_tissue_asks_for_more_contrast_than_fat_of_the_same_structure() -> None:
    fat, dense = (
        contrast_factor(tissue(level, 0.12), scale_mm=3.0, spacing_mm=0.5) for level in (0.25, 1.0)
    )
    assert dense > 1.2 * fat


def test_contrast_stays_within_limits() -> None:
    assert contrast_factor(tissue(0.1, 0.0), scale_mm=3.0, spacing_mm=0.5) == pytest.approx(0.85)
    assert contrast_factor(tissue(2.0, 1.0), scale_mm=3.0, spacing_mm=0.5) == pytest.approx(2.6)


def test_the_factor_hardly_depends_on_the_pixels() -> None:
    coarse, fine = (
        contrast_factor(tissue(0.5, 0.25, spacing), scale_mm=2.0, spacing_mm=spacing)
        for spacing in (0.5, 0.25)
    )
    assert coarse == pytest.approx(fine, rel=0.05)
