"""DenseNet as a picture's embedding: DenseNet-121 of Huang 2017, and smaller ones of its kind.

Names in `state_dict` are torchvision's (`features.denseblock1.denselayer1.conv1.weight`), so public
checkpoints load; their `classifier` is left out, since every system has heads of its own.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.layers.norm import Norm, norm_layer

_NormOf = Callable[[int], nn.Module]


@dataclass(frozen=True, slots=True)
class DenseNetShape:
    """How large a DenseNet is.

    Attributes
    ----------
    stem
        Channels of the first convolution.
    growth
        Channels that every layer adds.
    layers
        Layers of each dense block.
    bottleneck
        The 1x1 convolution of a layer gives so many times `growth` channels.
    """

    stem: int
    growth: int
    layers: tuple[int, ...]
    bottleneck: int = 4


DENSENET121 = DenseNetShape(stem=64, growth=32, layers=(6, 12, 24, 16))
# Every width stays a multiple of 32, which normalisation by group asks for.
SMALL_DENSENET = DenseNetShape(stem=64, growth=32, layers=(2, 2, 2, 2), bottleneck=2)


class DenseNet(nn.Module):
    """A DenseNet up to its pooled features; `channels` is the width of the embedding."""

    def __init__(self, shape: DenseNetShape, norm: Norm) -> None:
        super().__init__()
        norm_of = norm_layer(norm)
        stem: list[tuple[str, nn.Module]] = [
            ("conv0", nn.Conv2d(3, shape.stem, 7, stride=2, padding=3, bias=False)),
            ("norm0", norm_of(shape.stem)),
            ("relu0", nn.ReLU()),
            ("pool0", nn.MaxPool2d(3, stride=2, padding=1)),
        ]
        self.features = nn.Sequential(OrderedDict(stem))
        channels = shape.stem
        for number, layers in enumerate(shape.layers, start=1):
            if number > 1:
                self.features.add_module(f"transition{number - 1}", _transition(channels, norm_of))
                channels //= 2
            block = _DenseBlock(channels, layers, shape, norm_of)
            self.features.add_module(f"denseblock{number}", block)
            channels += layers * shape.growth
        self.features.add_module("norm5", norm_of(channels))
        self.channels = channels
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the embeddings (N, channels) of pictures (N, 3, H, W) of at least 32 pixels."""
        return torch.relu(self.features(pictures)).mean(dim=(2, 3))


class _DenseBlock(nn.Module):
    """Layers of which each sees what all before it gave."""

    def __init__(self, channels: int, layers: int, shape: DenseNetShape, norm: _NormOf) -> None:
        super().__init__()
        for number in range(layers):
            width = channels + number * shape.growth
            self.add_module(f"denselayer{number + 1}", _dense_layer(width, shape, norm))

    def forward(self, features: Tensor) -> Tensor:
        for layer in self.children():
            features = torch.cat([features, layer(features)], dim=1)
        return features


def _dense_layer(channels: int, shape: DenseNetShape, norm: _NormOf) -> nn.Sequential:
    inner = shape.bottleneck * shape.growth
    return nn.Sequential(
        OrderedDict[str, nn.Module](
            norm1=norm(channels),
            relu1=nn.ReLU(),
            conv1=nn.Conv2d(channels, inner, 1, bias=False),
            norm2=norm(inner),
            relu2=nn.ReLU(),
            conv2=nn.Conv2d(inner, shape.growth, 3, padding=1, bias=False),
        )
    )


def _transition(channels: int, norm: _NormOf) -> nn.Sequential:
    """Halve channels and size between two dense blocks."""
    return nn.Sequential(
        OrderedDict[str, nn.Module](
            norm=norm(channels),
            relu=nn.ReLU(),
            conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
            pool=nn.AvgPool2d(2, stride=2),
        )
    )
