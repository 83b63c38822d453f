"""Varied exams: boxes go exactly where the pixels go."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.ueda.augmentation import Affine, augmented
from study_design.geometry import Box, Point, iou
from study_design.vocabulary import View

ROWS, COLUMNS = 120, 90


def exam_with(*boxes: Box) -> PreparedExam:
    """An exam of one view that is bright exactly in its lesions' boxes."""
    pixels = np.zeros((ROWS, COLUMNS), np.float32)
    for box in boxes:
        x, y = int(box.x_px), int(box.y_px)
        pixels[y : y + int(box.height_px), x : x + int(box.width_px)] = 1.0
    view = PreparedView(
        View.L_CC,
        "image",
        pixels,
        pixels > 0,
        0.5,
        Frame(ROWS, COLUMNS, False, False, 0.0, 0.0, 1.0),
        Point(boxes[0].x_px + 0.5, boxes[0].y_px + 0.5),
    )
    targets = tuple(
        LesionTarget(f"L{number}", View.L_CC, box, None, None) for number, box in enumerate(boxes)
    )
    return PreparedExam("case", "patient", (view,), targets)


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_moved_box_is_the_smallest_around_its_moved_pixels(seed: int) -> None:
    exam = exam_with(Box(38, 50, 16, 24))
    varied = augmented(exam, np.random.default_rng(seed))
    (target,) = varied.targets
    rows, columns = np.nonzero(varied.views[0].pixels > 0.05)
    seen = Box.around(
        Point(float(columns.min()), float(rows.min())),
        Point(float(columns.max() + 1), float(rows.max() + 1)),
    )
    # A turned corner covers a small part of its outermost pixels only.
    for got, wanted in (
        (target.where.x_px, seen.x_px),
        (target.where.y_px, seen.y_px),
        (target.where.x_px + target.where.width_px, seen.x_px + seen.width_px),
        (target.where.y_px + target.where.height_px, seen.y_px + seen.height_px),
    ):
        assert got == pytest.approx(wanted, abs=2.0)
    assert iou(target.where, seen) > 0.8


@given(st.integers(0, 10_000))
def test_maps_stay_within_what_the_paper_says(seed: int) -> None:
    affine = Affine.drawn((ROWS, COLUMNS), np.random.default_rng(seed))
    middle = affine.point(Point(COLUMNS / 2, ROWS / 2))
    assert abs(middle.x_px - COLUMNS / 2) <= 0.1 * ROWS
    assert abs(middle.y_px - ROWS / 2) <= 0.1 * ROWS
    # A turn and a shear keep areas, so the determinant is that of the two scales.
    assert 0.81 <= abs(np.linalg.det(affine.matrix)) <= 1.21
    across = affine.matrix[:, 0]
    assert abs(np.arctan(across[1] / across[0])) <= 0.1 + 1e-9


def test_maps_of_many_draws_turn_and_mirror_both_ways() -> None:
    rng = np.random.default_rng(5)
    maps = [Affine.drawn((ROWS, COLUMNS), rng).matrix for _ in range(60)]
    assert {(np.sign(each[0, 0]), np.sign(each[1, 1])) for each in maps} == {
        (1.0, 1.0),
        (1.0, -1.0),
        (-1.0, 1.0),
        (-1.0, -1.0),
    }


def test_breast_and_nipple_follow_the_pixels() -> None:
    exam = exam_with(Box(30, 40, 20, 30))
    (view,) = augmented(exam, np.random.default_rng(3)).views
    assert np.array_equal(view.breast, view.pixels > 0.5) or (
        np.mean(view.breast != (view.pixels > 0.5)) < 0.01
    )
    assert view.nipple is not None
    assert view.pixels[int(view.nipple.y_px), int(view.nipple.x_px)] > 0.2


def test_one_seed_gives_one_variation() -> None:
    exam = exam_with(Box(30, 40, 20, 30))
    first, again = (augmented(exam, np.random.default_rng(8)) for _ in range(2))
    other = augmented(exam, np.random.default_rng(9))
    assert np.array_equal(first.views[0].pixels, again.views[0].pixels)
    assert first.targets == again.targets
    assert not np.array_equal(first.views[0].pixels, other.views[0].pixels)


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_what_leaves_the_picture_is_cut_or_left_out(seed: int) -> None:
    exam = exam_with(Box(0, 0, 10, 8), Box(80, 112, 10, 8))
    for target in augmented(exam, np.random.default_rng(seed)).targets:
        assert target.where.x_px >= 0
        assert target.where.y_px >= 0
        assert target.where.x_px + target.where.width_px <= COLUMNS
        assert target.where.y_px + target.where.height_px <= ROWS


def test_targets_of_views_that_are_not_there_are_left_out() -> None:
    exam = exam_with(Box(30, 40, 20, 30))
    elsewhere = replace(exam.targets[0], view=View.R_CC)
    varied = augmented(replace(exam, targets=(elsewhere,)), np.random.default_rng(1))
    assert varied.targets == ()
