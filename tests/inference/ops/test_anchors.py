"""Anchors: their areas, ratios and places."""

import pytest
import torch

from inference.ops.anchors import cell_anchors, grid_anchors, pyramid_anchors


def test_a_place_has_every_size_at_every_ratio_centred_on_it() -> None:
    anchors = cell_anchors((32, 64), (0.5, 1, 2)).tolist()
    assert len(anchors) == 6
    for index, (x0, y0, x1, y1) in enumerate(anchors):
        assert (x0, y0) == (-x1, -y1)
        assert (x1 - x0) * (y1 - y0) == pytest.approx((32, 64)[index % 2] ** 2, rel=1e-5)
        assert (y1 - y0) / (x1 - x0) == pytest.approx((0.5, 1, 2)[index // 2], rel=1e-5)


def test_anchors_of_a_map_go_place_by_place_row_by_row() -> None:
    cell = cell_anchors((16,))
    anchors = grid_anchors(cell, 2, 3, 8)
    for index, anchor in enumerate(anchors):
        row, column = divmod(index // 3, 3)
        shift = torch.tensor([column * 8, row * 8, column * 8, row * 8])
        assert torch.equal(anchor, cell[index % 3] + shift)
    assert len(anchors) == 18


def test_each_level_of_a_pyramid_has_its_own_size_and_stride() -> None:
    maps = [torch.zeros(1, 4, 4, 2), torch.zeros(1, 4, 2, 1)]
    fine, coarse = pyramid_anchors(maps, [(8,), (16,)], (4, 8))
    assert torch.equal(fine, grid_anchors(cell_anchors((8,)), 4, 2, 4))
    assert torch.equal(coarse, grid_anchors(cell_anchors((16,)), 2, 1, 8))


def test_anchors_are_those_of_torchvision_but_for_its_rounding() -> None:
    torchvision = pytest.importorskip("torchvision")
    generator = torchvision.models.detection.anchor_utils.AnchorGenerator(((32,),), ((0.5, 1, 2),))
    theirs = generator.grid_anchors([[2, 3]], [[torch.tensor(4), torch.tensor(4)]])[0]
    assert (grid_anchors(cell_anchors((32,)), 2, 3, 4) - theirs).abs().max() <= 0.5
