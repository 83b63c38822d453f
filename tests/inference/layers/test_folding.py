"""Folding changes how a net is stored, not what it says."""

import pytest
import torch
from torch import nn

from inference.layers.densenet import SMALL_DENSENET, DenseNet
from inference.layers.folding import folded
from inference.layers.norm import Norm
from inference.layers.resnet import resnet


def lived(net: nn.Module) -> nn.Module:
    """Give normalisation by batch a past that is not 0 and 1."""
    generator = torch.Generator().manual_seed(3)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight, module.bias, module.running_mean):
                assert tensor is not None
                tensor.data.normal_(0.5, 0.1, generator=generator)
            assert module.running_var is not None
            module.running_var.uniform_(0.5, 2, generator=generator)
    return net.eval()


@pytest.mark.parametrize("norm", ["batch", "group"])
def test_a_folded_trunk_gives_the_same_maps(norm: Norm) -> None:
    torch.manual_seed(1)
    trunk = lived(resnet(50, norm, 16))
    pictures = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        for before, after in zip(trunk(pictures), folded(trunk)(pictures), strict=True):
            assert torch.allclose(before, after, rtol=1e-4, atol=1e-4 * before.abs().max().item())


def test_a_folded_densenet_gives_the_same_embedding() -> None:
    torch.manual_seed(1)
    net = lived(DenseNet(SMALL_DENSENET, "batch"))
    pictures = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        before, after = net(pictures), folded(net)(pictures)
    assert torch.allclose(before, after, rtol=1e-4, atol=1e-4 * before.abs().max().item())


def test_a_folded_trunk_has_no_normalisation_by_batch_and_the_net_keeps_its_own() -> None:
    trunk = resnet(18, "batch", 8)
    left = [each for each in folded(trunk).modules() if isinstance(each, nn.BatchNorm2d)]
    kept = [each for each in trunk.modules() if isinstance(each, nn.BatchNorm2d)]
    assert not left
    assert len(kept) == 20
    assert all(parameter.requires_grad for parameter in trunk.parameters())
