"""What a lesion leaves on one projection: brighter tissue, drawn-in tissue, and its exact extent.

Shapes are drawn in millimetres around the lesion's centre from the exam's seed, so they do not
depend on the pixel spacing. Specks and spicules are placed in the breast and then projected: CC and
MLO show the same ones. Nothing of a lesion lies outside its extent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study_design.phantom.anatomy import ViewPlane
from study_design.phantom.exam import PhantomExam, PhantomLesion
from study_design.phantom.texture import Field, Texture, generator, power_law_texture
from study_design.vocabulary import AbnormalityType

_DIRECTIONS = np.linspace(0.0, 2.0 * np.pi, 180, endpoint=False)
# A speck is drawn at least this wide, as the detector's blur would show it.
_SPECK_BLUR_MM = 0.16


@dataclass(frozen=True, slots=True)
class Extent:
    """The smallest upright rectangle around a lesion on the detector, mm from its top left."""

    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True)
class Outline:
    """The edge of a lesion: its radius in each direction around the centre."""

    radii_mm: NDArray[np.float64]

    def relative_distance(self, x_mm: Field, y_mm: Field) -> Field:
        """Return 0 at the centre, 1 on the edge, more outside."""
        angle = np.mod(np.arctan2(y_mm, x_mm), 2.0 * np.pi)
        edge = np.interp(
            angle, np.append(_DIRECTIONS, 2.0 * np.pi), np.append(self.radii_mm, self.radii_mm[0])
        )
        return np.asarray(np.hypot(x_mm, y_mm) / edge, np.float32)


@dataclass(frozen=True, slots=True)
class Rays:
    """Straight strands that point at the centre: spicules, or the lines of a distortion.

    A strand begins at the share `begin` of its length, is brightest a little farther out and has
    faded at its end.
    """

    ends_mm: NDArray[np.float64]  # one row (x, y) a ray
    widths_mm: NDArray[np.float64]
    begin: float
    brightness: float

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the rays at places relative to the centre, in gland units."""
        found = np.zeros(np.broadcast_shapes(x_mm.shape, y_mm.shape), np.float32)
        for (end_x, end_y), width in zip(self.ends_mm, self.widths_mm, strict=True):
            length = np.hypot(end_x, end_y)
            along = (x_mm * end_x + y_mm * end_y) / length**2
            beside = (x_mm * end_y - y_mm * end_x) / length
            fade = np.clip(1.0 - along, 0.0, 1.0) * np.clip((along - self.begin) / 0.2, 0.0, 1.0)
            ray = fade * np.exp(-((beside / (width * (0.5 + fade))) ** 2))
            np.maximum(found, ray, out=found)
        return found * np.float32(self.brightness)


