from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.phantom.distractor_trace import distractor_trace
from study_design.phantom.distractors import DistractorKind
from study_design.phantom.exam import LesionSpec, PhantomExam, Storage, draw_exam
from study_design.phantom.render import render
from study_design.vocabulary import AbnormalityType, Projection

SEEDS = st.integers(0, 10_000)
MANY = range(14)
COARSE_MM = 1.0


@lru_cache
def drawn(seed: int) -> PhantomExam:
    return draw_exam(seed, lesions=(), storage=Storage.MIRRORED)


def test_distractors_are_normal_tissue_so_lesions_and_breasts_stay_as_they_are() -> None:
    for seed in range(2):
        without = draw_exam(seed, distractors=False)
        assert without.distractors == ()
        assert replace(draw_exam(seed), distractors=()) == without


def test_every_kind_is_frequent_among_exams() -> None:
    kinds = Counter(one.kind for seed in MANY for one in drawn(seed).distractors)
    assert set(kinds) == set(DistractorKind)
    assert min(kinds.values()) >= 3


def test_a_superposition_shows_on_one_view_and_a_vessel_on_both() -> None:
    shown = {kind: set[int]() for kind in DistractorKind}
    for seed in MANY:
        for one in drawn(seed).distractors:
            shown[one.kind].add(len(one.projections))
    assert shown[DistractorKind.SUPERPOSITION] == {1}
    assert shown[DistractorKind.VESSEL] == {2}
    assert shown[DistractorKind.SKIN_CALCIFICATION] == {2}


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.sampled_from(AbnormalityType))
def test_what_could_hide_a_lesion_lies_clear_of_it(seed: int, kind: AbnormalityType) -> None:
    exam = draw_exam(seed, lesions=[LesionSpec(kind)])
    (lesion,) = exam.lesions
    for one in exam.distractors:
        if one.side is not lesion.side or one.kind in ("vessel", "skin calcification"):
            continue
        for projection in one.projections:
            plane = exam.plane(one.side, projection)
            here, there = plane.project(one.place), plane.project(lesion.place)
            apart = np.hypot(here.x_mm - there.x_mm, here.y_mm - there.y_mm)
            assert apart > (one.size_mm + lesion.size_mm) / 2


@pytest.mark.parametrize("kind", DistractorKind)
def test_what_a_distractor_changes_lies_in_its_box(kind: DistractorKind) -> None:
    exam = next(
        found
        for found in map(drawn, range(100))
        if any(one.kind is kind for one in found.distractors)
    )
    one = next(one for one in exam.distractors if one.kind is kind)
    changed = render(replace(exam, distractors=(one,)), spacing_mm=COARSE_MM)
    plain = render(replace(exam, distractors=()), spacing_mm=COARSE_MM)
    seen = []
    for image, normal in zip(changed.images, plain.images, strict=True):
        change = np.abs(image.pixels.astype(float) - normal.pixels)
        if not image.distractors:
            assert not change.any()
            continue
        (entry,) = image.distractors
        assert entry.distractor == one.number
        seen.append(image.view.projection)
        rows, columns = np.ogrid[: change.shape[0], : change.shape[1]]
        touched = (abs(columns + 0.5 - entry.box.centre.x_px) < entry.box.width_px / 2 + 1) & (
            abs(rows + 0.5 - entry.box.centre.y_px) < entry.box.height_px / 2 + 1
        )
        assert change.any()
        assert change[touched].sum() >= 0.97 * change.sum()
    assert tuple(seen) == one.projections


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_a_compact_distractor_lies_in_the_breast_and_is_as_large_as_it_says(seed: int) -> None:
    for one in draw_exam(seed, lesions=()).distractors:
        for projection in one.projections:
            plane = drawn(0).plane(one.side, projection)
            extent = distractor_trace(seed, one, plane).extent
            assert extent.right_mm > extent.left_mm
            assert extent.bottom_mm > extent.top_mm
            if one.kind in (DistractorKind.LYMPH_NODE, DistractorKind.SUPERPOSITION):
                assert extent.right_mm - extent.left_mm <= one.size_mm + 1e-9


def test_a_node_of_the_axilla_shows_on_the_oblique_view_alone() -> None:
    nodes = [
        one
        for seed in MANY
        for one in drawn(seed).distractors
        if one.kind is DistractorKind.LYMPH_NODE and len(one.projections) == 1
    ]
    assert len(nodes) > 2
    assert {one.projections for one in nodes} == {(Projection.MLO,)}
