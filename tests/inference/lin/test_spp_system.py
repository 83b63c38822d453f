"""Lin's SPPNet as a system: it learns a picture's status, and says where from."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from inference.lin.spp_system import SppSystem
from inference.prepared import PreparedExam
from inference.system import DetectionSystem, Preparation, Size
from study_design.errors import BadInputError
from study_design.phantom.exam import LesionSpec
from study_design.vocabulary import AbnormalityType, AiStatus

SMALL = Preparation(spacing_mm=0.9)
Phantom = Callable[..., PreparedExam]


@pytest.fixture(scope="module")
def exam(prepared_phantom: Phantom) -> PreparedExam:
    """One malignant cluster in one breast."""
    kind = AbnormalityType.CALCIFICATION
    lesion = LesionSpec(kind, malignant=True, size_mm=20.0, conspicuity=0.95)
    return prepared_phantom(2, (lesion,), SMALL)


def test_it_learns_which_views_are_malignant_and_boxes_those(
    exam: PreparedExam, learn: Callable[..., None]
) -> None:
    torch.manual_seed(0)
    system = SppSystem(Size.LITE)
    system.train()
    learn(system.parameters(), lambda _: system.losses([exam]).values(), until=0.01, steps=100)
    result = system.detect(exam)
    wanted = {target.view for target in exam.targets}
    assert result.status is AiStatus.FINDING
    assert {detection.boxes[0].view for detection in result.detections} == wanted
    side = exam.targets[0].view.side
    assert getattr(result, f"score_{side.word}") == result.score_exam
    for detection in result.detections:
        view = exam.view(detection.boxes[0].view)
        assert view is not None
        where = view.frame.to_prepared(detection.boxes[0].where)
        assert where.x_px >= -1e-6
        assert where.x_px + where.width_px <= view.pixels.shape[1] + 1e-6
        assert where.y_px + where.height_px <= view.pixels.shape[0] + 1e-6


def test_views_of_unknown_status_teach_nothing(exam: PreparedExam) -> None:
    torch.manual_seed(0)
    system = SppSystem(Size.LITE)
    unknown = replace(
        exam,
        views=tuple(view for view in exam.views if exam.targets_on(view.view)),
        targets=tuple(replace(target, malignant=None) for target in exam.targets),
    )
    assert system.losses([unknown])["malignant"] == 0
    assert system.losses([exam])["malignant"] > 0


def test_it_is_a_system_and_refuses_an_exam_without_views(exam: PreparedExam) -> None:
    system = SppSystem(Size.LITE)
    assert isinstance(system, DetectionSystem)
    with pytest.raises(BadInputError, match="views"):
        system.detect(replace(exam, views=()))
