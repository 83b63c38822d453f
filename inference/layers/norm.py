"""Normalisation: by group where a net trains from scratch, by batch where weights come from it."""

from collections.abc import Callable
from typing import Literal

from torch import nn

Norm = Literal["group", "batch"]


def norm_layer(norm: Norm) -> Callable[[int], nn.Module]:
    """Return what makes the normalisation of so many channels.

    Groups do not depend on how many views share a step, which batches of one exam need. They hold
    two channels at least, and are 32 as published weights have them.
    """
    return _group_norm if norm == "group" else nn.BatchNorm2d


def _group_norm(channels: int) -> nn.Module:
    """Return the normalisation of `channels` by group."""
    return nn.GroupNorm(min(32, max(1, channels // 2)), channels)
