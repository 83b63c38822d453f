"""The rules of Lin 2025, one by one."""

import pytest

from inference.lin.rules import (
    CalcificationBox,
    LesionMatch,
    Reading,
    breast_reading,
    image_reading,
    lesion_matches,
    malignant_stays,
)
from study_design.geometry import Box


def box(score: float, *, malignant: bool, x: float = 0.0) -> CalcificationBox:
    return CalcificationBox(Box(x, 0, 10, 10), malignant, score)


def test_of_two_boxes_on_one_place_the_malignant_one_stays_whatever_its_score() -> None:
    sure, doubtful = box(0.9, malignant=False), box(0.4, malignant=True, x=2)
    assert malignant_stays([sure, doubtful]) == [doubtful]


def test_boxes_that_overlap_by_half_or_less_or_agree_all_stay() -> None:
    # 10 x 10 boxes shifted by 5 share a third.
    apart = [box(0.9, malignant=False), box(0.4, malignant=True, x=5)]
    alike = [box(0.9, malignant=True), box(0.4, malignant=True, x=1)]
    assert malignant_stays(apart) == apart
    assert malignant_stays(alike) == alike


def test_a_picture_is_malignant_if_any_box_is_and_scores_its_highest() -> None:
    boxes = [
        box(0.95, malignant=False),
        box(0.4, malignant=True, x=20),
        box(0.6, malignant=True, x=40),
    ]
    assert image_reading(boxes) == Reading(malignant=True, score=0.6)


def test_a_picture_of_benign_boxes_scores_what_the_surest_leaves() -> None:
    boxes = [box(0.5, malignant=False), box(0.75, malignant=False, x=20)]
    assert image_reading(boxes) == Reading(malignant=False, score=0.25)


def test_a_picture_without_boxes_scores_nothing() -> None:
    assert image_reading([]) == Reading(malignant=False, score=0.0)


@pytest.mark.parametrize(
    ("views", "breast"),
    [
        # Agreement: the status, and the higher confidence in it.
        ([Reading(True, 0.4), Reading(True, 0.7)], Reading(True, 0.7)),
        ([Reading(False, 0.4), Reading(False, 0.3)], Reading(False, 0.3)),
        # Disagreement: the malignant view above one half, else the benign one.
        ([Reading(True, 0.6), Reading(False, 0.1)], Reading(True, 0.6)),
        ([Reading(True, 0.5), Reading(False, 0.1)], Reading(False, 0.1)),
        ([Reading(False, 0.2), Reading(True, 0.35)], Reading(False, 0.2)),
        # A single view.
        ([Reading(True, 0.35)], Reading(True, 0.35)),
        ([Reading(False, 0.35)], Reading(False, 0.35)),
    ],
)
def test_a_breast_is_read_from_its_views(views: list[Reading], breast: Reading) -> None:
    assert breast_reading(views) == breast


def test_a_lesion_has_the_box_that_overlaps_it_most_and_one_without_is_told() -> None:
    lesions = [Box(0, 0, 10, 10), Box(100, 0, 10, 10)]
    boxes = [box(0.9, malignant=True, x=5), box(0.4, malignant=False, x=2)]
    assert lesion_matches(lesions, boxes) == (
        LesionMatch(0, 1, pytest.approx(8 / 12)),
        LesionMatch(1, None, 0.0),
    )


def test_without_boxes_every_lesion_is_without() -> None:
    assert lesion_matches([Box(0, 0, 1, 1)], []) == (LesionMatch(0, None, 0.0),)


def test_the_malignancy_of_a_benign_box_is_what_its_confidence_leaves() -> None:
    assert box(0.8, malignant=False).malignancy == pytest.approx(0.2)
    assert box(0.8, malignant=True).malignancy == 0.8
