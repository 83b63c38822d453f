"""Residual trunks: torchvision's names, the published size, strides and gradients."""

import pytest
import torch
from torch import Tensor

from inference.layers.norm import Norm
from inference.layers.resnet import Depth, resnet

# Torchvision's parameters of resnetN, less the classifier's (features x 1000 + 1000).
PUBLISHED: list[tuple[Depth, int, int]] = [
    (18, 11_689_512, 512),
    (34, 21_797_672, 512),
    (50, 25_557_032, 2048),
    (101, 44_549_160, 2048),
    (152, 60_192_808, 2048),
]


@pytest.mark.parametrize(("depth", "with_classifier", "features"), PUBLISHED)
def test_trunks_have_the_published_number_of_weights(
    depth: Depth, with_classifier: int, features: int
) -> None:
    with torch.device("meta"):
        trunk = resnet(depth, "batch")
    weights = sum(parameter.numel() for parameter in trunk.parameters())
    assert weights == with_classifier - 1000 * (features + 1)
    assert trunk.channels[-1] == features


def test_names_are_those_of_public_checkpoints() -> None:
    with torch.device("meta"):
        names = set(resnet(50, "batch").state_dict())
    assert {
        "conv1.weight",
        "bn1.running_mean",
        "layer1.0.downsample.0.weight",
        "layer1.0.downsample.1.bias",
        "layer3.5.conv3.weight",
        "layer4.2.bn3.running_var",
    } <= names


@pytest.mark.parametrize("norm", ["group", "batch"])
@pytest.mark.parametrize(("depth", "width"), [(18, 32), (152, 64)])
def test_maps_have_strides_4_to_32_and_every_weight_a_gradient(
    depth: Depth, width: int, norm: Norm
) -> None:
    torch.manual_seed(1)
    trunk = resnet(depth, norm, width)
    maps: list[Tensor] = trunk(torch.rand(1, 3, 96, 64))
    assert [tuple(each.shape[1:]) for each in maps] == [
        (channels, 96 // stride, 64 // stride)
        for channels, stride in zip(trunk.channels, (4, 8, 16, 32), strict=True)
    ]
    torch.stack([each.square().mean() for each in maps]).sum().backward()
    assert all(each.grad is not None and each.grad.any() for each in trunk.parameters())


def test_a_half_wide_trunk_has_half_the_channels() -> None:
    assert resnet(18, "group", 32).channels == (32, 64, 128, 256)
