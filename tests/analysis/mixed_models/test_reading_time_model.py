"""Reading times in arms: what is estimated, what is left out, and what is refused."""

import math

import numpy as np
import pytest

from analysis.estimates.reading_time_readers import mean_log_times
from analysis.mixed_models.mixed_model import MixedModelError
from analysis.mixed_models.reading_time_model import (
    ReadingTimeModel,
    TimedReads,
    model_reading_times,
)
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import MrmcError
from analysis.result import FloatArray

ARMS = ("without", "with")


def _logs(seed: int, readers: int = 8, cases: int = 30, of_arm: float = 0.3) -> FloatArray:
    """Return log times (arms, readers, cases); with AI a fifth shorter on average."""
    random = np.random.default_rng(seed)
    base = 4 + 0.3 * random.normal(size=(readers, 1)) + 0.3 * random.normal(size=(1, cases))
    change = math.log(0.8) + of_arm * random.normal(size=(readers, 1))
    noise = 0.25 * random.normal(size=(2, readers, cases))
    return np.stack([base + noise[0], base + change + noise[1]])


def _reads(logs: FloatArray, *, crossover: bool = True) -> TimedReads:
    """Return reads; half of the readers start with AI, or all start without."""
    arm, reader, case = (one.ravel() for one in np.indices(logs.shape))
    second = arm if not crossover else (arm + reader) % 2
    return TimedReads(
        np.exp(logs.ravel()),
        tuple(ARMS[one] for one in arm),
        tuple(f"r{one}" for one in reader),
        tuple(f"c{one}" for one in case),
        tuple(f"{one + 1}" for one in second),
        (second * logs.shape[2] + case).astype(np.float64),
    )


def _fitted(reads: TimedReads) -> ReadingTimeModel:
    return model_reading_times(reads, arms=ARMS)


def test_a_crossover_is_fitted_as_planned() -> None:
    found = _fitted(_reads(_logs(1)))
    assert found.formula == (
        "log(reading_s) ~ arm + period + position + (1 + arm | reader) + (1 | case)"
    )
    assert found.notes == ()
    assert [one.name for one in found.effects] == [
        "intercept", "arm with", "period 2", "position",
    ]  # fmt: skip
    ratio = found.ratios[0]
    assert (ratio.first, ratio.second) == ARMS
    assert ratio.ci.low < ratio.ratio < ratio.ci.high
    assert 4 < ratio.df < 8


def test_readers_who_respond_alike_leave_fewer_variances_and_a_note() -> None:
    logs = _logs(2)
    reads = _reads(logs - logs.mean(axis=2, keepdims=True) + logs.mean(axis=(1, 2), keepdims=True))
    found = _fitted(reads)
    assert found.formula.endswith("(1 | reader) + (1 | case)")
    assert found.singular
    assert "singular" in found.notes[0]
    assert "kept, as the smallest model" in found.notes[-2]
    assert "anticonservative" in found.notes[-1]


def test_an_uncorrelated_arm_effect_stands_in_where_the_correlation_is_perfect() -> None:
    logs = _logs(3, of_arm=0.0)
    speed = np.linspace(-1, 1, 8)[:, None]
    logs[1] += 0.4 * speed
    logs[0] -= 0.4 * speed
    # Readers' means in the two arms are now tied to each other; their noise is taken out.
    fitted = logs - logs.mean(axis=2, keepdims=True)
    logs = fitted + 4 + np.stack([speed, 1.5 * speed - 0.2])
    found = _fitted(_reads(logs))
    assert found.notes
    assert found.notes[0].startswith("(1 + arm | reader) + (1 | case) is singular")
    assert found.formula.endswith("(1 | reader) + (1 | reader:arm) + (1 | case)")
    assert not any("anticonservative" in note for note in found.notes)


def test_a_period_that_is_the_arm_is_left_out_by_name() -> None:
    found = _fitted(_reads(_logs(4), crossover=False))
    assert found.notes[0] == "period left out: it cannot be told apart from arm"
    assert "position" in found.formula


def test_a_table_without_period_and_position_is_fitted_without() -> None:
    full = _reads(_logs(5))
    reads = TimedReads(full.reading_s, full.arm, full.reader, full.case, ("1",) * len(full.arm))
    assert _fitted(reads).formula.startswith("log(reading_s) ~ arm + (1 + arm | reader)")


@pytest.mark.parametrize("scale", [0.5, 60.0])
def test_the_unit_of_time_does_not_matter(scale: float) -> None:
    full = _reads(_logs(6))
    scaled = TimedReads(
        full.reading_s * scale, full.arm, full.reader, full.case, full.period, full.position
    )
    one, other = _fitted(full).ratios[0], _fitted(scaled).ratios[0]
    assert one.ratio == pytest.approx(other.ratio, rel=1e-6)
    assert one.p == pytest.approx(other.p, rel=1e-3)


def test_two_cases_leave_no_interval_and_no_crash() -> None:
    ratio = _fitted(_reads(_logs(0, readers=2, cases=2))).ratios[0]
    assert ratio.ratio > 0
    assert math.isnan(ratio.df)
    assert math.isnan(ratio.ci.low)


def test_times_of_zero_and_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(MixedModelError, match="above 0 s"):
        TimedReads(np.array([3.0, 0.0]), ARMS, ("r", "r"), ("c", "c"))
    with pytest.raises(MixedModelError, match="2 reads"):
        TimedReads(np.array([3.0, 1.0]), ARMS, ("r",), ("c", "c"))


def test_arms_must_be_those_of_the_reads() -> None:
    reads = _reads(_logs(7))
    with pytest.raises(MixedModelError, match="two arms"):
        model_reading_times(reads, arms=("with",))
    with pytest.raises(MixedModelError, match="every arm"):
        model_reading_times(reads, arms=("without", "with", "third"))


def test_readers_mean_log_times_agree_with_the_mixed_model_of_a_balanced_study() -> None:
    logs = _logs(8)
    readers = tuple(f"r{one}" for one in range(8))
    found = obuchowski_rockette(mean_log_times(ARMS, readers, np.exp(logs))).differences[0]
    full = _reads(logs)
    model = _fitted(TimedReads(full.reading_s, full.arm, full.reader, full.case)).ratios[0]
    # First minus second there, second over first here.
    assert found.inference.estimate == pytest.approx(-math.log(model.ratio), rel=1e-6)
    assert (found.first, found.second) == ARMS
    # Cases do not differ in what an arm changes, so both tests rest on the readers.
    assert found.inference.p == pytest.approx(model.p, rel=0.1)


def test_the_covariance_of_mean_log_times_is_that_of_their_cases() -> None:
    logs = _logs(9, readers=2, cases=12)
    foms = mean_log_times(ARMS, ("1", "2"), np.exp(logs))
    expected = np.cov(logs.reshape(4, 12)) / 12
    np.testing.assert_allclose(foms.covariance, expected, rtol=1e-10)


@pytest.mark.parametrize("bad", [np.nan, 0.0])
def test_a_gap_in_the_readers_table_is_refused(bad: float) -> None:
    times = np.exp(_logs(10))
    times[0, 1, 2] = bad
    with pytest.raises(MrmcError, match="mixed model"):
        mean_log_times(ARMS, tuple("12345678"), times)


def test_one_case_is_refused() -> None:
    with pytest.raises(MrmcError, match="2 or more cases"):
        mean_log_times(ARMS, ("1",), np.ones((2, 1, 1)))
