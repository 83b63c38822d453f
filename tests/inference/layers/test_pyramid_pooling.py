"""Pyramid pooling against torch's own, and back to places."""

import pytest
import torch
from torch.nn.functional import adaptive_avg_pool2d

from inference.layers.pyramid_pooling import PyramidPooling


@pytest.mark.parametrize("size", [(4, 4), (7, 5), (13, 6), (2, 3), (1, 1)])
def test_each_level_is_the_mean_of_its_cells(size: tuple[int, int]) -> None:
    maps = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1))
    pooling = PyramidPooling(3, (1, 2, 4))
    expected = torch.cat([adaptive_avg_pool2d(maps, side).flatten(1) for side in (1, 2, 4)], dim=1)
    assert pooling.length == 3 * 21
    assert torch.allclose(pooling(maps), expected, atol=1e-6)


@pytest.mark.parametrize("size", [(4, 4), (7, 5), (2, 3)])
def test_the_weight_of_places_says_the_same_as_the_weight_of_the_vector(
    size: tuple[int, int],
) -> None:
    generator = torch.Generator().manual_seed(2)
    maps = torch.randn(1, 3, *size, generator=generator)
    pooling = PyramidPooling(3, (1, 2, 4))
    weight = torch.randn(pooling.length, generator=generator)
    by_vector = (pooling(maps)[0] * weight).sum()
    by_places = (maps[0] * pooling.weight_of_places(weight, maps)).sum()
    assert by_places.item() == pytest.approx(by_vector.item(), rel=1e-4)
