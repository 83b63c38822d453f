"""How an exam ended and its scores, by what files say of it as a whole and of each of its images.

The rule, the first that holds: a box or a finding that is told makes a finding; a failure on one
image is a failure; an image that is said not to be processed leaves the exam not processed; nothing
was found where the files say so of the exam, or of every image of it. Whatever else files say, of
three images of four or of none, leaves open how the exam ended: somebody is asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from study_design.detections import Detection
from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import ReportedCase, ReportedImage
from study_design.exchange.ai_files.study_images import StudyNames
from study_design.exchange.ai_files.without_row import UnsaidCase
from study_design.images.case_list import CaseImage
from study_design.vocabulary import AiStatus, Side


@dataclass(frozen=True, slots=True)
class ExamEnd:
    """How an exam ended; `unsaid` is there where the files leave that open."""

    status: AiStatus
    unsaid: UnsaidCase | None = None
    warning: str = ""


def exam_end(case: str, said: Sequence[ReportedCase], names: StudyNames, *, boxes: bool) -> ExamEnd:
    """Return how an exam ended.

    Parameters
    ----------
    said
        What the files say of the exam and of its images.
    boxes
        The files have boxes on it.
    """
    statuses = {entry.status for entry in said}
    if boxes:
        contradicted = statuses & {AiStatus.FAILED, AiStatus.NOT_PROCESSED}
        in_part = f"case {case}: boxes, though the system failed in part" if contradicted else ""
        whole = {entry.status for entry in said if entry.on.is_exam}
        against = f"case {case}: boxes, though the file says that nothing was found"
        return ExamEnd(
            AiStatus.FINDING, warning=in_part or (against if AiStatus.NONE in whole else "")
        )
    for status in (AiStatus.FINDING, AiStatus.FAILED, AiStatus.NOT_PROCESSED):
        if status in statuses:
            return ExamEnd(status)
    images = names.sheet.shown(case)
    clear = _clear(case, said, images, names)
    if clear is None or (images and clear == {image.image for image in images}):
        return ExamEnd(AiStatus.NONE)
    return ExamEnd(AiStatus.NOT_PROCESSED, UnsaidCase(case, len(clear), len(images)))


def _clear(
    case: str, said: Iterable[ReportedCase], images: Sequence[CaseImage], names: StudyNames
) -> set[str] | None:
    """Return the images on which nothing was found; None where that is said of the exam as such."""
    clear: set[str] = set()
    known = {image.image for image in images}
    for entry in said:
        if entry.status is not AiStatus.NONE:
            continue
        if entry.on.is_exam and entry.looked_at is None:
            return None
        about = entry.looked_at if entry.looked_at is not None else (entry.on,)
        clear |= {name for on in about if (name := _image(case, on, names)) in known}
    return clear


def _image(case: str, on: ReportedImage, names: StudyNames) -> str:
    """Return the image of an exam that was looked at: it, or its twin of the same view."""
    try:
        return names.image(on).image
    except BadInputError:
        shown = names.sheet.image(case, on.view) if on.view else None
        return shown.image if shown else ""


def highest_score(detections: Sequence[Detection], *sides: Side) -> float | None:
    """Return the highest score of the detections on some breasts."""
    scores = [d.score for d in detections if any(box.view.side in sides for box in d.boxes)]
    return max(scores, default=None)
