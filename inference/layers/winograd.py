"""3 x 3 convolutions by tiles, with a quarter of the multiplications: Winograd's F(4 x 4, 3 x 3).

A tile of 6 x 6 is transformed, its rows and then its columns, multiplied place by place with the
transformed kernel, and brought back to 4 x 4 results. Source: Lavin and Gray, Fast Algorithms for
Convolutional Neural Networks, 2015, section 4; rounding differs from a direct convolution's in
about the fifth digit. Tiles go through in strips that stay in the processor's cache; small maps are
left to the direct way.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

_SIDE, _STEP = 6, 4
_PLACES = _SIDE * _SIDE
# What stands at this place goes to every result of its tile: the second column of _BACK is ones.
_EVERYWHERE = _SIDE + 1
# Strips of so many tiles; maps with fewer tiles than the second are convolved directly.
_STRIP_TILES, _LEAST_TILES = 160, 40
LEAST_CHANNELS = 128
_INTO = (
    (4.0, 0.0, -5.0, 0.0, 1.0, 0.0),
    (0.0, -4.0, -4.0, 1.0, 1.0, 0.0),
    (0.0, 4.0, -4.0, -1.0, 1.0, 0.0),
    (0.0, -2.0, -1.0, 2.0, 1.0, 0.0),
    (0.0, 2.0, -1.0, -2.0, 1.0, 0.0),
    (0.0, 4.0, 0.0, -5.0, 0.0, 1.0),
)
_KERNEL = (
    (1 / 4, 0.0, 0.0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0.0, 0.0, 1.0),
)
_BACK = (
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.0),
    (0.0, 1.0, -1.0, 2.0, -2.0, 0.0),
    (0.0, 1.0, 1.0, 4.0, 4.0, 0.0),
    (0.0, 1.0, -1.0, 8.0, -8.0, 1.0),
)


class WinogradConv2d(nn.Module):
    """A convolution of stride 1 and padding 1, for inference on a processor.

    Parameters
    ----------
    direct
        The convolution that it stands for; see `has_form`.
    """

    def __init__(self, direct: nn.Conv2d) -> None:
        super().__init__()
        self.direct = direct
        kernel = torch.tensor(_KERNEL, dtype=torch.float64)
        weight = direct.weight.detach().double()
        turned = torch.einsum("ij,ocjk,lk->lico", kernel, weight, kernel)
        inputs, outputs = turned.shape[2:]
        self.kernels: Tensor
        self.into: Tensor
        self.back: Tensor
        self.register_buffer("kernels", turned.reshape(_PLACES, inputs, outputs).float())
        self.register_buffer("into", torch.tensor(_INTO))
        self.register_buffer("back", torch.tensor(_BACK))

    @staticmethod
    def has_form(module: nn.Module) -> bool:
        """Tell whether a module is a convolution that is quicker this way."""
        return (
            isinstance(module, nn.Conv2d)
            and module.kernel_size == (3, 3)
            and module.stride == module.dilation == module.padding == (1, 1)
            and module.groups == 1
            and min(module.in_channels, module.out_channels) >= LEAST_CHANNELS
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Return what the direct convolution gives, with channels last."""
        pictures, channels, height, width = maps.shape
        down, across = -(-height // _STEP), -(-width // _STEP)
        if maps.device.type != "cpu" or down * across < _LEAST_TILES:
            direct = self.direct
            return conv2d(maps, direct.weight, direct.bias, padding=direct.padding)
        outputs = self.kernels.shape[2]
        framed = maps.new_zeros(pictures, _STEP * down + 2, _STEP * across + 2, channels)
        framed[:, 1 : height + 1, 1 : width + 1] = maps.permute(0, 2, 3, 1)
        found = maps.new_empty(pictures, down, _STEP, across, _STEP, outputs)
        strip = max(1, _STRIP_TILES // across)
        for picture, result in zip(framed, found, strict=True):
            for first in range(0, down, strip):
                rows = result[first : first + strip]
                self._convolve(picture[_STEP * first :], rows)
        whole = found.view(pictures, _STEP * down, _STEP * across, outputs)
        shown = whole[:, :height, :width].permute(0, 3, 1, 2)
        return shown.contiguous(memory_format=torch.channels_last)

    def _convolve(self, picture: Tensor, result: Tensor) -> None:
        """Fill rows of tiles from a framed picture that begins with them."""
        rows, _, across, _, outputs = result.shape
        width, channels = picture.shape[1:]
        by_row, by_column, by_channel = picture.stride()
        upright = picture.as_strided(
            (_SIDE, rows, width, channels), (by_row, _STEP * by_row, by_column, by_channel)
        )
        half = (self.into @ upright.reshape(_SIDE, -1)).view(_SIDE, rows, width, channels)
        by_place, by_row, by_column, by_channel = half.stride()
        tiles = half.as_strided(
            (_SIDE, _SIDE, rows, across, channels),
            (by_column, by_place, by_row, _STEP * by_column, by_channel),
        )
        turned = (self.into @ tiles.reshape(_SIDE, -1)).view(_PLACES, rows * across, channels)
        joined = torch.bmm(turned, self.kernels)
        if self.direct.bias is not None:
            joined[_EVERYWHERE] += self.direct.bias
        back = self.back @ (self.back @ joined.view(_SIDE, -1)).view(_STEP, _SIDE, -1)
        result.copy_(back.view(_STEP, _STEP, rows, across, outputs).permute(2, 1, 3, 0, 4))
