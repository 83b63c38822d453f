"""Whether two arms differ alike in all strata: one test, readers fixed and random."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analysis.estimators.structural_components import auc_values
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings, MissingRule
from analysis.study_analysis import analyse
from analysis.tables import from_csv

READERS, CASES = 5, 120
RANDOM = "readers and cases"


def _ratings(effect: float) -> np.ndarray:
    """Return ratings (arms, readers, cases): AI helps in the first half of the cases only."""
    generator = np.random.default_rng(8)
    truth = np.arange(CASES) % 2
    helped = np.arange(CASES) < CASES // 2
    shared = generator.normal(size=CASES)
    own = generator.normal(size=(2, READERS, CASES))
    gain = np.array([0.0, effect])[:, None, None] * helped
    return np.round((1.0 + gain) * truth + shared + own, 4)


def _analysed(
    path: Path,
    effect: float = 1.5,
    *,
    strata: str = "halves",
    readers: int = READERS,
    patients: int = 0,
    without: str = "",
    missing: MissingRule = "exclude",
) -> AnalysisResult:
    ratings = _ratings(effect)
    lines = ["reader,arm,case,truth,rating,density" + (",patient" if patients else "")]
    for arm, reader, case in np.ndindex(2, readers, CASES):
        name = {"halves": "ab"[case >= CASES // 2], "thirds": "abc"[case // 40],
                "few": "ab"[case >= 12]}[strata]  # fmt: skip
        who = f"R{reader},{('unaided', 'aided')[arm]}"
        patient = f",P{case % patients}" if patients else ""
        if who != without or name != "a":
            lines.append(f"{who},C{case},{case % 2},{ratings[arm, reader, case]},{name}{patient}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return analyse(from_csv(path), AnalysisSettings(missing=missing))


def _tests(result: AnalysisResult) -> dict[str | None, Estimate]:
    found = [one for one in result.strata if one.quantity == "auc_interaction"]
    return {one.subjects[0].random: one for one in found}


def test_two_strata_give_the_t_test_of_each_readers_difference_of_differences(
    tmp_path: Path,
) -> None:
    found = _tests(_analysed(tmp_path / "t.csv"))
    ratings, truth = _ratings(1.5), (np.arange(CASES) % 2).astype(float)
    halves = [slice(0, CASES // 2), slice(CASES // 2, CASES)]
    areas = [auc_values(truth[own], ratings.reshape(-1, CASES)[:, own]) for own in halves]
    contrast = np.hstack([-np.eye(READERS), np.eye(READERS)])
    change = contrast @ areas[0].values - contrast @ areas[1].values
    matrix = sum(contrast @ one.covariance @ contrast.T for one in areas)
    # Hillis 2007, 5.3, of one number a reader.
    square = change.var(ddof=1)
    shared = matrix[~np.eye(READERS, dtype=bool)].mean()
    total = square + READERS * max(shared, 0)
    df = (READERS - 1) * (total / square) ** 2
    t = change.mean() / (total / READERS) ** 0.5
    random = found[RANDOM]
    assert random.estimate == pytest.approx(t**2)
    assert random.df == pytest.approx(df)
    assert random.df_numerator == 1
    assert random.p == pytest.approx(2 * stats.t.sf(abs(t), df))
    fixed = found[None]
    z = change.mean() / matrix.mean() ** 0.5
    assert fixed.estimate == pytest.approx(z**2)
    assert fixed.p == pytest.approx(2 * stats.norm.sf(abs(z)))
    assert fixed.subjects[0].item == "aided minus unaided"
    assert fixed.exploratory
    assert random.exploratory


def test_an_effect_in_one_stratum_is_found_and_an_equal_one_is_not(tmp_path: Path) -> None:
    apart = _tests(_analysed(tmp_path / "a.csv", effect=2.5))[RANDOM]
    alike = _tests(_analysed(tmp_path / "b.csv", effect=0.0))[RANDOM]
    assert apart.p is not None
    assert alike.p is not None
    assert apart.p < 0.1 < alike.p


def test_three_strata_have_one_test_of_two_degrees_of_freedom(tmp_path: Path) -> None:
    found = _tests(_analysed(tmp_path / "t.csv", strata="thirds"))
    assert {one.df_numerator for one in found.values()} == {2}


def test_few_cases_of_a_class_in_a_stratum_have_no_test(tmp_path: Path) -> None:
    result = _analysed(tmp_path / "t.csv", strata="few")
    for one in _tests(result).values():
        assert one.p is None
        assert "6 cases of a class in a stratum" in str(one.reason)
    scarce = [one for one in result.strata if one.subjects[0].stratum == "density = a"]
    assert all(one.p is None for one in scarce)
    assert any(
        "6 positive and 6 negative cases, fewer than 10" in str(one.reason) for one in scarce
    )
    rich = [one for one in result.strata if one.subjects[0].stratum == "density = b"]
    assert any(one.p is not None for one in rich)
    assert any("fewer than 10 cases of a class" in one for one in result.warnings)


def test_a_single_reader_is_tested_as_fixed_only(tmp_path: Path) -> None:
    assert set(_tests(_analysed(tmp_path / "t.csv", readers=1))) == {None}


def test_clusters_within_strata_have_their_variance_and_across_strata_no_test(
    tmp_path: Path,
) -> None:
    alone = _tests(_analysed(tmp_path / "a.csv"))[None]
    across = _tests(_analysed(tmp_path / "b.csv", patients=CASES // 2))
    assert all("several strata" in str(one.reason) for one in across.values())
    path = tmp_path / "c.csv"
    _analysed(path, patients=CASES)
    text = path.read_text().splitlines()
    paired = [text[0]] + [
        f"{line.rsplit(',', 1)[0]},P{int(line.split(',')[2][1:]) // 4}" for line in text[1:]
    ]
    path.write_text("\n".join(paired) + "\n", encoding="utf-8")
    within = _tests(analyse(from_csv(path)))[None]
    assert within.estimate is not None
    assert within.estimate != alone.estimate


def test_a_reader_without_cases_of_a_stratum_leaves_a_reason(tmp_path: Path) -> None:
    found = _tests(_analysed(tmp_path / "t.csv", without="R1,aided"))
    assert all("a reader lacks two positive" in str(one.reason) for one in found.values())


def test_one_stratum_of_complete_cases_has_nothing_to_compare(tmp_path: Path) -> None:
    assert not _tests(_analysed(tmp_path / "t.csv", without="R1,aided", missing="complete"))


def test_random_readers_stand_in_every_stratum_without_what_is_behind_them(
    tmp_path: Path,
) -> None:
    result = _analysed(tmp_path / "t.csv")
    random = [one for one in result.strata if one.subjects[0].random and one.subjects[0].arm]
    assert {one.subjects[0].stratum for one in random} == {"density = a", "density = b"}
    assert {one.quantity for one in random} == {"auc", "auc_difference"}
    assert all(one.exploratory for one in random)


def test_decisions_and_readers_in_one_arm_each_have_no_such_test(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    _analysed(path)
    header, *rows = path.read_text().splitlines()
    nested = [row for row in rows if (row[:2] in ("R0", "R1")) is (",aided," in row)]
    path.write_text("\n".join([header, *nested]) + "\n", encoding="utf-8")
    assert not _tests(analyse(from_csv(path)))
    called = []
    for row in rows:
        *front, rating, density = row.split(",")
        called.append(",".join((*front, str(int(float(rating) > 1)), density)))
    path.write_text("\n".join([header, *called]) + "\n", encoding="utf-8")
    assert not _tests(analyse(from_csv(path)))
