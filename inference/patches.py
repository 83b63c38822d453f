"""A trunk's first lessons: whether a patch shows a lesion, of which type, and how bad.

A detector sees the few lesions of a view among thousands of empty places; from scratch its trunk
learns little an hour. Cut-out patches show a lesion every second time, at a tenth of the pixels
(Shen et al. 2019 begin with patches too). Layer names are those of the systems, so that every
system with a ResNet starts from these weights: `crossread train zhou --init PATCHES/weights`.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, grid_sample

from inference.detectors.pictures import batched, normalised
from inference.layers.resnet import resnet
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.system import Preparation, Size
from inference.training.schedule import Augmentation, Course, Optimizer, Schedule
from study_design.errors import BadInputError
from study_design.geometry import Point
from study_design.vocabulary import AbnormalityType

TYPES = tuple(AbnormalityType)
"""A label is the place in this order, counted from 1; 0 is a patch without a lesion's centre."""

PATCH_MM = 48.0
LESION_LOOKS = 2
"""Patches around each lesion of a view; as many are empty, and every view has an empty one."""

# The centre of a patch misses the lesion's by up to this share of the patch's side.
_MISS = 0.2
_SCALES = (0.8, 1.25)
# Places tried for an empty patch before one is taken as it is.
_TRIES = 8
_SEEN_STAGES = 3


class PatchNet(nn.Module):
    """Not a detector: a trunk under three questions, which are thrown away afterwards.

    What the last three stages see most of in a patch answers them, so that all are taught, and a
    speck counts as much as a shadow.
    """

    name = "patches"
    scale = "0-1"

    def __init__(self, size: Size) -> None:
        super().__init__()
        is_full = size is Size.FULL
        self.size = size
        self.preparation = Preparation(0.15) if is_full else Preparation(0.5, keep_specks=True)
        self.schedule = _FULL if is_full else _LITE
        self._side_px = 32 * round(PATCH_MM / (0.15 if is_full else 0.5) / 32)
        self.body = resnet(50, "group") if is_full else resnet(18, "group", 32)
        width = sum(self.body.channels[-_SEEN_STAGES:])
        self.type_of = nn.Linear(width, len(TYPES) + 1)
        self.malignant = nn.Linear(width, 1)

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return `type` and `malignancy`, means over the patches drawn from the exams' views.

        Raises
        ------
        BadInputError
            For exams without views.
        """
        device = self.type_of.weight.device
        drawn = [
            _patches(view, exam.targets_on(view.view), self._side_px)
            for exam in exams
            for view in exam.views
        ]
        if not drawn:
            raise BadInputError("Expected exams with views, got none. Import their images.")
        pixels = torch.cat([patches for patches, _, _ in drawn]).to(device)
        labels = torch.tensor([each for _, some, _ in drawn for each in some], device=device)
        malignant = torch.tensor([each for _, _, some in drawn for each in some], device=device)
        maps = self.body(normalised(pixels.expand(-1, 3, -1, -1)))
        seen = torch.cat([each.amax(dim=(2, 3)) for each in maps[-_SEEN_STAGES:]], dim=1)
        losses = {"type": cross_entropy(self.type_of(seen).float(), labels)}
        known = malignant >= 0
        if known.any():
            answer = self.malignant(seen[known]).float()[:, 0]
            losses["malignancy"] = binary_cross_entropy_with_logits(answer, malignant[known])
        return losses

    def varied(self, exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:  # noqa: ARG002
        """Return the exam: each patch is turned, mirrored and scaled for itself."""
        return exam

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Do nothing: gradients reach all there is."""

    def detect(self, exam: PreparedExam) -> NoReturn:
        """Refuse: there is no detector over this trunk."""
        raise BadInputError(
            f"Expected a system that detects for {exam.case}, got patches. Train one from its "
            "weights: crossread train zhou --init PATCHES/weights"
        )


def _patches(
    view: PreparedView, targets: Sequence[LesionTarget], side_px: int
) -> tuple[Tensor, list[int], list[float]]:
    """Return patches (K, 1, side, side) of a view, their labels, and 1, 0 or -1 for malignant."""
    typed = [target for target in targets if target.type is not None] * LESION_LOOKS
    centres = [_near(target.where.centre, side_px) for target in typed]
    empty = [_empty(view, targets) for _ in range(max(1, len(typed)))]
    labels = [1 + TYPES.index(target.type) for target in typed if target.type is not None]
    malignant = [-1.0 if target.malignant is None else float(target.malignant) for target in typed]
    return (
        _cut(view, [*centres, *empty], side_px),
        labels + [0] * len(empty),
        malignant + [-1.0] * len(empty),
    )


def _near(centre: Point, side_px: int) -> Point:
    """Draw where a patch lies that shows a lesion."""
    across, down = ((torch.rand(2) * 2 - 1) * _MISS * side_px).tolist()
    return Point(centre.x_px + across, centre.y_px + down)


def _empty(view: PreparedView, targets: Sequence[LesionTarget]) -> Point:
    """Draw a place in the breast at which no lesion lies."""
    rows, columns = np.nonzero(view.breast)
    place = Point(0.0, 0.0)
    for _ in range(_TRIES if rows.size else 0):
        drawn = int(torch.randint(rows.size, ()))
        place = Point(float(columns[drawn]) + 0.5, float(rows[drawn]) + 0.5)
        if not any(target.where.contains(place) for target in targets):
            break
    return place


def _cut(view: PreparedView, centres: Sequence[Point], side_px: int) -> Tensor:
    """Return patches around places, each turned, mirrored, scaled and brightened at random."""
    picture = batched([view.pixels], 1)[:, :1]
    rows, columns = picture.shape[2:]
    count = len(centres)
    angle = torch.rand(count) * 2 * torch.pi
    low, high = _SCALES
    reach = side_px * (low + (high - low) * torch.rand(count))
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    # Rows of `theta` give x and y in the picture, -1 at its left or upper edge, 1 at the other.
    across = torch.stack((angle.cos() * mirror, -angle.sin()), 1) * (reach / columns)[:, None]
    down = torch.stack((angle.sin() * mirror, angle.cos()), 1) * (reach / rows)[:, None]
    x = torch.tensor([2 * place.x_px / columns - 1 for place in centres])
    y = torch.tensor([2 * place.y_px / rows - 1 for place in centres])
    theta = torch.stack((torch.cat((across, x[:, None]), 1), torch.cat((down, y[:, None]), 1)), 1)
    grid = nn.functional.affine_grid(theta, [count, 1, side_px, side_px], align_corners=False)
    patches = grid_sample(picture.expand(count, -1, -1, -1), grid, align_corners=False)
    return patches * (0.9 + 0.2 * torch.rand(count, 1, 1, 1))


_FULL = Schedule(
    Optimizer.ADAMW,
    lr=5e-4,
    iterations=10_000,
    batch=8,
    weight_decay=0.01,
    warmup=500,
    clip=5.0,
    course=Course.COSINE,
    augmentation=Augmentation(),
)
_LITE = Schedule(
    Optimizer.ADAMW,
    lr=1e-3,
    iterations=1500,
    batch=8,
    weight_decay=0.01,
    warmup=50,
    clip=5.0,
    course=Course.COSINE,
    augmentation=Augmentation(),
)
