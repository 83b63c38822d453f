"""Training exams in another window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.zhou.augmentation import LARGEST, SMALLEST, augmented
from study_design.geometry import Box, Point
from study_design.vocabulary import AbnormalityType, View

VIEWS = (View.R_CC, View.L_CC)


def exam() -> PreparedExam:
    """Return two views with a bright square in the middle that is the lesion."""
    pixels = np.zeros((60, 40), np.float32)
    pixels[25:35, 15:25] = 1.0
    frame = Frame(120, 80, False, False, 0.0, 0.0, 0.5)
    views = tuple(
        PreparedView(view, view, pixels, pixels >= 0, 0.5, frame, Point(39.0, 30.0))
        for view in VIEWS
    )
    targets = tuple(
        LesionTarget("L", view, Box(15, 25, 10, 10), AbnormalityType.MASS, True) for view in VIEWS
    )
    return PreparedExam("C", "P", views, targets)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_lesions_stay_where_the_frame_says_and_on_their_pixels(seed: int) -> None:
    varied = augmented(exam(), np.random.default_rng(seed))
    for target in varied.targets:
        view = varied.view(target.view)
        assert view is not None
        stored = view.frame.to_stored(target.where)
        assert [stored.x_px, stored.y_px] == pytest.approx([30, 50], abs=1e-6)
        assert [stored.width_px, stored.height_px] == pytest.approx([20, 20], abs=1e-6)
        rows, columns = np.nonzero(view.pixels > 0.5)
        assert target.where.x_px == pytest.approx(columns.min(), abs=1.01)
        assert target.where.y_px == pytest.approx(rows.min(), abs=1.01)
        assert target.where.x_px + target.where.width_px == pytest.approx(
            columns.max() + 1, abs=1.01
        )


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_all_views_are_varied_by_one_factor_and_one_flip(seed: int) -> None:
    before = exam()
    varied = augmented(before, np.random.default_rng(seed))
    frames = [view.frame for view in varied.views]
    assert frames[0].scale == frames[1].scale
    assert frames[0].flip_horizontal == frames[1].flip_horizontal
    assert SMALLEST <= before.views[0].frame.scale / frames[0].scale <= LARGEST
    assert [view.pixels.shape for view in varied.views] == [(60, 40)] * 2


def test_one_seed_varies_an_exam_in_one_way() -> None:
    first, second, other = (augmented(exam(), np.random.default_rng(n)) for n in (1, 1, 2))
    assert np.array_equal(first.views[0].pixels, second.views[0].pixels)
    assert first.targets == second.targets
    assert first.targets != other.targets


def test_a_lesion_that_leaves_the_window_is_left_out_or_cut() -> None:
    before = exam()
    edge = LesionTarget("E", View.R_CC, Box(0, 25, 6, 6), AbnormalityType.MASS, False)
    corner = PreparedExam("C", "P", before.views, (edge,))
    kept = [augmented(corner, np.random.default_rng(seed)).targets for seed in range(40)]
    assert any(not targets for targets in kept)
    assert all(
        target.where.x_px >= 0 and target.where.x_px + target.where.width_px <= 40 + 1e-6
        for targets in kept
        for target in targets
    )
