"""3 x 3 convolutions by tiles beside direct ones."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from inference.layers.folding import folded
from inference.layers.winograd import WinogradConv2d


@settings(max_examples=25, deadline=None)
@given(
    pictures=st.integers(1, 2),
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    outputs=st.sampled_from([128, 130]),
    bias=st.booleans(),
)
def test_it_gives_what_a_direct_convolution_gives(
    pictures: int, height: int, width: int, outputs: int, bias: bool
) -> None:
    torch.manual_seed(height * 100 + width)
    direct = nn.Conv2d(128, outputs, 3, padding=1, bias=bias)
    maps = torch.randn(pictures, 128, height, width)
    with torch.inference_mode():
        expected, found = direct(maps), WinogradConv2d(direct)(maps)
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "other",
    [
        nn.Conv2d(128, 128, 1),
        nn.Conv2d(128, 128, 3),
        nn.Conv2d(128, 128, 3, padding=1, stride=2),
        nn.Conv2d(128, 128, 3, padding=2, dilation=2),
        nn.Conv2d(128, 128, 3, padding=1, groups=2),
        nn.Conv2d(128, 36, 3, padding=1),
        nn.Conv2d(128, 128, (3, 1), padding=1),
        nn.ReLU(),
    ],
)
def test_other_convolutions_and_narrow_ones_stay_direct(other: nn.Module) -> None:
    assert not WinogradConv2d.has_form(other)
    assert WinogradConv2d.has_form(nn.Conv2d(128, 128, 3, padding=1))


def test_a_folded_net_goes_by_tiles_and_the_net_itself_does_not() -> None:
    torch.manual_seed(1)
    net = nn.Sequential(nn.Conv2d(3, 128, 3, padding=1), nn.Conv2d(128, 128, 3, padding=1)).eval()
    quick = folded(net)
    assert [type(each) for each in quick] == [nn.Conv2d, WinogradConv2d]
    assert [type(each) for each in net] == [nn.Conv2d, nn.Conv2d]
    pictures = torch.rand(1, 3, 41, 37)
    with torch.inference_mode():
        torch.testing.assert_close(quick(pictures), net(pictures), rtol=1e-4, atol=1e-4)
