"""Period and sequence of a crossover: the model's algebra, and the designs that have neither."""

from pathlib import Path

import numpy as np
import pytest

from analysis.report.report_tables import report_tables
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv

CASES = 60


def _table(
    path: Path, first: str, *, times: bool = True, effect: float = 0.0, period: float = 0.0
) -> Path:
    """Write a crossover; `first` names for each reader the arm (a or b) that is read first."""
    generator = np.random.default_rng(3)
    lines = ["reader,arm,period,case,truth,rating,time_s"]
    for reader, began in enumerate(first):
        for arm in "ab":
            second = arm != began
            for case in range(CASES):
                skill = 1.0 + effect * (arm == "b") + period * second + 0.1 * reader
                rating = skill * (case % 2) + generator.normal()
                seconds = f"{generator.lognormal(4 - 0.4 * second, 0.2):.4f}" if times else ""
                number = 2 if second else 1
                lines.append(f"R{reader},{arm},{number},C{case},{case % 2},{rating:.4f},{seconds}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _analysed(path: Path, first: str, **how: float | bool) -> AnalysisResult:
    settings = AnalysisSettings(quantity="auc", arms=("a", "b"))
    return analyse(from_csv(_table(path / "t.csv", first, **how)), settings)  # type: ignore[arg-type]


def _one(result: AnalysisResult, quantity: str) -> Estimate:
    (found,) = result.select(quantity)
    return found


def _auc(result: AnalysisResult, reader: str, arm: str) -> float:
    (found,) = (
        one.estimate
        for one in result.select("auc")
        if (one.subjects[0].reader, one.subjects[0].arm) == (reader, arm)
    )
    assert found is not None
    return found


@pytest.mark.parametrize("first", ["aabb", "aaabb", "abab"])
def test_effects_are_those_of_the_sequences_means(first: str, tmp_path: Path) -> None:
    result = _analysed(tmp_path, first)
    b_minus_a = {began: [] for began in "ab"}
    means = {began: [] for began in "ab"}
    for place, began in enumerate(first):
        a, b = (_auc(result, f"R{place}", arm) for arm in "ab")
        b_minus_a[began].append(b - a)
        means[began].append((a + b) / 2)
    ab, ba = np.mean(b_minus_a["a"]), np.mean(b_minus_a["b"])
    period, sequence, arm = (
        _one(result, name) for name in ("auc_period", "auc_sequence", "auc_crossover_difference")
    )
    assert period.estimate == pytest.approx((ab - ba) / 2)
    assert sequence.estimate == pytest.approx(np.mean(means["a"]) - np.mean(means["b"]))
    assert arm.estimate == pytest.approx((ab + ba) / 2)
    for one in (period, sequence):
        assert one.p is None
        assert one.ci is not None
        assert "arm + period + sequence" in one.method
        assert one.exploratory
    assert arm.p is not None


def test_a_strong_effect_of_the_period_is_found_and_taken_out_of_an_uneven_design(
    tmp_path: Path,
) -> None:
    result = _analysed(tmp_path, "aaaaabb", period=1.5)
    period, arm = _one(result, "auc_period"), _one(result, "auc_crossover_difference")
    assert period.ci is not None
    assert period.ci.low > 0
    assert arm.ci is not None
    assert arm.ci.low < 0 < arm.ci.high
    (primary,) = result.planned[-1:]
    plain = _one(result, "auc_unweighted_difference")
    assert plain.estimate is not None
    assert arm.estimate is not None
    assert abs(plain.estimate) > abs(arm.estimate)
    assert (primary.estimate, primary.se, primary.p, primary.df) == pytest.approx(
        (arm.estimate, arm.se, arm.p, arm.df)
    )
    (told,) = [
        one for one in result.warnings if "(all readers): 5 and 2 readers per sequence" in one
    ]
    assert "which would hold 43% of a period effect" in told
    log = _one(result, "reading_s_log_period")
    assert log.estimate == pytest.approx(-0.4, abs=0.1)
    titles = {one.title: one for one in report_tables(result)}
    labels = [row.label for row in titles["Period and sequence"].rows]
    assert any("period effect" in label for label in labels)
    assert any("sequence effect" in label for label in labels)


def test_one_sequence_has_no_period_apart_from_the_arm(tmp_path: Path) -> None:
    result = _analysed(tmp_path, "aaa")
    assert not result.select("auc_period")
    assert any("Every reader of both arms read a first" in one for one in result.warnings)


def test_one_reader_of_a_sequence_gives_its_effects_no_interval(tmp_path: Path) -> None:
    result = _analysed(tmp_path, "aab", times=False)
    found = _one(result, "auc_period")
    assert found.estimate is None
    assert "two readers" in (found.reason or "")
    arm = _one(result, "auc_crossover_difference")
    assert arm.ci is not None
    assert arm.df is not None
    assert "two readers" in str(
        _one(_analysed(tmp_path, "ab", times=False), "auc_crossover_difference").reason
    )


@pytest.mark.parametrize("change", ["unknown", "same", "mixed"])
def test_other_designs_have_no_such_effects(change: str, tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv", "aabb", times=False)
    lines = [line.split(",") for line in path.read_text().splitlines()]
    for place, line in enumerate(lines[1:]):
        line[2] = {"unknown": "", "same": "1", "mixed": str(1 + place % 2)}[change]
    path.write_text("\n".join(",".join(line) for line in lines) + "\n")
    result = analyse(from_csv(path), AnalysisSettings())
    assert not result.select("auc_period", "auc_sequence", "auc_crossover_difference")


def test_a_reader_who_lacks_an_arm_is_left_out_of_the_effects(tmp_path: Path) -> None:
    lines = _table(tmp_path / "t.csv", "aaabb").read_text().splitlines()
    kept = tmp_path / "kept.csv"
    kept.write_text("\n".join(one for one in lines if not one.startswith("R0,b")) + "\n")
    without = tmp_path / "without.csv"
    without.write_text("\n".join(one for one in lines if not one.startswith("R0,")) + "\n")
    lacking, complete = analyse(from_csv(kept)), analyse(from_csv(without))
    for quantity in ("auc_period", "auc_sequence", "auc_crossover_difference",
                     "reading_s_log_period"):  # fmt: skip
        found, expected = _one(lacking, quantity), _one(complete, quantity)
        assert found.n.n_readers == 4
        assert (found.estimate, found.se) == pytest.approx((expected.estimate, expected.se))


def test_decisions_have_no_such_effects_on_an_auc(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv", "aabb", times=False)
    lines = path.read_text().splitlines()
    decided = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        cells[5] = str(int(float(cells[5]) > 0.5))
        decided.append(",".join(cells))
    path.write_text("\n".join(decided) + "\n")
    assert not analyse(from_csv(path)).select("auc_period")
