"""What is known of a phantom exam, in the terms of reference.csv and lesions.csv."""

from collections.abc import Iterator
from dataclasses import dataclass

from study_design.geometry import Box
from study_design.phantom.distractors import DistractorKind, PhantomDistractor
from study_design.phantom.exam import PhantomExam, PhantomLesion
from study_design.phantom.stored_frame import ShownTraces, StoredFrame
from study_design.vocabulary import AbnormalityType, BreastTruth, Quadrant, Side, View


@dataclass(frozen=True, slots=True)
class ViewBox:
    """The box of a lesion on one view, in its stored pixels, and the part of the breast it is in.

    Boxes of one lesion on two views are the match of CC and MLO.
    """

    view: View
    box: Box
    quadrant: Quadrant


@dataclass(frozen=True, slots=True)
class LesionTruth:
    """A lesion of the exam; `name` is unique in it, `depth` 0 at the nipple to 1 at the muscle."""

    name: str
    side: Side
    type: AbnormalityType
    malignant: bool
    size_mm: float
    depth: float
    boxes: tuple[ViewBox, ...]


@dataclass(frozen=True, slots=True)
class DistractorTruth:
    """What looks like a lesion and is none; `depth` passes 1 over the muscle."""

    name: str
    side: Side
    kind: DistractorKind
    depth: float
    boxes: tuple[ViewBox, ...]


@dataclass(frozen=True, slots=True)
class ExamTruth:
    """The reference standard of a phantom exam, known because it was drawn."""

    malignant: bool
    breast_right: BreastTruth
    breast_left: BreastTruth
    density: str
    lesions: tuple[LesionTruth, ...]
    distractors: tuple[DistractorTruth, ...] = ()


def exam_truth(exam: PhantomExam, *, spacing_mm: float) -> ExamTruth:
    """Return the truth of an exam, its boxes in stored pixels of a spacing."""
    views = [(StoredFrame.of(exam, view, spacing_mm), ShownTraces.of(exam, view)) for view in View]

    def boxes(thing: PhantomLesion | PhantomDistractor) -> Iterator[ViewBox]:
        is_lesion = isinstance(thing, PhantomLesion)
        for frame, shown in views:
            plane = exam.plane(frame.view.side, frame.view.projection)
            quadrant = plane.quadrant(plane.project(thing.place))
            for number, trace in shown.lesions if is_lesion else shown.distractors:
                if number == thing.number:
                    yield ViewBox(frame.view, frame.box(trace.extent), quadrant)

    return ExamTruth(
        malignant=any(lesion.malignant for lesion in exam.lesions),
        breast_right=_breast_truth(exam, Side.RIGHT),
        breast_left=_breast_truth(exam, Side.LEFT),
        density=exam.density,
        lesions=tuple(
            LesionTruth(
                f"L{lesion.number}",
                lesion.side,
                lesion.type,
                lesion.malignant,
                lesion.size_mm,
                lesion.depth,
                tuple(boxes(lesion)),
            )
            for lesion in exam.lesions
        ),
        distractors=tuple(
            DistractorTruth(
                f"D{one.number}", one.side, one.kind, one.place.depth, tuple(boxes(one))
            )
            for one in exam.distractors
        ),
    )


def _breast_truth(exam: PhantomExam, side: Side) -> BreastTruth:
    lesions = [lesion for lesion in exam.lesions if lesion.side is side]
    if not lesions:
        return BreastTruth.NORMAL
    malignant = any(lesion.malignant for lesion in lesions)
    return BreastTruth.MALIGNANT if malignant else BreastTruth.BENIGN
