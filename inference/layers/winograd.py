"""3 x 3 convolutions by tiles, with a quarter of the multiplications: Winograd's F(4 x 4, 3 x 3).

A tile of 6 x 6 is transformed, multiplied place by place with the transformed kernel, and brought
back to 4 x 4 results. Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks,
2015, section 4; rounding differs from a direct convolution's in about the fifth digit. Tiles go
through in strips that stay in the processor's cache; small maps are left to the direct way.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

_SIDE, _STEP = 6, 4
_PLACES = _SIDE * _SIDE
# Strips of so many tiles; maps with fewer tiles than the second are convolved directly.
_STRIP_TILES, _LEAST_TILES = 320, 40
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
        turned = torch.einsum("ij,ocjk,lk->ilco", kernel, weight, kernel)
        inputs, outputs = turned.shape[2:]
        self.kernels: Tensor
        self.into: Tensor
        self.back: Tensor
        self.register_buffer("kernels", turned.reshape(_PLACES, inputs, outputs).float())
        self.register_buffer("into", _both_ways(_INTO))
        self.register_buffer("back", _both_ways(_BACK))

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
        channels, (by_row, by_column, by_channel) = picture.shape[2], picture.stride()
        tiles = picture.as_strided(
            (_SIDE, _SIDE, rows, across, channels),
            (by_row, by_column, _STEP * by_row, _STEP * by_column, by_channel),
        )
        turned = self.into @ tiles.reshape(_PLACES, -1)
        joined = torch.bmm(turned.view(_PLACES, rows * across, channels), self.kernels)
        back = (self.back @ joined.view(_PLACES, -1)).view(-1, outputs)
        if self.direct.bias is not None:
            back += self.direct.bias
        result.copy_(back.view(_STEP, _STEP, rows, across, outputs).permute(2, 0, 3, 1, 4))


def _both_ways(matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """Return a transform of rows and columns at once, for tiles written in one line."""
    one = torch.tensor(matrix)
    return torch.kron(one, one)
