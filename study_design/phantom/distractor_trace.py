"""What a distractor leaves on one projection: brighter tissue, and its extent.

Shapes are drawn in millimetres around the distractor's centre from the exam's seed, as those of
lesions are, so CC and MLO show the same vessel and the same node.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from study_design.phantom.anatomy import FIELD_HEIGHT_MM, FIELD_WIDTH_MM, ViewPlane
from study_design.phantom.distractors import DistractorKind, PhantomDistractor
from study_design.phantom.lesion_trace import Extent, Specks
from study_design.phantom.texture import Field, Texture, generator, power_law_texture

_SHARE_OF_CALCIFIED_VESSELS = 0.15
_SHARE_OF_BANDS = 0.4  # of superpositions: strands that cross; the others look like a mass


class Shape(Protocol):
    """A part of a distractor."""

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return what the part adds, in gland units, at places relative to the centre."""
        ...


@dataclass(frozen=True, slots=True)
class Bean:
    """A smooth oval; a lymph node's fatty hilum is a dimple at one side."""

    along_mm: float
    across_mm: float
    angle_rad: float
    brightness: float
    hilum: float
    edge_width: float

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the oval without its hilum."""
        cosine, sine = np.cos(self.angle_rad), np.sin(self.angle_rad)
        along = (x_mm * cosine + y_mm * sine) / self.along_mm
        across = (y_mm * cosine - x_mm * sine) / self.across_mm
        inside = np.clip((1.0 - np.hypot(along, across)) / self.edge_width, 0.0, 1.0)
        dimple = np.exp(-((along / 0.45) ** 2) - ((across - 0.45) / 0.4) ** 2)
        body = inside * inside * (3.0 - 2.0 * inside) * (1.0 - self.hilum * dimple)
        return np.asarray(self.brightness * body, np.float32)


@dataclass(frozen=True, slots=True)
class Tube:
    """A vessel: a bent line of even width that fades in and out at its ends."""

    points_mm: NDArray[np.float64]  # one row (x, y) a point
    radius_mm: float
    brightness: float

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the tube; it is as thick as it is wide, so brightest in its middle."""
        found = np.zeros(np.broadcast_shapes(x_mm.shape, y_mm.shape), np.float32)
        steps = len(self.points_mm) - 1
        for number in range(steps):
            (from_x, from_y), (to_x, to_y) = self.points_mm[number : number + 2]
            step_x, step_y = to_x - from_x, to_y - from_y
            along = ((x_mm - from_x) * step_x + (y_mm - from_y) * step_y) / (
                step_x**2 + step_y**2 + 1e-6
            )
            along = np.clip(along, 0.0, 1.0)
            beside = np.hypot(x_mm - from_x - along * step_x, y_mm - from_y - along * step_y)
            thickness = np.sqrt(np.clip(1.0 - (beside / self.radius_mm) ** 2, 0.0, 1.0))
            place = (number + along) / steps
            fade = np.clip(np.minimum(place, 1.0 - place) / 0.15, 0.0, 1.0)
            np.maximum(found, (thickness * fade).astype(np.float32), out=found)
        return found * np.float32(self.brightness)


@dataclass(frozen=True, slots=True)
class Ring:
    """A round calcification with a lucent centre, as the skin has them."""

    radius_mm: float
    brightness: float

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the ring."""
        distance = np.hypot(x_mm, y_mm) / self.radius_mm
        ring = np.exp(-(((distance - 0.65) / 0.3) ** 2)) * np.clip((1.5 - distance) / 0.4, 0.0, 1.0)
        return np.asarray(self.brightness * ring, np.float32)


@dataclass(frozen=True, slots=True)
class Grained:
    """A part whose brightness varies from place to place as gland does."""

    part: Shape
    grain: Texture

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the part, uneven."""
        uneven = np.clip(1.0 + 0.5 * self.grain.at(y_mm + 40.0, x_mm + 40.0), 0.0, 2.0)
        return np.asarray(self.part.drawn(x_mm, y_mm) * uneven, np.float32)


@dataclass(frozen=True, slots=True)
class DistractorTrace:
    """A distractor on one projection; `scale_mm` as of a lesion, None where contrast is fixed."""

    centre_x_mm: float
    centre_y_mm: float
    extent: Extent
    parts: tuple[Shape, ...]
    scale_mm: float | None = None

    def brightness(self, x_mm: Field, y_mm: Field) -> Field:
        """Return what the distractor adds, in gland units, at places relative to its centre."""
        return np.asarray(sum(part.drawn(x_mm, y_mm) for part in self.parts), np.float32)


def distractor_trace(seed: int, distractor: PhantomDistractor, plane: ViewPlane) -> DistractorTrace:
    """Return what a distractor leaves on a projection of its breast."""
    drawers = {
        DistractorKind.LYMPH_NODE: _lymph_node,
        DistractorKind.VESSEL: _vessel,
        DistractorKind.SKIN_CALCIFICATION: _skin_calcification,
        DistractorKind.SUPERPOSITION: _superposition,
    }
    return drawers[distractor.kind](seed, distractor, plane)


