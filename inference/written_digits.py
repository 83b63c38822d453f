"""A result in as many digits as another computer finds again.

A network adds up in an order that follows the processor's vectors and threads. Between AVX-512,
AVX2 and SSE the scores of the shipped model on phantoms differed by up to a hundred-thousandth of
themselves, its boxes by up to 0.0001 pixels. Digits that hang on that are not written, and equal
scores stand in the order of their places. A score on the border of two may still become either.
"""

from dataclasses import replace

from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box

_DIGITS = 4
# A power of two: sums of such parts are exact, so a box that ends with its image does so when read.
_PARTS_OF_PIXEL = 16
_SECONDS_DECIMALS = 3


def in_written_digits(result: CaseResult) -> CaseResult:
    """Return a result with scores in four digits, by falling score, boxes in 16ths of a pixel."""
    detections = (
        replace(
            detection,
            score=_score(detection.score),
            malignancy=_known_score(detection.malignancy),
            depth=_known_score(detection.depth),
            boxes=tuple(replace(box, where=_place(box.where)) for box in detection.boxes),
        )
        for detection in result.detections
    )
    seconds = result.seconds
    return replace(
        result,
        detections=tuple(sorted(detections, key=_rank)),
        score_exam=_known_score(result.score_exam),
        score_right=_known_score(result.score_right),
        score_left=_known_score(result.score_left),
        seconds=None if seconds is None else round(seconds, _SECONDS_DECIMALS),
    )


def _score(score: float) -> float:
    return float(f"{score:.{_DIGITS}g}")


def _known_score(score: float | None) -> float | None:
    return None if score is None else _score(score)


def _place(where: Box) -> Box:
    """Return a box whose edges, and so whose width and height, are whole parts of a pixel."""
    left, top = _whole(where.x_px), _whole(where.y_px)
    right, bottom = _whole(where.x_px + where.width_px), _whole(where.y_px + where.height_px)
    return Box(left, top, right - left, bottom - top)


def _whole(place_px: float) -> float:
    return round(place_px * _PARTS_OF_PIXEL) / _PARTS_OF_PIXEL


def _rank(detection: Detection) -> tuple[float, list[tuple[str, float, float, float, float]]]:
    """Return what detections are ordered by: falling score, then where they lie."""
    return -detection.score, [_of(box) for box in detection.boxes]


def _of(box: DetectionBox) -> tuple[str, float, float, float, float]:
    where = box.where
    return box.view, where.x_px, where.y_px, where.width_px, where.height_px
