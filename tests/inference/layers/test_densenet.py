"""DenseNet: torchvision's names, the published size, gradients to every weight."""

import pytest
import torch
from torch.nn import functional

from inference.layers.densenet import DENSENET121, SMALL_DENSENET, DenseNet, DenseNetShape
from inference.layers.norm import Norm


def test_densenet121_has_the_published_number_of_weights() -> None:
    network = DenseNet(DENSENET121, "batch")
    weights = sum(parameter.numel() for parameter in network.parameters())
    # Huang 2017, table 1, as torchvision counts it: 7,978,856 with the classifier of 1000 classes.
    assert weights + 1000 * network.channels + 1000 == 7_978_856
    assert network.channels == 1024


def test_names_are_those_of_public_checkpoints() -> None:
    names = set(DenseNet(DENSENET121, "batch").state_dict())
    assert {
        "features.conv0.weight",
        "features.norm0.running_mean",
        "features.denseblock3.denselayer24.conv2.weight",
        "features.denseblock4.denselayer16.norm1.bias",
        "features.transition3.conv.weight",
        "features.norm5.weight",
    } <= names


@pytest.mark.parametrize(
    ("shape", "norm"), [(DENSENET121, "batch"), (DENSENET121, "group"), (SMALL_DENSENET, "group")]
)
def test_every_weight_gets_a_gradient(shape: DenseNetShape, norm: Norm) -> None:
    torch.manual_seed(1)
    network = DenseNet(shape, norm)
    embedding = network(torch.rand(2, 3, 64, 64))
    assert embedding.shape == (2, network.channels)
    embedding.square().sum().backward()
    assert all(
        parameter.grad is not None and parameter.grad.abs().sum() > 0
        for parameter in network.parameters()
    )


def test_a_dense_layer_sees_all_before_it_and_adds_its_growth() -> None:
    torch.manual_seed(2)
    network = DenseNet(DenseNetShape(32, 32, (2,), 2), "group")
    block = network.features.denseblock1
    seen = torch.rand(1, 32, 8, 8)
    first = _layer(block.denselayer1, seen)
    second = _layer(block.denselayer2, torch.cat([seen, first], dim=1))
    torch.testing.assert_close(block(seen), torch.cat([seen, first, second], dim=1))


def _layer(layer: torch.nn.Module, features: torch.Tensor) -> torch.Tensor:
    """Norm, ReLU, 1x1, norm, ReLU, 3x3, as section 3 of the paper has it."""
    inner = layer.conv1(functional.relu(layer.norm1(features)))
    return layer.conv2(functional.relu(layer.norm2(inner)))
