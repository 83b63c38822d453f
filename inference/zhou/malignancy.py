"""Benign or malignant, and how a lesion looks: two tasks on one embedding, learned together.

The paper names shape, edges and distribution without its words; ours are those of BI-RADS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, relu

_HIDDEN = 128


class MorphologyAxis(StrEnum):
    """What morphology is described by; of each axis one word holds."""

    SHAPE = "shape"
    MARGIN = "margin"
    DISTRIBUTION = "distribution"


MORPHOLOGY = {
    MorphologyAxis.SHAPE: ("oval", "round", "irregular"),
    MorphologyAxis.MARGIN: (
        "circumscribed", "obscured", "microlobulated", "indistinct", "spiculated",
    ),
    MorphologyAxis.DISTRIBUTION: ("diffuse", "regional", "grouped", "linear", "segmental"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Character:
    """What the head says of K lesions: logits of malignancy (K,) and of each axis (K, words)."""

    malignancy: Tensor
    morphology: dict[MorphologyAxis, Tensor]


class CharacterHead(nn.Module):
    """Malignancy and morphology from the detector's embedding.

    Parameters
    ----------
    width
        Of the embedding.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.shared = nn.Linear(width, _HIDDEN)
        self.malignancy = nn.Linear(_HIDDEN, 1)
        self.axes = nn.ModuleDict(
            {axis.value: nn.Linear(_HIDDEN, len(words)) for axis, words in MORPHOLOGY.items()}
        )

    def forward(self, embedding: Tensor) -> Character:
        """Return what (K, width) shows."""
        hidden = relu(self.shared(embedding))
        return Character(
            self.malignancy(hidden)[:, 0],
            {axis: self.axes[axis.value](hidden) for axis in MORPHOLOGY},
        )


def malignancy_loss(found: Character, truth: Sequence[bool | None]) -> Tensor:
    """Return the mean cross entropy of the lesions of known nature; 0 without any."""
    rows = [row for row, malignant in enumerate(truth) if malignant is not None]
    wanted = found.malignancy.new_tensor([float(truth[row] is True) for row in rows])
    total = binary_cross_entropy_with_logits(found.malignancy[rows], wanted, reduction="sum")
    return total / max(len(rows), 1)


def morphology_loss(found: Character, truth: Sequence[Sequence[str]]) -> Tensor:
    """Return the mean cross entropy over all words that are given; 0 without any.

    `truth` holds the words of each lesion; an axis of which none is given is not learned from.
    """
    total, count = found.malignancy.new_zeros(()), 0
    for axis, words in MORPHOLOGY.items():
        given = [
            (row, words.index(word))
            for row, described in enumerate(truth)
            for word in described
            if word in words
        ]
        rows, labels = [row for row, _ in given], [label for _, label in given]
        wanted = torch.tensor(labels, dtype=torch.int64, device=total.device)
        total = total + cross_entropy(found.morphology[axis][rows], wanted, reduction="sum")
        count += len(given)
    return total / max(count, 1)


def described(found: Character, row: int, axes: Sequence[MorphologyAxis]) -> str:
    """Return the likeliest word of each of some axes for a lesion, joined by commas."""
    return ", ".join(MORPHOLOGY[axis][int(found.morphology[axis][row].argmax())] for axis in axes)
