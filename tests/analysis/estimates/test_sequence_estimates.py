"""Uneven sequences of a crossover or case-split: what the period does cancels in the primary."""

from pathlib import Path

import numpy as np
import pytest
from given_sequence_estimates import _known, _of_all

from analysis.report.methods_text import methods
from analysis.report.report_tables import report_tables
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


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
