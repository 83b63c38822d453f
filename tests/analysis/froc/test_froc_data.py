"""What the door of the marks refuses."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.froc.froc_data import FrocError, FrocStudy


def test_a_curve_sees_the_cases_that_it_has_read(study: FrocStudy) -> None:
    marks = study.marks(2)
    assert len(marks.diseased) == 14
    assert (marks.highest >= marks.highest_false).all()
    assert study.name(2) == "reader 2, arm 0"
    assert replace(study, arms=("", "b")).name(2) == "reader 2"


def test_lesion_weights_must_sum_to_one(study: FrocStudy) -> None:
    lesions = study.lesions
    with pytest.raises(FrocError, match=r"sum to 1 .* got a sum of 2"):
        replace(study, lesions=replace(lesions, weight=lesions.weight * 2))
    with pytest.raises(FrocError, match="0 or more"):
        replace(study, lesions=replace(lesions, weight=-lesions.weight))


def test_places_beyond_the_cases_are_refused(study: FrocStudy) -> None:
    lesions = study.lesions
    with pytest.raises(FrocError, match="cases 0 to 13"):
        replace(study, lesions=replace(lesions, case=lesions.case + 5))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_ratings_that_are_no_numbers_are_refused(study: FrocStudy, wrong: float) -> None:
    rating = study.lesions.rating.copy()
    rating[0, 0] = wrong
    with pytest.raises(FrocError, match="-inf: lesion not marked"):
        replace(study, lesions=replace(study.lesions, rating=rating))


def test_marks_in_cases_not_read_are_refused(study: FrocStudy) -> None:
    lesions = study.lesions
    hit = int(np.flatnonzero(np.isfinite(lesions.rating[0]))[0])
    read = study.read.copy()
    read[0, lesions.case[hit]] = False
    marks = study.false_marks
    with pytest.raises(FrocError, match="expected marks in cases that were read"):
        replace(study, read=np.zeros_like(study.read))
    elsewhere = marks.case != lesions.case[hit]
    kept = replace(
        marks,
        curve=marks.curve[elsewhere],
        case=marks.case[elsewhere],
        rating=marks.rating[elsewhere],
    )
    with pytest.raises(FrocError, match="hit lesions in cases that were read"):
        replace(study, read=read, false_marks=kept)


def test_parts_that_do_not_fit_are_refused(study: FrocStudy) -> None:
    with pytest.raises(FrocError, match="arm and reader of at least one curve"):
        replace(study, arm=study.arm[:2])
    with pytest.raises(FrocError, match="a sampling unit of each of 14"):
        replace(study, unit=study.unit[:3])
    with pytest.raises(FrocError, match="expected weights"):
        replace(study, lesions=replace(study.lesions, weight=study.lesions.weight[:2]))
    with pytest.raises(FrocError, match="other lengths"):
        replace(study, false_marks=replace(study.false_marks, rating=study.false_marks.rating[:2]))
    with pytest.raises(FrocError, match="order of arms, then readers"):
        replace(study, arm=study.arm[::-1])
