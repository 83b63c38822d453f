"""The other breast, laid on one's own."""

import pytest
import torch

from inference.zhou.landmarks import Landmarks
from inference.zhou.left_right_fusion import LeftRightFusion, registered

# Two pictures of 64 x 48; the second breast is a little smaller and hangs lower.
LANDMARKS = Landmarks(
    nipple=torch.tensor([[40.0, 32.0], [32.0, 40.0]]),
    breast=torch.tensor([[0.0, 8.0, 44.0, 60.0], [0.0, 16.0, 36.0, 62.0]]),
    axis=torch.tensor([[-1.0, 0.0], [-1.0, 0.0]]),
)
OTHER = torch.tensor([1, 0])


def coordinate_maps(stride: int) -> torch.Tensor:
    """Return maps whose two channels are each place's x and y in pixels."""
    y, x = torch.meshgrid(
        torch.arange(64 // stride) * float(stride),
        torch.arange(48 // stride) * float(stride),
        indexing="ij",
    )
    return torch.stack((x, y))[None].expand(2, -1, -1, -1)


@pytest.mark.parametrize("stride", [1, 4, 8])
def test_the_nipples_come_to_lie_on_each_other(stride: int) -> None:
    laid = registered(coordinate_maps(stride), stride, LANDMARKS, OTHER)
    x, y = (LANDMARKS.nipple[0] / stride).int().tolist()
    assert laid[0, :, y, x].tolist() == pytest.approx(LANDMARKS.nipple[1].tolist(), abs=1e-3)


def test_the_edges_of_the_breasts_come_to_lie_on_each_other() -> None:
    laid = registered(coordinate_maps(1), 1, LANDMARKS, OTHER)
    assert laid[0, 1, 8, 0].item() == pytest.approx(16.0, abs=1e-3)
    assert laid[0, 0, 32, 0].item() == pytest.approx(0.0, abs=1e-3)
    assert laid[1, 1, 61, 0].item() == pytest.approx(60.0 - 28 / 22, abs=1e-3)


def test_a_breast_laid_on_itself_is_itself() -> None:
    maps = torch.rand(2, 3, 16, 12, generator=torch.Generator().manual_seed(0))
    laid = registered(maps, 4, LANDMARKS, torch.tensor([0, 1]))
    assert torch.allclose(laid, maps, atol=1e-5)


def test_what_lies_outside_the_other_picture_is_nothing() -> None:
    lower = Landmarks(torch.tensor([[40.0, 32.0], [40.0, 62.0]]), LANDMARKS.breast, LANDMARKS.axis)
    laid = registered(torch.ones(2, 1, 64, 48), 1, lower, OTHER)
    assert laid[0, 0, 63].max() == 0.0


def fusion() -> LeftRightFusion:
    torch.manual_seed(0)
    return LeftRightFusion(channels=4, levels=1)


def test_closed_gates_add_nothing_and_yet_learn() -> None:
    maps = torch.rand(2, 4, 16, 12)
    module = fusion()
    (added,) = module([maps], [4], LANDMARKS, OTHER)
    assert not added.any()
    added.sum().backward()
    (gate,) = (gate for name, gate in module.named_parameters() if name.endswith("gate"))
    assert gate.grad is not None
    assert gate.grad.abs().min() > 0


def test_a_view_without_its_sister_is_told_nothing_however_open_the_gate() -> None:
    module = fusion()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(1.0)
    (added,) = module([torch.rand(2, 4, 16, 12)], [4], LANDMARKS, torch.tensor([-1, 0]))
    assert not added[0].any()
    assert added[1].any()
