"""Random readers in an analysis: which rows they have, what is primary, what is refused and why."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms
from analysis.result import AnalysisResult, Estimate, Of
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings

CASES, READERS = 40, 5
SEED_BELOW_0 = 1


def _ratings(seed: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    truth = np.arange(CASES) % 2
    case = generator.normal(size=CASES) + generator.normal(0, 0.6, size=(3, 1, CASES))
    return np.round(50 + 20 * truth + 10 * case + generator.normal(0, 8, (3, READERS, CASES)), 3)


def _table(
    path: Path,
    *,
    readers: int = READERS,
    arms: tuple[str, ...] = ("unaided", "aided"),
    without: tuple[str, ...] = (),
    exams: int = CASES,
    decisions: bool = False,
) -> Path:
    ratings = _ratings()
    lines = ["reader,kind,arm,case,exam,truth,rating"]
    for place, arm in enumerate(arms):
        for reader in range(readers):
            for case in range(CASES):
                name = f"R{reader},human,{arm},C{case:02d}"
                value = ratings[place, reader, case]
                if decisions:
                    value = float(value > 60)
                if name not in without:
                    lines.append(f"{name},E{case % exams},{case % 2},{value}")
    for case in range(CASES):
        score = ratings[2, 0, case] / 100
        if decisions:
            score = float(score > 0.6)
        lines.append(f"DNN,ai,,C{case:02d},E{case % exams},{case % 2},{score}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _random(result: AnalysisResult, quantity: str) -> list[Estimate]:
    return [
        one for one in result.select(quantity) if any(of.random is not None for of in one.subjects)
    ]


@pytest.mark.parametrize(
    ("method", "covariance"),
    [
        ("or_delong", Covariance.DELONG),
        ("or_jackknife", Covariance.JACKKNIFE),
        ("or_unbiased", Covariance.UNBIASED),
    ],
)
def test_random_readers_have_the_numbers_of_obuchowski_rockette(
    tmp_path: Path, method: str, covariance: Covariance
) -> None:
    settings = AnalysisSettings(quantity="auc", method=method)  # type: ignore[arg-type]
    result = analyse(from_csv(_table(tmp_path / "t.csv")), settings)
    truth = (np.arange(CASES) % 2).astype(float)
    study = crossed_ratings(truth, _ratings()[[1, 0]])
    expected = obuchowski_rockette(reader_foms(study, covariance=covariance))
    (difference,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    found = expected.differences[0].inference
    assert difference.estimate == pytest.approx(found.estimate, abs=1e-12)
    assert difference.se == pytest.approx(found.se, rel=1e-9)
    assert difference.p == pytest.approx(found.p, rel=1e-9)
    assert [of.arm for of in difference.subjects] == ["aided", "unaided"]
    for words in (f"{covariance} covariance", "readers and cases random"):
        assert words in difference.method
    assert difference.df == pytest.approx(found.df)
    means = _random(result, "auc")
    assert {one.subjects[0].arm for one in means} == {"aided", "unaided"}
    assert not any(one.exploratory for one in means)


def test_random_and_fixed_readers_have_the_same_estimate_and_differ_in_its_error(
    tmp_path: Path,
) -> None:
    result = analyse(from_csv(_table(tmp_path / "t.csv")))
    for quantity in ("auc", "auc_difference"):
        for one in _random(result, quantity):
            subjects = tuple(replace(of, random=None) for of in one.subjects)
            (fixed,) = (other for other in result.select(quantity) if other.subjects == subjects)
            assert one.estimate == pytest.approx(fixed.estimate, abs=1e-12)
            assert one.se != fixed.se


def test_a_plan_with_fixed_readers_keeps_them_primary(tmp_path: Path) -> None:
    table = from_csv(_table(tmp_path / "t.csv"))
    result = analyse(table, AnalysisSettings(quantity="auc", method="delong"))
    assert all(one.exploratory for one in _random(result, "auc_difference"))
    assert any(
        not one.exploratory and one.subjects[0].readers for one in result.select("auc_difference")
    )


def test_an_ai_alone_is_compared_with_random_readers_of_each_arm(tmp_path: Path) -> None:
    result = analyse(from_csv(_table(tmp_path / "t.csv")))
    against = [one for one in _random(result, "auc_difference") if one.subjects[0].system]
    assert {one.subjects[1].arm for one in against} == {"unaided", "aided"}
    assert all("1T-RRRC" in one.method and one.p is not None for one in against)


def test_three_arms_are_compared_two_by_two(tmp_path: Path) -> None:
    table = from_csv(_table(tmp_path / "t.csv", arms=("a", "b", "c")))
    pairs = [
        tuple(of.arm for of in one.subjects)
        for one in _random(analyse(table), "auc_difference")
        if one.subjects[0].system is None
    ]
    assert sorted(pairs) == [("b", "a"), ("c", "a"), ("c", "b")]


def _lacking() -> tuple[np.ndarray, np.ndarray]:
    """Return truth and ratings, aided first, of a study in which R2 lacks two aided cases."""
    cube = _ratings()[[1, 0]]
    cube[0, 2, 5:7] = np.nan
    return (np.arange(CASES) % 2).astype(float), cube


LACKING = ("R2,human,aided,C05", "R2,human,aided,C06")


def test_missing_readings_make_a_partially_paired_analysis_and_a_warning_names_them(
    tmp_path: Path,
) -> None:
    settings = AnalysisSettings(quantity="auc", method="or_jackknife")
    result = analyse(from_csv(_table(tmp_path / "t.csv", without=LACKING)), settings)
    study = crossed_ratings(*_lacking())
    expected = obuchowski_rockette(reader_foms(study)).differences[0].inference
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.se == pytest.approx(expected.se)
    assert found.p == pytest.approx(expected.p)
    assert "partially paired" in found.method
    (told,) = [one for one in result.warnings if "R2, aided lacks 2 of 40" in one]
    assert 'missing = "complete" or method = "u_statistics"' in told


def test_what_the_warning_of_missing_readings_names_works(tmp_path: Path) -> None:
    table = from_csv(_table(tmp_path / "t.csv", without=LACKING))
    truth, cube = _lacking()
    complete = AnalysisSettings(quantity="auc", method="or_delong", missing="complete")
    (found,) = (
        one for one in _random(analyse(table, complete), "auc_difference") if not one.exploratory
    )
    both = ~np.isnan(cube).any(axis=(0, 1))
    study = crossed_ratings(truth[both], cube[:, :, both])
    expected = obuchowski_rockette(reader_foms(study, covariance=Covariance.DELONG))
    assert found.p == pytest.approx(expected.differences[0].inference.p)
    assert found.n.n_units == CASES - 2


def test_u_statistics_take_missing_readings(tmp_path: Path) -> None:
    settings = AnalysisSettings(quantity="auc", method="u_statistics")
    result = analyse(from_csv(_table(tmp_path / "t.csv", without=LACKING)), settings)
    reads = ReaderRatings(("aided", "unaided"), tuple("01234"), *_lacking())
    expected = analyse_reads(reads).differences[0]
    (found,) = (one for one in _random(result, "auc_difference") if not one.subjects[0].system)
    assert found.estimate == pytest.approx(expected.difference)
    assert found.p == pytest.approx(expected.unbiased.bdg.p)
    assert "U-statistic" in found.method
    means = _random(result, "auc")
    assert [one.of.arm for one in means if isinstance(one.of, Of)] == ["unaided", "aided"]
    assert means[1].estimate == pytest.approx(expected.first.auc)


def test_missing_readings_of_clustered_cases_are_partially_paired_with_the_jackknife(
    tmp_path: Path,
) -> None:
    table = _table(tmp_path / "t.csv", without=LACKING, exams=20)
    result = analyse(from_csv(table))
    found = [one for one in _random(result, "auc_difference") if not one.subjects[0].system]
    assert all("jackknife covariance" in one.method and one.p is not None for one in found)
    (told,) = [one for one in result.warnings if "R2, aided lacks 2 of 40" in one]
    assert "u_statistics" not in told  # they know no clusters


def _without_reader(path: Path, *gone: str) -> Path:
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not line.startswith(gone)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("method", ["or_delong", "u_statistics"])
def test_a_reader_missing_from_an_arm_leaves_the_complete_readers_and_is_named(
    tmp_path: Path, method: str
) -> None:
    settings = AnalysisSettings(quantity="auc", method=method)  # type: ignore[arg-type]
    path = _without_reader(_table(tmp_path / "t.csv"), "R4,human,aided")
    # R4 reads the wrong way round, which brings the variance of all readings below 0.
    text = path.read_text()
    for case in range(CASES):
        own = rf"(R4,human,unaided,C{case:02d},E{case},\d),.*"
        text = re.sub(own, rf"\g<1>,{1 - case % 2}", text)
    path.write_text(text, encoding="utf-8")
    result = analyse(from_csv(path), settings)
    (found,) = (one for one in _random(result, "auc_difference") if not one.exploratory)
    only = from_csv(_without_reader(_table(tmp_path / "4.csv"), "R4"))
    (expected,) = (
        one for one in _random(analyse(only, settings), "auc_difference") if not one.exploratory
    )
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.p == pytest.approx(expected.p)
    assert found.n.n_readers == 4
    assert "complete readers, without R4" in found.method
    assert "left out, for lack of" in result.warnings[0]
    assert "R4" in result.warnings[0]
    # These are other readers than the fixed ones: their errors are not held against each other.
    assert not any("smaller with readers random" in one for one in result.warnings)
    # U-statistics of all readings stand beside it, and are no part of the plan.
    beside = [one for one in _random(result, "auc") if one.subjects[0].readings is not None]
    assert [one.n.n_readers for one in beside] == [5, 4]
    assert all(one.exploratory for one in beside)


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
