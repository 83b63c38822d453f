"""Who read what makes the design of figures of merit, and what does not fit is refused."""

from collections.abc import Callable

import numpy as np
import pytest
from given_reader_foms import TRUTH, _gaps, _study

from analysis.mrmc.components import error_covariances
from analysis.mrmc.figures_of_merit import (
    EmpiricalAuc,
    FigureOfMerit,
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
    reader_foms,
)


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
