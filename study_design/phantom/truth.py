"""What is known of a phantom exam, in the terms of reference.csv and lesions.csv."""

from dataclasses import dataclass

from study_design.geometry import Box
from study_design.phantom.exam import PhantomExam, PhantomLesion
from study_design.phantom.render import RenderedExam
from study_design.vocabulary import AbnormalityType, BreastTruth, Side, View


@dataclass(frozen=True, slots=True)
class ViewBox:
    """The box of a lesion on one view, in the stored pixels of the rendered image."""

    view: View
    box: Box


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
class ExamTruth:
    """The reference standard of a phantom exam, known because it was drawn."""

    malignant: bool
    breast_right: BreastTruth
    breast_left: BreastTruth
    density: str
    lesions: tuple[LesionTruth, ...]


def exam_truth(rendered: RenderedExam) -> ExamTruth:
    """Return the truth of a rendered exam, its boxes in the pixels of that rendering."""
    exam = rendered.exam
    return ExamTruth(
        malignant=any(lesion.malignant for lesion in exam.lesions),
        breast_right=_breast_truth(exam, Side.RIGHT),
        breast_left=_breast_truth(exam, Side.LEFT),
        density=exam.density,
        lesions=tuple(_lesion_truth(rendered, lesion) for lesion in exam.lesions),
    )


def _breast_truth(exam: PhantomExam, side: Side) -> BreastTruth:
    lesions = [lesion for lesion in exam.lesions if lesion.side is side]
    if not lesions:
        return BreastTruth.NORMAL
    malignant = any(lesion.malignant for lesion in lesions)
    return BreastTruth.MALIGNANT if malignant else BreastTruth.BENIGN


def _lesion_truth(rendered: RenderedExam, lesion: PhantomLesion) -> LesionTruth:
    boxes = tuple(
        ViewBox(image.view, entry.box)
        for image in rendered.images
        for entry in image.boxes
        if entry.lesion == lesion.number
    )
    return LesionTruth(
        f"L{lesion.number}",
        lesion.side,
        lesion.type,
        lesion.malignant,
        lesion.size_mm,
        lesion.depth,
        boxes,
    )
