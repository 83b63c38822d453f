"""The whole system: it learns, its boxes come back, missing views are missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
import torch

from inference.mommi.mammo_ai import MammoAi
from inference.mommi.settings import LI, LIAO
from inference.operating_point import CallsMalignant, settled_point
from inference.prepared import PreparedExam
from inference.system import DetectionSystem, Size
from study_design.detections import CaseResult
from study_design.geometry import iou
from study_design.phantom.exam import LesionSpec, Storage
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View

Phantom = Callable[..., PreparedExam]
# Of four boxes of lesions all are found, the last perhaps behind a false one.
_MOSTLY = 0.9
_SEEDS = (1, 2)
_SPACING_MM = 1.0


def _mass(seed: int) -> tuple[LesionSpec, ...]:
    return (LesionSpec(AbnormalityType.MASS, malignant=seed == 2, size_mm=22.0, conspicuity=0.9),)


@dataclass(frozen=True, slots=True)
class _Trained:
    system: MammoAi
    exams: tuple[PreparedExam, ...]


@pytest.fixture(scope="module")
def trained(phantom: Phantom, learn: Callable[..., None]) -> _Trained:
    """Li's system when it knows two phantoms of about 220 rows."""
    torch.manual_seed(0)
    system = MammoAi(LI, Size.LITE)
    exams = tuple(phantom(seed, _mass(seed), spacing_mm=_SPACING_MM) for seed in _SEEDS)
    system.train()
    learn(
        system.parameters(),
        lambda step: system.losses([exams[step % 2]]).values(),
        until=0.3,
        steps=200,
    )
    system.settle(exams)
    return _Trained(system, exams)


def test_it_learns_two_phantoms_by_heart(trained: _Trained) -> None:
    results = [trained.system.detect(exam) for exam in trained.exams]
    assert _average_precision(trained.exams, results) >= _MOSTLY
    benign, malignant = (result.detections[0] for result in results)
    threshold = trained.system.malignancy_threshold
    assert benign.malignancy is not None
    assert malignant.malignancy is not None
    assert benign.malignancy < threshold < malignant.malignancy
    assert (results[0].score_exam or 0) < (results[1].score_exam or 0)


@pytest.mark.parametrize("storage", list(Storage))
def test_boxes_are_in_stored_pixels_however_images_are_stored(
    trained: _Trained, phantom: Phantom, storage: Storage
) -> None:
    exam = phantom(2, _mass(2), spacing_mm=_SPACING_MM, storage=storage)
    best = trained.system.detect(exam).detections[0].boxes[0]
    view = exam.view(best.view)
    assert view is not None
    (target,) = exam.targets_on(best.view)
    assert iou(best.where, view.frame.to_stored(target.where)) > 0.5


def test_a_breast_without_views_has_no_score_and_no_detections(trained: _Trained) -> None:
    exam = trained.exams[1]
    side = exam.targets[0].view.side
    kept = tuple(view for view in exam.views if view.view.side is side)
    result = trained.system.detect(replace(exam, views=kept))
    other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
    assert getattr(result, f"score_{other.word}") is None
    assert getattr(result, f"score_{side.word}") == result.score_exam
    assert {detection.boxes[0].view.side for detection in result.detections} == {side}


def test_one_view_alone_is_enough(trained: _Trained) -> None:
    exam = trained.exams[0]
    alone = tuple(view for view in exam.views if view.view is View.L_MLO)
    result = trained.system.detect(replace(exam, views=alone))
    assert result.status in (AiStatus.FINDING, AiStatus.NONE)
    assert result.score_right is None


def test_weights_carry_everything_that_training_settled(trained: _Trained) -> None:
    torch.manual_seed(9)
    copy = MammoAi(LI, Size.LITE)
    copy.load_state_dict(trained.system.state_dict())
    assert copy.malignancy_threshold == trained.system.malignancy_threshold != 50.0
    assert copy.detect(trained.exams[0]) == trained.system.detect(trained.exams[0])


