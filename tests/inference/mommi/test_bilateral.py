"""BDVN: registration on the nipple, and what the comparison adds."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from inference.mommi.bilateral import BilateralNetwork, registered
from inference.mommi.nipple import heat_of, nipples_on

_cell = st.integers(4, 15)


@given(_cell, _cell, _cell, _cell)
def test_registration_lays_one_nipple_on_the_other(x: int, y: int, to_x: int, to_y: int) -> None:
    other = torch.zeros(1, 1, 20, 20)
    other[0, 0, y, x] = 1.0
    moved = registered(other, torch.tensor([[float(to_x - x), float(to_y - y)]]))
    expected = torch.zeros(1, 1, 20, 20)
    expected[0, 0, to_y, to_x] = 1.0
    torch.testing.assert_close(moved, expected, atol=1e-4, rtol=0.0)


def test_parts_of_a_cell_count() -> None:
    main, other = torch.tensor([[41.0, 50.0]]), torch.tensor([[46.5, 43.0]])
    heat = heat_of(other, 24, 24)[:, None]
    moved = registered(heat, (main - other) / 4).clamp(1e-9, 1 - 1e-6)
    assert nipples_on(moved[:, 0].logit()).points[0].tolist() == pytest.approx([41, 50], abs=0.5)


def test_what_comes_from_outside_the_picture_is_nothing() -> None:
    moved = registered(torch.ones(1, 1, 4, 6), torch.tensor([[2.0, -1.0]]))
    expected = torch.zeros(4, 6)
    expected[:3, 2:] = 1.0
    torch.testing.assert_close(moved[0, 0], expected, atol=1e-5, rtol=0.0)


def test_untrained_it_leaves_the_view_as_it_is() -> None:
    torch.manual_seed(1)
    network = BilateralNetwork(8)
    main, other = torch.randn(2, 8, 6, 5), torch.randn(2, 8, 6, 5)
    (after,) = network([main], [other], torch.randn(2, 2), [4])
    assert torch.equal(after, main)
    after.square().sum().backward()
    assert network.contrast.weight.grad is not None
    assert network.contrast.weight.grad.abs().sum() > 0


def test_it_learns_to_see_what_one_breast_has_and_the_other_has_not(
    learn: Callable[..., None],
) -> None:
    """Both breasts hold blobs; only those without a mirror image are wanted."""
    torch.manual_seed(7)
    network = BilateralNetwork(16)
    main, other = torch.zeros(16, 16, 8, 8), torch.zeros(16, 16, 8, 8)
    wanted = torch.zeros(16, 8, 8)
    for index in range(16):
        (x, y), (mirror_x, mirror_y) = torch.randint(0, 6, (2, 2)).tolist()
        main[index, 0, y, x] = main[index, 0, mirror_y, mirror_x] = 1.0
        other[index, 0, mirror_y + 1, mirror_x + 2] = 1.0  # its nipple lies 8, 4 px farther on
        wanted[index, y, x] = 1.0
        wanted[index, mirror_y, mirror_x] = 0.0
    shift = torch.tensor([-8.0, -4.0]).repeat(16, 1)

    def found() -> torch.Tensor:
        return network([main], [other], shift, [4])[0][:, 1]

    learn(
        network.parameters(),
        lambda _: [(found() - wanted).square().sum()],
        until=0.1,
        steps=400,
        rate=0.02,
    )
    assert torch.equal(found() > 0.5, wanted > 0.5)
