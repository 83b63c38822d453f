"""IFN: one map from two."""

import torch

from inference.mommi.integrated import FusionNetwork


def test_before_training_two_equal_maps_give_that_map() -> None:
    torch.manual_seed(1)
    maps = torch.randn(2, 8, 5, 4)
    (joined,) = FusionNetwork(8)([maps], [maps], torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    torch.testing.assert_close(joined, maps)


def test_it_can_trust_a_network_less_where_its_other_view_is_missing() -> None:
    torch.manual_seed(2)
    network = FusionNetwork(4)
    first, second = torch.randn(2, 4, 5, 4), torch.randn(2, 4, 5, 4)
    present = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    before = network([first], [second], present)[0]
    with torch.no_grad():
        network.join.weight[:, -1] += 1.0
    after = network([first], [second], present)[0]
    torch.testing.assert_close(after[0], before[0] + 1.0)
    torch.testing.assert_close(after[1], before[1])
