"""Reading times of a whole analysis with readers and cases random."""

import math
from pathlib import Path

import numpy as np
import pytest

from analysis.estimates.reading_time_readers import mean_log_times
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.result import AnalysisResult, Estimate
from analysis.study_analysis import analyse
from analysis.tables import from_csv

READERS, CASES = 6, 24
MEANS, ADJUSTED = "reading_s_log_difference", "reading_s_log_adjusted_difference"


def _times(seed: int = 1) -> np.ndarray:
    """Return seconds (arms, readers, cases): with AI three quarters of the time."""
    random = np.random.default_rng(seed)
    speed = 0.3 * random.normal(size=(READERS, 1)) + 0.3 * random.normal(size=(1, CASES))
    change = math.log(0.75) + 0.2 * random.normal(size=(READERS, 1))
    noise = 0.2 * random.normal(size=(2, READERS, CASES))
    return np.round(60 * np.exp(np.stack([speed, speed + change]) + noise), 1)


def _analysed(
    path: Path,
    times: np.ndarray,
    *,
    readers: int = READERS,
    crossover: bool = True,
    without: tuple[str, ...] = (),
) -> AnalysisResult:
    random = np.random.default_rng(9)
    lines = ["reader,arm,case,truth,rating,period,time_s"]
    for arm, reader, case in np.ndindex(2, readers, CASES):
        period = 1 + ((arm + reader) % 2 if crossover else arm)
        rating = round(float(random.normal() + case % 2), 2)
        name = f"R{reader},{('unaided', 'aided')[arm]},C{case:02d}"
        time = "" if name in without else times[arm, reader, case]
        lines.append(f"{name},{case % 2},{rating},{period},{time}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return analyse(from_csv(path))


def _one(result: AnalysisResult, quantity: str) -> Estimate:
    (found,) = result.select(quantity)
    return found


def test_readers_means_and_the_mixed_model_stand_side_by_side(tmp_path: Path) -> None:
    times = _times()
    result = _analysed(tmp_path / "t.csv", times)
    means, adjusted = _one(result, MEANS), _one(result, ADJUSTED)
    names = tuple(f"R{one}" for one in range(READERS))
    foms = mean_log_times(("aided", "unaided"), names, times[::-1])
    expected = obuchowski_rockette(foms).differences[0].inference
    assert means.estimate == pytest.approx(expected.estimate)
    assert means.p == pytest.approx(expected.p)
    assert adjusted.estimate == pytest.approx(means.estimate, abs=0.05)
    assert "arm + period + (1 + arm | reader) + (1 | case)" in adjusted.method
    assert [of.arm for of in means.subjects] == ["aided", "unaided"]
    assert {of.random for one in (means, adjusted) for of in one.subjects} == {"readers and cases"}


def test_a_missing_time_leaves_the_mixed_model(tmp_path: Path) -> None:
    result = _analysed(tmp_path / "t.csv", _times(), without=("R2,aided,C05",))
    assert _one(result, MEANS).estimate is None
    assert "mixed model" in str(_one(result, MEANS).reason)
    assert _one(result, ADJUSTED).ci is not None


def test_what_a_model_leaves_out_is_warned_of(tmp_path: Path) -> None:
    result = _analysed(tmp_path / "t.csv", _times(), crossover=False)
    assert any("period left out" in warning for warning in result.warnings)


def test_identical_times_have_no_test_and_say_so(tmp_path: Path) -> None:
    times = _times()
    result = _analysed(tmp_path / "t.csv", np.stack([times[0], times[0]]))
    means = _one(result, MEANS)
    assert means.estimate == 0.0
    assert means.p is None
    assert means.reason is not None


def test_less_than_one_degree_of_freedom_is_no_test(tmp_path: Path) -> None:
    cells = [(a, r, c) for a in range(2) for r in range(2) for c in range(2)]
    random = np.random.default_rng(2)
    base = 4 + 0.3 * random.normal(size=(2, 1)) + 0.3 * random.normal(size=(1, 2))
    change = math.log(0.8) + 0.3 * random.normal(size=(2, 1))
    noise = 0.25 * random.normal(size=(2, 2, 2))
    times = np.exp(np.stack([base + noise[0], base + change + noise[1]]))
    lines = ["reader,arm,case,truth,rating,period,time_s"]
    for arm, reader, case in cells:
        time = times[arm, reader, case]
        name = f"R{reader},{('unaided', 'aided')[arm]},C{case}"
        lines.append(f"{name},{case},{case},{1 + (arm + reader) % 2},{time}")
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    adjusted = _one(analyse(from_csv(tmp_path / "t.csv")), ADJUSTED)
    assert (adjusted.ci, adjusted.p) == (None, None)
    assert adjusted.reason.startswith("not estimable")


def test_one_reader_or_no_times_have_no_model(tmp_path: Path) -> None:
    one = _analysed(tmp_path / "one.csv", _times(), readers=1)
    names = tuple(
        f"R{reader},{arm},C{case:02d}"
        for reader in range(READERS)
        for arm in ("unaided", "aided")
        for case in range(CASES)
    )
    none = _analysed(tmp_path / "none.csv", _times(), without=names)
    assert one.select(ADJUSTED) == none.select(ADJUSTED) == ()


@pytest.mark.parametrize(
    ("by_arm", "by_reader", "by_case"),
    [(5.0, 0.0, 0.0), (0.0, 0.0, 0.0), (5.0, 7.0, 0.0), (5.0, 7.0, 1.0)],
)
def test_times_that_the_model_explains_wholly_have_reasons_and_the_rest_stands(
    tmp_path: Path, by_arm: float, by_reader: float, by_case: float
) -> None:
    arm, reader, case = np.indices((2, READERS, CASES))
    times = (40 + by_arm * arm) * (1 + 0.01 * by_reader * reader) * (1 + 0.1 * by_case * case)
    result = _analysed(tmp_path / "t.csv", times)
    adjusted = _one(result, ADJUSTED)
    assert adjusted.estimate is None
    assert "vary beyond what the effects explain" in str(adjusted.reason)
    assert all(one.estimate is not None for one in result.select("auc", "reading_s"))


def test_reads_of_no_duration_are_counted_by_reader_and_named(tmp_path: Path) -> None:
    times = _times()
    times[0, 2, 3:5] = 0
    result = _analysed(tmp_path / "t.csv", times)
    (told,) = [one for one in result.warnings if "Reading time of 0 s" in one]
    assert f"2 of {2 * READERS * CASES} reads (R2, unaided (2))" in told
    adjusted = _one(result, ADJUSTED)
    assert adjusted.n.n_reads == 2 * READERS * CASES - 2
    (own,) = [
        one
        for one in result.select("reading_s_min")
        if (one.subjects[0].reader, one.subjects[0].arm) == ("R2", "unaided")
    ]
    assert own.estimate == 0
