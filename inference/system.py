"""What every AI system offers: a loss to train by, and the detections of one exam."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from torch import Tensor

from inference.prepared import PreparedExam
from study_design.detections import CaseResult


class Size(StrEnum):
    """How large a system is built."""

    FULL = "full"
    """As its paper has it."""
    LITE = "lite"
    """A small trunk on coarser pixels, which a computer without a GPU can train and run."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How views are prepared for a system.

    Attributes
    ----------
    spacing_mm
        Views are resampled to this distance of pixel centres; None where `longest_px` rules.
    longest_px
        Views are scaled until their longer side has so many pixels.
    crop_to_breast
        Cut the view to the smallest rectangle around the breast.
    keep_specks
        A pixel is as bright as the brightest of its quarters, not as their mean: on coarse pixels
        most calcifications would be averaged away.
    """

    spacing_mm: float | None
    longest_px: int | None = None
    crop_to_breast: bool = True
    keep_specks: bool = False


@runtime_checkable
class DetectionSystem(Protocol):
    """A torch module that implements the system of a paper.

    `state_dict` holds everything that training settles, thresholds and matching trees as buffers
    included, so that weights are one safetensors file.
    """

    name: str
    size: Size
    preparation: Preparation
    scale: str
    """Lowest and highest possible score, as in `0-1`."""

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the losses of a batch by name; training descends their sum."""
        ...

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Fit after training what no gradient reaches (matching, thresholds) on training exams."""
        ...

    def detect(self, exam: PreparedExam) -> CaseResult:
        """Return the detections of an exam, boxes in stored pixels."""
        ...
