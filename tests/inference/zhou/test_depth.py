"""Depth from picture and mask."""

from collections.abc import Callable

import pytest
import torch

from inference.zhou.depth import DepthRegressor, depth_loss, mean_depth
from inference.zhou.lesion_mask import HEIGHT, WIDTH, masked_views


def test_depth_lies_between_nipple_and_muscle() -> None:
    torch.manual_seed(0)
    depth = DepthRegressor()(10 * torch.randn(5, 2, HEIGHT, WIDTH))
    assert depth.shape == (5,)
    assert 0 <= depth.min() <= depth.max() <= 1


def test_depth_is_learned_from_where_the_mask_lies(learn: Callable[..., None]) -> None:
    torch.manual_seed(0)
    picture = torch.rand(1, 3, 128, 64)
    left = torch.arange(0.0, 56.0, 6.0)
    boxes = torch.stack((left, torch.full_like(left, 60), left + 8, left + 68), dim=1)
    boxes[:, 3] = 68
    masked = masked_views(picture, torch.tensor([[0.0, 0.0, 64.0, 128.0]]), [boxes])
    truth = (1 - (left + 4) / 64).tolist()
    regressor = DepthRegressor()
    learn(
        regressor.parameters(),
        lambda _: [depth_loss(regressor(masked), truth)],
        until=0.001,
        steps=200,
        rate=3e-3,
    )
    assert regressor(masked).tolist() == pytest.approx(truth, abs=0.1)


def test_lesions_of_unknown_depth_teach_nothing() -> None:
    depths = torch.rand(2, requires_grad=True)
    depth_loss(depths, [None, 0.5]).backward()
    assert depths.grad is not None
    assert depths.grad[0] == 0.0
    assert depths.grad[1] != 0.0
    assert depth_loss(depths, [None, None]).item() == 0.0


def test_a_mask_covers_the_box_and_nothing_else() -> None:
    picture = torch.zeros(1, 3, 192, 96)
    box = torch.tensor([[10.0, 20.0, 30.0, 60.0]])
    masked = masked_views(picture, torch.tensor([[0.0, 0.0, 96.0, 192.0]]), [box])
    mask = masked[0, 1]
    assert mask.sum().item() == pytest.approx(10 * 20)
    assert mask[10:30, 5:15].min() == 1.0


def test_the_depth_of_a_detection_is_the_mean_of_its_views() -> None:
    assert mean_depth([0.2, 0.4]) == pytest.approx(0.3)
    assert mean_depth([]) is None
