"""A simulated AI system for example studies: results drawn from the truth, and saying so.

The numbers are invented so that an aided arm has something to show; they describe no product.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from reader_app.simulated.breasts import BreastOnView, CaseBreasts
from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.geometry import Box, Point
from study_design.reference_standard import Lesion
from study_design.vocabulary import AbnormalityType, AiStatus, Side, View

FOUND = {
    AbnormalityType.MASS: 0.9,
    AbnormalityType.CALCIFICATION: 0.94,
    AbnormalityType.ASYMMETRY: 0.75,
    AbnormalityType.DISTORTION: 0.65,
}
MALIGNANT_SCORE = 0.75
BENIGN_SCORE = 0.38
FALSE_SCORE = 0.25
SCORE_SD = 0.12
FALSE_IN_A_BREAST = 0.12


def simulate_ai(
    breasts: Mapping[str, CaseBreasts], lesions: Sequence[Lesion], *, seed: int
) -> SystemResults:
    """Draw the results of a system that finds most lesions and is wrong now and then.

    Parameters
    ----------
    breasts
        By case, where the breasts lie.
    lesions
        The truth's lesions.
    seed
        The same seed gives the same results.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for case in sorted(breasts):
        own = [row for row in lesions if row.case == case and row.view and row.where]
        found = _true_detections(own, breasts[case], rng)
        found += _false_detections(breasts[case], rng)
        numbered = tuple(_numbered(case, i, detection) for i, detection in enumerate(found, 1))
        cases.append(_case_result(case, numbered))
    return SystemResults(
        system="simulated-ai",
        version="1",
        scale="0-1",
        simulated=True,
        provenance=f"Simulated: drawn from the truth of the example study with seed {seed}.",
        cases=tuple(cases),
    )


def _true_detections(
    lesions: Sequence[Lesion], breasts: CaseBreasts, rng: np.random.Generator
) -> list[Detection]:
    """Draw which lesions are found, and with what score."""
    detections = []
    for name in sorted({lesion.lesion for lesion in lesions}):
        rows = [row for row in lesions if row.lesion == name]
        found = rng.random() < FOUND[rows[0].types[0]]
        mean = MALIGNANT_SCORE if rows[0].malignant else BENIGN_SCORE
        score = _score(rng.normal(mean, SCORE_SD))
        boxes = tuple(
            _place(row.view, breasts[row.view], row.where, rng)
            for row in rows
            if row.view and row.where
        )
        if found:
            detections.append(Detection("", rows[0].types, score, boxes))
    return detections


def _false_detections(breasts: CaseBreasts, rng: np.random.Generator) -> list[Detection]:
    """Draw detections where nothing is, on one view each."""
    detections = []
    for side in Side:
        view = next((view for view in breasts if view.side is side), None)
        if rng.random() >= FALSE_IN_A_BREAST or view is None:
            continue
        breast = breasts[view].box
        size_px = rng.uniform(0.08, 0.14) * breast.width_px
        across, down = rng.uniform(0.3, 0.7, 2)
        x_px = breast.x_px + across * breast.width_px - size_px / 2
        y_px = breast.y_px + down * breast.height_px - size_px / 2
        box = DetectionBox("", view, breasts[view].image, Box(x_px, y_px, size_px, size_px))
        kind = AbnormalityType(rng.choice(list(AbnormalityType)))
        detections.append(Detection("", (kind,), _score(rng.normal(FALSE_SCORE, 0.1)), (box,)))
    return detections


def _place(view: View, breast: BreastOnView, lesion: Box, rng: np.random.Generator) -> DetectionBox:
    """Return a box a little larger than the lesion's and a little off, but inside the breast's."""
    width_px, height_px = lesion.width_px * 1.2, lesion.height_px * 1.2
    dx, dy = rng.normal(0.0, 0.05, 2) * (width_px, height_px)
    left, top = lesion.centre.x_px - width_px / 2 + dx, lesion.centre.y_px - height_px / 2 + dy
    limit = breast.box
    first = Point(max(left, limit.x_px), max(top, limit.y_px))
    second = Point(
        min(left + width_px, limit.x_px + limit.width_px),
        min(top + height_px, limit.y_px + limit.height_px),
    )
    return DetectionBox("", view, breast.image, Box.around(first, second))


def _score(value: float) -> float:
    """Return a score of the scale 0-1, with two digits as products print them."""
    return round(min(max(value, 0.05), 0.99), 2)


def _numbered(case: str, number: int, detection: Detection) -> Detection:
    """Return a detection with names for itself and its boxes."""
    name = f"{case}-D{number}"
    boxes = tuple(
        DetectionBox(f"{name}-{box.view}", box.view, box.image, box.where)
        for box in detection.boxes
    )
    return Detection(name, detection.types, detection.score, boxes)


def _case_result(case: str, detections: tuple[Detection, ...]) -> CaseResult:
    """Return a case's result; scores of breasts and exam are the highest of their detections."""
    by_side = {
        side: max((d.score for d in detections if d.boxes[0].view.side is side), default=0.0)
        for side in Side
    }
    return CaseResult(
        case=case,
        status=AiStatus.FINDING if detections else AiStatus.NONE,
        detections=detections,
        score_exam=max(by_side.values()),
        score_right=by_side[Side.RIGHT],
        score_left=by_side[Side.LEFT],
    )
