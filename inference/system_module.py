"""What systems that are networks have alike: size, preparation, schedule and where they lie."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import nn

from inference.prepared import PreparedExam
from inference.system import Preparation, Size
from inference.training.schedule import Schedule


class Build(Protocol):
    """What a paper's settings say of every system: how exams are prepared, how it is trained."""

    @property
    def preparation(self) -> Preparation:
        """How exams are prepared."""

    @property
    def schedule(self) -> Schedule:
        """How it is trained."""


class SystemModule(nn.Module):
    """The part of a `DetectionSystem` that does not depend on its paper.

    Parameters
    ----------
    size
        Full or lite.
    build
        What the paper's settings say of that size.
    """

    def __init__(self, size: Size, build: Build) -> None:
        super().__init__()
        self.size = size
        self.preparation = build.preparation
        self.schedule = build.schedule

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.parameters()).device

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Do nothing: gradients reach all there is."""
