"""IDVN: the other view's regions, asked by nipple distance."""

from collections.abc import Callable

import pytest
import torch

from inference.mommi.ipsilateral import IpsilateralNetwork, Regions, nipple_distances


def _regions(distances: list[float], valid: list[bool]) -> Regions:
    torch.manual_seed(3)
    count = len(distances)
    return Regions(
        torch.randn(1, count, 6), torch.tensor([distances]), torch.tensor([valid], dtype=torch.bool)
    )


def test_distances_are_those_of_cell_centres_in_millimetres() -> None:
    found = nipple_distances(torch.tensor([[10.0, 4.0]]), torch.zeros(1, 8, 2, 3), 4, 0.5)
    assert found.shape == (1, 2, 3)
    assert found[0, 0].tolist() == pytest.approx([0.5 * 68**0.5, 0.5 * 20**0.5, 1.0])


def test_untrained_it_leaves_the_view_as_it_is() -> None:
    network = IpsilateralNetwork(8, 6)
    main = torch.randn(1, 8, 4, 4)
    distance = torch.full((1, 4, 4), 30.0)
    (after,) = network([main], [distance], _regions([30.0, 50.0], [True, True]))
    assert torch.equal(after, main)
    after.square().sum().backward()
    assert network.answer.weight.grad is not None
    assert network.answer.weight.grad.abs().sum() > 0


def test_regions_far_from_the_arc_and_regions_that_only_fill_up_say_nothing() -> None:
    network = IpsilateralNetwork(8, 6)
    torch.nn.init.normal_(network.answer.weight)
    main = torch.randn(1, 8, 4, 4)
    distance = torch.full((1, 4, 4), 30.0)
    near = network([main], [distance], _regions([30.0, 900.0], [True, True]))[0]
    alone = network([main], [distance], _regions([30.0, 31.0], [True, False]))[0]
    both = network([main], [distance], _regions([30.0, 31.0], [True, True]))[0]
    torch.testing.assert_close(near, alone)
    assert not torch.allclose(both, alone)


def test_without_any_region_it_answers_that_there_is_no_partner() -> None:
    network = IpsilateralNetwork(8, 6)
    torch.nn.init.normal_(network.answer.weight)
    main = torch.randn(1, 8, 4, 4)
    distance = torch.full((1, 4, 4), 30.0)
    (after,) = network([main], [distance], _regions([30.0, 31.0], [False, False]))
    torch.testing.assert_close(after, main)


def test_it_learns_that_a_lesion_has_a_partner_at_its_own_distance(
    learn: Callable[..., None],
) -> None:
    """Places that look alike are told apart by where the other view's regions lie."""
    torch.manual_seed(11)
    network = IpsilateralNetwork(4, 6)
    distances = torch.linspace(10, 100, 12).reshape(1, 3, 4).expand(32, -1, -1)
    partner = torch.rand(32, 3) * 90 + 10
    regions = Regions(torch.ones(32, 3, 6), partner, torch.ones(32, 3, dtype=torch.bool))
    nearest = (distances.flatten(1)[:, :, None] - partner[:, None, :]).abs().amin(dim=2)
    wanted = (nearest < 10).float().reshape(32, 3, 4)
    main = torch.ones(32, 4, 3, 4)

    def logits() -> torch.Tensor:
        return network([main], [distances], regions)[0][:, 0]

    learn(
        network.parameters(),
        lambda _: [torch.nn.functional.binary_cross_entropy_with_logits(logits(), wanted)],
        until=0.05,
        steps=400,
        rate=0.05,
    )
    assert ((logits() > 0) == (wanted > 0)).float().mean() > 0.95
