"""The numbers of Zhou 2023 and of the small build: trunk, pixels, schedule, which views meet."""

from dataclasses import dataclass, replace

from inference.detectors.faster_rcnn import FasterRcnnSettings, lite_settings
from inference.layers.resnet import Depth
from inference.system import Preparation, Size
from inference.training.schedule import LITE, Course, Optimizer, Schedule
from inference.zhou.flips import ALL_FLIPS, AS_IT_IS, Flip
from inference.zhou.view_batch import TYPES


@dataclass(frozen=True, slots=True)
class Fusion:
    """Which views tell each other what they show.

    Attributes
    ----------
    left_right
        The same view of the other breast.
    cc_mlo
        The other view of the same breast.
    shuffled
        The sister views are another exam's: the control, which must gain nothing.
    """

    left_right: bool
    cc_mlo: bool
    shuffled: bool = False


SINGLE_VIEW = Fusion(left_right=False, cc_mlo=False)
FOUR_VIEW = Fusion(left_right=True, cc_mlo=True)


@dataclass(frozen=True, slots=True)
class Build:
    """How large a system is.

    Attributes
    ----------
    depth, width
        Of the ResNet trunk.
    fused_levels
        Of the pyramid, the finest of it is 0. Full pixels are .15 mm and the levels P3-P5, a
        feature every 1.2 to 4.8 mm; lite pixels are .5 mm, where P2-P5 are 2 to 16 mm.
    flips
        Looked at in detection.
    """

    depth: Depth
    width: int
    preparation: Preparation
    rcnn: FasterRcnnSettings
    fused_levels: tuple[int, ...]
    flips: tuple[Flip, ...]
    schedule: Schedule


FULL = Build(
    depth=50,
    width=64,
    preparation=Preparation(spacing_mm=0.15),
    rcnn=FasterRcnnSettings(len(TYPES)),
    fused_levels=(1, 2, 3),
    flips=ALL_FLIPS,
    # A batch of the paper is four pictures, which is one exam.
    schedule=Schedule(
        Optimizer.SGD,
        lr=0.005,
        iterations=25_000,
        batch=1,
        weight_decay=1e-4,
        momentum=0.9,
        warmup=500,
        course=Course.STEPS,
    ),
)
LITE_BUILD = Build(
    depth=18,
    width=32,
    preparation=Preparation(spacing_mm=0.5, keep_specks=True),
    rcnn=replace(lite_settings(len(TYPES)), per_picture=30),
    fused_levels=(0, 1, 2, 3),
    flips=(AS_IT_IS,),
    # Two exams a step, so that the shuffled control has another exam to take views from.
    schedule=replace(LITE, batch=2),
)


def build_of(size: Size) -> Build:
    """Return the numbers of a size."""
    return FULL if size is Size.FULL else LITE_BUILD
