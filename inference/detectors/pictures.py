"""What detectors take and give a picture: a batch of pixels, its targets, its detections."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)
SPREAD = (0.229, 0.224, 0.225)
"""Of the pictures that public weights were trained on, by channel."""


@dataclass(frozen=True, slots=True, eq=False)
class PictureTargets:
    """The lesions of one picture: boxes (M, 4) in its pixels and labels (M,) from 1; M may be 0."""

    boxes: Tensor
    labels: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class PictureDetections:
    """What a detector found on one picture, by falling score.

    Attributes
    ----------
    boxes
        (N, 4), in pixels of the picture.
    labels
        (N,), int64, from 1; 0 is background and is never detected.
    scores
        (N,), 0 to 1.
    embedding
        (N, width), what the head knew of each box before it named it.
    """

    boxes: Tensor
    labels: Tensor
    scores: Tensor
    embedding: Tensor


def batched(pictures: Sequence[NDArray[np.float32]], multiple: int = 32) -> Tensor:
    """Return pictures as one batch (N, 3, H, W), the grey in all three channels.

    Smaller pictures are padded with 0, which is air, on the right and below, so pixel coordinates
    stay; H and W are multiples of `multiple`.
    """
    height, width = (
        -(-max(picture.shape[axis] for picture in pictures) // multiple) * multiple
        for axis in (0, 1)
    )
    batch = torch.zeros(len(pictures), 1, height, width)
    for row, picture in zip(batch, pictures, strict=True):
        row[0, : picture.shape[0], : picture.shape[1]] = torch.from_numpy(picture)
    return batch.expand(-1, 3, -1, -1)


def normalised(pictures: Tensor) -> Tensor:
    """Return a batch of `batched` as the trunk takes it, in the range of public weights."""
    mean = pictures.new_tensor(MEAN)[:, None, None]
    return (pictures - mean) / pictures.new_tensor(SPREAD)[:, None, None]
