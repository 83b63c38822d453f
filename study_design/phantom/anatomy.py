"""The breast as it lies compressed: its outline on each projection, and where a place projects to.

Two frames. *Breast*: depth 0 at the nipple to 1 at the chest wall (CC) or pectoral muscle (MLO),
mm lateral and mm superior of the nipple's axis. *Plane*: mm on the detector with the chest wall at
x = 0 and x growing towards the nipple; y grows downwards, lateral (CC) or superior (MLO) is up.
Both breasts use the same plane; the right one is mirrored when it is stored.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from study_design.phantom.texture import Field, Texture
from study_design.vocabulary import Projection, Quadrant

FIELD_HEIGHT_MM = 225.0
FIELD_WIDTH_MM = 175.0

# The MLO beam runs from superomedial to inferolateral, so upper outer tissue lies highest.
OBLIQUITY_RAD = np.deg2rad(45.0)
_NEAR_SKIN_MM = 7.0
# Where the parts of a view end: papers name them without giving measures.
_AREOLA_MM = 22.0  # around the nipple
_MIDDLE_MM = 10.0  # to each side of the posterior nipple line
_TAIL_UP_MM, _TAIL_DEPTH = 45.0, 0.55
_NIPPLE_RADIUS_MM = 4.5
_NIPPLE_HEIGHT_MM = 3.0


@dataclass(frozen=True, slots=True)
class BreastShape:
    """What fixes the outline of a breast on both projections.

    `nipple_distance_mm` is the length of the posterior nipple line, the same on CC and MLO, so a
    depth is the same distance from the nipple on both.
    """

    nipple_distance_mm: float
    half_width_mm: float
    lateral_fullness: float
    pectoral_tilt_rad: float
    pectoral_foot_mm: float
    upper_width: float
    roundness: float
    lower_height: float


@dataclass(frozen=True, slots=True)
class Place:
    """A place in breast coordinates."""

    depth: float
    lateral_mm: float
    superior_mm: float


@dataclass(frozen=True, slots=True)
class PlanePoint:
    """A place on the detector in mm."""

    x_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True)
class ViewPlane:
    """One projection of a breast."""

    shape: BreastShape
    projection: Projection

    @property
    def nipple(self) -> PlanePoint:
        """The foot of the nipple on the skin line."""
        if self.projection is Projection.CC:
            return PlanePoint(self.shape.nipple_distance_mm, 0.52 * FIELD_HEIGHT_MM)
        return PlanePoint(
            self.shape.pectoral_foot_mm + self.shape.nipple_distance_mm * self.anterior[0],
            0.66 * FIELD_HEIGHT_MM,
        )

    @property
    def anterior(self) -> tuple[float, float]:
        """Unit vector (x, y) from the chest wall to the nipple."""
        tilt = 0.0 if self.projection is Projection.CC else self.shape.pectoral_tilt_rad
        return float(np.cos(tilt)), float(np.sin(tilt))

    def project(self, place: Place) -> PlanePoint:
        """Return where a place of the breast lies on the detector."""
        offset = self.project_offset(
            -place.depth * self.shape.nipple_distance_mm, place.lateral_mm, place.superior_mm
        )
        return PlanePoint(self.nipple.x_mm + offset.x_mm, self.nipple.y_mm + offset.y_mm)

    def project_offset(
        self, anterior_mm: float, lateral_mm: float, superior_mm: float
    ) -> PlanePoint:
        """Return a displacement of the breast as a displacement on the detector."""
        if self.projection is Projection.CC:
            return PlanePoint(anterior_mm, -lateral_mm)
        up = superior_mm * np.cos(OBLIQUITY_RAD) + lateral_mm * np.sin(OBLIQUITY_RAD)
        x, y = self.anterior
        return PlanePoint(float(anterior_mm * x + up * y), float(anterior_mm * y - up * x))

    def project_offsets(self, offsets_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project displacements (anterior, lateral, superior), one a row, to rows of (x, y)."""
        points = [self.project_offset(*map(float, offset)) for offset in offsets_mm]
        return np.array([(point.x_mm, point.y_mm) for point in points])

    def depth(self, point: PlanePoint) -> float:
        """Return the depth of a place on the detector: 0 at the nipple, 1 at the chest wall."""
        x, y = self.anterior
        ahead = (self.nipple.x_mm - point.x_mm) * x + (self.nipple.y_mm - point.y_mm) * y
        return ahead / self.shape.nipple_distance_mm

    def quadrant(self, point: PlanePoint) -> Quadrant:
        """Return the part of the breast in which a place on the detector lies."""
        x, y = self.anterior
        ahead, down = point.x_mm - self.nipple.x_mm, point.y_mm - self.nipple.y_mm
        up = ahead * y - down * x
        if np.hypot(ahead, down) < _AREOLA_MM:
            return Quadrant.AREOLA
        if abs(up) < _MIDDLE_MM:
            return Quadrant.MIDDLE
        if self.projection is Projection.CC:
            return Quadrant.OUTER if up > 0 else Quadrant.INNER
        if up > _TAIL_UP_MM and self.depth(point) > _TAIL_DEPTH:
            return Quadrant.AXILLARY_TAIL
        return Quadrant.UPPER if up > 0 else Quadrant.LOWER

    def has_room(self, place: Place, radius_mm: float, *, on_muscle: bool = False) -> bool:
        """Tell whether a disc lies in the picture, under the skin and in front of the muscle.

        With `on_muscle` it may lie over the muscle.
        """
        centre = self.project(place)
        x, y = (np.array([value], np.float32) for value in (centre.x_mm, centre.y_mm))
        return (
            centre.x_mm - radius_mm > 0.0
            and radius_mm < centre.y_mm < FIELD_HEIGHT_MM - radius_mm
            and float(self.skin_distance_mm(x, y)[0]) > radius_mm
            and (on_muscle or float(self.pectoral_distance_mm(x, y)[0]) > radius_mm)
        )

    def pectoral_distance_mm(self, x_mm: Field, y_mm: Field) -> Field:
        """Return how far places lie in front of the pectoral muscle's edge; negative on it."""
        x, y = self.anterior
        behind = (self.nipple.x_mm - x_mm) * x + (self.nipple.y_mm - y_mm) * y
        return (self.shape.nipple_distance_mm - behind).astype(np.float32)

    def skin_distance_mm(self, x_mm: Field, y_mm: Field) -> Field:
        """Return how deep places lie under the skin line; negative in the air."""
        return _skin_distance(self).at(y_mm, x_mm)

    def outline_mm(self) -> NDArray[np.float64]:
        """Points (x, y) of the skin line from top to bottom, nipple included."""
        y = np.arange(-20.0, FIELD_HEIGHT_MM + 20.0, 0.25)
        x = self._cc_skin(y) if self.projection is Projection.CC else self._mlo_skin(y)
        # Spaced evenly along the line, for it runs almost level where it meets the chest wall.
        along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        even = np.arange(0.0, along[-1], 0.2)
        return np.stack([np.interp(even, along, x), np.interp(even, along, y)], axis=1)

    def _cc_skin(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = self.shape
        up = self.nipple.y_mm - y
        reach = np.where(up > 0, shape.half_width_mm * shape.lateral_fullness, shape.half_width_mm)
        dome: NDArray[np.float64] = _dome(up / reach, shape.roundness)
        return shape.nipple_distance_mm * dome + _nipple_bump(up)

    def _mlo_skin(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = self.shape
        # The skin at the nipple must face along the posterior nipple line: solve the lower ellipse
        # for the angle at which it does, which puts the widest place above the nipple.
        angle = np.arctan(np.tan(shape.pectoral_tilt_rad) * shape.lower_height)
        widest = self.nipple.x_mm / np.cos(angle)
        height = widest * shape.lower_height
        centre = self.nipple.y_mm - height * np.sin(angle)
        below = widest * _dome((y - centre) / height, 0.5)
        rise = np.clip((centre - y) / centre, 0.0, None)
        above = widest * (1.0 - (1.0 - shape.upper_width) * rise**1.8)
        skin: NDArray[np.float64] = np.where(y > centre, below, above)
        return skin + _nipple_bump(self.nipple.y_mm - y)


@lru_cache(maxsize=8)  # the four views of an exam, while its lesions are placed and rendered
def _skin_distance(plane: ViewPlane) -> Texture:
    """Return the distance to the skin line on a lattice of 1 mm, exact where it is near."""
    outline = plane.outline_mm()
    tree = KDTree(outline)
    height, width = int(FIELD_HEIGHT_MM) + 2, int(FIELD_WIDTH_MM) + 2
    rows, columns = np.mgrid[0 : height + 3 : 3, 0 : width + 3 : 3]
    far = np.asarray(tree.query(np.stack([columns, rows], axis=-1))[0], np.float32)
    rows, columns = np.mgrid[0:height, 0:width]
    y, x = rows.astype(np.float32), columns.astype(np.float32)
    distance = Texture(far, 3.0).at(y, x)
    near = distance < _NEAR_SKIN_MM
    distance[near] = tree.query(np.stack([x[near], y[near]], axis=-1))[0]
    edge = np.interp(y, outline[:, 1], outline[:, 0])
    return Texture(np.where(x < edge, distance, -distance), 1.0)


def _dome(across: NDArray[np.float64], roundness: float) -> NDArray[np.float64]:
    """Return 1 in the middle falling to 0 at 1, negative beyond; roundness 0.5 is an ellipse."""
    inside = (1.0 - np.clip(np.abs(across), 0.0, 1.0) ** 2) ** roundness
    return np.where(np.abs(across) <= 1.0, inside, 1.0 - np.abs(across))


def _nipple_bump(offset: NDArray[np.float64]) -> NDArray[np.float64]:
    bump = np.exp(-((np.abs(offset) / _NIPPLE_RADIUS_MM) ** 3))
    return np.asarray(_NIPPLE_HEIGHT_MM * bump, np.float64)
