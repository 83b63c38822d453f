"""Non-maximum suppression: of boxes that mean the same place, the one of highest score stays."""

import torch
from torch import Tensor

from inference.ops.boxes import pairwise_iou

BLOCK = 512
"""Boxes compared with each other at once; the matrix of one block is 1 MB."""


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Return which boxes stay, by falling score.

    A box falls when a staying box of higher score overlaps it by more than `iou_threshold`. Of
    equal scores the earlier box comes first.

    Parameters
    ----------
    boxes, scores
        (N, 4) and (N,).

    Returns
    -------
    Tensor
        Indices (K,), int64.

    Notes
    -----
    Boxes are taken in blocks of falling score: first the boxes kept so far strike out, then the
    block settles among itself by `_survivors`, so no loop runs over single boxes.
    """
    order = torch.argsort(scores, descending=True, stable=True)
    kept = order[:0]
    for block in torch.split(order, BLOCK):
        if kept.numel():
            struck = (pairwise_iou(boxes[kept], boxes[block]) > iou_threshold).any(dim=0)
            block = block[~struck]
        kept = torch.cat((kept, block[_survivors(boxes[block], iou_threshold)]))
    return kept


def class_nms(boxes: Tensor, scores: Tensor, labels: Tensor, iou_threshold: float) -> Tensor:
    """Return which boxes stay, by falling score, when boxes strike out only their own label."""
    kept = [
        members[nms(boxes[members], scores[members], iou_threshold)]
        for members in (torch.where(labels == label)[0] for label in torch.unique(labels))
    ]
    if not kept:
        return labels.new_zeros(0, dtype=torch.int64)
    together = torch.cat(kept).sort().values
    return together[torch.argsort(scores[together], descending=True, stable=True)]


def _survivors(boxes: Tensor, iou_threshold: float) -> Tensor:
    """Return (N,) True for the boxes of a block, by falling score, that none before strikes out.

    A box stays when no staying box before it overlaps it. Starting from "all stay", each round
    settles at least one more box for good, and the answer is the only fixed point; real sets
    settle in as many rounds as their longest chain of overlaps, a handful.
    """
    strikes = (pairwise_iou(boxes, boxes) > iou_threshold).triu(diagonal=1).float()
    stays = torch.ones(len(boxes), device=boxes.device)
    while True:
        after = (stays @ strikes == 0).float()
        if torch.equal(after, stays):
            return after.bool()
        stays = after
