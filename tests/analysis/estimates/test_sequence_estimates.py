"""Uneven sequences of a crossover or case-split: what the period does cancels in the primary."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report.methods_text import methods
from analysis.report.report_tables import report_tables
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

# AUCs of 10 positive and 10 negative cases in the first and in the second period; the arm changes
# nothing. Of the differences b minus a, .1, .2 and .3 where a came first and -.2 where b did, the
# mean of the sequences' means is 0 and the plain mean (.6 - .2) / 4 = .1.
FIRST, GAINS, BEGAN = 0.6, (0.1, 0.2, 0.3, 0.2), "aaab"


def _known(
    path: Path, *, gains: tuple[float, ...] = GAINS, began: str = BEGAN, start: float = FIRST
) -> Path:
    """Write a table whose areas are known."""
    lines = ["reader,arm,period,case,truth,rating,time_s,group"]
    for reader, (gain, first) in enumerate(zip(gains, began, strict=True)):
        for arm in "ab":
            second = arm != first
            above = round(10 * (start + gain * second))
            seconds = np.exp(4 - gain * second)
            for case in range(20):
                # So many positive cases lie above all negative ones, the others below.
                positive = case < 10
                rating = (2 if case < above else 0) if positive else 1
                group = "x" if reader in (0, 1, 3) else "y"
                lines.append(
                    f"R{reader},{arm},{2 if second else 1},C{case},{int(positive)},{rating},"
                    f"{seconds * (1 + case / 100):.8f},{group}"
                )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _of_all(result: AnalysisResult, quantity: str, **of: str | None) -> Estimate:
    wanted = {"readers": "all", "group": None, "operating_point": None, "readings": None} | of
    (found,) = (
        one
        for one in result.select(quantity)
        if all(getattr(one.subjects[0], name) == value for name, value in wanted.items())
    )
    return found


@pytest.mark.parametrize("method", ["or_delong", "or_jackknife", "or_unbiased", "u_statistics"])
def test_the_primary_of_uneven_sequences_is_the_mean_of_their_means(
    method: str, tmp_path: Path
) -> None:
    plan = AnalysisSettings(
        quantity="auc",
        method=method,  # type: ignore[arg-type]
        arms=("a", "b"),
        margin=0.5,
        order=("auc_noninferiority_difference", "auc_difference"),
    )
    result = analyse(from_csv(_known(tmp_path / "t.csv")), plan)
    random = "readers and cases"
    first, second = result.planned[-2:] if result.planned[0].quantity == "auc" else (
        one for one in result.planned if one.quantity.endswith("_difference")
    )  # fmt: skip
    for one in (first, second):
        assert one.estimate == pytest.approx(0, abs=1e-12)
        assert "mean of the sequences' mean differences" in one.method
        assert one.decision is not None
    plain = _of_all(result, "auc_unweighted_difference", random=random)
    assert plain.estimate == pytest.approx(0.1)
    assert plain.exploratory
    (told,) = [one for one in result.warnings if "3 and 1 readers per sequence" in one]
    assert "hold 50% of a period effect" in told
    assert any("stands in for U-statistics" in one for one in result.warnings) is (
        method == "u_statistics"
    )
    text = "\n".join(methods(result))
    assert text.count("mean of the sequences' mean differences") >= 2
    assert "every sequence of readers weighted equally" in result.estimand
    tests, by_arm = report_tables(result)[:2]
    assert "Mean of the sequences' mean differences" in tests.caption
    assert "Means over all readers; the tests above weigh every sequence equally" in by_arm.caption
    # The arms' own means are those of all readers.
    assert _of_all(result, "auc", arm="b", random=random).estimate == pytest.approx(
        np.mean([0.7, 0.8, 0.9, 0.6])
    )


def test_readers_fixed_and_groups_weigh_their_sequences_alike(tmp_path: Path) -> None:
    plan = AnalysisSettings(
        quantity="auc", method="delong", quantity_of="group", arms=("a", "b"), positive_from=2
    )
    result = analyse(from_csv(_known(tmp_path / "t.csv")), plan)
    fixed = _of_all(result, "auc_difference", random=None)
    assert fixed.estimate == pytest.approx(0, abs=1e-12)
    assert "mean of the sequences' mean differences, readers fixed" in fixed.method
    own = [one for one in result.planned if one.quantity == "auc_difference"]
    by_group = {one.subjects[0].group: one.estimate for one in own}
    # x: .1 and .2 with a first, -.2 with b first; y: one reader.
    assert by_group["x"] == pytest.approx((0.15 - 0.2) / 2)
    assert by_group["y"] == pytest.approx(0.3)
    point = "readers from 2"
    calls = _of_all(result, "sensitivity_difference", random=None, operating_point=point)
    assert calls.estimate == pytest.approx(0, abs=1e-12)
    told = [one for one in result.warnings if "% of a period effect" in one]
    assert [one.split(" per")[0] for one in told] == [
        "b minus a (x readers): 2 and 1 readers",
        "b minus a (y readers): 1 readers",
        "b minus a (all readers): 3 and 1 readers",
    ]


def test_reading_times_of_uneven_sequences_are_compared_alike(tmp_path: Path) -> None:
    plan = AnalysisSettings(quantity="reading_s", arms=("a", "b"))
    result = analyse(from_csv(_known(tmp_path / "t.csv")), plan)
    mean = _of_all(result, "reading_s_log_difference")
    assert mean.estimate == pytest.approx(0, abs=1e-8)
    assert not mean.exploratory
    plain = _of_all(result, "reading_s_log_unweighted_difference")
    assert plain.estimate == pytest.approx(-0.1)
    assert plain.exploratory


def test_a_reader_without_times_takes_a_sequence_away(tmp_path: Path) -> None:
    path = _known(tmp_path / "t.csv")
    lines = [line.split(",") for line in path.read_text().splitlines()]
    for line in lines:
        line[6] = "" if line[0] == "R3" else line[6]
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    mean = _of_all(analyse(from_csv(path)), "reading_s_log_difference")
    assert mean.estimate is None
    assert "expected times of readers of every sequence" in str(mean.reason)


def test_strata_of_uneven_sequences_are_weighted_too(tmp_path: Path) -> None:
    path = _known(tmp_path / "t.csv")
    lines = path.read_text().splitlines()
    dense = [f"{lines[0]},density", *(f"{one},{'cd'[n % 2]}" for n, one in enumerate(lines[1:]))]
    path.write_text("\n".join(dense) + "\n")
    result = analyse(from_csv(path))
    found = [
        one for one in result.strata if one.quantity == "auc_difference" and one.subjects[0].readers
    ]
    assert found
    assert all("sequences' mean differences" in one.method for one in found)


def test_three_arms_of_incomplete_squares_hold_a_part_of_the_period(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    for orders, said in (
        (("abc", "bca", "cab", "abc"), "stands beside it"),
        (("abc", "bca", "abc"), "some sequences are lacking"),
    ):
        lines = ["reader,arm,period,case,truth,rating"]
        lines += [
            f"R{reader},{arm},{order.index(arm) + 1},C{case},{case % 2},"
            f"{case % 2 + generator.normal():.4f}"
            for reader, order in enumerate(orders)
            for arm in "abc"
            for case in range(12)
        ]
        path = tmp_path / "t.csv"
        path.write_text("\n".join(lines) + "\n")
        result = analyse(from_csv(path))
        told = [one for one in result.warnings if "of a period effect" in one]
        assert told
        assert all(said in one for one in told)
        assert not result.select("auc_period")


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
