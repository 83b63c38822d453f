import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from inference.written_digits import in_written_digits
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.vocabulary import AiStatus, View

FAINT = Detection("faint", (), 0.000123456, (DetectionBox("F", View.R_CC, "i", Box(9, 9, 1, 1)),))
STRONG = Detection(
    "strong",
    (),
    0.812345678,
    (DetectionBox("S", View.L_CC, "i", Box(0.123456, 7.0, 15.876544, 3.33333)),),
    malignancy=87.654321,
    depth=0.31043136,
)
RESULT = CaseResult(
    "C", AiStatus.FINDING, (STRONG, FAINT), 0.812345678, None, 0.812345678, seconds=1.23456
)


def other_computer(detection: Detection) -> Detection:
    """The detection as another processor sums it up: a few hundred-thousandths away."""
    boxes = tuple(
        replace(box, where=replace(box.where, x_px=box.where.x_px + 1e-5))
        for box in detection.boxes
    )
    return replace(detection, score=detection.score * (1 - 1e-6), boxes=boxes)


def test_scores_have_four_digits_whatever_their_scale_and_boxes_sixteenths_of_a_pixel() -> None:
    strong, faint = in_written_digits(RESULT).detections
    assert (strong.score, strong.malignancy, strong.depth) == (0.8123, 87.65, 0.3104)
    assert faint.score == 0.0001235
    assert strong.boxes[0].where == Box(0.125, 7.0, 15.875, 3.3125)


def test_the_exam_s_score_stays_that_of_its_first_detection() -> None:
    result = in_written_digits(RESULT)
    assert result.score_exam == result.score_left == result.detections[0].score
    assert result.score_right is None
    assert result.seconds == 1.235


def test_what_two_processors_find_is_written_alike_though_their_order_differs() -> None:
    twin = replace(
        STRONG, detection="twin", boxes=(replace(STRONG.boxes[0], view=View.R_MLO, box="T"),)
    )
    here = replace(RESULT, detections=(STRONG, twin, FAINT))
    there = replace(RESULT, detections=tuple(map(other_computer, (twin, STRONG, FAINT))))
    assert in_written_digits(here).detections == in_written_digits(there).detections
    assert in_written_digits(in_written_digits(here)) == in_written_digits(here)


@given(st.floats(0, 4000), st.floats(0, 4000))
def test_a_box_that_ends_with_its_image_does_so_still(one: float, other: float) -> None:
    left, columns = min(one, other), float(math.ceil(max(one, other)))
    box = replace(STRONG.boxes[0], where=Box(left, 0.0, columns - left, 1.0))
    result = replace(RESULT, detections=(replace(STRONG, boxes=(box,)),))
    where = in_written_digits(result).detections[0].boxes[0].where
    assert where.x_px >= 0
    assert where.x_px + where.width_px == columns
