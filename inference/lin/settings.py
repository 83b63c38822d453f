"""The numbers of Lin 2025 and of the small build."""

from dataclasses import dataclass, replace

from inference.detectors.faster_rcnn import FasterRcnnSettings, lite_settings
from inference.layers.resnet import Depth
from inference.system import Preparation, Size
from inference.training.schedule import LITE, Augmentation, Optimizer, Schedule

# FPNNet: score and suppression by the paper; across classes, and 250 a picture, by its code.
_BENIGN_AND_MALIGNANT = 2
_SCORE, _NMS, _PER_PICTURE = 0.3, 0.3, 250
_FLIPS = Augmentation(flip_horizontal=True, flip_vertical=True)


@dataclass(frozen=True, slots=True)
class Build:
    """How large the systems are.

    Attributes
    ----------
    depth, width
        Of FPNNet's trunk; `width` also of SPPNet's ResNet18.
    crop_px
        Side to which malignant crops are brought for pathotype and ER.
    """

    depth: Depth
    width: int
    crop_px: int
    preparation: Preparation
    rcnn: FasterRcnnSettings
    schedule: Schedule


def _as_in_the_paper(rcnn: FasterRcnnSettings) -> FasterRcnnSettings:
    return replace(
        rcnn,
        score_threshold=_SCORE,
        nms_threshold=_NMS,
        per_picture=_PER_PICTURE,
        class_agnostic=True,
    )


FULL = Build(
    depth=50,
    width=64,
    crop_px=224,
    preparation=Preparation(spacing_mm=0.15),
    rcnn=_as_in_the_paper(FasterRcnnSettings(_BENIGN_AND_MALIGNANT)),
    # Adam is the paper's; rate and length are left open there.
    schedule=Schedule(
        Optimizer.ADAM, lr=1e-4, iterations=25_000, batch=1, warmup=500, augmentation=_FLIPS
    ),
)
LITE_BUILD = Build(
    depth=18,
    width=32,
    crop_px=64,
    preparation=Preparation(spacing_mm=0.5, keep_specks=True),
    rcnn=_as_in_the_paper(lite_settings(_BENIGN_AND_MALIGNANT)),
    schedule=replace(LITE, augmentation=_FLIPS),
)


def build_of(size: Size) -> Build:
    """Return the numbers of a size."""
    return FULL if size is Size.FULL else LITE_BUILD
