"""The classification model: how malignant a found lesion looks, and its BI-RADS category.

One DenseNet sees the lesion's crop; malignancy and category are two tasks on its embedding, so that
each teaches the other. Chance 0 to 1 here is 0 to 100 outside.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detectors.pictures import normalised
from inference.layers.densenet import DenseNet
from inference.mommi.ordinal import OrdinalHead, category_positions, ordinal_loss
from inference.ops.roi_align import roi_align

_AT_ONCE = 8  # crops; more only takes memory


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Of K lesions: `malignant` (K,) as a logit, `worse` (K, 5) as those of `OrdinalHead`."""

    malignant: Tensor
    worse: Tensor

    @property
    def malignancy(self) -> Tensor:
        """The chance (K,) that a lesion is malignant, 0 to 1."""
        return self.malignant.sigmoid()

    @property
    def categories(self) -> Tensor:
        """The BI-RADS categories (K,), as positions in `ordinal.CATEGORIES`."""
        return category_positions(self.worse)


class LesionClassifier(nn.Module):
    """DenseNet with two heads.

    Parameters
    ----------
    densenet
        Its embedding serves both heads.
    crop_px
        Crops are resampled to squares of this side.
    context
        Side of a crop in longer sides of the lesion's box.
    """

    def __init__(self, densenet: DenseNet, *, crop_px: int, context: float) -> None:
        super().__init__()
        self.densenet = densenet
        self.malignant = nn.Linear(densenet.channels, 1)
        self.birads = OrdinalHead(densenet.channels)
        self._crop_px = crop_px
        self._context = context

    def forward(self, pictures: Tensor, boxes: Tensor, view: Tensor) -> Judgement:
        """Return what lesions look like.

        Parameters
        ----------
        pictures
            (N, 3, H, W) of `pictures.batched`.
        boxes, view
            (K, 4) and (K,): the lesions, and which picture each lies on.
        """
        parts = [
            self.densenet(self._crops(pictures, *part))
            for part in zip(torch.split(boxes, _AT_ONCE), torch.split(view, _AT_ONCE), strict=True)
            if len(part[0])
        ]
        embedding = torch.cat([boxes.new_zeros(0, self.densenet.channels), *parts])
        malignant = self.malignant(embedding).squeeze(1)
        return Judgement(malignant.float(), self.birads(embedding).float())

    def _crops(self, pictures: Tensor, boxes: Tensor, view: Tensor) -> Tensor:
        """Return squares around boxes as the trunk takes them."""
        centre = (boxes[:, :2] + boxes[:, 2:]) / 2
        half = self._context * (boxes[:, 2:] - boxes[:, :2]).amax(dim=1, keepdim=True) / 2
        squares = torch.cat([centre - half, centre + half], dim=1)
        grey = roi_align(pictures[:, :1], squares, view, self._crop_px, 1.0)
        return normalised(grey.expand(-1, 3, -1, -1))


def malignancy_loss(judged: Judgement, malignant: Tensor) -> Tensor:
    """Return the mean cross entropy of lesions (K,) that are 1 malignant or 0 not; -1 is left out.

    0 where nothing is known of any.
    """
    known = malignant >= 0
    truth = malignant[known].to(judged.malignant)
    loss = functional.binary_cross_entropy_with_logits(
        judged.malignant[known], truth, reduction="sum"
    )
    return loss / known.sum().clamp_min(1)


def category_loss(judged: Judgement, lowest: Tensor, highest: Tensor) -> Tensor:
    """Return `ordinal_loss` of lesions (K,) whose category is known, not -1; 0 where none is."""
    known = lowest >= 0
    if not known.any():
        return judged.worse.sum() * 0.0
    return ordinal_loss(judged.worse[known], lowest[known], highest[known])
