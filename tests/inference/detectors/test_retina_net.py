"""RetinaNet: torchvision's names, the focal loss, and that it learns to find squares."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.detectors.pictures import PictureTargets, batched
from inference.detectors.retina_net import RetinaNet, RetinaNetSettings, focal_loss
from inference.layers.resnet import resnet
from inference.ops.boxes import pairwise_iou


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(7)


def small(n_classes: int = 1) -> RetinaNet:
    settings = RetinaNetSettings(n_classes, channels=32, smallest_anchor=16.0)
    return RetinaNet(resnet(18, "group", 16), settings)


def test_names_and_shapes_are_those_of_torchvisions_coco_checkpoint() -> None:
    with torch.device("meta"):
        state = RetinaNet(resnet(50, "batch"), RetinaNetSettings(91)).state_dict()
    names = {name for name in state if not name.endswith("num_batches_tracked")}
    assert len(names) == 265 + 12 + 4 + 20
    shapes = {
        "backbone.fpn.inner_blocks.0.0.weight": (256, 512, 1, 1),
        "backbone.fpn.extra_blocks.p7.weight": (256, 256, 3, 3),
        "head.classification_head.conv.3.0.weight": (256, 256, 3, 3),
        "head.classification_head.cls_logits.weight": (819, 256, 3, 3),
        "head.regression_head.conv.0.0.bias": (256,),
        "head.regression_head.bbox_reg.weight": (36, 256, 3, 3),
    }
    assert {name: tuple(state[name].shape) for name in shapes} == shapes


def test_the_focal_loss_is_its_formula() -> None:
    logits = torch.tensor([2.0, -1.0, 0.0], dtype=torch.float64)
    truth = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    expected = 0.0
    for logit, label in zip(logits.tolist(), truth.tolist(), strict=True):
        p = 1 / (1 + np.exp(-logit))
        p_t, alpha = (p, 0.25) if label else (1 - p, 0.75)
        expected += -alpha * (1 - p_t) ** 2 * np.log(p_t)
    assert focal_loss(logits, truth).item() == pytest.approx(expected, rel=1e-12)


def test_an_untrained_net_says_a_hundredth_of_every_anchor() -> None:
    net = small()
    output = net(net.features(torch.rand(1, 3, 64, 64)))
    assert output.logits.sigmoid().mean().item() == pytest.approx(0.01, abs=0.002)
    assert output.logits.shape == (1, 9 * (64 + 16 + 4 + 1 + 1), 1)
    assert output.deltas.shape == (1, len(output.anchors), 4)


def test_detections_know_their_class_and_lie_in_the_picture() -> None:
    net = small(3).eval()
    net.settings = replace(net.settings, score_threshold=0.0, per_picture=12)
    (found,) = net.detections(net.features(torch.rand(1, 3, 64, 96)), (64, 96))
    assert len(found.boxes) == 12
    assert (found.boxes >= 0).all()
    assert (found.boxes <= torch.tensor([96.0, 64.0, 96.0, 64.0])).all()
    assert (found.scores.diff() <= 0).all()
    assert set(found.labels.tolist()) <= {1, 2, 3}


def test_every_weight_of_the_paper_s_net_gets_a_gradient() -> None:
    net = RetinaNet(resnet(152, "group"), RetinaNetSettings(1))
    target = PictureTargets(torch.tensor([[10.0, 20.0, 42.0, 52.0]]), torch.tensor([1]))
    losses = net.losses(net.features(torch.rand(1, 3, 64, 64)), [target])
    assert set(losses) == {"class", "box"}
    torch.stack(list(losses.values())).sum().backward()
    assert all(each.grad is not None for each in net.parameters())


def test_it_learns_to_find_a_square_and_nothing_where_there_is_none(
    learn: Callable[..., None],
) -> None:
    net = small()
    pictures = np.full((2, 96, 96), 0.2, np.float32)
    pictures[0, 20:50, 30:60] = 1.0
    wanted = torch.tensor([[30.0, 20.0, 60.0, 50.0]])
    none = PictureTargets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    targets = [PictureTargets(wanted, torch.tensor([1])), none]
    batch = batched(list(pictures))
    learn(
        net.parameters(),
        lambda _: net.losses(net.features(batch), targets).values(),
        until=0.12,
        steps=300,
        rate=2e-3,
    )
    net.eval()
    with_square, without = net.detections(net.features(batch), (96, 96))
    assert with_square.scores[0] > 0.5
    assert pairwise_iou(with_square.boxes[:1], wanted).item() > 0.5
    assert len(without.scores) == 0 or without.scores[0] < 0.2
