"""The other projection, told by distance from the nipple."""

import pytest
import torch

from inference.zhou.cc_mlo_fusion import (
    CcMloFusion,
    at_distance,
    distance_cells,
    pooled_bands,
)
from inference.zhou.landmarks import Landmarks

LANDMARKS = Landmarks(
    nipple=torch.tensor([[20.0, 8.0], [20.0, 24.0]]),
    breast=torch.tensor([[0.0, 0.0, 24.0, 32.0], [0.0, 0.0, 24.0, 32.0]]),
    axis=torch.tensor([[-1.0, 0.0], [-0.8, -0.6]]),
)


def test_distance_is_counted_from_the_nipple_along_the_axis() -> None:
    distance = distance_cells(torch.zeros(2, 1, 8, 6), 4, LANDMARKS)
    assert distance[0, 2, 5] == 0.0
    assert distance[0, 7, 1] == pytest.approx(4.0)
    assert distance[1, 6 - 3, 1].item() == pytest.approx(4 * 0.8 + 3 * 0.6)


def test_nothing_lies_in_front_of_the_nipple() -> None:
    distance = distance_cells(torch.zeros(2, 1, 8, 12), 4, LANDMARKS)
    assert distance.min() == 0.0
    assert distance[0, :, 5:].max() == 0.0


def test_bands_hold_mean_and_maximum_of_their_places() -> None:
    maps = torch.rand(2, 3, 8, 6, generator=torch.Generator().manual_seed(1)) - 0.5
    distance = distance_cells(maps, 4, LANDMARKS)
    tissue = torch.rand(2, 1, 8, 6, generator=torch.Generator().manual_seed(2)) > 0.3
    pooled = pooled_bands(maps, distance, tissue)
    for picture in range(2):
        for band in range(pooled.shape[2]):
            chosen = (distance[picture].floor() == band) & tissue[picture, 0]
            inside = maps[picture][:, chosen]
            empty = torch.zeros(3)
            mean = inside.mean(dim=1) if chosen.any() else empty
            largest = inside.amax(dim=1) if chosen.any() else empty
            assert torch.allclose(pooled[picture, :, band], torch.cat((mean, largest)), atol=1e-6)


def test_a_place_is_told_what_the_band_of_its_distance_holds() -> None:
    bands = torch.arange(14.0).expand(1, 1, 14)
    distance = torch.tensor([[[0.5, 3.5, 4.0, 99.0]]])
    assert at_distance(bands, distance).flatten().tolist() == pytest.approx([0, 3, 3.5, 13])


def test_a_bright_place_is_told_to_its_band_on_the_other_view_only() -> None:
    torch.manual_seed(0)
    module = CcMloFusion(channels=2, levels=1)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(1.0)
    breast = torch.ones(2, 1, 32, 24)
    dark = torch.zeros(2, 2, 8, 6)
    bright = dark.clone()
    bright[1, :, 3, 1] = 5.0
    other = torch.tensor([1, 0])
    (before,) = module([dark], [4], LANDMARKS, other, breast)
    (after,) = module([bright], [4], LANDMARKS, other, breast)
    moved = (after - before)[0].abs().amax(dim=(0, 1))
    distance = distance_cells(dark, 4, LANDMARKS)
    near = (distance[0, 0] - distance[1, 3, 1]).abs()
    assert moved[near.argmin()] > 0
    assert moved[near > 4].max() == 0


def test_closed_gates_add_nothing_and_yet_learn() -> None:
    torch.manual_seed(0)
    module = CcMloFusion(channels=4, levels=1)
    maps = torch.rand(2, 4, 8, 6)
    (added,) = module([maps], [4], LANDMARKS, torch.tensor([1, 0]), torch.ones(2, 1, 32, 24))
    assert not added.any()
    added.sum().backward()
    (gate,) = (gate for name, gate in module.named_parameters() if name.endswith("gate"))
    assert gate.grad is not None
    assert gate.grad.abs().min() > 0
