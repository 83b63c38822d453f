"""SPPNet: any size, exact activation maps, gradients."""

import numpy as np
import pytest
import torch

from inference.lin.spp_net import SppNet
from inference.lin.spp_system import region_of_peak
from study_design.geometry import Box


def test_the_sum_of_the_activation_map_and_the_bias_is_the_logit() -> None:
    torch.manual_seed(1)
    net = SppNet(8, "group").eval()
    net.fc.bias.data.fill_(0.3)
    picture = torch.rand(1, 3, 160, 96)
    with torch.inference_mode():
        logit, places = net(picture), net.activation_map(picture)
    assert places.shape == (5, 3)
    assert places.sum().item() + 0.3 == pytest.approx(logit.item(), rel=1e-3, abs=1e-5)


def test_every_weight_gets_a_gradient_at_full_width() -> None:
    torch.manual_seed(1)
    net = SppNet(64, "group")
    net(torch.rand(1, 3, 96, 64)).sum().backward()
    assert net.pooling.length == 512 * 21
    assert all(each.grad is not None for each in net.parameters())


def test_the_region_of_a_peak_hangs_together_and_ends_half_way_down() -> None:
    activation = np.array(
        [[0, 0, 0, 9], [0, 6, 0, 0], [5, 10, 4, 0], [0, 0, 0, 0]], dtype=np.float32
    )
    assert region_of_peak(activation) == Box(0, 32, 64, 64)
    # Also where all of the map speaks against.
    assert region_of_peak(activation - 20) == Box(0, 32, 64, 64)
