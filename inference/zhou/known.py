"""Which of its tasks a model has been taught: it says nothing of the others.

A data set need not hold the quadrants, depths, natures and words of its lesions. A head that never
met a truth would answer all the same, so what was met is kept beside the weights.
"""

from collections.abc import Sequence
from enum import StrEnum

import torch
from torch import Tensor, nn

from inference.prepared import LesionTarget
from inference.zhou.malignancy import MORPHOLOGY, MorphologyAxis

# With fewer lesions of known truth than this a head has learned them by heart at best.
LEAST_LESIONS = 10


class Task(StrEnum):
    """What a model may know of a lesion beside its place and type."""

    QUADRANT = "quadrant"
    DEPTH = "depth"
    MALIGNANCY = "malignancy"
    SHAPE = "shape"
    MARGIN = "margin"
    DISTRIBUTION = "distribution"


_TASKS = tuple(Task)


class Known(nn.Module):
    """A flag for each task, kept in the state dict."""

    taught: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("taught", torch.zeros(len(_TASKS), dtype=torch.bool))

    def __contains__(self, task: Task) -> bool:
        return bool(self.taught[_TASKS.index(task)])

    def axes(self) -> list[MorphologyAxis]:
        """Return the axes of morphology that were taught."""
        return [axis for axis in MorphologyAxis if Task(axis.value) in self]

    def settle(self, targets: Sequence[LesionTarget]) -> None:
        """Flag the tasks of which the targets hold truth enough; what was known stays known."""
        for index, task in enumerate(_TASKS):
            if sum(_holds(target, task) for target in targets) >= LEAST_LESIONS:
                self.taught[index] = True


def _holds(target: LesionTarget, task: Task) -> bool:
    """Tell whether the truth of a task is known for a lesion."""
    if task is Task.QUADRANT:
        return target.quadrant is not None
    if task is Task.DEPTH:
        return target.depth is not None
    if task is Task.MALIGNANCY:
        return target.malignant is not None
    return any(word in MORPHOLOGY[MorphologyAxis(task.value)] for word in target.morphology)
