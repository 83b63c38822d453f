"""Random fields of anatomy: power-law clouds and the fine strands that cross them.

Every field is drawn octave by octave on lattices of fixed millimetres, coarse to fine, so the same
seed gives the same structures at every pixel spacing; a finer spacing only adds finer octaves.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FAINTEST_OCTAVE = 0.03  # of the coarsest: steep spectra stop here and are only made smoother

Field = NDArray[np.float32]


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """Return the random generator of one stream of an exam, independent of every other stream."""
    words = [zlib.crc32(str(part).encode()) for part in stream]
    return np.random.default_rng([seed, *words])


@dataclass(frozen=True, slots=True)
class Texture:
    """A random field on a lattice: value 0 on average, standard deviation about 1."""

    values: Field
    lattice_mm: float

    def at(self, down_mm: NDArray[np.floating], right_mm: NDArray[np.floating]) -> Field:
        """Return a plane field, linearly interpolated, at places in mm; mirrored at its edges.

        Written out because it is three times as fast as `scipy.ndimage.map_coordinates`, and an
        exam needs some sixty of them.
        """
        rows, columns = self.values.shape
        row, down = self._cells_and_rests(down_mm, rows)
        column, right = self._cells_and_rests(right_mm, columns)
        cell = row * columns + column
        flat = self.values.ravel()
        upper: Field
        lower: Field
        upper, lower = flat.take(cell), flat.take(cell + columns)
        upper += right * (flat.take(cell + 1) - upper)
        lower += right * (flat.take(cell + columns + 1) - lower)
        upper += down * (lower - upper)
        return upper

    def _cells_and_rests(
        self, along_mm: NDArray[np.floating], count: int
    ) -> tuple[NDArray[np.int32], Field]:
        """Split places along an axis into lattice cells and fractions of a cell."""
        last = np.float32(count - 1)
        along = last - np.abs(
            last - np.abs(along_mm.astype(np.float32, copy=False) / self.lattice_mm)
        )
        along = np.clip(along, 0.0, last - np.float32(1e-3))
        cell = along.astype(np.int32)
        return cell, along - cell.astype(np.float32)


def power_law_texture(
    seed: int,
    *stream: str | int,
    extent_mm: tuple[float, ...],
    coarsest_mm: float,
    finest_mm: float,
    beta: float = 3.0,
) -> Texture:
    """Draw a field whose power falls as 1 / frequency ** beta between two scales.

    Parameters
    ----------
    seed, stream
        The exam and the name of the field in it.
    extent_mm
        Size of the field, one number for each axis (2 or 3).
    coarsest_mm, finest_mm
        Lattice of the first octave, and the lattice that the last one reaches or goes below.
    beta
        Exponent of a projected image (Burgess 1999 measured 2.8 to 3.2 on mammograms). An octave of
        white noise on a plane has equal variance at every scale for beta 2, hence the 2 below.
    """
    lattice = coarsest_mm
    values = np.zeros(_cells(extent_mm, lattice), np.float32)
    variance, octave = 0.0, 0
    while True:
        amplitude = (lattice / coarsest_mm) ** ((beta - 2.0) / 2.0)
        if amplitude > _FAINTEST_OCTAVE:
            noise = generator(seed, *stream, octave).standard_normal(values.shape, np.float32)
            values += np.float32(amplitude) * noise
        # Subdivision leaves about 5/8 of the variance of white noise along each axis.
        variance = variance + amplitude**2
        if lattice <= finest_mm * 1.001:
            break
        lattice /= 2.0
        octave += 1
        values = _subdivided(values, _cells(extent_mm, lattice))
        if octave == 1:
            variance *= 0.625 ** len(extent_mm)
    return Texture(values / np.float32(np.sqrt(variance)), lattice)


def line_distance(texture: Texture) -> Texture:
    """Return the signed distance in mm to the nearest line on which a smooth field is zero.

    The zero lines of a random field are long curves that meet and part, as the septa between fat
    lobules do; dividing by the gradient gives distances, so lines drawn from them are equally thin
    everywhere.
    """
    slopes = np.gradient(texture.values, texture.lattice_mm)
    steepness = np.sqrt(sum(slope * slope for slope in slopes))
    distance = texture.values / (steepness + np.float32(1e-2))
    return Texture(distance.astype(np.float32), texture.lattice_mm)


def _cells(extent_mm: tuple[float, ...], lattice_mm: float) -> tuple[int, ...]:
    return tuple(int(np.ceil(length / lattice_mm)) + 3 for length in extent_mm)


def _subdivided(values: Field, shape: tuple[int, ...]) -> Field:
    """Halve the lattice by Chaikin's rule (the limit is a quadratic B-spline), cut to a shape."""
    for axis, length in enumerate(shape):
        values = np.moveaxis(values, axis, 0)
        before, after = values[:-1], values[1:]
        finer = np.empty((2 * len(before), *values.shape[1:]), np.float32)
        finer[0::2] = 0.75 * before + 0.25 * after
        finer[1::2] = 0.25 * before + 0.75 * after
        values = np.moveaxis(finer[:length], 0, axis)
    return np.ascontiguousarray(values)
