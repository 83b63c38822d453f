"""IFN: one map from two."""

import torch

from inference.mommi.integrated import FusionNetwork, NetworkMaps


def _maps(features: torch.Tensor, present: list[float]) -> NetworkMaps:
    return NetworkMaps([features], [features[:, :1]], torch.tensor(present))


def test_before_training_two_equal_maps_give_that_map() -> None:
    torch.manual_seed(1)
    features = torch.randn(2, 8, 5, 4)
    (joined,) = FusionNetwork(8)(_maps(features, [1.0, 1.0]), _maps(features, [0.0, 1.0]))
    torch.testing.assert_close(joined, features)


def test_it_can_trust_a_network_less_where_its_other_view_is_missing() -> None:
    torch.manual_seed(2)
    network = FusionNetwork(4)
    first = _maps(torch.randn(2, 4, 5, 4), [1.0, 1.0])
    second = _maps(torch.randn(2, 4, 5, 4), [1.0, 0.0])
    before = network(first, second)[0]
    with torch.no_grad():
        network.join.weight[:, -1] += 1.0
    after = network(first, second)[0]
    torch.testing.assert_close(after[0], before[0] + 1.0)
    torch.testing.assert_close(after[1], before[1])


def test_it_reads_where_each_network_sees_a_lesion() -> None:
    torch.manual_seed(3)
    network = FusionNetwork(4)
    features = torch.randn(1, 4, 5, 4)
    nowhere, there = torch.full((1, 1, 5, 4), -30.0), torch.full((1, 1, 5, 4), -30.0)
    there[0, 0, 2, 1] = 30.0
    with torch.no_grad():
        network.join.weight[:, 9] = 2.0
    flag = torch.ones(1)
    first = NetworkMaps([features], [nowhere], flag)
    change = (
        network(first, NetworkMaps([features], [there], flag))[0]
        - network(first, NetworkMaps([features], [nowhere], flag))[0]
    )
    expected = torch.zeros(1, 4, 5, 4)
    expected[:, :, 2, 1] = 2.0
    torch.testing.assert_close(change, expected)
