"""The whole system on two phantoms that it has learned by heart."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.prepared import PreparedExam
from inference.system import Size
from inference.zhou.flips import ALL_FLIPS
from inference.zhou.four_view import FourView
from inference.zhou.settings import FOUR_VIEW
from study_design.geometry import iou
from study_design.phantom.exam import LesionSpec, Storage
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View

PhantomMaker = Callable[..., PreparedExam]
MASS = LesionSpec(AbnormalityType.MASS, True, Side.RIGHT, size_mm=24.0, conspicuity=0.9)
ASYMMETRY = LesionSpec(AbnormalityType.ASYMMETRY, False, Side.LEFT, size_mm=30.0, conspicuity=0.9)


# Of four boxes of lesions all are found, the last perhaps behind a false one.
MOSTLY = 0.9


def one_breast(exam: PreparedExam, side: Side) -> PreparedExam:
    return replace(exam, views=tuple(view for view in exam.views if view.view.side is side))


@pytest.fixture(scope="module")
def exams(phantom: PhantomMaker) -> list[PreparedExam]:
    return [
        one_breast(phantom(1, lesions=(MASS,)), Side.RIGHT),
        one_breast(phantom(2, lesions=(ASYMMETRY,)), Side.LEFT),
    ]


@pytest.fixture(scope="module")
def learned(exams: list[PreparedExam], learn: Callable[..., None]) -> FourView:
    torch.manual_seed(0)
    model = FourView(Size.LITE, FOUR_VIEW)
    model.train()
    learn(model.parameters(), lambda _: model.losses(exams).values(), until=0.2, steps=200)
    return model


def average_precision(model: FourView, exams: Sequence[PreparedExam]) -> float:
    """Return the area under precision over recall, boxes of the right type at IoU >= .5."""
    scored: list[tuple[float, bool]] = []
    lesions = 0
    for exam in exams:
        free = list(exam.targets)
        lesions += len(free)
        for each in model.detect(exam).detections:
            for box in each.boxes:
                view = exam.view(box.view)
                assert view is not None
                where = view.frame.to_prepared(box.where)
                hit = [
                    target
                    for target in free
                    if target.view is box.view
                    and target.type in each.types
                    and iou(where, target.where) >= 0.5
                ]
                scored.append((each.score, bool(hit)))
                free = [target for target in free if target not in hit[:1]]
    hits = np.array([hit for _, hit in sorted(scored, key=lambda row: -row[0])])
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[hits].sum() / lesions)


def test_the_heads_learn_two_phantoms_by_heart(
    learned: FourView, exams: list[PreparedExam]
) -> None:
    assert average_precision(learned, exams) >= MOSTLY


@pytest.mark.parametrize("storage", list(Storage))
def test_boxes_lie_on_the_lesion_in_stored_pixels_of_every_storage(
    learned: FourView, phantom: PhantomMaker, storage: Storage
) -> None:
    exam = one_breast(phantom(1, lesions=(MASS,), storage=storage), Side.RIGHT)
    boxes = [box for each in learned.detect(exam).detections for box in each.boxes]
    for target in exam.targets:
        view = exam.view(target.view)
        assert view is not None
        truth = view.frame.to_stored(target.where)
        assert max(iou(box.where, truth) for box in boxes if box.view is target.view) > 0.5


def test_before_it_is_settled_it_says_only_what_it_knows(
    learned: FourView, exams: list[PreparedExam]
) -> None:
    exam = exams[0]
    result = learned.detect(exam)
    assert result.status is AiStatus.FINDING
    assert result.score_left is None
    assert result.score_right == result.score_exam
    best = result.detections[0]
    assert (best.malignancy, best.quadrant, best.morphology) == (None, "", "")
    assert best.depth is not None
    assert len(best.boxes) == 1


def test_flips_at_test_time_keep_boxes_in_place(
    learned: FourView, exams: list[PreparedExam]
) -> None:
    exam = exams[0]
    plain = learned.detect(exam)
    learned.flips = ALL_FLIPS
    try:
        several = learned.detect(exam)
    finally:
        learned.flips = ALL_FLIPS[:1]
    best = several.detections[0]
    same_view = [
        box.where
        for each in plain.detections
        for box in each.boxes
        if box.view is best.boxes[0].view
    ]
    assert max(iou(best.boxes[0].where, where) for where in same_view) > 0.5


def with_two_lesions(exams: list[PreparedExam]) -> PreparedExam:
    """A breast whose CC shows the lesion of one exam and its MLO that of another: no pair."""
    mass, asymmetry = exams
    cc, mlo = mass.view(View.R_CC), asymmetry.view(View.L_MLO)
    assert cc is not None
    assert mlo is not None
    (other,) = asymmetry.targets_on(View.L_MLO)
    targets = (*mass.targets_on(View.R_CC), replace(other, lesion="other", view=View.R_MLO))
    return replace(mass, views=(cc, replace(mlo, view=View.R_MLO)), targets=targets)


def test_settled_it_matches_cc_with_mlo_and_tells_what_it_was_taught(
    learned: FourView, exams: list[PreparedExam]
) -> None:
    model = FourView(Size.LITE, FOUR_VIEW)
    model.load_state_dict(learned.state_dict())
    # However well it knows the exams, the trees are shown pairs that are none.
    model.settle(exams * 5 + [with_two_lesions(exams)] * 10)
    for exam in exams:
        best = model.detect(exam).detections[0]
        truth = {target.view.projection: target for target in exam.targets}
        assert {box.view.projection for box in best.boxes} == set(Projection)
        assert exam.targets[0].type in best.types
        assert best.depth == pytest.approx(exam.targets[0].depth, abs=0.15)
        assert best.malignancy is not None
        assert (best.malignancy > 0.5) == exam.targets[0].malignant
        words = dict.fromkeys(str(truth[each].quadrant) for each in (Projection.MLO, Projection.CC))
        assert best.quadrant == ", ".join(words)
