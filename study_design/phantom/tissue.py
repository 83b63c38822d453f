"""The normal breast on one projection: fat, gland, septa, ducts and the pectoral muscle.

Values are in gland units: 0 is fat, 1 is dense gland. The gland is a coarse volume, projected to CC
and MLO so that both show the same breast; what is finer than 3 mm is drawn on each projection. The
volume of a breast mixes one field that both breasts share with one of its own, which is what makes
left and right alike but never equal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import expit

from study_design.phantom.anatomy import (
    FIELD_HEIGHT_MM,
    FIELD_WIDTH_MM,
    OBLIQUITY_RAD,
    ViewPlane,
)
from study_design.phantom.exam import PhantomExam
from study_design.phantom.texture import (
    Field,
    Texture,
    line_distance,
    power_law_texture,
)
from study_design.vocabulary import Projection, Side, View

_VOXEL_MM = 3.0
_REACH_MM = 120.0  # the volume's half width to each side of the nipple's axis
_SHARED = 0.8  # of the standard deviation of the gland's field; what is left is each breast's own
_FINEST_TEXTURE_MM = 0.1
_FAT = 0.12
# How readily the field is gland, and how bright its fullest part is.
_GLAND_BIAS = {"a": -1.9, "b": -1.0, "c": 0.0, "d": 1.1}
_GLAND_PEAK = {"a": 0.45, "b": 0.55, "c": 0.6, "d": 0.58}


@dataclass(frozen=True, slots=True)
class Places:
    """Pixels of the breast on one projection, one entry a pixel, in the frames that tissue needs.

    `behind_mm` runs from the nipple to the chest wall and `up_mm` across it; `skin_mm` is the depth
    under the skin and `pectoral_mm` the distance in front of the muscle.
    """

    x_mm: Field
    y_mm: Field
    behind_mm: Field
    up_mm: Field
    skin_mm: Field
    pectoral_mm: Field

    @staticmethod
    def on(plane: ViewPlane, x_mm: Field, y_mm: Field, skin_mm: Field) -> "Places":
        """Return the places of pixel centres on a detector plane."""
        x, y = plane.anterior
        ahead = x_mm - plane.nipple.x_mm
        down = y_mm - plane.nipple.y_mm
        return Places(
            x_mm,
            y_mm,
            -(ahead * x + down * y),
            ahead * y - down * x,
            skin_mm,
            plane.pectoral_distance_mm(x_mm, y_mm),
        )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Coordinates, one pair a pixel, in which lines are drawn: longer along than across."""

    across_mm: NDArray[np.floating]
    along_mm: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class _Family:
    """Lines of one direction: the width of their mesh, their own width, and where they fade."""

    mesh_mm: float
    width_mm: float
    frame: _Frame
    fade: Field


def gland_volume(exam: PhantomExam, side: Side) -> Field:
    """Return the gland of a breast on voxels of 3 mm: axes behind the nipple, lateral, superior."""
    shape = exam.shape(side)
    length = shape.nipple_distance_mm
    extent = (length, 2 * _REACH_MM, 2 * _REACH_MM)
    field = _SHARED * _volume_field(exam.seed, "both", extent)
    field = field + np.sqrt(1 - _SHARED**2) * _volume_field(exam.seed, str(side), extent)
    behind, lateral, superior = np.meshgrid(
        *(np.arange(count, dtype=np.float32) * _VOXEL_MM for count in field.shape),
        indexing="ij",
        sparse=True,
    )
    across = shape.half_width_mm * 0.74
    radius = np.sqrt(
        ((length - behind) / (length - 9.0)) ** 2
        + ((lateral - _REACH_MM - 7.0) / across) ** 2
        + ((superior - _REACH_MM - 5.0) / across) ** 2
    )
    envelope = expit((1.0 - radius) / 0.07)
    # Gland thins out towards the chest wall: the retromammary fat.
    bias = _GLAND_BIAS[exam.density] + 0.9 - 2.2 * (behind / length) ** 1.5
    return np.asarray(envelope * expit((field + bias) * 2.6), np.float32)


def projected_gland(volume: Field, projection: Projection) -> Texture:
    """Project a gland volume: axes up (lateral on CC, oblique on MLO) and behind the nipple."""
    if projection is Projection.MLO:
        volume = ndimage.rotate(
            volume, np.rad2deg(OBLIQUITY_RAD), axes=(1, 2), reshape=False, order=1
        )
        seen = volume.sum(axis=1).T
    else:
        seen = volume.sum(axis=2).T
    return Texture(seen * (_VOXEL_MM / 60.0), _VOXEL_MM)


def normal_tissue(
    exam: PhantomExam, view: View, gland: Texture, places: Places, spacing_mm: float
) -> Field:
    """Return the tissue of a view at its pixels, in gland units, muscle and skin included."""
    seed, name = exam.seed, str(view)
    here = (places.y_mm, places.x_mm)
    finest = max(spacing_mm, _FINEST_TEXTURE_MM)
    cloud = _plane_field(seed, name, "cloud", 32.0, finest, 2.8).at(*here)
    lobules = _plane_field(seed, name, "lobules", 9.0, 0.5, 3.2).at(*here)
    drift = _plane_field(seed, name, "drift", 12.0, 1.0, 3.4)
    drift_up, drift_in = drift.at(*here), drift.at(places.x_mm, places.y_mm)
    dense = gland.at(places.up_mm + _REACH_MM + 3.0 * drift_up, places.behind_mm + 3.0 * drift_in)
    dense = np.clip(dense, 0.0, 1.5) * _GLAND_PEAK[exam.density]
    lines = _septa(seed, name, places, drift_up)
    tissue: Field = np.asarray(
        _FAT
        + 0.04 * cloud
        + dense * (0.2 + 1.1 * expit(2.6 * lobules - 0.2 + cloud))
        + lines * (0.075 + 0.3 * np.sqrt(dense)),
        np.float32,
    )
    if view.projection is Projection.MLO:
        tissue = _behind_muscle(seed, name, tissue, cloud, places)
    return _under_skin(tissue, places)


