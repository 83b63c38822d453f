"""The numbers of Ueda 2022 and of the small build."""

from dataclasses import dataclass, replace

from inference.detectors.matching import MatchRule
from inference.detectors.retina_net import RetinaNetSettings
from inference.layers.resnet import Depth
from inference.system import Preparation, Size
from inference.training.schedule import LITE, Course, Optimizer, Schedule


@dataclass(frozen=True, slots=True)
class Build:
    """How large the system is.

    Attributes
    ----------
    depth, width
        Of the ResNet trunk.
    multiple
        Pictures are padded with black to a multiple of so many pixels: 800 makes the square of
        the paper.
    """

    depth: Depth
    width: int
    multiple: int
    preparation: Preparation
    retina: RetinaNetSettings
    schedule: Schedule


FULL = Build(
    depth=152,
    width=64,
    multiple=800,
    preparation=Preparation(spacing_mm=None, longest_px=800, crop_to_breast=False),
    retina=RetinaNetSettings(n_classes=1),
    # 100 passes over the 3,709 images of four folds, four views an exam. Rate, clipping and
    # plateau are those of the authors' code.
    schedule=Schedule(
        Optimizer.ADAM,
        lr=1e-5,
        iterations=92_700,
        batch=1,
        clip=0.001,
        course=Course.PLATEAU,
        patience=2,
    ),
)
LITE_BUILD = Build(
    depth=18,
    width=32,
    multiple=32,
    preparation=Preparation(
        spacing_mm=None, longest_px=400, crop_to_breast=False, keep_specks=True
    ),
    # On coarse pixels few anchors overlap a small lesion by half, so its best ones always count.
    retina=replace(
        RetinaNetSettings(n_classes=1),
        channels=64,
        smallest_anchor=12.0,
        match=MatchRule(positive=0.5, negative=0.4, keep_best=True),
        per_picture=30,
    ),
    schedule=LITE,
)


def build_of(size: Size) -> Build:
    """Return the numbers of a size."""
    return FULL if size is Size.FULL else LITE_BUILD
