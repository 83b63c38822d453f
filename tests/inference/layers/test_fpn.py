"""The feature pyramid: its levels, and that fine maps hear of coarse ones."""

import pytest
import torch

from inference.layers.fpn import Extra, FeaturePyramid


@pytest.mark.parametrize(("extra", "sides"), [("pool", [16, 8, 4, 2]), ("p6p7", [16, 8, 4, 2, 1])])
def test_a_pyramid_has_its_levels_and_as_many_more_as_asked(extra: Extra, sides: list[int]) -> None:
    maps = [torch.rand(2, channels, side, side) for channels, side in ((8, 16), (16, 8), (32, 4))]
    out = FeaturePyramid((8, 16, 32), 12, extra)(maps)
    assert [tuple(each.shape) for each in out] == [(2, 12, side, side) for side in sides]


def test_odd_sizes_meet_from_above() -> None:
    maps = [torch.rand(1, 8, 13, 7), torch.rand(1, 8, 7, 4), torch.rand(1, 8, 4, 2)]
    out = FeaturePyramid((8, 8, 8), 8, "pool")(maps)
    assert [tuple(each.shape[2:]) for each in out] == [(13, 7), (7, 4), (4, 2), (2, 1)]


def test_what_only_the_coarsest_map_shows_reaches_the_finest_and_not_the_reverse() -> None:
    torch.manual_seed(2)
    pyramid = FeaturePyramid((4, 4), 4, "pool")
    fine, coarse = torch.rand(1, 4, 8, 8), torch.rand(1, 4, 4, 4)
    before = pyramid([fine, coarse])
    coarse_changed = pyramid([fine, coarse + 1])
    fine_changed = pyramid([fine + 1, coarse])
    assert not torch.allclose(before[0], coarse_changed[0])
    assert torch.equal(before[1], fine_changed[1])