def _septa(seed: int, name: str, places: Places, drift: Field) -> Field:
    """Draw the septa and ducts: some run to the nipple, some along the skin, the rest crosswise."""
    distance = np.hypot(places.behind_mm, places.up_mm)
    angle = np.arctan2(places.up_mm, np.abs(places.behind_mm) + 1e-3)
    to_nipple = _Frame((angle + 1.6) * 45.0 + drift, distance / 2.8)
    along_skin = _Frame(places.skin_mm * 1.3 + 2.0 * drift, places.y_mm / 2.2)
    strength = _plane_field(seed, name, "strength", 16.0, 1.0, 2.6)
    first = strength.at(places.y_mm, places.x_mm)
    second = strength.at(places.y_mm, places.x_mm + 60.0)
    families = (
        _Family(9.0, 0.5, to_nipple, first),
        _Family(5.0, 0.4, to_nipple, second),
        _Family(6.0, 0.45, along_skin, -first),
        _Family(5.0, 0.4, _turned(places, 25.0, drift), -second),
        _Family(3.5, 0.3, _turned(places, -40.0, drift), first),
        _Family(3.5, 0.3, _turned(places, 80.0, drift), second),
    )
    lines = np.zeros_like(drift)
    for number, family in enumerate(families):
        field = _plane_field(
            seed, name, f"line {number}", family.mesh_mm, 0.5, 6.0, extent_mm=(230.0, 100.0)
        )
        offset = line_distance(field).at(family.frame.across_mm, family.frame.along_mm)
        fade = np.clip(0.6 * family.fade + 0.5, 0.0, 1.6)
        lines += fade * np.exp(-((offset / np.float32(family.width_mm)) ** 2))
    return lines


def _turned(places: Places, degrees: float, drift: Field) -> _Frame:
    """Return a frame in which lines run mostly in one direction."""
    cosine, sine = float(np.cos(np.deg2rad(degrees))), float(np.sin(np.deg2rad(degrees)))
    across = places.up_mm * cosine - places.behind_mm * sine
    along = places.up_mm * sine + places.behind_mm * cosine
    return _Frame(across + 115.0 + 0.7 * drift, (along + 115.0) / 2.4)


def _behind_muscle(seed: int, name: str, tissue: Field, cloud: Field, places: Places) -> Field:
    """Lay the pectoral muscle over the tissue: bright, softly edged, with fibres along it."""
    fibres = _plane_field(seed, name, "fibres", 8.0, 0.5, 3.0)
    striped = fibres.at(places.pectoral_mm + 60.0, (places.up_mm + 130.0) / 6.0)
    # The muscle's edge bulges a little towards the breast in its upper half.
    edge = places.pectoral_mm + 0.8 * cloud - 3.0 * np.sin(np.clip(places.up_mm, 0.0, 160.0) / 51.0)
    share = expit(-edge / 0.7)
    thickness = 0.5 + 0.35 * (1.0 - np.exp(np.minimum(places.pectoral_mm, 0.0) / 25.0))
    muscle = thickness + 0.045 * striped + 0.03 * cloud + 0.5 * (tissue - _FAT)
    return np.asarray(tissue + share * (muscle - tissue), np.float32)


def _under_skin(tissue: Field, places: Places) -> Field:
    """Thin the tissue out towards the edge of the breast and draw the skin over it."""
    near = np.minimum(places.skin_mm / 14.0, 1.0)
    thickness = 0.25 + 0.75 * np.sqrt(1.0 - (1.0 - near) ** 2)
    skin = 0.16 * np.exp(-(((places.skin_mm - 0.9) / 0.7) ** 2))
    nipple = np.hypot(places.behind_mm + 1.0, places.up_mm)
    areola = 0.12 * np.exp(-((nipple / 4.5) ** 4))
    return np.asarray(tissue * thickness + skin + areola, np.float32)


def _plane_field(
    seed: int,
    view: str,
    what: str,
    coarsest_mm: float,
    finest_mm: float,
    beta: float,
    extent_mm: tuple[float, float] = (FIELD_HEIGHT_MM, FIELD_WIDTH_MM),
) -> Texture:
    return power_law_texture(
        seed,
        view,
        what,
        extent_mm=extent_mm,
        coarsest_mm=coarsest_mm,
        finest_mm=finest_mm,
        beta=beta,
    )


def _volume_field(seed: int, whose: str, extent_mm: tuple[float, ...]) -> Field:
    texture = power_law_texture(
        seed, "gland", whose, extent_mm=extent_mm, coarsest_mm=24.0, finest_mm=_VOXEL_MM, beta=3.2
    )
    return texture.values
