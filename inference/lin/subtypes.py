"""Pathotype and ER status of malignant clusters, for research only.

The paper's own figures, AUC .54 to .57, are near chance: off by default, and what is said is said
as research only.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.layers.norm import Norm
from inference.lin.spp_net import SppNet
from inference.lin.truth import invasive
from inference.ops.roi_align import roi_align
from inference.prepared import LesionTarget


class Subtypes(nn.Module):
    """Two SPPNets that look at the crop of a malignant cluster.

    Parameters
    ----------
    crop_px
        Side to which crops are brought.
    """

    def __init__(self, width: int, crop_px: int, norm: Norm) -> None:
        super().__init__()
        self._crop_px = crop_px
        self.invasive = SppNet(width, norm)
        self.er_positive = SppNet(width, norm)

    def losses(
        self, pictures: Tensor, boxes: Tensor, index: Tensor, lesions: Sequence[LesionTarget]
    ) -> dict[str, Tensor]:
        """Return the losses over malignant lesions of which the answer is known.

        Parameters
        ----------
        pictures
            (N, 3, H, W).
        boxes, index
            (K, 4) and (K,): where the lesions lie, and on which picture.
        """
        crops = self._crops(pictures, boxes, index)
        return {
            "pathotype": _known_loss(
                self.invasive, crops, [invasive(lesion.pathology) for lesion in lesions]
            ),
            "er": _known_loss(self.er_positive, crops, [lesion.er_positive for lesion in lesions]),
        }

    def words(self, picture: Tensor, boxes: Tensor) -> list[str]:
        """Return what is said of clusters (K, 4) on one picture (1, 3, H, W)."""
        if len(boxes) == 0:
            return []
        index = torch.zeros(len(boxes), dtype=torch.int64, device=boxes.device)
        crops = self._crops(picture, boxes, index)
        invasive_share = self.invasive(crops).sigmoid().tolist()
        er_share = self.er_positive(crops).sigmoid().tolist()
        return [
            f"research only: invasive {one:.2f}, ER positive {other:.2f}"
            for one, other in zip(invasive_share, er_share, strict=True)
        ]

    def _crops(self, pictures: Tensor, boxes: Tensor, index: Tensor) -> Tensor:
        """Return the crops, brought to one size."""
        return roi_align(pictures, boxes, index, self._crop_px, 1.0)


def _known_loss(net: SppNet, crops: Tensor, answers: Sequence[bool | None]) -> Tensor:
    """Return the cross entropy over the crops whose answer is known; 0 where none is."""
    known = [row for row, answer in enumerate(answers) if answer is not None]
    if not known:
        return crops.new_zeros(())
    truth = crops.new_tensor([float(bool(answers[row])) for row in known])
    return binary_cross_entropy_with_logits(net(crops[known]), truth)
