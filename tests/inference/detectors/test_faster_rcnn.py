"""Faster R-CNN: torchvision's names, its steps, and that it learns to find squares."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.detectors.faster_rcnn import FasterRcnn, FasterRcnnSettings, lite_settings
from inference.detectors.pictures import PictureTargets, batched
from inference.layers.resnet import resnet
from inference.ops.boxes import pairwise_iou

NO_LESION = PictureTargets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(7)


def small(n_classes: int = 2) -> FasterRcnn:
    settings = replace(lite_settings(n_classes), channels=32, box_head_width=64)
    return FasterRcnn(resnet(18, "group", 16), settings)


def test_names_and_shapes_are_those_of_torchvisions_coco_checkpoint() -> None:
    with torch.device("meta"):
        state = FasterRcnn(resnet(50, "batch"), FasterRcnnSettings(90)).state_dict()
    # Frozen normalisation, which the checkpoint was saved with, counts no batches.
    names = {name for name in state if not name.endswith("num_batches_tracked")}
    assert len(names) == 295
    shapes = {
        "backbone.body.conv1.weight": (64, 3, 7, 7),
        "backbone.body.layer4.2.bn3.running_var": (2048,),
        "backbone.fpn.inner_blocks.0.0.weight": (256, 256, 1, 1),
        "backbone.fpn.layer_blocks.3.0.bias": (256,),
        "rpn.head.conv.0.0.weight": (256, 256, 3, 3),
        "rpn.head.cls_logits.weight": (3, 256, 1, 1),
        "rpn.head.bbox_pred.weight": (12, 256, 1, 1),
        "roi_heads.box_head.fc6.weight": (1024, 12544),
        "roi_heads.box_head.fc7.bias": (1024,),
        "roi_heads.box_predictor.cls_score.weight": (91, 1024),
        "roi_heads.box_predictor.bbox_pred.weight": (364, 1024),
    }
    assert {name: tuple(state[name].shape) for name in shapes} == shapes


def test_every_weight_of_the_full_net_gets_a_gradient() -> None:
    net = FasterRcnn(resnet(50, "group"), FasterRcnnSettings(4))
    picture = batched([np.random.default_rng(1).random((96, 64), np.float32)])
    target = PictureTargets(torch.tensor([[10.0, 20.0, 42.0, 60.0]]), torch.tensor([3]))
    features = net.features(picture)
    assert [tuple(each.shape[1:]) for each in features] == [
        (256, 24, 16),
        (256, 12, 8),
        (256, 6, 4),
        (256, 3, 2),
        (256, 2, 1),
    ]
    losses = net.losses(features, (96, 64), [target])
    assert set(losses) == {"rpn_objectness", "rpn_box", "roi_class", "roi_box"}
    torch.stack(list(losses.values())).sum().backward()
    assert all(each.grad is not None for each in net.parameters())


def test_pictures_without_lesions_give_finite_losses_and_no_box_loss() -> None:
    net = small()
    pictures = torch.rand(2, 3, 64, 64)
    losses = net.losses(net.features(pictures), (64, 64), [NO_LESION, NO_LESION])
    assert all(torch.isfinite(each) for each in losses.values())
    assert losses["rpn_box"] == 0
    assert losses["roi_box"] == 0


def test_detections_lie_in_the_picture_by_falling_score_with_their_embedding() -> None:
    net = small().eval()
    net.settings = replace(net.settings, proposals=20)
    net.roi_heads.settings = replace(net.roi_heads.settings, score_threshold=0.0, per_picture=15)
    pictures = torch.rand(2, 3, 64, 96)
    features = net.features(pictures)
    for found in net.detections(features, (64, 96)):
        assert len(found.boxes) == 15
        assert (found.boxes >= 0).all()
        assert (found.boxes <= torch.tensor([96.0, 64.0, 96.0, 64.0])).all()
        assert (found.scores.diff() <= 0).all()
        assert set(found.labels.tolist()) <= {1, 2}
        assert found.embedding.shape == (15, 64)


def test_boxes_of_ones_choice_have_the_embedding_of_their_picture() -> None:
    net = small().eval()
    boxes = torch.tensor([[4.0, 4.0, 30.0, 40.0]])
    features = net.features(torch.rand(2, 3, 64, 64))
    both = net.embed(features, [boxes, boxes])
    second = net.embed([each[1:] for each in features], [boxes])
    assert both.shape == (2, 64)
    assert torch.allclose(both[1], second[0], atol=1e-5)
    assert not torch.allclose(both[0], both[1])


def test_it_learns_to_find_and_name_squares(learn: Callable[..., None]) -> None:
    net = small()
    pictures = np.full((2, 96, 96), 0.2, np.float32)
    pictures[0, 20:50, 30:60] = 1.0
    pictures[1, 50:74, 16:40] = 0.6
    wanted = [torch.tensor([[30.0, 20.0, 60.0, 50.0]]), torch.tensor([[16.0, 50.0, 40.0, 74.0]])]
    targets = [PictureTargets(box, torch.tensor([row + 1])) for row, box in enumerate(wanted)]
    batch = batched(list(pictures))
    learn(
        net.parameters(),
        lambda _: net.losses(net.features(batch), (96, 96), targets).values(),
        until=0.16,
        steps=300,
        rate=2e-3,
    )
    net.eval()
    for row, found in enumerate(net.detections(net.features(batch), (96, 96))):
        assert found.labels[0] == row + 1
        assert found.scores[0] > 0.5
        assert pairwise_iou(found.boxes[:1], wanted[row]).item() > 0.5
