import numpy as np
import pytest

from study_design.phantom.texture import generator, power_law_texture


def test_streams_of_one_seed_are_independent_and_repeatable() -> None:
    first = generator(3, "shape").random(4)
    assert np.array_equal(first, generator(3, "shape").random(4))
    assert not np.array_equal(first, generator(3, "lesions").random(4))
    assert not np.array_equal(first, generator(4, "shape").random(4))


def test_power_falls_with_frequency_as_in_a_mammogram() -> None:
    lattice_mm = 0.5
    power = np.zeros((256, 129))
    for seed in range(12):
        texture = power_law_texture(
            seed, "spectrum", extent_mm=(140.0, 140.0), coarsest_mm=64.0, finest_mm=lattice_mm
        )
        values = texture.values[:256, :256] * np.outer(np.hanning(256), np.hanning(256))
        power += np.abs(np.fft.rfft2(values)) ** 2
    frequency = np.hypot(
        np.fft.fftfreq(256, lattice_mm)[:, None], np.fft.rfftfreq(256, lattice_mm)[None, :]
    )
    band = (frequency > 0.05) & (frequency < 0.5)
    slope, _ = np.polyfit(np.log(frequency[band]), np.log(power[band]), 1)
    assert 2.6 <= -slope <= 3.4


def test_a_finer_lattice_shows_the_same_structures() -> None:
    def smooth(finest_mm: float) -> np.ndarray:
        texture = power_law_texture(
            7, "same", extent_mm=(100.0, 100.0), coarsest_mm=32.0, finest_mm=finest_mm
        )
        places = np.arange(2.0, 98.0, 1.0, dtype=np.float32)
        down, right = np.meshgrid(places, places, indexing="ij")
        return texture.at(down, right)

    assert np.corrcoef(smooth(1.0).ravel(), smooth(0.25).ravel())[0, 1] > 0.95


def test_interpolation_meets_the_lattice_and_is_mirrored_beyond_it() -> None:
    texture = power_law_texture(
        2, "interpolation", extent_mm=(20.0, 20.0), coarsest_mm=4.0, finest_mm=1.0
    )
    at = texture.at(np.array([3.0, -3.0, 3.5]), np.array([5.0, 5.0, 5.0]))
    assert at[0] == pytest.approx(texture.values[3, 5], abs=1e-5)
    assert at[1] == pytest.approx(at[0])
    assert at[2] == pytest.approx((texture.values[3, 5] + texture.values[4, 5]) / 2, abs=1e-5)
