"""Ueda's system: it learns two phantoms by heart, and its boxes come back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from inference.prepared import PreparedExam
from inference.system import DetectionSystem, Preparation, Size
from inference.training.schedule import Scheduled
from inference.ueda.retina_net_152 import UedaRetinaNet
from study_design.errors import BadInputError
from study_design.geometry import iou
from study_design.phantom.exam import LesionSpec, Storage
from study_design.vocabulary import AbnormalityType, AiStatus, Side

# Of four boxes of lesions all are found, the last perhaps behind a false one.
MOSTLY = 0.9
SMALL = Preparation(spacing_mm=None, longest_px=256, crop_to_breast=False)


def mass(seed: int) -> tuple[LesionSpec, ...]:
    return (LesionSpec(AbnormalityType.MASS, malignant=seed == 2, size_mm=20.0, conspicuity=0.95),)


@dataclass(frozen=True, slots=True)
class Trained:
    system: UedaRetinaNet
    exams: tuple[PreparedExam, ...]


@pytest.fixture(scope="module")
def trained(prepared_phantom: Callable[..., PreparedExam], learn: Callable[..., None]) -> Trained:
    """The lite system when it knows two phantoms of 256 rows."""
    torch.manual_seed(0)
    system = UedaRetinaNet(Size.LITE)
    exams = tuple(prepared_phantom(seed, mass(seed), SMALL) for seed in (1, 2))
    system.train()
    learn(
        system.parameters(),
        lambda step: system.losses([exams[step % 2]]).values(),
        until=0.18,
        steps=200,
    )
    system.settle(exams)
    return Trained(system, exams)


def test_it_learns_two_phantoms_by_heart(
    trained: Trained, average_precision: Callable[..., float]
) -> None:
    results = [trained.system.detect(exam) for exam in trained.exams]
    assert average_precision(trained.exams, results) >= MOSTLY
    for exam, result in zip(trained.exams, results, strict=True):
        side = exam.targets[0].view.side
        other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
        assert result.status is AiStatus.FINDING
        assert result.score_exam == getattr(result, f"score_{side.word}")
        assert getattr(result, f"score_{side.word}") > getattr(result, f"score_{other.word}")


@pytest.mark.parametrize("storage", [Storage.MIRRORED, Storage.ROTATED])
def test_boxes_are_in_stored_pixels_however_images_are_stored(
    trained: Trained, prepared_phantom: Callable[..., PreparedExam], storage: Storage
) -> None:
    exam = prepared_phantom(1, mass(1), SMALL, storage=storage)
    best = trained.system.detect(exam).detections[0].boxes[0]
    view = exam.view(best.view)
    assert view is not None
    (target,) = exam.targets_on(best.view)
    assert iou(best.where, view.frame.to_stored(target.where)) > 0.5


def test_weights_carry_everything(trained: Trained) -> None:
    torch.manual_seed(9)
    copy = UedaRetinaNet(Size.LITE)
    copy.load_state_dict(trained.system.state_dict())
    assert copy.detect(trained.exams[0]) == trained.system.detect(trained.exams[0])


def test_a_breast_without_views_has_no_score(trained: Trained) -> None:
    exam = trained.exams[0]
    alone = replace(exam, views=tuple(v for v in exam.views if v.view.side is Side.LEFT))
    result = trained.system.detect(alone)
    assert result.score_right is None
    assert result.score_left == result.score_exam


def test_an_exam_without_views_is_refused(trained: Trained) -> None:
    with pytest.raises(BadInputError, match="views"):
        trained.system.detect(replace(trained.exams[0], views=()))


def test_benign_lesions_are_background_where_the_paper_s_meaning_is_asked_for(
    trained: Trained,
) -> None:
    torch.manual_seed(3)
    system = UedaRetinaNet(Size.LITE, malignant_only=True)
    benign, malignant = trained.exams
    assert system.losses([benign])["box"] == 0
    assert system.losses([malignant])["box"] > 0


def test_the_full_system_is_a_retinanet_152_on_800_pixels_that_sees_square_pictures() -> None:
    with torch.device("meta"):
        system = UedaRetinaNet(Size.FULL)
    assert isinstance(system, DetectionSystem)
    assert isinstance(system, Scheduled)
    assert system.preparation == Preparation(None, longest_px=800, crop_to_breast=False)
    assert system.schedule.lr == 1e-5
    assert system.schedule.clip == 0.001
    state = system.state_dict()
    assert "detector.backbone.body.layer3.35.conv3.weight" in state
    assert state["detector.head.classification_head.cls_logits.weight"].shape == (9, 256, 3, 3)


def test_variations_are_its_own(trained: Trained) -> None:
    exam = trained.exams[0]
    varied = trained.system.varied(exam, np.random.default_rng(1))
    assert [view.pixels.shape for view in varied.views] == [v.pixels.shape for v in exam.views]
    assert not np.array_equal(varied.views[0].pixels, exam.views[0].pixels)
