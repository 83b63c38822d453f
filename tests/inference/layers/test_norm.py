"""Normalisation by group and by batch."""

import pytest
from torch import nn

from inference.layers.norm import norm_layer


@pytest.mark.parametrize(("channels", "groups"), [(16, 8), (32, 16), (64, 32), (2048, 32)])
def test_groups_are_32_of_two_channels_at_least(channels: int, groups: int) -> None:
    norm = norm_layer("group")(channels)
    assert isinstance(norm, nn.GroupNorm)
    assert norm.num_groups == groups


def test_normalisation_by_batch_is_trainable() -> None:
    norm = norm_layer("batch")(8)
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.weight.requires_grad
