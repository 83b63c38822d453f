"""The feature pyramid: fine maps that know what the coarse ones saw. Lin et al. 2017.

Layer names are torchvision's.
"""

from collections.abc import Sequence
from typing import Literal

from torch import Tensor, nn
from torch.nn.functional import interpolate, max_pool2d, relu

Extra = Literal["pool", "p6p7"]


class FeaturePyramid(nn.Module):
    """1x1 lateral, nearest from above, 3x3 out; and coarser maps on top.

    Parameters
    ----------
    channels_in
        Of the maps that come in, finest first.
    channels
        Of every map that leaves.
    extra
        `pool`: one map more, every second feature of the last (Faster R-CNN's P6). `p6p7`: two
        more, by 3x3 convolutions of stride 2 from the last (RetinaNet's).
    """

    def __init__(self, channels_in: Sequence[int], channels: int, extra: Extra) -> None:
        super().__init__()
        self.inner_blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(each, channels, 1)) for each in channels_in
        )
        self.layer_blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1)) for _ in channels_in
        )
        self.extra_blocks = TwoMore(channels) if extra == "p6p7" else None
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, a=1)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return the pyramid, finest first, one or two maps longer than `maps`."""
        inner = [block(each) for block, each in zip(self.inner_blocks, maps, strict=True)]
        for fine in range(len(inner) - 2, -1, -1):
            above = interpolate(inner[fine + 1], size=inner[fine].shape[-2:], mode="nearest")
            inner[fine] = inner[fine] + above
        out = [block(each) for block, each in zip(self.layer_blocks, inner, strict=True)]
        if self.extra_blocks is None:
            return [*out, max_pool2d(out[-1], 1, 2, 0)]
        return [*out, *self.extra_blocks(out[-1])]


class TwoMore(nn.Module):
    """P6 and P7 of RetinaNet, from P5."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.p6 = nn.Conv2d(channels, channels, 3, 2, padding=1)
        self.p7 = nn.Conv2d(channels, channels, 3, 2, padding=1)

    def forward(self, p5: Tensor) -> list[Tensor]:
        """Return P6 and P7."""
        p6 = self.p6(p5)
        return [p6, self.p7(relu(p6))]
