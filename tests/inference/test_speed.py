"""The two forms of each detector that are timed: the same weights, the same findings."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from inference.layers.resnet import Depth
from inference.ops.boxes import pairwise_iou
from inference.speed import SMALL_PIXELS, Contest, SpeedError, rcnn_contest, retina_contest


@pytest.fixture(scope="module", params=[rcnn_contest, retina_contest])
def contest(request: pytest.FixtureRequest) -> Contest:
    torch.manual_seed(1)
    build: Callable[[Depth, tuple[int, int]], Contest] = request.param
    return build(18, SMALL_PIXELS)


def test_both_forms_find_the_same(contest: Contest) -> None:
    fast, plain = contest.fast(), contest.plain()
    contest.check()
    assert len(fast.boxes) > 5
    strongest = pairwise_iou(fast.boxes[:5], plain.boxes[:5]).max(dim=1).values
    assert (strongest > 0.98).all()


def test_forms_that_differ_are_told(contest: Contest) -> None:
    def wrong() -> object:
        found = contest.fast()
        return replace(found, scores=found.scores * 0.5)

    with pytest.raises(SpeedError, match="the same"):
        replace(contest, fast=wrong).check()


def test_trunk_and_pyramid_alone_give_the_same_maps(contest: Contest) -> None:
    for fast, plain in zip(contest.fast_maps(), contest.plain_maps(), strict=True):
        assert torch.allclose(fast, plain, rtol=1e-3, atol=1e-3 * plain.abs().max().item())
