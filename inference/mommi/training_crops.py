"""Which places the classification model learns from: the lesions, and as much normal tissue.

The papers train on lesions. The model is asked about all that the detection model marks, though,
so places that it proposed wrongly are shown to it as benign.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from inference.mommi.exam_batch import LesionTruths
from inference.ops.boxes import pairwise_iou

# A place that overlaps no lesion by more is normal tissue.
_NORMAL_IOU = 0.1
_JITTER = 0.1  # in sides of a box, as the detection model's boxes are off


def training_crops(truths: LesionTruths, proposals: Sequence[Tensor]) -> LesionTruths:
    """Return lesions of the types asked for, a little off, and as many places without a lesion.

    Parameters
    ----------
    truths
        All lesions of a batch.
    proposals
        (P, 4) of each view: what looked like a lesion.

    Notes
    -----
    Drawn with torch's generator. At least one place is of normal tissue, where there is any.
    """
    lesions = truths.some(truths.label > 0)
    shift = _JITTER * (2 * torch.rand_like(lesions.boxes) - 1)
    side = (lesions.boxes[:, 2:] - lesions.boxes[:, :2]).repeat(1, 2)
    normal = [
        _normal(boxes, truths.boxes[truths.view == number])
        for number, boxes in enumerate(proposals)
    ]
    with_normal = [number for number, boxes in enumerate(normal) if len(boxes)]
    drawn = torch.randperm(len(with_normal))[: max(1, len(lesions.boxes))].tolist()
    views = [with_normal[place] for place in drawn]
    chosen = [normal[number][torch.randint(len(normal[number]), (1,))] for number in views]
    count = len(chosen)
    return LesionTruths(
        torch.cat([lesions.boxes + shift * side, *chosen]),
        torch.cat([lesions.view, lesions.view.new_tensor(views)]),
        torch.cat([lesions.label, lesions.label.new_zeros(count)]),
        torch.cat([lesions.malignant, lesions.malignant.new_zeros(count)]),
        torch.cat([lesions.lowest, lesions.lowest.new_full((count,), -1)]),
        torch.cat([lesions.highest, lesions.highest.new_full((count,), -1)]),
    )


def _normal(boxes: Tensor, lesions: Tensor) -> Tensor:
    """Return the boxes that overlap no lesion."""
    return boxes[(pairwise_iou(boxes, lesions) <= _NORMAL_IOU).all(dim=1)]
