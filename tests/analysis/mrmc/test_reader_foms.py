"""Figures of merit and their covariances: closed forms agree with doing it the long way."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimators.roc import empirical_auc
from analysis.mrmc.components import error_covariances
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
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import Design, MrmcError, StudyRatings, crossed_ratings, read_by
from analysis.mrmc.reader_foms import (
    Covariance,
    foms_from_jackknife,
    jackknife_covariance,
    reader_foms,
)

TRUTH = np.array([0.0, 1.0] * 8)


def _study(seed: int = 3, *, levels: int = 6, arms: int = 2, readers: int = 3) -> StudyRatings:
    generator = np.random.default_rng(seed)
    ratings = generator.integers(0, levels, size=(arms, readers, len(TRUTH))) + 2 * TRUTH
    return crossed_ratings(TRUTH, ratings)


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


def _gaps(ratings: np.ndarray, *where: tuple[int, int, slice]) -> np.ndarray:
    filled = ratings.copy()
    for arm, reader, cases in where:
        filled[arm, reader, cases] = np.nan
    return filled


@pytest.mark.parametrize(
    ("kept", "design", "group"),
    [
        ({}, Design.CROSSED, [0, 0, 0, 0]),
        ({(i, j): j for i in range(2) for j in range(4)}, Design.CASES_IN_READERS, None),
        ({(i, j): j // 2 for i in range(2) for j in range(4)}, Design.CASES_IN_GROUPS, None),
        ({(i, j): i for i in range(2) for j in range(4)}, Design.CASES_IN_ARMS, [0, 0, 0, 0]),
    ],
)
def test_the_design_is_read_off_who_read_what(
    kept: dict[tuple[int, int], int], design: Design, group: list[int] | None
) -> None:
    cube = np.random.default_rng(0).normal(size=(2, 4, 16))
    for (arm, reader), part in kept.items():
        outside = np.arange(16) // 4 != part
        cube[arm, reader, outside] = np.nan
    found = read_by(crossed_ratings(TRUTH, cube))
    assert found.design is design
    if group is not None:
        assert found.group.tolist() == group
    if design is Design.CASES_IN_GROUPS:
        assert found.group[0] == found.group[1] != found.group[2] == found.group[3]


def test_readers_in_one_arm_each_are_nested_there() -> None:
    cube = np.random.default_rng(0).normal(size=(2, 4, 16))
    cube[0, 2:], cube[1, :2] = np.nan, np.nan
    assert read_by(crossed_ratings(TRUTH, cube)).design is Design.READERS_IN_ARMS


@pytest.mark.parametrize(
    "where",
    [
        [(0, 1, slice(0, 3))],
        [(0, 0, slice(0, 8)), (0, 1, slice(8, 16)), (1, 0, slice(8, 16)), (1, 1, slice(0, 8))]
        + [(arm, 2, slice(0, 8)) for arm in range(2)],
    ],
)
def test_reading_sets_that_overlap_in_part_are_partially_paired(
    where: list[tuple[int, int, slice]],
) -> None:
    cube = _gaps(np.random.default_rng(0).normal(size=(2, 3, 16)), *where)
    found = read_by(crossed_ratings(TRUTH, cube))
    assert found.design is Design.PARTIALLY_PAIRED
    assert found.group.tolist() == [0, 0, 0]
    assert found.arms_share
    assert found.readers_share


def test_arms_and_readers_that_share_no_case_are_told_in_a_partially_paired_design() -> None:
    whole = np.random.default_rng(0).normal(size=(2, 3, 16))
    by_arm = _gaps(
        whole, *[(0, r, slice(8, 16)) for r in range(3)], *[(1, r, slice(0, 8)) for r in range(3)]
    )
    by_arm[0, 0, 0] = np.nan
    assert not read_by(crossed_ratings(TRUTH, by_arm)).arms_share
    by_reader = np.full_like(whole, np.nan)
    for reader, cases in enumerate((slice(0, 6), slice(6, 10), slice(10, 16))):
        by_reader[:, reader, cases] = whole[:, reader, cases]
    by_reader[0, 0, 0] = np.nan
    found = read_by(crossed_ratings(TRUTH, by_reader))
    assert found.design is Design.PARTIALLY_PAIRED
    assert not found.readers_share
    foms = reader_foms(crossed_ratings(TRUTH, by_reader))
    error = error_covariances(foms)
    assert error.cov2 == error.cov3 == 0.0 != error.cov1
    error = error_covariances(reader_foms(crossed_ratings(TRUTH, by_arm)))
    assert error.cov1 == error.cov3 == 0.0 != error.cov2


@pytest.mark.parametrize("alone", [slice(None), slice(0, 4)])
def test_a_reader_who_is_in_some_arms_only_is_refused_by_name(alone: slice) -> None:
    cube = _gaps(np.random.default_rng(0).normal(size=(2, 3, 16)), (0, 1, slice(None)))
    cube[1, 0, alone] = np.nan
    with pytest.raises(MrmcError, match=r"got . in 1 of 2 arms"):
        read_by(crossed_ratings(TRUTH, cube))


@pytest.mark.parametrize("figure", [EmpiricalAuc(), Sensitivity(4.0), Specificity(4.0)])
def test_a_partially_paired_jackknife_leaves_out_each_case_where_it_was_read(
    figure: FigureOfMerit,
) -> None:
    # As MRMCaov: a case that a curve lacks leaves its figure as it is, and all cases are counted.
    study = _study(4)
    cube = _gaps(
        study.ratings.reshape(2, 3, 16), (0, 1, slice(0, 3)), (1, 1, slice(9, 12)), (1, 2, slice(4))
    )
    partial = crossed_ratings(TRUTH, cube)
    assert read_by(partial).design is Design.PARTIALLY_PAIRED
    used = np.flatnonzero(np.isin(TRUTH, figure.uses))
    without = np.empty((6, len(used)))
    for curve, ratings in enumerate(partial.ratings):
        for place, case in enumerate(used):
            kept = ~np.isnan(ratings) & (np.arange(16) != case)
            without[curve, place] = figure.value(TRUTH[kept], ratings[kept])
    expected = np.cov(without, ddof=0) * (len(used) - 1)
    np.testing.assert_allclose(reader_foms(partial, figure).covariance, expected, atol=1e-14)


def test_a_partially_paired_analysis_averages_the_covariances_of_all_pairs() -> None:
    cube = _gaps(np.random.default_rng(6).normal(size=(2, 3, 16)) + TRUTH, (0, 1, slice(0, 3)))
    for covariance in Covariance:
        foms = reader_foms(crossed_ratings(TRUTH, cube), covariance=covariance)
        found = obuchowski_rockette(foms)
        matrix = foms.covariance
        cov2 = np.mean([matrix[one, two] for one, two in ((0, 1), (0, 2), (1, 2))])
        other = np.mean([matrix[one, two] for one, two in ((3, 4), (3, 5), (4, 5))])
        assert found.components.error.cov2 == pytest.approx((cov2 + other) / 2, rel=1e-12)
        assert found.means[0].error.cov2 == pytest.approx(cov2, rel=1e-12)
        assert found.differences[0].inference.p is not None


@pytest.mark.parametrize(
    ("ratings", "truth", "words"),
    [
        (np.zeros((2, 16)), TRUTH, "by arm, reader and case"),
        (np.zeros((1, 2, 16)), TRUTH[:5], "truth and unit of 16"),
        (np.zeros((1, 2, 16)), np.ones(16), "one class or none of 1, 1"),
        (np.full((1, 2, 16), np.inf), TRUTH, "infinite"),
        (np.full((1, 2, 16), np.nan), TRUTH, "at least one curve"),
    ],
)
def test_ratings_that_do_not_fit_are_refused(
    ratings: np.ndarray, truth: np.ndarray, words: str
) -> None:
    with pytest.raises(MrmcError, match=words):
        crossed_ratings(truth, ratings)


def test_curves_out_of_order_are_refused() -> None:
    study = _study()
    with pytest.raises(MrmcError, match="order of arms"):
        StudyRatings(
            study.arms,
            study.readers,
            study.arm[::-1],
            study.reader,
            study.truth,
            study.ratings,
            study.unit,
        )


@pytest.mark.parametrize("covariance", [Covariance.JACKKNIFE, Covariance.DELONG])
def test_no_copy_of_the_ratings_is_kept_for_each_case_left_out(
    most_bytes: Callable[[Callable[[], object]], int], covariance: Covariance
) -> None:
    generator = np.random.default_rng(1)
    truth = (np.arange(500) % 2).astype(float)
    study = crossed_ratings(truth, generator.normal(size=(2, 20, 500)) + truth)
    # Measured at 3 copies.
    copies = 10
    assert most_bytes(lambda: reader_foms(study, covariance=covariance)) < copies * 8 * 20_000


def test_parts_of_a_curve_are_measured_along_the_axis_that_is_named() -> None:
    # The curve goes through (0, 1/2), (2/3, 1/2) and (2/3, 1) to (1, 1).
    truth, rating = np.array([1.0, 1, 0, 0, 0]), np.array([4.0, 1, 3, 2, 0])
    for area, expected in (
        (PartialAuc("specificity", 0.5, 1.0), 1 / 2 * 1 / 2),
        (PartialAuc("specificity", 0.0, 0.5), 1 / 6 * 1 / 2 + 1 / 3),
        (PartialAuc("sensitivity", 0.5, 1.0), 1 / 2 * 1 / 3),
        (PartialAuc("sensitivity", 0.0, 0.5), 1 / 2),
    ):
        assert area.value(truth, rating) == pytest.approx(expected), area


def test_a_jackknife_made_elsewhere_is_analysed_like_our_own() -> None:
    study = _study(8)
    left_out = jackknifed(study, EmpiricalAuc())
    found = foms_from_jackknife(
        study.arms,
        study.readers,
        left_out.values.reshape(2, 3),
        left_out.without.reshape(2, 3, -1),
        name="auc",
    )
    ours = reader_foms(study)
    assert found.method == ours.method == "AUC, jackknife covariance"
    assert obuchowski_rockette(found) == obuchowski_rockette(ours)


@pytest.mark.parametrize(
    ("table", "without"),
    [((2, 2), (2, 3, 5)), ((2, 3), (2, 2, 5)), ((2, 3), (2, 3)), ((3, 2), (3, 2, 5))],
)
def test_a_jackknife_of_which_one_part_does_not_fit_is_refused(
    table: tuple[int, ...], without: tuple[int, ...]
) -> None:
    with pytest.raises(MrmcError, match="2 arms and 3 readers"):
        foms_from_jackknife(
            ("a", "b"), ("1", "2", "3"), np.zeros(table), np.zeros(without), name="fom"
        )
