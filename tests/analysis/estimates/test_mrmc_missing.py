"""Random readers where readings, classes or arms are missing, and what a margin adds."""

from pathlib import Path

import numpy as np
import pytest
from given_mrmc_estimates import CASES, _random, _table, _without_reader

from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings

SEED_BELOW_0 = 1


def test_u_statistics_of_all_readings_stand_where_they_have_a_variance(tmp_path: Path) -> None:
    path = _without_reader(_table(tmp_path / "t.csv"), "R4,human,aided")
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="u_statistics"))
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    assert found.n.n_readers == 5
    assert found.p is not None
    assert "without" not in found.method


def test_v_statistics_stand_in_by_name_for_a_variance_below_0(tmp_path: Path) -> None:
    truth = np.tile([0.0, 1.0], 6)
    cube = np.random.default_rng(SEED_BELOW_0).integers(0, 6, size=(2, 3, 12)) + 2 * truth
    lines = ["reader,arm,case,truth,rating"] + [
        f"R{reader},{arm},C{case},{truth[case]:g},{cube[place, reader, case]:g}"
        for place, arm in enumerate("ab")
        for reader in range(3)
        for case in range(12)
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="u_statistics"))
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    reads = ReaderRatings(("b", "a"), tuple("012"), truth, cube[::-1].astype(float))
    expected = analyse_reads(reads).differences[0]
    assert expected.unbiased.variance < 0
    assert "V-statistic variance (MLE)" in found.method
    assert found.se == pytest.approx(expected.biased.bdg.se)
    assert found.p == pytest.approx(expected.biased.bdg.p)


def test_a_reader_with_one_class_in_an_arm_is_left_out_too(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv")
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not (line.startswith("R4,human,aided") and ",0," in line)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    settings = AnalysisSettings(quantity="auc", method="or_delong")
    result = analyse(from_csv(path), settings)
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    assert "complete readers, without R4" in found.method
    against = [one for one in _random(result, "auc_difference") if one.subjects[0].system]
    assert [("without R4" in one.method, one.subjects[1].arm) for one in against] == [
        (False, "unaided"), (True, "aided"),
    ]  # fmt: skip


def test_clustered_cases_leave_the_complete_readers_without_u_statistics(tmp_path: Path) -> None:
    path = _without_reader(_table(tmp_path / "t.csv", exams=20), "R4,human,aided")
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="u_statistics"))
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    assert "jackknife covariance" in found.method
    assert "without R4" in found.method
    assert not any(one.subjects[0].readings for one in _random(result, "auc"))


def test_two_readers_of_whom_one_lacks_an_arm_have_u_statistics_or_a_loud_reason(
    tmp_path: Path,
) -> None:
    path = _without_reader(_table(tmp_path / "t.csv", readers=2), "R1,human,aided")
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="or_delong"))
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    assert found.p is None
    assert "PRIMARY RESULT WITHOUT TEST: auc of all readers" in result.warnings[0]


def test_a_null_primary_result_is_the_first_warning_with_its_reason(tmp_path: Path) -> None:
    asked = AnalysisSettings(quantity="auc", method="or_delong")
    (first, *_) = analyse(from_csv(_table(tmp_path / "t.csv", readers=1)), asked).warnings
    assert first.startswith("NO PRIMARY RESULT: auc of all readers (random)")
    assert "at least two readers" in first
    times = AnalysisSettings(quantity="reading_s")
    (first, *_) = analyse(from_csv(_table(tmp_path / "t.csv")), times).warnings
    assert first == "NO PRIMARY RESULT: reading_s of the plan was not computed from this table."