def _lymph_node(seed: int, node: PhantomDistractor, plane: ViewPlane) -> DistractorTrace:
    rng = generator(seed, "lymph node", node.number)
    reach = node.size_mm / 2.0
    bean = Bean(
        reach,
        reach * float(rng.uniform(0.5, 0.75)),
        float(rng.uniform(0.0, 2.0 * np.pi)),
        0.14 + 0.24 * node.conspicuity,
        float(rng.uniform(0.5, 0.95)),
        0.35,
    )
    return _trace(node, plane, (bean,), _round(reach))


def _vessel(seed: int, vessel: PhantomDistractor, plane: ViewPlane) -> DistractorTrace:
    rng = generator(seed, "vessel", vessel.number)
    along = np.linspace(-0.5, 0.5, 15)
    length, turn = vessel.size_mm, np.deg2rad(rng.uniform(-55.0, 55.0))
    roll = rng.uniform(0.0, 2.0 * np.pi)
    bends = [
        sum(
            length * 0.05 / order**2 * rng.standard_normal() * np.sin(5.0 * order * along + phase)
            for order, phase in enumerate(rng.uniform(0.0, 2.0 * np.pi, 3), start=1)
        )
        for _ in range(2)
    ]
    aside = length * np.sin(turn) * along
    path = np.stack(
        [
            length * np.cos(turn) * along,
            aside * np.cos(roll) + bends[0],
            aside * np.sin(roll) + bends[1],
        ],
        axis=1,
    )
    points = plane.project_offsets(path)
    radius = float(rng.uniform(0.8, 1.5))
    parts: list[Shape] = [Tube(points, radius, 0.08 + 0.2 * vessel.conspicuity)]
    if rng.random() < _SHARE_OF_CALCIFIED_VESSELS:
        parts.append(_calcified_walls(rng, points, radius))
    return _trace(vessel, plane, parts, (points - radius, points + radius))


def _calcified_walls(
    rng: np.random.Generator, points_mm: NDArray[np.float64], radius_mm: float
) -> Specks:
    """Return grains along both walls of a vessel, like the two rails of a track."""
    count = int(rng.integers(20, 45))
    place = np.sort(rng.uniform(2.0, len(points_mm) - 3.0, count))
    whole = place.astype(int)
    step = points_mm[whole + 1] - points_mm[whole]
    middle = points_mm[whole] + (place - whole)[:, None] * step
    across = np.stack([-step[:, 1], step[:, 0]], axis=1) / np.linalg.norm(
        step, axis=1, keepdims=True
    )
    sides = rng.choice([-0.85, 0.85], count)[:, None] * radius_mm
    return Specks(middle + sides * across, rng.uniform(0.2, 0.5, count), 0.6)


def _skin_calcification(seed: int, grain: PhantomDistractor, plane: ViewPlane) -> DistractorTrace:
    del seed  # nothing of it is random but its size
    reach = grain.size_mm / 2.0
    return _trace(
        grain, plane, (Ring(reach, 0.3 + 0.5 * grain.conspicuity),), _round(1.5 * reach), 1.0
    )


def _superposition(seed: int, seen: PhantomDistractor, plane: ViewPlane) -> DistractorTrace:
    rng = generator(seed, "superposition", seen.number)
    grain = power_law_texture(
        seed,
        "superposition",
        seen.number,
        extent_mm=(80.0, 80.0),
        coarsest_mm=8.0,
        finest_mm=0.5,
    )
    reach = seen.size_mm / 2.0
    body = 0.07 + 0.2 * seen.conspicuity
    angle = float(rng.uniform(0.0, np.pi))
    is_bands = bool(rng.random() < _SHARE_OF_BANDS)
    ovals = (
        [
            Bean(reach, reach * float(rng.uniform(0.15, 0.3)), angle + turn, 0.6 * body, 0.0, 0.9)
            for turn in (0.0, float(rng.uniform(0.6, 1.2)), float(rng.uniform(1.6, 2.4)))
        ]
        if is_bands
        else [Bean(reach, reach * float(rng.uniform(0.7, 0.95)), angle, body, 0.0, 0.7)]
    )
    return _trace(
        seen, plane, tuple(Grained(oval, grain) for oval in ovals), _round(reach), reach / 2.0
    )


def _trace(
    distractor: PhantomDistractor,
    plane: ViewPlane,
    parts: Sequence[Shape],
    corners_mm: Sequence[NDArray[np.float64]],
    scale_mm: float | None = None,
) -> DistractorTrace:
    """Place a distractor on its projection; what leaves the picture is cut off."""
    centre = plane.project(distractor.place)
    points = np.concatenate(list(corners_mm)) + np.array([centre.x_mm, centre.y_mm])
    points = np.clip(points, 0.0, [FIELD_WIDTH_MM, FIELD_HEIGHT_MM])
    low, high = points.min(axis=0), points.max(axis=0)
    extent = Extent(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return DistractorTrace(centre.x_mm, centre.y_mm, extent, tuple(parts), scale_mm)


def _round(radius_mm: float) -> tuple[NDArray[np.float64]]:
    """Return the corners of the square around a disc at the centre."""
    return (np.array([[-radius_mm, -radius_mm], [radius_mm, radius_mm]]),)
