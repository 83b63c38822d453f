"""BI-RADS as an ordered rating."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.mommi.ordinal import (
    CATEGORIES,
    CategoryRange,
    OrdinalHead,
    category_positions,
    category_range,
    ordinal_loss,
)

_weights = st.floats(-20, 20)


@given(st.lists(_weights, min_size=3, max_size=3), st.lists(_weights, min_size=4, max_size=4))
def test_being_worse_never_grows_likelier_from_a_category_to_the_next(
    weights: list[float], gaps: list[float]
) -> None:
    head = OrdinalHead(3)
    with torch.no_grad():
        head.suspicion.weight.copy_(torch.tensor([weights]))
        head.gaps.copy_(torch.tensor(gaps))
        logits = head(torch.randn(5, 3, generator=torch.Generator().manual_seed(1)))
    assert (logits.diff(dim=1) <= 0).all()


@given(st.floats(-4, 4), st.floats(0, 4))
def test_more_suspicion_never_gives_a_lower_category(suspicion: float, more: float) -> None:
    head = OrdinalHead(1)
    with torch.no_grad():
        head.suspicion.weight.fill_(1.0)
        logits = head(torch.tensor([[suspicion], [suspicion + more]]))
    low, high = category_positions(logits)
    assert low <= high


def test_the_probabilities_of_all_categories_sum_to_one() -> None:
    logits = torch.tensor([[2.0, 1.5, 0.2, -0.7, -3.0]], dtype=torch.float64)
    chances = [
        math.exp(-ordinal_loss(logits, torch.tensor([k]), torch.tensor([k])).item())
        for k in range(len(CATEGORIES))
    ]
    assert sum(chances) == pytest.approx(1.0, abs=1e-12)
    assert chances[0] == pytest.approx(1 - 1 / (1 + math.exp(-2.0)), abs=1e-12)
    together = ordinal_loss(logits, torch.tensor([2]), torch.tensor([4])).item()
    assert math.exp(-together) == pytest.approx(sum(chances[2:5]), abs=1e-12)


def test_hopeless_logits_still_have_a_finite_loss_and_a_gradient() -> None:
    logits = torch.tensor([[-90.0, -95.0, -100.0, -105.0, -110.0]], requires_grad=True)
    loss = ordinal_loss(logits, torch.tensor([5]), torch.tensor([5]))
    loss.backward()
    assert loss.item() == pytest.approx(110.0)
    assert logits.grad is not None
    assert logits.grad[0, 4].item() == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("birads", "meant"),
    [
        ("2", CategoryRange(0, 0)),
        ("4", CategoryRange(2, 4)),
        ("4B", CategoryRange(3, 3)),
        ("5", CategoryRange(5, 5)),
        ("0", None),
        ("1", None),
        (None, None),
    ],
)
def test_an_assessment_means_one_category_or_several(
    birads: str | None, meant: CategoryRange | None
) -> None:
    assert category_range(birads) == meant


def test_the_head_learns_an_order_that_is_there(learn: Callable[..., None]) -> None:
    torch.manual_seed(3)
    head = OrdinalHead(2)
    truth = torch.arange(6).repeat(8)
    embedding = torch.stack([truth.float(), torch.randn(48)], dim=1)
    learn(
        head.parameters(),
        lambda _: [ordinal_loss(head(embedding), truth, truth)],
        until=0.1,
        steps=1000,
        rate=0.1,
    )
    assert (category_positions(head(embedding)) == truth).all()
