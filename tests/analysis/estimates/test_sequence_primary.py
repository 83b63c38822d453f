"""Whatever the period does, arms that are alike stay so; plans say how sequences are compared."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from given_sequence_estimates import GAINS, _known, _of_all
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

PLAN = AnalysisSettings(quantity="auc", arms=("a", "b"))


RANDOM = "readers and cases"


def _split(path: Path, firsts: str, gains: tuple[int, int], lift: int = 0) -> Path:
    """Write a case-split of equal readers; `gains` are what the period adds to either half.

    `firsts` names for each reader the arm that is read first of the first half; the halves hold 8
    and 6 positive, 4 and 6 negative cases. `lift` is what arm b adds to positive cases.
    """
    lines = ["reader,arm,period,case,truth,rating,time_s"]
    for reader, first in enumerate(firsts):
        for arm in "ab":
            for case in range(24):
                half = int(case >= 12)
                second = (arm == first) == bool(half)
                positive = case % 12 < (8, 6)[half]
                rating = 3 * (case * 7 % 11) + 6 * positive + second * gains[half]
                rating += lift * (arm == "b") * positive
                seconds = 20 * np.exp(second * gains[half] / 10 + case / 50 + reader / 10)
                name = f"R{reader},{arm},{1 + second},C{case:02d}"
                lines.append(f"{name},{int(positive)},{rating},{seconds:.9f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@settings(max_examples=8, deadline=None)
@given(
    first=st.integers(1, 4),
    second=st.integers(1, 3),
    gains=st.tuples(st.integers(-20, 20), st.integers(-20, 20)),
)
def test_whatever_the_period_does_to_the_halves_of_a_case_split_arms_that_are_alike_stay_so(
    first: int, second: int, gains: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("split") / "t.csv"
    result = analyse(from_csv(_split(path, "a" * first + "b" * second, gains)), PLAN)
    for random in (RANDOM, None):
        assert _of_all(result, "auc_difference", random=random).estimate == pytest.approx(
            0, abs=1e-12
        )
    if first + second > 2:
        logs = _of_all(result, "reading_s_log_difference").estimate
        assert logs == pytest.approx(0, abs=1e-8)


@settings(max_examples=8, deadline=None)
@given(
    first=st.integers(1, 4),
    second=st.integers(1, 3),
    start=st.integers(3, 7),
    gain=st.integers(-3, 3),
)
def test_whatever_the_period_does_arms_of_a_crossover_that_are_alike_stay_so(
    first: int, second: int, start: int, gain: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("crossover") / "t.csv"
    gains = (gain / 10,) * (first + second)
    _known(path, gains=gains, began="a" * first + "b" * second, start=start / 10)
    result = analyse(from_csv(path), PLAN)
    for random in (RANDOM, None):
        assert _of_all(result, "auc_difference", random=random).estimate == pytest.approx(
            0, abs=1e-12
        )


def test_a_case_split_says_what_a_plain_mean_would_hold(tmp_path: Path) -> None:
    path = _split(tmp_path / "t.csv", "aaab", (14, -3), lift=3)
    result = analyse(from_csv(path), PLAN)
    (told,) = [one for one in result.warnings if "readers per sequence" in one]
    assert "b minus a (all readers): 3 and 1 readers per sequence." in told
    assert "hold 50% of the difference that the period makes between the halves" in told
    primary, plain = (
        _of_all(result, name, random=RANDOM)
        for name in ("auc_difference", "auc_unweighted_difference")
    )
    own = [
        _of_all(result, "auc_difference", readers=None, reader=f"R{reader}", random=None).estimate
        for reader in (0, 3)
    ]
    assert None not in own
    assert primary.estimate == pytest.approx(np.mean(own))
    assert plain.estimate == pytest.approx(0.75 * (own[0] or 0) + 0.25 * (own[1] or 0))
    assert plain.estimate != pytest.approx(primary.estimate)
    # Without the period the mean of the sequences is the same: its effect is the arm's alone.
    free = _of_all(result, "auc_crossover_difference", random=RANDOM)
    assert (free.estimate, free.se) == pytest.approx((primary.estimate, primary.se))
    assert not result.select("auc_period", "auc_sequence")


def test_even_sequences_are_compared_as_they_were(tmp_path: Path) -> None:
    for path in (
        _split(tmp_path / "split.csv", "abba", (5, -4), lift=3),
        _known(tmp_path / "crossover.csv", began="abab"),
    ):
        result, pooled = (
            analyse(from_csv(path), replace(PLAN, sequences=how)) for how in ("equal", "pooled")
        )
        # The groups of the crossover are uneven; all readers are not.
        ours, theirs = (
            [e for e in one.estimates if e.subjects[0].group is None] for one in (result, pooled)
        )
        assert ours == theirs
        assert result.warnings == pooled.warnings
        assert not any("per sequence" in one for one in result.warnings)
        unweighted = result.select("auc_unweighted_difference")
        assert all(one.subjects[0].group for one in unweighted)
        # The arms' own means differ by what is compared.
        a, b = (_of_all(result, "auc", arm=arm, random=RANDOM).estimate for arm in "ab")
        found = _of_all(result, "auc_difference", random=RANDOM).estimate
        assert found == pytest.approx((b or 0) - (a or 0))


def test_a_plan_that_pools_sequences_has_the_plain_mean_and_is_told_what_it_holds(
    tmp_path: Path,
) -> None:
    table = from_csv(_known(tmp_path / "t.csv"))
    equal, pooled = (analyse(table, replace(PLAN, sequences=how)) for how in ("equal", "pooled"))
    plain = _of_all(pooled, "auc_difference", random=RANDOM)
    assert plain.estimate == pytest.approx(0.1)
    assert not plain.exploratory
    beside = _of_all(equal, "auc_unweighted_difference", random=RANDOM)
    assert (plain.se, plain.df, plain.p) == pytest.approx((beside.se, beside.df, beside.p))
    assert "sequences'" not in plain.method
    assert not pooled.select("auc_unweighted_difference")
    assert _of_all(pooled, "reading_s_log_difference").estimate == pytest.approx(-0.1)
    assert _of_all(pooled, "auc_difference", random=None).estimate == pytest.approx(0.1)
    (told,) = [one for one in pooled.warnings if "per sequence" in one]
    assert "as the plan says (sequences), and holds 50% of a period effect" in told
    assert "weighted equally" not in pooled.estimand
    free = _of_all(pooled, "auc_crossover_difference", random=RANDOM)
    assert free.estimate == pytest.approx(0, abs=1e-12)


def test_a_reader_who_lacks_an_arm_leaves_the_others_weighted(tmp_path: Path) -> None:
    path = _known(tmp_path / "t.csv", gains=(*GAINS, 0.3), began="aaabb")
    lines = path.read_text().splitlines()
    path.write_text("\n".join(one for one in lines if not one.startswith("R4,a")) + "\n")
    result = analyse(from_csv(path), PLAN)
    found = _of_all(result, "auc_difference", random=RANDOM)
    assert found.estimate == pytest.approx(0, abs=1e-12)
    assert found.n.n_readers == 4
    assert "complete readers, without R4; mean of the sequences' mean differences" in found.method
    # With readers fixed each arm has its own readers.
    fixed = _of_all(result, "auc_difference", random=None)
    assert "mean of the readers' values, readers fixed" in fixed.method
    assert any("3 and 1 readers per sequence" in one for one in result.warnings)


def test_a_reader_without_one_class_takes_a_sequence_away_and_it_is_said(tmp_path: Path) -> None:
    path = _known(tmp_path / "t.csv")
    kept = [
        line
        for line in path.read_text().splitlines()
        if not (line.startswith("R3,b") and line.split(",")[4] == "1")
    ]
    path.write_text("\n".join(kept) + "\n")
    result = analyse(from_csv(path), PLAN)
    found = _of_all(result, "auc_difference", random=RANDOM)
    assert found.estimate == pytest.approx(0.2)
    assert "sequences'" not in found.method
    assert any("Every reader of both arms read a first" in one for one in result.warnings)


def test_a_square_that_loses_a_sequence_with_a_reader_is_told_of(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    lines = ["reader,arm,period,case,truth,rating"]
    lines += [
        f"R{reader},{arm},{order.index(arm) + 1},C{case},{case % 2},"
        f"{case % 2 + generator.normal():.4f}"
        for reader, order in enumerate(("abc", "bca", "cab", "abc"))
        for arm in "abc"
        for case in range(12)
        if (reader, arm) != (1, "c")
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n")
    result = analyse(from_csv(path), replace(PLAN, arms=("a", "b", "c")))
    told = [one for one in result.warnings if "per sequence" in one and one.startswith("b minus a")]
    assert [one.split(": ")[1].split(".")[0] for one in told] == [
        "2 and 1 readers per sequence, and some sequences are lacking",
        "2 and 1 and 1 readers per sequence",
    ]
