"""Boxes as tensors: their overlap, their coding against reference boxes, their clipping.

A set of boxes is (N, 4), each row x0 y0 x1 y1 in pixels of the picture given to the net; 0, 0 is
the top left corner of the top left pixel, so width is x1 - x0.
"""

import math

import torch
from torch import Tensor

LARGEST_LOG_RATIO = math.log(1000 / 16)
"""Decoded sides grow at most by this, so that an untrained head cannot overflow."""

CodingWeights = tuple[float, float, float, float]
"""Factors on the coded centre (x, y) and size (width, height)."""


def area(boxes: Tensor) -> Tensor:
    """Return the areas (N,) in square pixels."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """Return intersection over union of all pairs, (N, M); 0 where both boxes are empty."""
    top_left = torch.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (bottom_right - top_left).clamp_(min=0).prod(dim=2)
    union = area(a)[:, None] + area(b)[None, :] - shared
    return torch.where(union > 0, shared / union, torch.zeros_like(union))


def encode(boxes: Tensor, reference: Tensor, weights: CodingWeights) -> Tensor:
    """Return what a regression head must give for `reference` boxes to become `boxes`.

    Parameters
    ----------
    boxes, reference
        (N, 4) each, row by row; sides above 0.
    weights
        Factors on dx, dy, dw, dh, which bring the four to a like spread.

    Returns
    -------
    Tensor
        (N, 4): shift of the centre in sides of the reference, logarithm of the ratio of sides.
        Girshick et al. 2014, appendix C.
    """
    centre, size = _centre_and_size(boxes)
    reference_centre, reference_size = _centre_and_size(reference)
    shift = (centre - reference_centre) / reference_size
    growth = torch.log(size / reference_size)
    return torch.cat((shift, growth), dim=1) * boxes.new_tensor(weights)


def decode(deltas: Tensor, reference: Tensor, weights: CodingWeights) -> Tensor:
    """Return the boxes that a head means by its `deltas` (N, 4) to `reference` (N, 4)."""
    scaled = deltas / deltas.new_tensor(weights)
    reference_centre, reference_size = _centre_and_size(reference)
    centre = scaled[:, :2] * reference_size + reference_centre
    half = scaled[:, 2:].clamp(max=LARGEST_LOG_RATIO).exp() * reference_size / 2
    return torch.cat((centre - half, centre + half), dim=1)


def clipped(boxes: Tensor, height: float, width: float) -> Tensor:
    """Return the boxes cut to a picture of `height` x `width` pixels."""
    limit = boxes.new_tensor((width, height, width, height))
    return torch.minimum(boxes.clamp(min=0), limit)


def large_enough(boxes: Tensor, side_px: float) -> Tensor:
    """Return (N,) True where both sides have at least `side_px` pixels."""
    return ((boxes[:, 2:] - boxes[:, :2]) >= side_px).all(dim=1)


def _centre_and_size(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Return centres and sides, (N, 2) each."""
    size = boxes[:, 2:] - boxes[:, :2]
    return boxes[:, :2] + size / 2, size