def test_exams_of_one_kind_leave_the_threshold_as_it_is(trained: _Trained) -> None:
    before = trained.system.malignancy_threshold
    assert trained.system.settle_threshold(trained.exams[:1]) == 0
    assert trained.system.malignancy_threshold == before


def test_the_card_is_told_on_how_many_lesions_the_threshold_rests(trained: _Trained) -> None:
    point = settled_point(trained.system, trained.exams, ())
    assert point is not None
    assert point.lesions == sum(len(exam.targets) for exam in trained.exams)
    assert not point.held_out


def test_liao_learns_three_types_and_reports_asymmetries_only(phantom: Phantom) -> None:
    torch.manual_seed(0)
    system = MammoAi(LIAO, Size.LITE)
    exam = phantom(3, (LesionSpec(AbnormalityType.ASYMMETRY),), spacing_mm=1.8)
    with torch.no_grad():
        # Every place looks a little like everything.
        for parameter in system.detector.rcnn.roi_heads.box_predictor.cls_score.parameters():
            torch.nn.init.zeros_(parameter)
    found = system.detect(exam).detections
    assert {kind for detection in found for kind in detection.types} == {AbnormalityType.ASYMMETRY}
    assert len(found) == 4 * 20
    assert all(0 <= detection.score <= 100 for detection in found)
    assert all(detection.birads in ("2", "3", "4A", "4B", "4C", "5") for detection in found)


def test_the_names_are_the_systems_and_both_keep_the_interface() -> None:
    systems = [MammoAi(LIAO, Size.LITE), MammoAi(LI, Size.LITE)]
    assert [system.name for system in systems] == ["liao", "li"]
    assert all(isinstance(system, DetectionSystem) for system in systems)
    assert all(isinstance(system, CallsMalignant) for system in systems)
    assert [system.reported for system in systems] == [
        (AbnormalityType.ASYMMETRY,),
        (AbnormalityType.MASS,),
    ]


def test_full_nets_have_public_names_and_a_gradient_everywhere(phantom: Phantom) -> None:
    torch.manual_seed(4)
    system = MammoAi(LIAO, Size.FULL)
    names = set(system.state_dict())
    assert {
        "detector.rcnn.backbone.body.layer3.5.conv3.weight",
        "detector.rcnn.backbone.fpn.inner_blocks.3.0.weight",
        "detector.rcnn.roi_heads.box_head.fc6.weight",
        "classifier.densenet.features.denseblock3.denselayer24.conv2.weight",
        "threshold",
    } <= names
    lesion = LesionSpec(AbnormalityType.ASYMMETRY, projections=(Projection.CC,))
    exam = phantom(5, (lesion,), spacing_mm=4.0)
    labelled = replace(exam, targets=(replace(exam.targets[0], birads="4A"),))
    losses = system.losses([labelled])
    assert all(loss.isfinite() for loss in losses.values())
    torch.stack(list(losses.values())).sum().backward()
    assert [
        name
        for name, parameter in system.named_parameters()
        if parameter.grad is None or not parameter.grad.isfinite().all()
    ] == []


def _average_precision(exams: Sequence[PreparedExam], results: Sequence[CaseResult]) -> float:
    """Mean precision at each lesion box found, by falling score; IoU >= .3, in stored pixels."""
    ranked: list[tuple[float, bool]] = []
    wanted = 0
    for exam, result in zip(exams, results, strict=True):
        left = list(exam.targets)
        wanted += len(left)
        for detection in result.detections:
            (box,) = detection.boxes
            view = exam.view(box.view)
            assert view is not None
            hit = next(
                (
                    target
                    for target in left
                    if target.view is box.view
                    and iou(view.frame.to_stored(target.where), box.where) >= 0.3
                ),
                None,
            )
            if hit is not None:
                left.remove(hit)
            ranked.append((detection.score, hit is not None))
    ranked.sort(reverse=True)
    found = [place for place, (_, hit) in enumerate(ranked, start=1) if hit]
    return sum(number / place for number, place in enumerate(found, start=1)) / wanted
