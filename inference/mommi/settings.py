"""In what Liao's system and Li's differ, and how large either is built.

Both papers use one platform, made for masses and taken over for asymmetries; so one implementation
serves both, and what differs is which lesions it learns to find, which it reports, and how much
around a lesion is judged.
"""

from dataclasses import dataclass

from inference.detectors.faster_rcnn import FasterRcnnSettings, lite_settings
from inference.layers.densenet import DENSENET121, SMALL_DENSENET, DenseNetShape
from inference.layers.norm import Norm
from inference.layers.resnet import Depth
from inference.system import Preparation, Size
from inference.training.schedule import LITE, Augmentation, Optimizer, Schedule
from study_design.vocabulary import AbnormalityType


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper asks of the platform.

    Attributes
    ----------
    name
        Under which the system is registered.
    learned
        What the detection model learns to find, one class each.
    reported
        What of it is a detection of the system.
    context
        Side of the crop that is judged, in longer sides of the lesion's box.
    """

    name: str
    learned: tuple[AbnormalityType, ...]
    reported: tuple[AbnormalityType, ...]
    context: float


# Liao's detection model is one of lesions that are not calcifications; asymmetries are reported.
# An asymmetry shows by what is around it.
LIAO = Paper(
    "liao",
    learned=(AbnormalityType.ASYMMETRY, AbnormalityType.MASS, AbnormalityType.DISTORTION),
    reported=(AbnormalityType.ASYMMETRY,),
    context=2.0,
)
LI = Paper("li", learned=(AbnormalityType.MASS,), reported=(AbnormalityType.MASS,), context=1.5)


@dataclass(frozen=True, slots=True)
class Build:
    """How large the networks are.

    Attributes
    ----------
    regions
        Places of a view that its breast's other view may ask about.
    crop_px
        Side of the crops that are judged.
    """

    preparation: Preparation
    spacing_mm: float
    depth: Depth
    norm: Norm
    width: int
    rcnn: FasterRcnnSettings
    regions: int
    densenet: DenseNetShape
    crop_px: int
    schedule: Schedule


def build_of(size: Size, paper: Paper) -> Build:
    """Return how large the networks of a size are."""
    classes = len(paper.learned)
    if size is Size.LITE:
        return Build(
            Preparation(spacing_mm=0.5),
            spacing_mm=0.5,
            depth=18,
            norm="group",
            width=32,
            rcnn=lite_settings(classes),
            regions=16,
            densenet=SMALL_DENSENET,
            crop_px=96,
            schedule=LITE,
        )
    return Build(
        Preparation(spacing_mm=0.15),
        spacing_mm=0.15,
        depth=50,
        norm="batch",
        width=64,
        rcnn=FasterRcnnSettings(classes),
        regions=32,
        densenet=DENSENET121,
        # P of Li; Liao says nothing of its own and takes over Li's platform.
        crop_px=448,
        # The papers say nothing of how they trained: Zhou's numbers.
        schedule=Schedule(
            Optimizer.SGD,
            lr=0.005,
            iterations=25_000,
            batch=4,
            weight_decay=1e-4,
            warmup=500,
            augmentation=Augmentation(scale=(0.8, 1.2), flip_vertical=True),
        ),
    )
