"""SPPNet: ResNet18 and pyramid pooling, one answer for a picture of any size, and where from."""

import torch
from torch import Tensor, nn

from inference.detectors.pictures import normalised
from inference.layers.norm import Norm
from inference.layers.pyramid_pooling import PyramidPooling
from inference.layers.resnet import resnet

CELLS = (1, 2, 4)


class SppNet(nn.Module):
    """The network of Lin 2025 for yes-or-no questions of a picture.

    Parameters
    ----------
    width
        Of the trunk; 64 is ResNet18's own.
    """

    def __init__(self, width: int, norm: Norm) -> None:
        super().__init__()
        self.body = resnet(18, norm, width)
        self.pooling = PyramidPooling(self.body.channels[-1], CELLS)
        self.fc = nn.Linear(self.pooling.length, 1)
        # A vector this long would give large answers before anything is learned.
        nn.init.normal_(self.fc.weight, std=0.01)
        nn.init.zeros_(self.fc.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits (N,) of yes, of a batch of `pictures.batched`."""
        answer: Tensor = self.fc(self.pooling(self._map(pictures)))
        return answer[:, 0].float()

    def activation_map(self, picture: Tensor) -> Tensor:
        """Return how much each place says yes, (H / 32, W / 32), for one picture (1, 3, H, W).

        Class activation map (Zhou 2016) for pyramid pooling: pooling by means and the layer after
        it are linear, so the map's sum and the layer's bias are the logit.
        """
        maps = self._map(picture)
        weights = self.pooling.weight_of_places(self.fc.weight[0], maps)
        return torch.sum(maps[0] * weights, dim=0)

    def _map(self, pictures: Tensor) -> Tensor:
        """Return C5."""
        last: Tensor = self.body(normalised(pictures))[-1]
        return last
