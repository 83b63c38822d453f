"""Residual networks, with the layer names of torchvision so that public weights load.

He et al. 2016; the stride of a bottleneck lies in its 3x3 convolution. There is no classifier:
the output is the maps C2..C5 of strides 4, 8, 16, 32.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from torch import Tensor, nn

from inference.layers.norm import Norm, norm_layer

Depth = Literal[18, 34, 50, 101, 152]
STRIDES = (4, 8, 16, 32)
"""Pixels per feature of C2..C5."""

_BLOCKS: dict[int, tuple[int, int, int, int]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside the identity."""

    expansion = 1

    def __init__(
        self, channels_in: int, width: int, stride: int, norm: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, width, 3, stride, padding=1, bias=False)
        self.bn1 = norm(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = norm(width)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels_in, width, stride, norm)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features after the block."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        result: Tensor = self.relu(out)
        return result


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions beside the identity; four times as many channels leave."""

    expansion = 4

    def __init__(
        self, channels_in: int, width: int, stride: int, norm: Callable[[int], nn.Module]
    ) -> None:
        super().__init__()
        channels_out = width * self.expansion
        self.conv1 = nn.Conv2d(channels_in, width, 1, bias=False)
        self.bn1 = norm(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = norm(width)
        self.conv3 = nn.Conv2d(width, channels_out, 1, bias=False)
        self.bn3 = norm(channels_out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels_in, channels_out, stride, norm)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features after the block."""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        result: Tensor = self.relu(out)
        return result


class ResNet(nn.Module):
    """A residual trunk.

    Parameters
    ----------
    block, repeats
        The kind of block and how many make each of the four stages.
    norm
        The normalisation after every convolution.
    width
        Channels of the stem and, before expansion, of the first stage; doubles with every stage.

    Attributes
    ----------
    channels
        Of C2..C5.
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        repeats: Sequence[int],
        norm: Callable[[int], nn.Module],
        width: int,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, padding=3, bias=False)
        self.bn1 = norm(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        channels = width
        stages = []
        for stage, count in enumerate(repeats):
            inner = width * 2**stage
            blocks = []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                blocks.append(block(channels, inner, stride, norm))
                channels = inner * block.expansion
            stages.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.channels = tuple(width * 2**stage * block.expansion for stage in range(4))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return C2..C5 of pictures (N, 3, H, W)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        maps = []
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
            maps.append(x)
        return maps


def resnet(depth: Depth, norm: Norm, width: int = 64) -> ResNet:
    """Return the untrained residual trunk of a depth."""
    block: type[BasicBlock | Bottleneck] = BasicBlock if depth < 50 else Bottleneck
    return ResNet(block, _BLOCKS[depth], norm_layer(norm), width)


def _shortcut(
    channels_in: int, channels_out: int, stride: int, norm: Callable[[int], nn.Module]
) -> nn.Module | None:
    """Return what brings the identity to the shape of the block's output; None where it has it."""
    if stride == 1 and channels_in == channels_out:
        return None
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), norm(channels_out)
    )
