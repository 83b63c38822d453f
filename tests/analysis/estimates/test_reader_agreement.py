"""Agreement of all readers among the estimates of an analysis."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analysis.estimates.reader_agreement import ALIKE, NOT_INDEPENDENT, TOO_FEW, TOO_FINE
from analysis.estimators.intraclass import intraclass_agreement
from analysis.estimators.krippendorff import krippendorff_alpha
from analysis.estimators.many_readers_kappa import fleiss_kappa, gwet_ac1, light_kappa
from analysis.result import AnalysisResult, Estimate
from analysis.study_analysis import analyse
from analysis.tables import from_csv

CASES, READERS = 40, 3
Rating = Callable[[int, int], float]
LEVELS = ["1", "2", "3", "4A", "4B", "4C", "5"]


def _noisy(reader: int, case: int) -> float:
    noise = np.random.default_rng([reader, case]).normal(0, 8)
    return float(np.round(30 + 20 * (case % 2) + (case % 7) + noise))


def _category(rating: float) -> str:
    return LEVELS[int(np.clip(rating // 12, 0, len(LEVELS) - 1))]


def _result(
    path: Path,
    rating: Rating = _noisy,
    *,
    cases: int = CASES,
    categories: bool = False,
    patients: bool = False,
    left_out: frozenset[tuple[int, int]] = frozenset(),
) -> AnalysisResult:
    lines = ["reader,kind,case,patient,truth,rating,birads"]
    for reader, case in np.ndindex(READERS, cases):
        if (reader, case) not in left_out:
            value = rating(reader, case)
            patient = case // 2 if patients else case
            category = _category(value) if categories else ""
            lines.append(f"R{reader},human,C{case},P{patient},{case % 2},{value:g},{category}")
    for case in range(cases):
        patient = case // 2 if patients else case
        lines.append(f"AI,ai,C{case},P{patient},{case % 2},{case % 2},5")
    file = path / "table.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return analyse(from_csv(file))


def _one(result: AnalysisResult, quantity: str, item: str) -> Estimate:
    (found,) = (one for one in result.select(quantity) if one.subjects[0].item == item)
    return found


def _ratings(rating: Rating = _noisy, cases: int = CASES) -> np.ndarray:
    return np.array([[rating(reader, case) for reader in range(READERS)] for case in range(cases)])


def test_ratings_have_an_icc_with_its_interval_and_an_ordinal_alpha(tmp_path: Path) -> None:
    result = _result(tmp_path)
    known = intraclass_agreement(_ratings())
    icc, alpha = _one(result, "icc", "rating"), _one(result, "alpha", "rating")
    assert icc.estimate == pytest.approx(known.icc)
    assert icc.ci == known.ci
    assert icc.p == pytest.approx(known.p)
    assert alpha.estimate == pytest.approx(krippendorff_alpha(_ratings(), scale="ordinal"))
    assert (icc.n.n_units, icc.n.n_readers) == (CASES, READERS)
    assert icc.subjects[0].readers == "all"
    assert not result.select("kappa")


def test_categories_have_the_kappas_of_fleiss_and_light_and_ac1(tmp_path: Path) -> None:
    result = _result(tmp_path, categories=True)
    given = np.vectorize(_category)(_ratings())
    fleiss = _one(result, "kappa_fleiss", "BI-RADS category")
    light = _one(result, "kappa", "BI-RADS category")
    ac1 = _one(result, "ac1", "BI-RADS category")
    assert fleiss.estimate == pytest.approx(fleiss_kappa(given).kappa)
    assert fleiss.p == pytest.approx(fleiss_kappa(given).p)
    assert light.estimate == pytest.approx(light_kappa(given).kappa)
    assert ac1.estimate == pytest.approx(gwet_ac1(given).coefficient)
    assert ac1.se == pytest.approx(gwet_ac1(given).se)


def test_units_that_one_reader_left_out_count_for_alpha_alone(tmp_path: Path) -> None:
    result = _result(tmp_path, left_out=frozenset({(0, 3), (1, 8)}))
    ratings = _ratings()
    ratings[3, 0] = ratings[8, 1] = np.nan
    icc, alpha = _one(result, "icc", "rating"), _one(result, "alpha", "rating")
    assert icc.n.n_units == CASES - 2
    assert alpha.n.n_units == CASES
    assert alpha.estimate == pytest.approx(krippendorff_alpha(ratings, scale="ordinal"))


def test_ratings_of_two_values_are_categories(tmp_path: Path) -> None:
    def decided(reader: int, case: int) -> float:
        return float(_noisy(reader, case) > 40)

    result = _result(tmp_path, decided)
    found = _one(result, "kappa_fleiss", "decision")
    assert found.estimate == pytest.approx(fleiss_kappa(_ratings(decided)).kappa)
    assert not result.select("icc")


def test_units_of_one_patient_have_no_test_that_takes_them_as_independent(tmp_path: Path) -> None:
    result = _result(tmp_path, patients=True, categories=True)
    for quantity, item in (("icc", "rating"), ("kappa_fleiss", "BI-RADS category")):
        found = _one(result, quantity, item)
        assert found.estimate is not None
        assert (found.ci, found.p, found.reason) == (None, None, NOT_INDEPENDENT)


def test_readers_that_never_differ_agree_wholly_and_have_no_interval(tmp_path: Path) -> None:
    result = _result(tmp_path, lambda _reader, case: float(case), categories=True)
    icc = _one(result, "icc", "rating")
    assert (icc.estimate, icc.ci) == (1.0, None)
    assert "never differ" in (icc.reason or "")
    assert _one(result, "alpha", "rating").estimate == pytest.approx(1)
    assert _one(result, "kappa", "BI-RADS category").estimate == pytest.approx(1)


def test_what_cannot_be_estimated_says_why(tmp_path: Path) -> None:
    shifted = _result(tmp_path, lambda reader, case: float(10 * reader + case))
    assert "by a constant" in (_one(shifted, "icc", "rating").reason or "")
    for_one = _result(tmp_path, lambda reader, case: float(20 * case + reader), categories=True)
    assert _one(for_one, "icc", "rating").estimate is None
    nobody = frozenset({(case % READERS, case) for case in range(CASES)})
    apart = _result(tmp_path, left_out=nobody, categories=True)
    assert _one(apart, "icc", "rating").reason == TOO_FEW
    assert _one(apart, "ac1", "BI-RADS category").reason == TOO_FEW
    alone = frozenset((r, c) for r, c in np.ndindex(READERS, CASES) if c % READERS != r)
    assert _one(_result(tmp_path, left_out=alone), "alpha", "rating").reason == TOO_FEW


def test_one_rating_for_all_or_one_category_has_no_agreement_beyond_chance(tmp_path: Path) -> None:
    # All readers rated the first cases alike; what is left was rated by one of them.
    def few(_reader: int, case: int) -> float:
        return 7.0 if case < 6 else float(case)

    left_out = frozenset((r, c) for r, c in np.ndindex(READERS, CASES) if c >= 6 and r)
    result = _result(tmp_path, few, left_out=left_out, categories=True)
    assert _one(result, "icc", "rating").reason == ALIKE
    assert _one(result, "alpha", "rating").reason == ALIKE
    kappa = _one(result, "kappa_fleiss", "BI-RADS category")
    assert "one and the same category" in (kappa.reason or "")


def test_continuous_scores_have_an_icc_and_no_alpha(tmp_path: Path) -> None:
    result = _result(tmp_path, lambda reader, case: _noisy(reader, case) + reader / 7 + case / 997)
    assert _one(result, "icc", "rating").estimate is not None
    fine = _result(tmp_path, lambda reader, case: case + reader / 4 + (case % 3) / 16, cases=90)
    assert _one(fine, "alpha", "rating").reason == TOO_FINE


def test_systems_and_single_readers_agree_with_nobody(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating", *(f"R0,C{n},{n % 2},{n}" for n in range(10))]
    file = tmp_path / "one.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not analyse(from_csv(file)).select("icc")
