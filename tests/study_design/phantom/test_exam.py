import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.phantom.anatomy import FIELD_HEIGHT_MM, FIELD_WIDTH_MM
from study_design.phantom.exam import LesionSpec, Storage, Window, draw_exam
from study_design.phantom.lesion_trace import lesion_trace
from study_design.vocabulary import AbnormalityType, Projection, Side

TYPES = st.sampled_from(AbnormalityType)
SEEDS = st.integers(0, 10_000)


def test_the_same_seed_is_the_same_exam() -> None:
    assert draw_exam(5) == draw_exam(5)
    assert draw_exam(5) != draw_exam(6)


def test_what_is_fixed_moves_nothing_that_is_drawn() -> None:
    drawn = draw_exam(12)
    fixed = draw_exam(12, density="d", storage=Storage.ROTATED, window=Window.SIGMOID)
    assert (fixed.right, fixed.left, fixed.lesions) == (drawn.right, drawn.left, drawn.lesions)
    assert (fixed.density, fixed.storage, fixed.window) == ("d", Storage.ROTATED, Window.SIGMOID)


def test_exams_of_many_seeds_differ_in_everything_a_study_balances() -> None:
    exams = [draw_exam(seed) for seed in range(60)]
    assert {exam.density for exam in exams} == {"a", "b", "c", "d"}
    assert {exam.storage for exam in exams} == set(Storage)
    assert {exam.window for exam in exams} == set(Window)
    lesions = [lesion for exam in exams for lesion in exam.lesions]
    assert {lesion.type for lesion in lesions} == set(AbnormalityType)
    assert {lesion.malignant for lesion in lesions} == {True, False}
    assert 12 <= sum(not exam.lesions for exam in exams) <= 36


def test_no_lesions_are_drawn_where_none_are_wanted() -> None:
    assert draw_exam(3, lesions=()).lesions == ()


@settings(max_examples=25, deadline=None)
@given(SEEDS, TYPES, st.booleans())
def test_depth_is_the_same_on_both_projections(
    seed: int, kind: AbnormalityType, malignant: bool
) -> None:
    exam = draw_exam(seed, lesions=[LesionSpec(kind, malignant)])
    (lesion,) = exam.lesions
    assert 0.0 < lesion.depth < 1.0
    for projection in Projection:
        plane = exam.plane(lesion.side, projection)
        assert plane.depth(plane.project(lesion.place)) == pytest.approx(lesion.depth, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(SEEDS, TYPES, st.booleans())
def test_a_lesion_lies_in_the_picture_and_is_as_large_as_it_says(
    seed: int, kind: AbnormalityType, malignant: bool
) -> None:
    exam = draw_exam(seed, lesions=[LesionSpec(kind, malignant)])
    (lesion,) = exam.lesions
    for projection in Projection:
        extent = lesion_trace(exam, lesion, exam.plane(lesion.side, projection)).extent
        assert 0.0 < extent.left_mm < extent.right_mm < FIELD_WIDTH_MM
        assert 0.0 < extent.top_mm < extent.bottom_mm < FIELD_HEIGHT_MM
        slack_mm = 0.5  # half a speck and its blur on each side
        assert extent.right_mm - extent.left_mm <= lesion.size_mm + slack_mm
        assert extent.bottom_mm - extent.top_mm <= lesion.size_mm + slack_mm


def test_two_lesions_of_a_breast_do_not_cover_each_other() -> None:
    specs = [LesionSpec(AbnormalityType.MASS, side=Side.LEFT, size_mm=10.0) for _ in range(3)]
    exam = draw_exam(9, lesions=specs)
    for projection in Projection:
        plane = exam.plane(Side.LEFT, projection)
        points = [plane.project(lesion.place) for lesion in exam.lesions]
        for index, first in enumerate(points):
            for second in points[index + 1 :]:
                apart = (first.x_mm - second.x_mm) ** 2 + (first.y_mm - second.y_mm) ** 2
                assert apart >= 10.0**2


def test_the_skin_line_passes_the_nipple_at_the_nipple_distance() -> None:
    exam = draw_exam(21)
    for projection in Projection:
        plane = exam.plane(Side.LEFT, projection)
        assert plane.depth(plane.nipple) == pytest.approx(0.0)
        assert 60.0 < plane.shape.nipple_distance_mm < 120.0
        assert plane.nipple.x_mm < FIELD_WIDTH_MM - 10.0


def test_a_lesion_without_room_is_refused_in_one_line() -> None:
    with pytest.raises(BadInputError, match=r"expected room for a mass of 190 mm, got none"):
        draw_exam(1, lesions=[LesionSpec(AbnormalityType.MASS, size_mm=190.0)])


@pytest.mark.parametrize("density", ["e", "", "B"])
def test_an_unknown_density_is_refused(density: str) -> None:
    with pytest.raises(BadInputError, match="expected one of a, b, c, d"):
        draw_exam(1, density=density)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(BadInputError, match="expected 0 or more, got -1"):
        draw_exam(-1)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (LesionSpec(AbnormalityType.MASS, projections=()), "expected one or two projections"),
        (LesionSpec(AbnormalityType.MASS, size_mm=0.0), "expected more than 0 mm, got 0.0"),
        (LesionSpec(AbnormalityType.MASS, conspicuity=1.5), "expected 0 to 1, got 1.5"),
    ],
)
def test_an_impossible_lesion_is_refused(spec: LesionSpec, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        draw_exam(1, lesions=[spec])
