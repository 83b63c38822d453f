"""The nipple detector's heat map."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.mommi.nipple import STRIDE, NippleHead, heat_of, nipple_loss, nipples_on


@given(st.floats(8, 112), st.floats(8, 184))
def test_a_nipple_is_read_off_its_heat_exactly(x: float, y: float) -> None:
    heat = heat_of(torch.tensor([[x, y]], dtype=torch.float64), 48, 30).clamp(1e-12, 1 - 1e-9)
    found = nipples_on(heat.logit())
    assert found.points[0].tolist() == pytest.approx([x, y], abs=0.05)


@given(st.floats(0, 120), st.floats(0, 192))
def test_a_nipple_on_the_outermost_cells_is_found_within_them(x: float, y: float) -> None:
    heat = heat_of(torch.tensor([[x, y]], dtype=torch.float64), 48, 30).clamp(1e-12, 1 - 1e-9)
    found = nipples_on(heat.logit()).points[0]
    assert (found - torch.tensor([x, y])).abs().max() <= STRIDE


def test_confidence_is_the_height_of_the_peak() -> None:
    logits = torch.full((2, 8, 8), -9.0)
    logits[0, 3, 4] = 2.0
    found = nipples_on(logits)
    assert found.confidence.tolist() == pytest.approx([0.8808, 0.0001], abs=1e-4)
    assert found.points[0].tolist() == [18.0, 14.0]


def test_the_head_learns_where_the_nipple_is_and_where_none_is(learn: Callable[..., None]) -> None:
    torch.manual_seed(5)
    head = NippleHead(16)
    points = torch.tensor([[38.0, 50.0], [70.0, 21.0], [torch.nan, torch.nan]])
    features = 0.3 * torch.randn(3, 16, 24, 20)
    features[:2, 0] += 3 * heat_of(points[:2], 24, 20)
    learn(
        head.parameters(),
        lambda _: [nipple_loss(head(features), points)],
        until=0.002,
        steps=400,
        rate=0.02,
    )
    found = nipples_on(head(features).detach())
    torch.testing.assert_close(found.points[:2], points[:2], atol=2.0, rtol=0.0)
    assert found.confidence[:2].min() > 0.5 > 0.2 > found.confidence[2]
