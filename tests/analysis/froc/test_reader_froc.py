"""The jackknife in closed form against figures computed anew, and its way into MRMC analysis."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.froc.figures_of_merit import FrocFigure, cases_used
from analysis.froc.froc_data import FalseMarks, FrocError, FrocStudy, Lesions
from analysis.froc.reader_froc import froc_foms, froc_jackknifed, froc_values
from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.ratings import Design

DrawStudy = Callable[..., FrocStudy]


def without_unit(study: FrocStudy, unit: int) -> FrocStudy:
    kept = study.unit != unit
    place = np.cumsum(kept) - 1
    lesions, marks = study.lesions, study.false_marks
    lesion, mark = kept[lesions.case], kept[marks.case]
    return replace(
        study,
        lesions=Lesions(
            place[lesions.case[lesion]], lesions.weight[lesion], lesions.rating[:, lesion]
        ),
        false_marks=FalseMarks(marks.curve[mark], place[marks.case[mark]], marks.rating[mark]),
        unit=study.unit[kept],
        read=study.read[:, kept],
    )


@given(st.integers(0, 10_000), st.sampled_from(FrocFigure), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_closed_form_is_the_figure_computed_anew_without_each_unit(
    draw_study: DrawStudy, seed: int, figure: FrocFigure, clustered: bool
) -> None:
    # Clusters of normal and diseased cases: case 0 with 7, 1 with 8, and so on.
    unit = np.arange(14) % 7 if clustered else None
    study = draw_study(seed, unit=unit)
    left_out = froc_jackknifed(study, figure)
    units = np.unique(study.unit[cases_used(study.diseased, figure)])
    assert left_out.without.shape == (6, len(units))
    for place, one in enumerate(units):
        anew = froc_values(without_unit(study, int(one)), figure)
        np.testing.assert_allclose(left_out.without[:, place], anew, rtol=0, atol=1e-12)


@given(st.integers(0, 10_000), st.sampled_from(FrocFigure))
@settings(max_examples=30, deadline=None)
def test_only_the_order_of_ratings_counts(
    draw_study: DrawStudy, seed: int, figure: FrocFigure
) -> None:
    study = draw_study(seed)
    lesions, marks = study.lesions, study.false_marks
    rating = np.where(np.isinf(lesions.rating), -np.inf, np.exp(lesions.rating))
    stretched = replace(
        study,
        lesions=replace(lesions, rating=rating),
        false_marks=replace(marks, rating=np.exp(marks.rating)),
    )
    np.testing.assert_allclose(
        froc_values(study, figure), froc_values(stretched, figure), rtol=0, atol=1e-12
    )


def test_one_diseased_case_has_no_jackknife(draw_study: DrawStudy) -> None:
    study = draw_study(0, cases=14)
    for case in range(8, 14):
        study = without_unit(study, case)
    with pytest.raises(FrocError, match=r"reader 0, arm 0.*two cases with a lesion"):
        froc_foms(study)


def test_readers_and_arms_go_into_the_analysis_of_reader_studies(study: FrocStudy) -> None:
    foms = froc_foms(study, FrocFigure.AFROC)
    found = obuchowski_rockette(foms, RandomEffects.READERS_AND_CASES)
    assert found.method == (
        "Obuchowski-Rockette, AFROC, jackknife covariance, readers and cases random, fully crossed"
    )
    np.testing.assert_allclose(foms.table.ravel(), froc_values(study, FrocFigure.AFROC))


def test_groups_of_readers_with_cases_of_their_own_are_seen_as_such(draw_study: DrawStudy) -> None:
    study = draw_study(5, cases=28, readers=2)
    read = study.read.copy()
    read[study.reader == 0, ::2] = False
    read[study.reader == 1, 1::2] = False
    marks, lesions = study.false_marks, study.lesions
    kept = read[marks.curve, marks.case]
    split = replace(
        study,
        read=read,
        lesions=replace(lesions, rating=np.where(read[:, lesions.case], lesions.rating, -np.inf)),
        false_marks=FalseMarks(marks.curve[kept], marks.case[kept], marks.rating[kept]),
    )
    foms = froc_foms(split)
    assert foms.read_by.design is Design.CASES_IN_READERS
    # Readers without a shared case do not covary, but for what centring leaves.
    own = foms.covariance[0, 0]
    assert abs(foms.covariance[0, 1]) < own / 10


def test_missing_readings_make_the_design_partially_paired(draw_study: DrawStudy) -> None:
    study = draw_study(5)
    read = study.read.copy()
    read[0, 0] = False
    marks = study.false_marks
    kept = read[marks.curve, marks.case]
    lacking = replace(
        study,
        read=read,
        false_marks=FalseMarks(marks.curve[kept], marks.case[kept], marks.rating[kept]),
    )
    foms = froc_foms(lacking)
    assert foms.read_by.design is Design.PARTIALLY_PAIRED
    whole = froc_foms(study)
    np.testing.assert_array_equal(foms.values[1:], whole.values[1:])
    assert foms.values[0] != whole.values[0]
