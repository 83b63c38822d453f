"""Views of exams as a batch."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from inference.mommi.exam_batch import exam_batch, lesion_truths
from inference.mommi.training_crops import training_crops
from inference.ops.boxes import pairwise_iou
from inference.prepared import PreparedExam
from study_design.phantom.exam import LesionSpec
from study_design.vocabulary import AbnormalityType, View

Phantom = Callable[..., PreparedExam]
_CPU = torch.device("cpu")
_TYPES = (AbnormalityType.ASYMMETRY, AbnormalityType.MASS)


@pytest.fixture(scope="module")
def exam(phantom: Phantom) -> PreparedExam:
    lesions = (
        LesionSpec(AbnormalityType.MASS, malignant=True),
        LesionSpec(AbnormalityType.CALCIFICATION),
    )
    return phantom(8, lesions, spacing_mm=2.0)


def test_every_view_knows_its_two_other_views(exam: PreparedExam) -> None:
    order = (View.L_MLO, View.R_CC, View.L_CC)
    lacking = replace(
        exam, views=tuple(view for name in order for view in exam.views if view.view is name)
    )
    batch = exam_batch([exam, lacking], _CPU)
    assert [view.view for view in batch.views[:4]] == list(View)
    assert batch.same_breast.tolist() == [2, 3, 0, 1, 6, -1, 4]
    assert batch.other_breast.tolist() == [1, 0, 3, 2, -1, 6, 5]


def test_pictures_lie_in_the_top_left_corner_and_nipples_on_them(exam: PreparedExam) -> None:
    batch = exam_batch([exam], _CPU)
    for picture, view, nipple in zip(batch.pictures, batch.views, batch.nipples, strict=True):
        height, width = view.pixels.shape
        assert torch.equal(picture[1, :height, :width], torch.from_numpy(view.pixels))
        assert view.nipple is not None
        assert nipple.tolist() == pytest.approx([view.nipple.x_px, view.nipple.y_px], abs=1e-3)


def test_lesions_keep_their_view_and_what_is_known_of_them(exam: PreparedExam) -> None:
    known = replace(
        exam, targets=tuple(replace(each, birads="4", malignant=None) for each in exam.targets)
    )
    truths = lesion_truths([replace(exam, targets=()), known], _TYPES, _CPU)
    assert truths.view.tolist() == [
        4 + list(View).index(each.view) for view in View for each in exam.targets_on(view)
    ]
    assert set(truths.label.tolist()) == {0, 2}
    assert truths.malignant.unique().tolist() == [-1]
    assert truths.lowest.unique().tolist() == [2]
    assert truths.highest.unique().tolist() == [4]
    assert [len(each.boxes) for each in truths.by_picture(8)][:4] == [0, 0, 0, 0]
    assert sum(len(each.boxes) for each in truths.by_picture(8)) == 2


def test_an_exam_without_lesions_has_none(exam: PreparedExam) -> None:
    truths = lesion_truths([replace(exam, targets=())], _TYPES, _CPU)
    assert truths.boxes.shape == (0, 4)


def test_crops_are_the_wanted_lesions_and_normal_tissue_that_touches_no_lesion(
    exam: PreparedExam,
) -> None:
    torch.manual_seed(3)
    truths = lesion_truths([exam], _TYPES, _CPU)
    top_left = torch.rand(4, 60, 2) * 60
    proposals = list(torch.cat([top_left, top_left + 5 + torch.rand(4, 60, 2) * 10], dim=2))
    crops = training_crops(truths, proposals)
    lesions, normal = crops.some(crops.label > 0), crops.some(crops.label == 0)
    assert len(lesions.boxes) == len(normal.boxes) == 2
    wanted = truths.some(truths.label > 0)
    assert pairwise_iou(lesions.boxes, wanted.boxes).diagonal().min() > 0.5
    assert normal.malignant.tolist() == [0, 0]
    assert normal.lowest.tolist() == [-1, -1]
    for number in range(2):
        on_view = truths.boxes[truths.view == normal.view[number]]
        assert (pairwise_iou(normal.boxes[number : number + 1], on_view) <= 0.1).all()


def test_an_exam_without_lesions_gives_one_crop_of_normal_tissue(exam: PreparedExam) -> None:
    torch.manual_seed(3)
    truths = lesion_truths([replace(exam, targets=())], _TYPES, _CPU)
    box = torch.tensor([[1.0, 2.0, 9.0, 12.0]])
    crops = training_crops(truths, [box[:0], box, box[:0], box[:0]])
    assert torch.equal(crops.boxes, box)
    assert crops.view.tolist() == [1]
    assert len(training_crops(truths, [box[:0]] * 4).boxes) == 0
