"""The rates by image that Ueda 2022 reports, counted by hand."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.data.exam_set import KnownExam, KnownLesion
from inference.preprocess import StoredView
from reader_app.evaluation.image_level import RatedImage, image_level, rated_images
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.reference_standard import CaseTruth, Lesion
from study_design.vocabulary import AbnormalityType, AiStatus, View

_HERE, _THERE = Box(10, 10, 20, 20), Box(100, 10, 20, 20)
_AT = "at own Youden threshold"


@dataclass(frozen=True, slots=True)
class _Image:
    """An image of which only the view is asked."""

    view: View
    image: str = "image"

    def fingerprint(self) -> str:
        return ""

    def stored(self, worker: GuardedWorker) -> StoredView:
        raise AssertionError(worker)


def _exam(case: str, *lesions: Lesion, density: str = "") -> KnownExam:
    views = (_Image(View.L_CC), _Image(View.L_MLO))
    truth = CaseTruth(case, bool(lesions), density=density)
    return KnownExam(case, case, views, truth, tuple(KnownLesion(each) for each in lesions))


def _lesion(view: View | None, where: Box | None = _HERE) -> Lesion:
    return Lesion("case", "L1", view, (AbnormalityType.MASS,), where, malignant=True)


def _mark(view: View, where: Box, score: float) -> Detection:
    return Detection("", (), score, (DetectionBox("", view, "image", where),))


def _scores(exam: KnownExam, *marks: Detection) -> list[float]:
    results = {exam.case: CaseResult(exam.case, AiStatus.FINDING, marks)}
    return [image.score for image in rated_images([exam], results)]


def _image(patient: str, score: float, positive: bool, density: str = "") -> RatedImage:
    return RatedImage(patient, score, positive, density)


def _exams(images: list[RatedImage]) -> list[KnownExam]:
    return [_exam(patient) for patient in dict.fromkeys(image.patient for image in images)]


def test_an_image_with_a_lesion_counts_by_the_mark_that_hits_it() -> None:
    exam = _exam("a", _lesion(View.L_CC))
    marks = (
        _mark(View.L_CC, _THERE, 0.9),
        _mark(View.L_CC, _HERE, 0.4),
        _mark(View.L_CC, Box(12, 10, 20, 20), 0.5),
        _mark(View.L_MLO, _HERE, 0.2),
        _mark(View.L_MLO, _THERE, 0.3),
    )
    assert _scores(exam, *marks) == [0.5, 0.3]


def test_a_mark_hits_from_an_overlap_of_three_tenths_on() -> None:
    exam = _exam("a", _lesion(View.L_CC, Box(0, 0, 10, 10)))
    assert _scores(exam, _mark(View.L_CC, Box(0, 0, 3, 10), 0.9))[0] == 0.9
    assert _scores(exam, _mark(View.L_CC, Box(0, 0, 2.9, 10), 0.9))[0] == -math.inf


def test_without_a_result_nothing_was_found_on_any_image() -> None:
    images = rated_images([_exam("a", _lesion(View.L_CC), density="c")], {})
    assert images == (
        _image("a", -math.inf, positive=True, density="c"),
        _image("a", -math.inf, positive=False, density="c"),
    )


@pytest.mark.parametrize(
    ("lesion", "left"),
    [(_lesion(View.L_CC, None), 1), (_lesion(None, None), 0), (_lesion(View.L_CC), 2)],
)
def test_images_whose_lesion_has_no_place_are_left_out(lesion: Lesion, left: int) -> None:
    assert len(rated_images([_exam("a", lesion)], {})) == left


def test_rates_are_counted_at_the_youden_threshold_all_and_by_density() -> None:
    images = [
        _image("a", 0.9, positive=True, density="a"),
        _image("b", 0.6, positive=True, density="d"),
        _image("c", 0.1, positive=True, density="d"),
        _image("d", 0.7, positive=False, density="a"),
        _image("e", 0.5, positive=False, density="d"),
        _image("f", 0.2, positive=False, density="a"),
        _image("g", -math.inf, positive=False),
    ]
    # From .6 on: 2 of 3 and 3 of 4, J = 5/12; from .9 on 1 of 3 and 4 of 4, J = 4/12.
    found = image_level(images, _exams(images))
    shares = {one.name: (one.value.estimate, one.value.n) for one in found.measures}
    assert shares == {
        f"image sensitivity {_AT}, all": (pytest.approx(2 / 3), 3),
        f"image specificity {_AT}, all": (pytest.approx(3 / 4), 4),
        f"image accuracy {_AT}, all": (pytest.approx(5 / 7), 7),
        f"image sensitivity {_AT}, density a": (1.0, 1),
        f"image specificity {_AT}, density a": (0.5, 2),
        f"image accuracy {_AT}, density a": (pytest.approx(2 / 3), 3),
        f"image sensitivity {_AT}, density d": (0.5, 2),
        f"image specificity {_AT}, density d": (1.0, 1),
        f"image accuracy {_AT}, density d": (pytest.approx(2 / 3), 3),
    }
    assert "from a score of 0.6 on" in found.line
    assert "these very 7 images" in found.line
    assert "optimistic" in found.line
    interval = found.measures[2].value.interval
    assert interval is not None
    assert 0 <= interval.low < 5 / 7 < interval.high <= 1


def test_of_equally_good_thresholds_the_lowest_is_taken() -> None:
    images = [
        _image("a", 0.9, positive=True),
        _image("b", 0.5, positive=True),
        _image("c", 0.7, positive=False),
        _image("d", 0.3, positive=False),
    ]
    assert "from a score of 0.5 on" in image_level(images, _exams(images)).line


def test_images_of_one_patient_are_drawn_together() -> None:
    images = [
        _image("a", 0.9, positive=True),
        _image("a", 0.8, positive=False),
        _image("b", 0.1, positive=True),
        _image("b", 0.1, positive=False),
    ]
    # From .9 on both images of a are right and one of b's: a twice, one each, b twice.
    accuracy = image_level(images, _exams(images)).measures[2].value
    assert set(accuracy.draws.tolist()) == {1.0, 0.75, 0.5}


@pytest.mark.parametrize(
    "images",
    [
        [],
        [_image("a", 0.9, positive=True), _image("b", 0.8, positive=True)],
        [_image("a", 0.9, positive=False)],
        [_image("a", -math.inf, positive=True), _image("b", -math.inf, positive=False)],
    ],
)
def test_without_a_threshold_there_are_no_rates_and_it_is_said(images: list[RatedImage]) -> None:
    found = image_level(images, _exams(images))
    assert found.measures == ()
    assert found.line.startswith("No rates by image")


@given(
    st.lists(
        st.tuples(st.sampled_from([-math.inf, 0.0, 0.2, 0.5, 1.0]), st.booleans()),
        min_size=2,
        max_size=12,
    )
)
def test_an_image_without_a_mark_is_never_called(seen: list[tuple[float, bool]]) -> None:
    images = [_image(str(number), score, positive) for number, (score, positive) in enumerate(seen)]
    found = {one.name: one.value.estimate for one in image_level(images, _exams(images)).measures}
    if not found:
        return
    missed = [image for image in images if image.positive and math.isinf(image.score)]
    positives = sum(image.positive for image in images)
    unmarked = [image for image in images if not image.positive and math.isinf(image.score)]
    assert found[f"image sensitivity {_AT}, all"] <= 1 - len(missed) / positives + 1e-12
    assert found[f"image specificity {_AT}, all"] >= (
        len(unmarked) / (len(images) - positives) - 1e-12
    )
