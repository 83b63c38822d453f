"""The detection model: which views speak to which, and what a missing one changes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from inference.detectors.faster_rcnn import FasterRcnn, lite_settings
from inference.detectors.pictures import PictureDetections
from inference.layers.resnet import resnet
from inference.mommi.exam_batch import exam_batch
from inference.mommi.multi_view_detector import MultiViewDetector
from inference.prepared import PreparedExam
from study_design.vocabulary import View

Phantom = Callable[..., PreparedExam]
_CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def exam(phantom: Phantom) -> PreparedExam:
    return phantom(6, (), spacing_mm=2.0)


def _detector(*, spoken: bool) -> MultiViewDetector:
    """An untrained detector; where `spoken`, its networks do not keep silent any more."""
    torch.manual_seed(1)
    rcnn = FasterRcnn(resnet(18, "group", 32), lite_settings(1))
    detector = MultiViewDetector(rcnn, regions=8, spacing_mm=2.0)
    if spoken:
        torch.nn.init.normal_(detector.idvn.answer.weight, std=0.3)
        torch.nn.init.normal_(detector.bdvn.contrast.weight, std=0.3)
        torch.nn.init.normal_(detector.ifn.join.weight[:, -4:], std=0.3)
    return detector.eval()


def _found(detector: MultiViewDetector, exam: PreparedExam) -> dict[View, PictureDetections]:
    batch = exam_batch([exam], _CPU)
    with torch.no_grad():
        found = detector.detections(batch)
    return {view.view: each for view, each in zip(batch.views, found, strict=True)}


def _same(first: PictureDetections, second: PictureDetections) -> bool:
    return first.scores.shape == second.scores.shape and torch.allclose(
        first.scores, second.scores, atol=1e-5
    )


def test_a_missing_view_changes_its_two_main_views_and_no_other(exam: PreparedExam) -> None:
    detector = _detector(spoken=True)
    whole = _found(detector, exam)
    lacking = replace(exam, views=tuple(view for view in exam.views if view.view is not View.L_MLO))
    without = _found(detector, lacking)
    assert _same(whole[View.R_CC], without[View.R_CC])
    assert not _same(whole[View.L_CC], without[View.L_CC])
    assert not _same(whole[View.R_MLO], without[View.R_MLO])


def test_untrained_networks_leave_every_view_as_it_is_alone(exam: PreparedExam) -> None:
    detector = _detector(spoken=False)
    whole = _found(detector, exam)
    batch = exam_batch([exam], _CPU)
    with torch.no_grad():
        alone = detector.rcnn.detections(detector.rcnn.features(batch.pictures), batch.picture_size)
    assert all(_same(each, found) for each, found in zip(alone, whole.values(), strict=True))


def test_exams_of_one_batch_do_not_speak_to_each_other(
    exam: PreparedExam, phantom: Phantom
) -> None:
    detector = _detector(spoken=True)
    other = phantom(7, (), spacing_mm=2.0)
    with torch.no_grad():
        pair = detector.detections(exam_batch([exam, other], _CPU))
        mirrored = detector.detections(exam_batch([other, exam], _CPU))
    assert all(_same(a, b) for a, b in zip(pair[:4], mirrored[4:], strict=True))


def test_the_nipple_is_where_the_detector_is_sure_else_where_the_outline_has_it(
    exam: PreparedExam,
) -> None:
    detector = _detector(spoken=False)
    batch = exam_batch([exam], _CPU)
    finest = torch.zeros(4, 64, batch.picture_size[0] // 4, batch.picture_size[1] // 4)
    assert torch.equal(detector.nipples(finest, batch), batch.nipples)
    with torch.no_grad():
        detector.nipple.conv.weight.zero_()
        detector.nipple.conv.weight[0, 0, 1, 1] = 1.0
        detector.nipple.heat.weight[0, 0] = 10.0
    finest[2, 0, 5, 3] = 1.0
    found = detector.nipples(finest, batch)
    assert found[2].tolist() == [14.0, 22.0]
    assert torch.equal(found[:2], batch.nipples[:2])


def test_views_without_a_nipple_are_judged_alone(exam: PreparedExam) -> None:
    detector = _detector(spoken=True)
    blind = replace(exam, views=tuple(replace(view, nipple=None) for view in exam.views))
    found = _found(detector, blind)
    assert all(each.scores.isfinite().all() for each in found.values())
    alone = _found(detector, replace(blind, views=blind.views[:1]))
    both = _found(detector, replace(blind, views=blind.views[:2]))
    assert _same(alone[View.R_CC], both[View.R_CC])
