"""What was found on the views of an exam, told as detections of lesions.

A detection of CC and one of MLO that are one lesion have one score, the higher; its malignancy and
depth are the mean of both views, quadrant and morphology are told of MLO, then of CC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.prepared import PreparedView
from inference.zhou.depth import mean_depth
from inference.zhou.known import Known, Task
from inference.zhou.lesion_heads import ViewFindings
from inference.zhou.malignancy import described
from inference.zhou.matching import Matcher, left_over
from inference.zhou.quadrants import likeliest
from inference.zhou.view_batch import TYPES
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View


@dataclass(frozen=True, slots=True)
class _Seen:
    """One detection on one view, not yet joined with another."""

    type: AbnormalityType
    score: float
    box: DetectionBox
    malignancy: float | None
    morphology: str
    quadrant: str
    depth: float


def reported(
    case: str, findings: Sequence[ViewFindings], matcher: Matcher, known: Known
) -> CaseResult:
    """Return the result of a case, boxes in stored pixels.

    The score of a breast is the highest of its detections' score x malignancy; without malignancy
    of their score; 0 where nothing was found. It is None for a breast of which there is no view.
    """
    by_view = {each.view.view: each for each in findings}
    detections = [
        detection for side in Side for detection in _of_breast(by_view, side, matcher, known)
    ]
    detections.sort(key=lambda detection: -detection.score)
    named = tuple(_named(detection, n) for n, detection in enumerate(detections, start=1))
    scores = {
        side: _breast_score(named, side)
        for side in Side
        if any(view.side is side for view in by_view)
    }
    return CaseResult(
        case,
        AiStatus.FINDING if named else AiStatus.NONE,
        named,
        score_exam=max(scores.values()),
        score_right=scores.get(Side.RIGHT),
        score_left=scores.get(Side.LEFT),
    )


def _of_breast(
    by_view: dict[View, ViewFindings], side: Side, matcher: Matcher, known: Known
) -> list[Detection]:
    """Return the detections of a breast: those of two views first, then the single ones."""
    cc, mlo = (by_view.get(View.of(side, each)) for each in (Projection.CC, Projection.MLO))
    on_cc, on_mlo = _seen(cc, known), _seen(mlo, known)
    matches = [] if cc is None or mlo is None else matcher.matches(cc.candidates, mlo.candidates)
    return [
        *(_detection((on_mlo[match.mlo], on_cc[match.cc])) for match in matches),
        *(_detection((on_cc[n],)) for n in left_over(len(on_cc), [m.cc for m in matches])),
        *(_detection((on_mlo[n],)) for n in left_over(len(on_mlo), [m.mlo for m in matches])),
    ]


def _seen(findings: ViewFindings | None, known: Known) -> list[_Seen]:
    """Return the detections of a view one by one; what was not taught is left empty."""
    if findings is None:
        return []
    view, found, character = findings.view, findings.found, findings.character
    malignancy = character.malignancy.sigmoid().tolist()
    quadrants = likeliest(findings.candidates.quadrant, view.view.projection)
    return [
        _Seen(
            TYPES[int(found.labels[row]) - 1],
            float(found.scores[row]),
            DetectionBox("", view.view, view.image, view.frame.to_stored(where)),
            malignancy[row] if Task.MALIGNANCY in known else None,
            described(character, row, known.axes()),
            quadrants[row] if Task.QUADRANT in known else "",
            float(findings.candidates.depth[row]),
        )
        for row, where in enumerate(_boxes_inside(found.boxes.tolist(), view))
    ]


def _boxes_inside(corners: list[list[float]], view: PreparedView) -> list[Box]:
    """Return boxes cut to the picture, without what was padded."""
    height, width = view.pixels.shape
    cut = (
        (min(x0, width), min(y0, height), min(x1, width), min(y1, height))
        for x0, y0, x1, y1 in corners
    )
    return [Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in cut]


def _detection(seen: tuple[_Seen, ...]) -> Detection:
    """Return one detection from what one or two views show."""
    strongest = sorted(seen, key=lambda each: -each.score)
    types = tuple(dict.fromkeys(each.type for each in strongest))
    malignancy = [each.malignancy for each in seen if each.malignancy is not None]
    return Detection(
        "",
        types,
        strongest[0].score,
        tuple(each.box for each in seen),
        malignancy=sum(malignancy) / len(malignancy) if malignancy else None,
        morphology=strongest[0].morphology,
        quadrant=", ".join(dict.fromkeys(each.quadrant for each in seen if each.quadrant)),
        depth=mean_depth([each.depth for each in seen]),
    )


def _named(detection: Detection, number: int) -> Detection:
    """Return a detection with its name and those of its boxes."""
    name = f"D{number}"
    boxes = tuple(
        replace(box, box=f"{name}.{index}") for index, box in enumerate(detection.boxes, start=1)
    )
    return replace(detection, detection=name, boxes=boxes)


def _breast_score(detections: Sequence[Detection], side: Side) -> float:
    scores = [
        detection.score * (1.0 if detection.malignancy is None else detection.malignancy)
        for detection in detections
        if detection.boxes[0].view.side is side
    ]
    return max(scores, default=0.0)
