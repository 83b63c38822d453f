"""Random readers in an analysis: which rows they have, what is primary, what is refused and why."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from given_mrmc_estimates import CASES, _random, _ratings, _table, _without_reader

from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms
from analysis.result import Of
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings


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