def test_no_complete_case_leaves_reasons_and_not_an_error(tmp_path: Path) -> None:
    path = _table(tmp_path / "t.csv")
    lines = path.read_text().splitlines()
    # Each reader has cases of their own.
    kept = [
        line
        for line in lines
        if not line.startswith("R") or int(line.split(",")[3][1:]) // 8 == int(line[1])
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    settings = AnalysisSettings(quantity="auc", method="or_delong", missing="complete")
    result = analyse(from_csv(path), settings)
    assert result.warnings[0].startswith("NO PRIMARY RESULT")
    assert any("40 of 40 cases were left out" in one for one in result.warnings)


def _ai_without(path: Path, *cases: int) -> Path:
    return _without_reader(path, *(f"DNN,ai,,C{case:02d}" for case in cases))


@pytest.mark.parametrize(
    ("method", "missing", "words", "units"),
    [
        ("or_delong", "exclude", "partially paired", CASES),
        ("or_delong", "complete", "fully crossed", CASES - 2),
        ("u_statistics", "exclude", "U-statistic variance", CASES),
        ("u_statistics", "complete", "U-statistic variance", CASES - 2),
    ],
)
def test_an_ai_without_some_cases_is_compared_by_every_rule_of_the_plan(
    tmp_path: Path, method: str, missing: str, words: str, units: int
) -> None:
    settings = AnalysisSettings(quantity="auc", method=method, missing=missing)  # type: ignore[arg-type]
    result = analyse(from_csv(_ai_without(_table(tmp_path / "t.csv"), 7, 8)), settings)
    against = [one for one in _random(result, "auc_difference") if one.subjects[0].system]
    assert len(against) == 2
    for one in against:
        assert words in one.method
        assert one.p is not None
        assert one.n.n_units == units
        assert one.n.n_pairs == CASES - 2


def test_u_statistics_of_an_ai_on_all_cases_have_the_variance_of_the_unbiased_covariance(
    tmp_path: Path,
) -> None:
    table = from_csv(_table(tmp_path / "t.csv"))
    by_u, by_model = (
        analyse(table, AnalysisSettings(quantity="auc", method=method))  # type: ignore[arg-type]
        for method in ("u_statistics", "or_unbiased")
    )
    for one, other in zip(_random(by_u, "auc_difference"), _random(by_model, "auc_difference"),
                          strict=True):  # fmt: skip
        if one.subjects[0].system:
            assert one.estimate == pytest.approx(other.estimate)
            assert one.se == pytest.approx(other.se, rel=1e-9)


def test_u_statistics_hold_a_difference_against_the_margin(tmp_path: Path) -> None:
    arms = ("unaided", "aided")
    settings = AnalysisSettings(quantity="auc", method="u_statistics", arms=arms, margin=0.05)
    result = analyse(from_csv(_table(tmp_path / "t.csv")), settings)
    (found,) = (
        one
        for one in _random(result, "auc_noninferiority_difference")
        if one.subjects[0].system is None
    )
    assert found.p is not None
    assert found.ci is not None
    assert (found.p < 0.025) is (found.ci.low > -0.05)


def test_one_reader_has_no_sample_of_readers_beside_an_ai(tmp_path: Path) -> None:
    settings = AnalysisSettings(quantity="auc", method="u_statistics")
    result = analyse(from_csv(_table(tmp_path / "t.csv", readers=1)), settings)
    against = [one for one in _random(result, "auc_difference") if one.subjects[0].system]
    assert all("two or more readers" in str(one.reason) for one in against)
    assert len(against) == 2


def test_one_reader_is_random_only_where_the_plan_says_so_and_then_refused(
    tmp_path: Path,
) -> None:
    table = from_csv(_table(tmp_path / "t.csv", readers=1))
    assert _random(analyse(table), "auc") == []
    asked = analyse(table, AnalysisSettings(quantity="auc", method="or_delong"))
    assert all(one.estimate is None for one in _random(asked, "auc"))
    assert "at least two readers" in str(_random(asked, "auc")[0].reason)


def test_cases_of_one_exam_are_left_out_together(tmp_path: Path) -> None:
    alone = analyse(from_csv(_table(tmp_path / "a.csv")))
    together = analyse(from_csv(_table(tmp_path / "b.csv", exams=CASES // 2)))
    one, other = _random(alone, "auc")[0], _random(together, "auc")[0]
    assert "DeLong covariance" in one.method
    assert "jackknife covariance" in other.method
    assert one.estimate == other.estimate
    assert one.se != other.se


def test_decisions_are_compared_by_sensitivity_and_specificity(tmp_path: Path) -> None:
    result = analyse(from_csv(_table(tmp_path / "t.csv", decisions=True)))
    assert _random(result, "auc") == []
    for quantity in ("sensitivity", "specificity"):
        means = _random(result, quantity)
        assert len(means) == 2
        assert all(one.subjects[0].operating_point == "rating 1" for one in means)
        assert all(one.p is None and one.ci is not None for one in means)
        assert len(_random(result, f"{quantity}_difference")) == 1


def test_a_margin_adds_the_test_of_non_inferiority(tmp_path: Path) -> None:
    settings = AnalysisSettings(
        quantity="auc",
        method="or_delong",
        margin=0.05,
        arms=("unaided", "aided"),
        order=("auc_noninferiority_difference", "auc_difference"),
    )
    result = analyse(from_csv(_table(tmp_path / "t.csv")), settings)
    (found,) = (
        one
        for one in _random(result, "auc_noninferiority_difference")
        if one.subjects[0].system is None
    )
    assert not found.exploratory
    assert "margin 0.05, size 0.025" in found.method
    assert found.p is not None
    assert found.ci is not None
    assert (found.p < 0.025) is (found.ci.low > -0.05)
    assert not any("not computed" in warning for warning in result.warnings)


def test_negative_components_are_told_in_the_warnings(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    generator = np.random.default_rng(1)
    case = generator.normal(size=CASES)
    lines = ["reader,arm,case,truth,rating"]
    for arm in ("a", "b"):
        for reader in range(5):
            for place in range(CASES):
                value = place % 2 + case[place] + generator.normal()
                lines.append(f"R{reader},{arm},C{place},{place % 2},{value:.4f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = analyse(from_csv(path))
    (told,) = [one for one in result.warnings if one.startswith("Random readers:")]
    before = "Random readers: variance components estimated below 0: "
    after = ". They are shown as estimated; in the tests Cov2 and Cov2 - Cov3 below 0 count as 0."
    assert told.endswith(after)
    components = {one.subjects[0].item: one.estimate for one in result.select("auc_component")}
    parts = told.removeprefix(before).removesuffix(after).split("; ")
    assert len(parts) > 1
    for part in parts:
        name = part.split(" in 1 of 1 analyses")[0]
        first, _, second = name.partition(" - ")
        value = (components[first] or 0) - ((components[second] or 0) if second else 0)
        assert f"(least {value:.3g}: all readers, AUC)" in part


def test_groups_of_two_readers_are_warned_of_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    generator = np.random.default_rng(3)
    lines = ["reader,group,case,truth,rating"]
    for reader, group in (("A", "few"), ("B", "few"), ("C", "many"), ("D", "many"), ("E", "many")):
        skill = generator.uniform(0.5, 3)
        for case in range(CASES):
            value = skill * (case % 2) + generator.normal()
            lines.append(f"{reader},{group},C{case},{case % 2},{value:.4f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (told,) = [one for one in analyse(from_csv(path)).warnings if "Random readers:" in one]
    assert "few readers: inference to the population of readers is imprecise with two" in told
    assert "many readers" not in told.split("few readers")[1]


def test_the_estimand_says_of_whom_the_plan_speaks(tmp_path: Path) -> None:
    table = from_csv(_table(tmp_path / "t.csv"))
    random = analyse(table, AnalysisSettings(quantity="auc", method="or_jackknife")).estimand
    assert "with inference to the populations of readers and cases" in random
    fixed = analyse(table, AnalysisSettings(quantity="auc", method="delong")).estimand
    assert "with inference to these readers and the population of cases" in fixed


@pytest.mark.parametrize("method", ["or_delong", "u_statistics"])
def test_an_ai_alone_is_held_against_the_margin_of_a_plan_that_names_it(
    tmp_path: Path, method: str
) -> None:
    settings = AnalysisSettings(
        quantity="auc",
        method=method,  # type: ignore[arg-type]
        margin=0.05,
        arms=("unaided", "DNN"),
        order=("auc_noninferiority_difference",),
    )
    table = from_csv(_table(tmp_path / "t.csv", arms=("unaided",)))
    result = analyse(table, settings)
    (found,) = _random(result, "auc_noninferiority_difference")
    assert not found.exploratory
    assert found.p is not None
    assert found.ci is not None
    assert (found.p < 0.025) is (found.ci.low > -0.05)
    assert found.decision is not None
