"""How a system is trained: the numbers that a paper's methods section gives."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np

from inference.prepared import PreparedExam


class Optimizer(StrEnum):
    """Which rule turns gradients into steps."""

    SGD = "sgd"
    ADAM = "adam"
    ADAMW = "adamw"


class Course(StrEnum):
    """How the learning rate goes on after the warm-up."""

    CONSTANT = "constant"
    STEPS = "steps"
    """A tenth from 70 %, a hundredth from 90 % of the iterations on."""
    COSINE = "cosine"
    """Half a cosine down to nothing at the last iteration."""
    PLATEAU = "plateau"
    """A tenth whenever the mean loss of `patience` passes has not fallen."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How exams are varied; every view of an exam alike, so that what relates them stays true.

    Attributes
    ----------
    scale
        Lowest and highest factor by which views are enlarged.
    flip_horizontal, flip_vertical
        Whether half of the exams are mirrored.
    contrast
        Grey values are multiplied by a factor between 1 - contrast and 1 + contrast.
    """

    scale: tuple[float, float] = (1.0, 1.0)
    flip_horizontal: bool = False
    flip_vertical: bool = False
    contrast: float = 0.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of a training run.

    Attributes
    ----------
    lr
        Learning rate after the warm-up.
    iterations
        Optimiser steps in all.
    batch
        Exams of one step, over all processes.
    momentum
        Of SGD; Adam and AdamW keep their usual averages.
    warmup
        Iterations in which the learning rate rises evenly from a thousandth.
    clip
        Longest gradient, over all parameters; None clips nothing.
    patience
        Passes over the exams that a plateau lasts.
    frozen_trunk
        The residual trunk keeps the weights that it starts with; what lies above it learns.
    """

    optimizer: Optimizer
    lr: float
    iterations: int
    batch: int
    weight_decay: float = 0.0
    momentum: float = 0.9
    warmup: int = 0
    clip: float | None = None
    course: Course = Course.CONSTANT
    patience: int = 2
    augmentation: Augmentation = Augmentation()
    frozen_trunk: bool = False

    def rate(self, iteration: int) -> float:
        """Return the learning rate of an iteration, counted from 0; a plateau comes on top."""
        if iteration < self.warmup:
            return self.lr * (0.001 + 0.999 * iteration / self.warmup)
        share = iteration / max(1, self.iterations)
        if self.course is Course.STEPS:
            return self.lr * (1.0 if share < 0.7 else 0.1 if share < 0.9 else 0.01)
        if self.course is Course.COSINE:
            return self.lr * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share)))
        return self.lr


# What a system that says nothing of its training is given: minutes on a computer without a GPU.
LITE = Schedule(
    Optimizer.ADAMW,
    lr=7e-4,
    iterations=1200,
    batch=1,
    weight_decay=1e-4,
    warmup=50,
    clip=5.0,
    course=Course.COSINE,
    augmentation=Augmentation(scale=(0.9, 1.1), flip_vertical=True, contrast=0.1),
)


@runtime_checkable
class Scheduled(Protocol):
    """A system that says how it is trained; one that does not is given `LITE`."""

    @property
    def schedule(self) -> Schedule:
        """The schedule for the size in which the system was built."""
        ...


@runtime_checkable
class Varied(Protocol):
    """A system whose paper varies exams in a way of its own; the others' follow the schedule."""

    def varied(self, exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
        """Return a variation of a training exam, boxes and frames true to it."""
        ...