@dataclass(frozen=True, slots=True)
class Specks:
    """Calcifications: round grains of calcium."""

    places_mm: NDArray[np.float64]  # one row (x, y) a speck
    diameters_mm: NDArray[np.float64]
    brightness: float

    def drawn(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the specks; a small one is dimmer, for it is as blurred as a large one."""
        found = np.zeros(np.broadcast_shapes(x_mm.shape, y_mm.shape), np.float32)
        for (x, y), diameter in zip(self.places_mm, self.diameters_mm, strict=True):
            reach = np.hypot(diameter / 2.0, _SPECK_BLUR_MM)
            share = np.sqrt(diameter / 0.5)
            grain = share * np.exp(-(((x_mm - x) ** 2 + (y_mm - y) ** 2) / reach**2))
            np.maximum(found, grain, out=found)
        return found * np.float32(self.brightness)


@dataclass(frozen=True, slots=True)
class LesionTrace:
    """A lesion on one projection; what it does not have is None or 0."""

    centre_x_mm: float
    centre_y_mm: float
    extent: Extent
    outline: Outline
    body: float = 0.0
    edge_width: float = 1.0
    rays: Rays | None = None
    specks: Specks | None = None
    grain: Texture | None = None
    pull: float = 0.0

    @property
    def scale_mm(self) -> float:
        """At what scale normal tissue hides it: half the radius of a body, 1 for fine structure."""
        return max(1.0, float(self.outline.radii_mm.max()) / 2.0) if self.body else 1.0

    def brightness(self, x_mm: Field, y_mm: Field) -> Field:
        """Return what the lesion adds, in gland units, at places relative to its centre."""
        relative = self.outline.relative_distance(x_mm, y_mm)
        inside = np.clip((1.0 - relative) / self.edge_width, 0.0, 1.0)
        added = np.float32(self.body) * inside * inside * (3.0 - 2.0 * inside)
        if self.grain is not None:
            added = added * np.clip(1.0 + self.grain.at(y_mm + 40.0, x_mm + 40.0), 0.0, 2.5)
        if self.rays is not None:
            added = np.maximum(added, self.rays.drawn(x_mm, y_mm))
        if self.specks is not None:
            added = added + self.specks.drawn(x_mm, y_mm)
        return np.asarray(added, np.float32)

    def drawn_in(self, x_mm: Field, y_mm: Field) -> Field:
        """Return the factor by which a place's tissue comes from farther out; 1 = stays."""
        relative = np.minimum(self.outline.relative_distance(x_mm, y_mm), 1.0)
        return np.asarray(1.0 + self.pull * (1.0 - relative) ** 2 * relative * 3.0, np.float32)


def lesion_trace(exam: PhantomExam, lesion: PhantomLesion, plane: ViewPlane) -> LesionTrace:
    """Return what a lesion leaves on the projection of its breast."""
    drawers = {
        AbnormalityType.MASS: _mass,
        AbnormalityType.CALCIFICATION: _cluster,
        AbnormalityType.ASYMMETRY: _asymmetry,
        AbnormalityType.DISTORTION: _distortion,
    }
    return drawers[lesion.type](exam.seed, lesion, plane)


def _mass(seed: int, lesion: PhantomLesion, plane: ViewPlane) -> LesionTrace:
    rng = generator(seed, "mass", lesion.number)
    reach = lesion.size_mm / 2.0
    if not lesion.malignant:
        outline = _outline(seed, lesion, plane, radius_mm=reach, roughness=0.08)
        body = 0.07 + 0.2 * lesion.conspicuity
        return _trace(lesion, plane, outline, body=body, edge_width=0.4)
    outline = _outline(seed, lesion, plane, radius_mm=0.6 * reach, roughness=0.2)
    count = int(rng.integers(16, 29))
    lengths = reach * rng.uniform(0.65, 1.0, count)
    rays = Rays(
        plane.project_offsets(_directions(rng, count) * lengths[:, None]),
        rng.uniform(0.2, 0.45, count),
        0.1,
        0.25 + 0.4 * lesion.conspicuity,
    )
    body = 0.14 + 0.34 * lesion.conspicuity
    return _trace(lesion, plane, outline, body=body, edge_width=0.65, rays=rays)


def _cluster(seed: int, lesion: PhantomLesion, plane: ViewPlane) -> LesionTrace:
    rng = generator(seed, "cluster", lesion.number)
    count = int(rng.integers(12, 41)) if lesion.malignant else int(rng.integers(5, 21))
    reach = lesion.size_mm / 2.0
    if lesion.malignant:
        # Along the branches of a duct that runs towards the nipple: fine, of many sizes.
        places = _branching(rng, count) * reach * 0.95
        diameters = rng.uniform(0.15, 0.5, count)
    else:
        places = _directions(rng, count) * reach * 0.95 * rng.random((count, 1)) ** (1 / 3)
        diameters = rng.uniform(0.3, 0.6, count)
    brightness = 0.25 + 0.75 * lesion.conspicuity
    specks = Specks(plane.project_offsets(places), diameters, brightness)
    outline = _outline(seed, lesion, plane, radius_mm=reach, roughness=0.0)
    return _trace(lesion, plane, outline, specks=specks)


def _asymmetry(seed: int, lesion: PhantomLesion, plane: ViewPlane) -> LesionTrace:
    outline = _outline(seed, lesion, plane, radius_mm=lesion.size_mm / 2.0, roughness=0.14)
    grain = power_law_texture(
        seed,
        "asymmetry",
        lesion.number,
        str(plane.projection),
        extent_mm=(80.0, 80.0),
        coarsest_mm=10.0,
        finest_mm=0.5,
    )
    weight = 0.36 if lesion.malignant else 0.28
    body = 0.06 + weight * lesion.conspicuity
    return _trace(lesion, plane, outline, body=body, edge_width=0.95, grain=grain)


def _distortion(seed: int, lesion: PhantomLesion, plane: ViewPlane) -> LesionTrace:
    rng = generator(seed, "distortion", lesion.number)
    reach = lesion.size_mm / 2.0
    count = int(rng.integers(14, 23))
    lengths = reach * rng.uniform(0.5, 1.0, count)
    ends = plane.project_offsets(_directions(rng, count) * lengths[:, None])
    strength = lesion.conspicuity * (1.0 if lesion.malignant else 0.75)
    outline = _outline(seed, lesion, plane, radius_mm=reach, roughness=0.0)
    rays = Rays(ends, rng.uniform(0.2, 0.4, count), 0.05, 0.08 + 0.26 * strength)
    return _trace(lesion, plane, outline, rays=rays, pull=0.5 + 1.0 * strength)


def _trace(
    lesion: PhantomLesion,
    plane: ViewPlane,
    outline: Outline,
    *,
    body: float = 0.0,
    edge_width: float = 1.0,
    rays: Rays | None = None,
    specks: Specks | None = None,
    grain: Texture | None = None,
    pull: float = 0.0,
) -> LesionTrace:
    """Place a lesion on its projection and measure its extent."""
    centre = plane.project(lesion.place)
    corners = [np.empty((0, 2))]
    if body or pull:
        unit = np.stack([np.cos(_DIRECTIONS), np.sin(_DIRECTIONS)], axis=1)
        corners.append(outline.radii_mm[:, None] * unit)
    if rays is not None:
        corners.append(rays.ends_mm)
    if specks is not None:
        radii = (specks.diameters_mm / 2.0 + _SPECK_BLUR_MM)[:, None]
        corners += [specks.places_mm - radii, specks.places_mm + radii]
    points = np.concatenate(corners) + np.array([centre.x_mm, centre.y_mm])
    low, high = points.min(axis=0), points.max(axis=0)
    extent = Extent(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return LesionTrace(
        centre.x_mm,
        centre.y_mm,
        extent,
        outline,
        body=body,
        edge_width=edge_width,
        rays=rays,
        specks=specks,
        grain=grain,
        pull=pull,
    )


def _outline(
    seed: int, lesion: PhantomLesion, plane: ViewPlane, *, radius_mm: float, roughness: float
) -> Outline:
    """Draw a closed random outline whose largest radius is `radius_mm`."""
    rng = generator(seed, "outline", lesion.number, str(plane.projection))
    waves = np.ones_like(_DIRECTIONS)
    for order in range(2, 9):
        phase = rng.uniform(0.0, 2.0 * np.pi)
        waves += (
            roughness * rng.standard_normal() * 1.5 / order * np.cos(order * _DIRECTIONS + phase)
        )
    waves = np.clip(waves, 0.4, None)
    return Outline(radius_mm * waves / waves.max())


def _directions(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return unit vectors (anterior, lateral, superior) in all directions alike."""
    vectors = rng.standard_normal((count, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float64)


def _branching(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return places along a duct with two or three branches, within the unit ball."""
    trunk = np.array([-1.0, 0.0, 0.0]) + 0.35 * rng.standard_normal(3)
    trunk /= np.linalg.norm(trunk)
    branches = trunk + 0.6 * rng.standard_normal((int(rng.integers(2, 4)), 3))
    branches /= np.linalg.norm(branches, axis=1, keepdims=True)
    paths = np.concatenate([trunk[None], branches])
    chosen = rng.integers(0, len(paths), count)
    along = rng.uniform(0.0, 1.0, count)
    places = np.where(
        (chosen == 0)[:, None],
        -trunk * along[:, None],
        paths[chosen] * along[:, None],
    )
    return np.asarray(places + 0.02 * rng.standard_normal((count, 3)), np.float64)
