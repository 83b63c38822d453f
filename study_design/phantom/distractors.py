"""What looks like a lesion and is none: lymph nodes, vessels, skin calcifications, superpositions.

They are drawn from streams of their own, so that an exam has the same breasts and lesions with and
without them. A superposition of normal tissue shows on one view only: whoever compares both views
of a breast can tell it from a mass.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from study_design.phantom.anatomy import BreastShape, Place, ViewPlane
from study_design.phantom.texture import generator
from study_design.vocabulary import Projection, Side

_PLACEMENT_TRIES = 60
_MARGIN_MM = 3.0
# Mean numbers in a breast.
_SUPERPOSITIONS, _SKIN_CALCIFICATIONS, _VESSELS = 0.5, 0.7, 1.2
_SHARE_WITH_AXILLARY_NODE, _SHARE_WITH_NODE_IN_BREAST = 0.45, 0.1


class DistractorKind(StrEnum):
    """What it really is."""

    LYMPH_NODE = "lymph node"
    VESSEL = "vessel"
    SKIN_CALCIFICATION = "skin calcification"
    SUPERPOSITION = "superposition"


@dataclass(frozen=True, slots=True)
class PhantomDistractor:
    """A distractor in breast coordinates; its terms are those of `PhantomLesion`."""

    number: int
    side: Side
    kind: DistractorKind
    place: Place
    size_mm: float
    conspicuity: float
    projections: tuple[Projection, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A distractor before there is a place for it."""

    kind: DistractorKind
    size_mm: float
    projections: tuple[Projection, ...]
    draw_place: Callable[[np.random.Generator], Place]
    may_lie_on_muscle: bool = False


def draw_distractors(
    seed: int, right: BreastShape, left: BreastShape
) -> tuple[PhantomDistractor, ...]:
    """Draw the distractors of an exam; one for which there is no room is left out."""
    found: list[PhantomDistractor] = []
    for side, shape in ((Side.RIGHT, right), (Side.LEFT, left)):
        rng = generator(seed, "distractors", str(side))
        planes = {projection: ViewPlane(shape, projection) for projection in Projection}
        for wanted in _wanted(rng):
            place = _place(rng, wanted, planes)
            conspicuity = float(rng.uniform(0.45, 0.9))
            if place is not None:
                found.append(
                    PhantomDistractor(
                        len(found) + 1,
                        side,
                        wanted.kind,
                        place,
                        wanted.size_mm,
                        conspicuity,
                        wanted.projections,
                    )
                )
    return tuple(found)


def _wanted(rng: np.random.Generator) -> Iterator[_Wanted]:
    """Say which distractors a breast should have."""
    both = tuple(Projection)
    if rng.random() < _SHARE_WITH_AXILLARY_NODE:
        size = float(rng.uniform(8.0, 18.0))
        yield _Wanted(DistractorKind.LYMPH_NODE, size, (Projection.MLO,), _in_axilla, True)
    if rng.random() < _SHARE_WITH_NODE_IN_BREAST:
        size = float(rng.uniform(5.0, 9.0))
        yield _Wanted(DistractorKind.LYMPH_NODE, size, both, _in_upper_outer_quadrant)
    for _ in range(rng.poisson(_SUPERPOSITIONS)):
        only = Projection(str(rng.choice(list(Projection))))
        size = float(rng.uniform(10.0, 24.0))
        yield _Wanted(DistractorKind.SUPERPOSITION, size, (only,), _anywhere)
    for _ in range(rng.poisson(_SKIN_CALCIFICATIONS)):
        size = float(rng.uniform(0.9, 1.8))
        yield _Wanted(DistractorKind.SKIN_CALCIFICATION, size, both, _anywhere)
    for _ in range(rng.poisson(_VESSELS)):
        size = float(rng.uniform(40.0, 75.0))
        yield _Wanted(DistractorKind.VESSEL, size, both, _in_the_middle, True)


def _anywhere(rng: np.random.Generator) -> Place:
    return Place(
        float(rng.uniform(0.15, 0.9)), float(rng.normal(5.0, 28.0)), float(rng.normal(5.0, 26.0))
    )


def _in_the_middle(rng: np.random.Generator) -> Place:
    return Place(
        float(rng.uniform(0.45, 0.7)), float(rng.normal(8.0, 20.0)), float(rng.normal(8.0, 20.0))
    )


def _in_upper_outer_quadrant(rng: np.random.Generator) -> Place:
    return Place(
        float(rng.uniform(0.5, 0.9)), float(rng.normal(28.0, 10.0)), float(rng.normal(24.0, 10.0))
    )


def _in_axilla(rng: np.random.Generator) -> Place:
    up = float(rng.uniform(55.0, 125.0)) / np.sqrt(2.0)
    return Place(float(rng.uniform(0.75, 1.35)), up, up)


def _place(
    rng: np.random.Generator, wanted: _Wanted, planes: dict[Projection, ViewPlane]
) -> Place | None:
    """Find room on the projections that show the distractor; None where there is none."""
    # A vessel may run out of the picture; only its middle has to lie in the breast.
    size = 10.0 if wanted.kind is DistractorKind.VESSEL else wanted.size_mm
    for _ in range(_PLACEMENT_TRIES):
        place = wanted.draw_place(rng)
        if all(
            planes[projection].has_room(
                place, size / 2.0 + _MARGIN_MM, on_muscle=wanted.may_lie_on_muscle
            )
            for projection in wanted.projections
        ):
            return place
    return None
