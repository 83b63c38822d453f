import pytest

from study_design.phantom.anatomy import PlanePoint, ViewPlane
from study_design.phantom.exam import LesionSpec, PhantomExam, Storage, draw_exam
from study_design.phantom.render import render
from study_design.phantom.truth import exam_truth
from study_design.vocabulary import AbnormalityType, BreastTruth, Projection, Quadrant, Side, View

COARSE_MM = 1.0


def place(plane: ViewPlane, behind_mm: float, up_mm: float) -> PlanePoint:
    """Return a place behind the nipple and to one side of the posterior nipple line."""
    x, y = plane.anterior
    return PlanePoint(
        plane.nipple.x_mm - behind_mm * x + up_mm * y,
        plane.nipple.y_mm - behind_mm * y - up_mm * x,
    )


@pytest.mark.parametrize(
    ("projection", "behind_mm", "up_mm", "quadrant"),
    [
        (Projection.CC, 10.0, 5.0, Quadrant.AREOLA),
        (Projection.CC, 40.0, -9.0, Quadrant.MIDDLE),
        (Projection.CC, 40.0, 20.0, Quadrant.OUTER),
        (Projection.CC, 40.0, -20.0, Quadrant.INNER),
        (Projection.MLO, 5.0, -15.0, Quadrant.AREOLA),
        (Projection.MLO, 40.0, 9.0, Quadrant.MIDDLE),
        (Projection.MLO, 40.0, 20.0, Quadrant.UPPER),
        (Projection.MLO, 40.0, -20.0, Quadrant.LOWER),
        (Projection.MLO, 80.0, 60.0, Quadrant.AXILLARY_TAIL),
    ],
)
@pytest.mark.parametrize("side", Side)
def test_the_parts_of_a_breast_lie_around_the_nipple_line(
    side: Side, projection: Projection, behind_mm: float, up_mm: float, quadrant: Quadrant
) -> None:
    plane = draw_exam(3).plane(side, projection)
    assert plane.quadrant(place(plane, behind_mm, up_mm)) is quadrant
    assert quadrant in Quadrant.on(projection)


def test_truth_needs_no_pixels_and_says_what_the_images_show() -> None:
    for storage in Storage:
        exam = draw_exam(31, lesions=[LesionSpec(AbnormalityType.MASS, True)], storage=storage)
        truth = exam_truth(exam, spacing_mm=COARSE_MM)
        images = {image.view: image for image in render(exam, spacing_mm=COARSE_MM).images}
        (lesion,) = truth.lesions
        assert [entry.box for box in lesion.boxes for entry in images[box.view].boxes] == [
            box.box for box in lesion.boxes
        ]
        for distractor in truth.distractors:
            for box in distractor.boxes:
                shown = [entry.box for entry in images[box.view].distractors]
                assert box.box in shown


def test_a_lesion_is_told_once_with_depth_a_box_a_view_and_its_quadrant() -> None:
    exam = draw_exam(8, lesions=[LesionSpec(AbnormalityType.MASS, side=Side.LEFT)])
    truth = exam_truth(exam, spacing_mm=COARSE_MM)
    (lesion,) = truth.lesions
    assert (truth.malignant, truth.breast_left) == (False, BreastTruth.BENIGN)
    assert truth.breast_right is BreastTruth.NORMAL
    assert lesion.depth == exam.lesions[0].place.depth
    assert [box.view for box in lesion.boxes] == [View.L_CC, View.L_MLO]
    for box in lesion.boxes:
        assert box.quadrant in Quadrant.on(box.view.projection)


def test_distractors_are_no_lesions() -> None:
    exam = exam_with_distractors()
    truth = exam_truth(exam, spacing_mm=COARSE_MM)
    assert truth.lesions == ()
    assert not truth.malignant
    assert {truth.breast_right, truth.breast_left} == {BreastTruth.NORMAL}
    assert [one.kind for one in truth.distractors] == [one.kind for one in exam.distractors]
    for one, distractor in zip(truth.distractors, exam.distractors, strict=True):
        assert tuple(box.view.projection for box in one.boxes) == distractor.projections
        assert {box.view.side for box in one.boxes} == {distractor.side}


def exam_with_distractors() -> PhantomExam:
    return next(
        exam for exam in (draw_exam(seed, lesions=()) for seed in range(9)) if exam.distractors
    )
