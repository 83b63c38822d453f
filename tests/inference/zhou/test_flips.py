"""Exams in a mirror, and what several mirrors show brought together."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.detectors.pictures import PictureDetections
from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.zhou.flips import AS_IT_IS, Flip, boxes_back, flipped, merged
from inference.zhou.view_batch import box_tensor
from study_design.geometry import Box, Point
from study_design.vocabulary import AbnormalityType, View

FLIPS = [Flip(across, down) for across in (False, True) for down in (False, True)]


def exam(*, flip_horizontal: bool, scale: float) -> PreparedExam:
    pixels = np.random.default_rng(0).random((40, 30), np.float32)
    frame = Frame(200, 150, flip_horizontal, False, 7.0, 11.0, scale)
    view = PreparedView(View.R_CC, "i", pixels, pixels > 0.5, 0.5, frame, Point(29.0, 18.0))
    target = LesionTarget("L", View.R_CC, Box(5, 8, 9, 4), AbnormalityType.MASS, True)
    return PreparedExam("C", "P", (view,), (target,))


@pytest.mark.parametrize("flip", FLIPS)
@given(scale=st.floats(0.1, 4.0), flip_horizontal=st.booleans())
def test_a_lesion_in_the_mirror_is_the_same_lesion_in_stored_pixels(
    flip: Flip, scale: float, flip_horizontal: bool
) -> None:
    before = exam(flip_horizontal=flip_horizontal, scale=scale)
    after = flipped(before, flip)
    stored = [each.views[0].frame.to_stored(each.targets[0].where) for each in (before, after)]
    for name in ("x_px", "y_px", "width_px", "height_px"):
        assert getattr(stored[1], name) == pytest.approx(getattr(stored[0], name), abs=1e-6)


@pytest.mark.parametrize("flip", FLIPS)
def test_two_mirrors_are_none(flip: Flip) -> None:
    before = exam(flip_horizontal=False, scale=0.5)
    after = flipped(flipped(before, flip), flip)
    assert np.array_equal(after.views[0].pixels, before.views[0].pixels)
    assert after.views[0].nipple == before.views[0].nipple
    assert after.views[0].frame == before.views[0].frame


@pytest.mark.parametrize("flip", FLIPS)
def test_boxes_found_in_the_mirror_come_back(flip: Flip) -> None:
    before = exam(flip_horizontal=False, scale=0.5)
    found = box_tensor(flipped(before, flip).targets)
    back = boxes_back(found, before.views[0], flip)
    assert torch.equal(back, box_tensor(before.targets))


def found(*rows: tuple[float, float, int]) -> PictureDetections:
    """Return detections of 20 px boxes, each (left edge, score, label)."""
    boxes = torch.tensor([[left, 0.0, left + 20, 20.0] for left, _, _ in rows]).reshape(-1, 4)
    return PictureDetections(
        boxes,
        torch.tensor([label for _, _, label in rows], dtype=torch.int64),
        torch.tensor([score for _, score, _ in rows]),
        torch.arange(float(len(rows)))[:, None],
    )


def test_overlapping_boxes_of_one_type_become_one_with_the_mean_score() -> None:
    both = merged([found((0.0, 0.9, 1)), found((4.0, 0.3, 1))])
    assert both.scores.tolist() == pytest.approx([0.6])
    assert both.boxes[0].tolist() == pytest.approx([1.0, 0.0, 21.0, 20.0])


def test_a_flip_that_missed_a_lesion_counts_as_nothing() -> None:
    both = merged([found((0.0, 0.9, 1)), found()])
    assert both.scores.tolist() == pytest.approx([0.45])
    assert both.boxes[0].tolist() == [0.0, 0.0, 20.0, 20.0]


def test_boxes_of_other_types_or_places_stay_apart() -> None:
    both = merged([found((0.0, 0.8, 1)), found((0.0, 0.6, 2), (50.0, 0.4, 1))])
    assert both.labels.tolist() == [1, 2, 1]
    assert both.scores.tolist() == pytest.approx([0.4, 0.3, 0.2])


def test_a_flip_speaks_once_for_a_lesion() -> None:
    both = merged([found((0.0, 0.8, 1)), found((1.0, 0.6, 1), (2.0, 0.5, 1))])
    assert both.scores.tolist() == pytest.approx([0.7])


def test_no_flip_at_all_changes_nothing() -> None:
    one = found((0.0, 0.8, 1))
    assert merged([one]) is one
    before = exam(flip_horizontal=True, scale=1.0)
    assert flipped(before, AS_IT_IS) is before


def test_nothing_found_in_any_mirror_is_nothing() -> None:
    assert len(merged([found(), found(), found()]).scores) == 0
