"""Figures of merit and their covariances: closed forms agree with doing it the long way."""

import numpy as np
import pytest
from given_reader_foms import TRUTH, _gaps, _study
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimators.roc import empirical_auc
from analysis.mrmc.figures_of_merit import (
    AnyFigure,
    EmpiricalAuc,
    FigureOfMerit,
    Jackknifed,
    PartialAuc,
    Sensitivity,
    Specificity,
    jackknifed,
)
from analysis.mrmc.ratings import Design, MrmcError, StudyRatings, crossed_ratings
from analysis.mrmc.reader_foms import (
    Covariance,
    foms_from_jackknife,
    jackknife_covariance,
    reader_foms,
)


def _clustered(study: StudyRatings, unit: list[int]) -> StudyRatings:
    return StudyRatings(
        study.arms,
        study.readers,
        study.arm,
        study.reader,
        study.truth,
        study.ratings,
        np.array(unit),
    )


def _as_any(figure: FigureOfMerit) -> AnyFigure:
    return AnyFigure(figure.name, figure.value, figure.uses)


@pytest.mark.parametrize("figure", [EmpiricalAuc(), Sensitivity(4.0), Specificity(4.0)])
@pytest.mark.parametrize(
    "unit", [list(range(16)), [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 4, 9]]
)
@given(seed=st.integers(0, 10_000), levels=st.integers(1, 9))
@settings(max_examples=15, deadline=None)
def test_leaving_out_in_closed_form_is_leaving_out(
    figure: FigureOfMerit, unit: list[int], seed: int, levels: int
) -> None:
    study = _clustered(_study(seed, levels=levels), unit)
    closed, anew = jackknifed(study, figure), jackknifed(study, _as_any(figure))
    np.testing.assert_allclose(closed.values, anew.values, atol=1e-14)
    np.testing.assert_allclose(closed.without, anew.without, atol=1e-12)


def test_a_unit_that_the_figure_does_not_use_is_not_left_out() -> None:
    assert jackknifed(_study(), Sensitivity(3.0)).without.shape == (6, 8)
    assert jackknifed(_study(), EmpiricalAuc()).without.shape == (6, 16)


def test_partial_areas_of_the_whole_range_are_the_area() -> None:
    study = _study(5)
    whole = empirical_auc(study.truth, study.ratings[0])
    for over in ("sensitivity", "specificity"):
        area = PartialAuc(over, 0.0, 1.0)  # type: ignore[arg-type]
        assert area.value(study.truth, study.ratings[0]) == pytest.approx(whole, abs=1e-14)


@given(cut=st.floats(0.01, 0.99), seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_partial_areas_add_up(cut: float, seed: int) -> None:
    study = _study(seed)
    for over in ("sensitivity", "specificity"):
        parts = [
            PartialAuc(over, low, high).value(study.truth, study.ratings[0])  # type: ignore[arg-type]
            for low, high in ((0.0, cut), (cut, 1.0))
        ]
        assert sum(parts) == pytest.approx(empirical_auc(study.truth, study.ratings[0]), abs=1e-12)


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.5), (-0.1, 0.5), (0.5, 1.1)])
def test_a_range_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(MrmcError, match="0 <= low < high <= 1"):
        PartialAuc("specificity", low, high)


def _unbiased_by_definition(study: StudyRatings, one: int, two: int) -> float:
    positive, negative = study.truth == 1, study.truth == 0
    kernels = []
    for curve in (one, two):
        above = study.ratings[curve, positive][:, None] - study.ratings[curve, negative]
        kernels.append((np.sign(above) + 1) / 2)
    first, second = kernels
    n1, n0 = first.shape
    apart = [
        first[i, j] * second[k, m]
        for i in range(n1)
        for j in range(n0)
        for k in range(n1)
        for m in range(n0)
        if i != k and j != m
    ]
    return float(first.mean() * second.mean() - np.mean(apart))


def test_the_unbiased_covariance_is_the_product_less_that_of_distinct_pairs() -> None:
    study = _study(11)
    matrix = reader_foms(study, covariance=Covariance.UNBIASED).covariance
    for one, two in ((0, 0), (0, 1), (0, 3), (2, 5)):
        assert matrix[one, two] == pytest.approx(
            _unbiased_by_definition(study, one, two), abs=1e-14
        )


def _overlapping_by_definition(study: StudyRatings, one: int, two: int) -> float:
    has = [np.flatnonzero(~np.isnan(study.ratings[curve])) for curve in (one, two)]

    def comparisons(curve: int, cases: np.ndarray) -> list[tuple[int, int, float]]:
        rating = study.ratings[curve]
        return [
            (i, j, float((np.sign(rating[i] - rating[j]) + 1) / 2))
            for i in cases[study.truth[cases] == 1]
            for j in cases[study.truth[cases] == 0]
        ]

    first, second = comparisons(one, has[0]), comparisons(two, has[1])
    apart = [a * b for i, j, a in first for k, m, b in second if i != k and j != m]
    means = [np.mean([value for _, _, value in found]) for found in (first, second)]
    return float(means[0] * means[1] - np.mean(apart))


