"""What the strip and the marks say of an AI's scores."""

import pytest

from reader_app.qt.reading.reading_words import detection_words, exam_score_words, score_words
from study_design.detections import Detection
from study_design.vocabulary import AbnormalityType


@pytest.mark.parametrize(
    ("score", "scale", "beside_a_mark", "of_the_exam"),
    [
        (0.826, "0-1", "0.83", "0.83"),
        (8.26, "0-10", "8.3", "8.3 of 10"),
        (82.6, "0-100", "83", "83 of 100"),
        (3.0, "1-5", "3.0", "3.0 of 5"),
    ],
)
def test_a_score_keeps_its_scale(
    score: float, scale: str, beside_a_mark: str, of_the_exam: str
) -> None:
    assert score_words(score, scale) == beside_a_mark
    assert exam_score_words(score, scale) == of_the_exam


def test_a_mark_says_all_its_types_its_score_and_a_category_if_there_is_one() -> None:
    types = (AbnormalityType.MASS, AbnormalityType.DISTORTION)
    assert detection_words(Detection("D", types, 72.0, ()), "0-100") == "mass + distortion  72"
    assert detection_words(Detection("D", types[:1], 0.5, (), birads="4C"), "0-1") == (
        "mass  0.50  4C"
    )
    assert detection_words(Detection("D", (), 0.5, ()), "0-1") == "0.50"
