"""Lin's FPNNet: it learns two phantoms by heart, reads breasts by its rules, hides subtypes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch

from inference.lin.fpn_net import FpnNet
from inference.prepared import PreparedExam
from inference.system import DetectionSystem, Preparation, Size
from inference.training.schedule import Scheduled
from study_design.errors import BadInputError
from study_design.geometry import iou
from study_design.phantom.exam import LesionSpec, Storage
from study_design.vocabulary import AbnormalityType, Side

# Of four boxes of lesions all are found, the last perhaps behind a false one.
MOSTLY = 0.9
SMALL = Preparation(spacing_mm=0.9)
Phantom = Callable[..., PreparedExam]


def cluster(seed: int) -> tuple[LesionSpec, ...]:
    """One cluster, of seed 2 a malignant one."""
    kind = AbnormalityType.CALCIFICATION
    return (LesionSpec(kind, malignant=seed == 2, size_mm=20.0, conspicuity=0.95),)


def of_one_breast(exam: PreparedExam) -> PreparedExam:
    """The two views of the breast with the lesion."""
    side = exam.targets[0].view.side
    return replace(exam, views=tuple(view for view in exam.views if view.view.side is side))


@dataclass(frozen=True, slots=True)
class Trained:
    system: FpnNet
    exams: tuple[PreparedExam, ...]


@pytest.fixture(scope="module")
def trained(prepared_phantom: Phantom, learn: Callable[..., None]) -> Trained:
    """The lite system when it knows one breast of each of two phantoms."""
    torch.manual_seed(0)
    system = FpnNet(Size.LITE)
    exams = tuple(of_one_breast(prepared_phantom(seed, cluster(seed), SMALL)) for seed in (1, 2))
    system.train()
    learn(
        system.parameters(),
        lambda step: system.losses([exams[step % 2]]).values(),
        until=0.3,
        steps=300,
        rate=2e-3,
    )
    system.settle(exams)
    return Trained(system, exams)


def test_it_learns_two_phantoms_by_heart(
    trained: Trained, average_precision: Callable[..., float]
) -> None:
    benign, malignant = (trained.system.detect(exam) for exam in trained.exams)
    assert average_precision(trained.exams, [benign, malignant]) >= MOSTLY
    assert benign.score_exam is not None
    assert malignant.score_exam is not None
    assert benign.score_exam < 0.5 < malignant.score_exam
    for result, is_malignant in ((benign, False), (malignant, True)):
        best = result.detections[0]
        assert best.malignancy is not None
        assert (best.malignancy > 0.5) == is_malignant
        for detection in result.detections:
            assert detection.types == (AbnormalityType.CALCIFICATION,)
            assert detection.morphology == ""


def test_a_breast_without_views_has_no_score(trained: Trained) -> None:
    exam = trained.exams[0]
    side = exam.targets[0].view.side
    other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
    result = trained.system.detect(exam)
    assert getattr(result, f"score_{other.word}") is None
    assert getattr(result, f"score_{side.word}") == result.score_exam


@pytest.mark.parametrize("storage", [Storage.MIRRORED, Storage.ROTATED])
def test_boxes_are_in_stored_pixels_however_images_are_stored(
    trained: Trained, prepared_phantom: Phantom, storage: Storage
) -> None:
    exam = of_one_breast(prepared_phantom(2, cluster(2), SMALL, storage=storage))
    best = trained.system.detect(exam).detections[0].boxes[0]
    view = exam.view(best.view)
    assert view is not None
    (target,) = exam.targets_on(best.view)
    assert iou(best.where, view.frame.to_stored(target.where)) > 0.3


def test_weights_carry_everything(trained: Trained) -> None:
    torch.manual_seed(9)
    copy = FpnNet(Size.LITE)
    copy.load_state_dict(trained.system.state_dict())
    assert copy.detect(trained.exams[0]) == trained.system.detect(trained.exams[0])


def test_an_exam_without_views_is_refused(trained: Trained) -> None:
    with pytest.raises(BadInputError, match="views"):
        trained.system.detect(replace(trained.exams[0], views=()))


def test_subtypes_are_learned_and_said_only_where_research_is_asked_for(trained: Trained) -> None:
    torch.manual_seed(4)
    system = FpnNet(Size.LITE, research=True)
    system.detector.load_state_dict(trained.system.detector.state_dict())
    benign, malignant = trained.exams
    target = replace(malignant.targets[0], pathology="DCIS", er_positive=True)
    taught = replace(malignant, targets=(target,))
    assert set(system.losses([taught])) - set(trained.system.losses([taught])) == {
        "pathotype",
        "er",
    }
    assert system.losses([taught])["pathotype"] > 0
    # Without malignant clusters, or without the pathologist's words, there is nothing to learn.
    assert system.losses([benign])["er"] == 0
    assert system.losses([malignant])["pathotype"] == 0
    surest = [system.detect(exam).detections[0] for exam in (malignant, benign)]
    assert surest[0].morphology.startswith("research only: invasive 0.")
    assert surest[1].morphology == ""


def test_the_full_system_is_the_paper_s() -> None:
    with torch.device("meta"):
        system = FpnNet(Size.FULL)
    assert isinstance(system, DetectionSystem)
    assert isinstance(system, Scheduled)
    settings = system.detector.settings
    assert (settings.score_threshold, settings.nms_threshold) == (0.3, 0.3)
    assert settings.per_picture == 250
    assert settings.class_agnostic
    state = system.state_dict()
    assert "detector.backbone.body.layer3.5.conv3.weight" in state
    assert state["detector.roi_heads.box_predictor.cls_score.weight"].shape == (3, 1024)
    assert not any(name.startswith("subtypes") for name in state)