def test_the_unbiased_covariance_of_sets_that_overlap_in_part_follows_its_definition() -> None:
    cube = _gaps(_study(11).ratings.reshape(2, 3, 16), (0, 1, slice(0, 3)), (1, 1, slice(6, 16)))
    study = crossed_ratings(TRUTH, cube)
    matrix = reader_foms(study, covariance=Covariance.UNBIASED).covariance
    for one, two in ((0, 0), (0, 1), (1, 1), (1, 4), (2, 4)):
        expected = _overlapping_by_definition(study, one, two)
        assert matrix[one, two] == pytest.approx(expected, abs=1e-14)


def test_the_unbiased_covariance_of_sets_without_a_shared_case_is_exactly_none() -> None:
    cube = _gaps(
        _study(11).ratings.reshape(2, 3, 16),
        (0, 0, slice(0, 8)),
        (0, 1, slice(8, 16)),
        (0, 2, slice(4, 12)),
    )
    matrix = reader_foms(crossed_ratings(TRUTH, cube), covariance=Covariance.UNBIASED).covariance
    assert matrix[0, 1] == 0.0 != matrix[0, 2]


def test_one_case_of_a_class_has_no_unbiased_covariance_where_sets_overlap_in_part() -> None:
    cube = _gaps(_study(11).ratings.reshape(2, 3, 16), (0, 1, slice(3, 16)))
    with pytest.raises(MrmcError, match="two positive and two negative cases of each curve"):
        reader_foms(crossed_ratings(TRUTH, cube), covariance=Covariance.UNBIASED)


def test_the_three_covariances_approach_each_other_with_many_cases() -> None:
    generator = np.random.default_rng(1)
    truth = (np.arange(600) % 3 == 0).astype(float)
    study = crossed_ratings(truth, generator.normal(size=(2, 2, 600)) + truth)
    matrices = [reader_foms(study, covariance=one).covariance for one in Covariance]
    for matrix in matrices[1:]:
        np.testing.assert_allclose(np.diag(matrix), np.diag(matrices[0]), rtol=0.01)


def test_a_covariance_that_a_figure_does_not_have_is_refused() -> None:
    for covariance in (Covariance.DELONG, Covariance.UNBIASED):
        with pytest.raises(MrmcError, match="expected the jackknife"):
            reader_foms(_study(), PartialAuc("specificity", 0.8, 1.0), covariance=covariance)
    with pytest.raises(MrmcError, match="expected the jackknife"):
        reader_foms(_study(), Sensitivity(3.0), covariance=Covariance.UNBIASED)


@pytest.mark.parametrize("covariance", [Covariance.DELONG, Covariance.UNBIASED])
def test_clusters_are_refused_where_they_would_be_ignored(covariance: Covariance) -> None:
    with pytest.raises(MrmcError, match="clusters of cases"):
        reader_foms(_clustered(_study(), [0, 0, *range(1, 15)]), covariance=covariance)


def test_sensitivities_have_the_covariance_of_shares() -> None:
    study = _study(4)
    for figure, truth in ((Sensitivity(4.0), 1), (Specificity(4.0), 0)):
        found = reader_foms(study, figure, covariance=Covariance.DELONG)
        called = (study.ratings >= 4.0) == bool(truth)
        np.testing.assert_allclose(
            found.covariance, np.cov(called[:, study.truth == truth].astype(float)) / 8, atol=1e-15
        )


def test_one_case_of_a_class_cannot_be_left_out() -> None:
    truth = np.array([1.0, 0, 0, 0])
    study = crossed_ratings(truth, np.arange(8.0).reshape(1, 2, 4))
    with pytest.raises(MrmcError, match="two cases of each class"):
        reader_foms(study)
    with pytest.raises(MrmcError, match="two positive and two negative"):
        reader_foms(study, covariance=Covariance.UNBIASED)
    with pytest.raises(MrmcError, match="two cases of each class"):
        reader_foms(study, PartialAuc("specificity", 0.5, 1.0))


def test_a_jackknife_made_elsewhere_gives_the_same() -> None:
    study = _study(8)
    left_out = jackknifed(study, EmpiricalAuc())
    found = foms_from_jackknife(
        ("a", "b"),
        ("1", "2", "3"),
        left_out.values.reshape(2, 3),
        left_out.without.reshape(2, 3, -1),
        name="auc",
    )
    np.testing.assert_array_equal(found.covariance, reader_foms(study).covariance)
    np.testing.assert_array_equal(found.table, reader_foms(study).table)
    assert found.read_by.design is Design.CROSSED


def test_a_jackknife_with_gaps_or_of_another_shape_is_refused() -> None:
    table, without = np.zeros((2, 3)), np.zeros((2, 3, 5))
    with pytest.raises(MrmcError, match="2 arms and 2 readers"):
        foms_from_jackknife(("a", "b"), ("1", "2"), table, without, name="fom")
    without[0, 0, 0] = np.nan
    with pytest.raises(MrmcError, match="got gaps"):
        foms_from_jackknife(("a", "b"), ("1", "2", "3"), table, without, name="fom")


def test_the_jackknife_of_a_mean_is_its_squared_standard_error() -> None:
    x = np.random.default_rng(2).normal(size=20)
    without = (x.sum() - x) / 19
    matrix = jackknife_covariance(Jackknifed(np.array([x.mean()]), without[None]))
    assert matrix[0, 0] == pytest.approx(x.var(ddof=1) / 20, rel=1e-12)
