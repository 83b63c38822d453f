"""In which part of the breast a lesion lies, told from the view and the lesion's mask."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from inference.zhou.lesion_mask import MaskNet
from study_design.vocabulary import Projection, Quadrant

_WORDS = {projection: Quadrant.on(projection) for projection in Projection}
_START = {Projection.CC: 0, Projection.MLO: len(_WORDS[Projection.CC])}
_OUTPUTS = sum(len(words) for words in _WORDS.values())


class QuadrantClassifier(nn.Module):
    """One net for both projections; each has its own words, and only they compete."""

    def __init__(self) -> None:
        super().__init__()
        self.net = MaskNet(_OUTPUTS)

    def forward(self, masked: Tensor) -> Tensor:
        """Return (K, words of CC and MLO) from `masked_views`."""
        found: Tensor = self.net(masked)
        return found

    def probabilities(self, logits: Tensor, projection: Projection) -> Tensor:
        """Return (K, words) in the order of `Quadrant.on(projection)`, for views of it."""
        return _of(logits, projection).softmax(dim=1)


def quadrant_loss(
    logits: Tensor, projections: Sequence[Projection], truth: Sequence[Quadrant | None]
) -> Tensor:
    """Return the mean cross entropy of the lesions whose quadrant is known; 0 without any.

    Parameters
    ----------
    logits
        (K, words of CC and MLO).
    projections, truth
        K each; a word that the projection does not have counts as unknown.
    """
    parts = []
    for projection, words in _WORDS.items():
        rows = [
            row
            for row, word in enumerate(truth)
            if projections[row] is projection and word in words
        ]
        labels = [words.index(word) for row in rows if (word := truth[row]) is not None]
        wanted = torch.tensor(labels, dtype=torch.int64, device=logits.device)
        parts.append(cross_entropy(_of(logits[rows], projection), wanted, reduction="sum"))
    known = sum(
        word in _WORDS[projection] for word, projection in zip(truth, projections, strict=True)
    )
    return torch.stack(parts).sum() / max(known, 1)


def likeliest(probabilities: Tensor, projection: Projection) -> list[Quadrant]:
    """Return the word of each lesion."""
    return [_WORDS[projection][index] for index in probabilities.argmax(dim=1).tolist()]


def compatibility(cc: Tensor, mlo: Tensor) -> Tensor:
    """Return (A, B): how likely lesions on CC and on MLO lie in parts that can be one place.

    `cc` (A, 4) and `mlo` (B, 5) are probabilities. What lies behind the areola on one view does on
    the other; the axillary tail is outer or middle; all else may meet, for CC tells outer from
    inner and MLO upper from lower.
    """
    return cc @ _COMPATIBLE.to(cc) @ mlo.T


def _can_be_one(cc: Quadrant, mlo: Quadrant) -> bool:
    if Quadrant.AREOLA in (cc, mlo):
        return cc is mlo
    return not (mlo is Quadrant.AXILLARY_TAIL and cc is Quadrant.INNER)


_COMPATIBLE = torch.tensor(
    [
        [float(_can_be_one(cc, mlo)) for mlo in _WORDS[Projection.MLO]]
        for cc in _WORDS[Projection.CC]
    ]
)


def _of(logits: Tensor, projection: Projection) -> Tensor:
    """Return the logits of a projection's own words."""
    start = _START[projection]
    return logits[:, start : start + len(_WORDS[projection])]
