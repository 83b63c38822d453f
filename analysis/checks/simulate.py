"""Simulated reader studies after Roe and Metz, with the truth that each inference is about.

Roe and Metz (1997, Academic Radiology 4:298): in truth state t the rating of case k by reader j
in arm i is mu_it + R_jt + C_kt + (tau R)_ijt + (tau C)_ikt + (RC)_jkt + E_ijkt, all effects
normal with mean 0 and independent. Within a truth state the variances of C, tau C, RC and E add
up to 1. mu_it is 0 for negative cases.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.result import FloatArray

ARMS = 2


@dataclass(frozen=True, slots=True)
class RoeMetzStructure:
    """Variances of one of Roe and Metz's structures; `reader` is that of R and that of tau R."""

    name: str
    reader: float
    case: float
    arm_case: float
    reader_case: float
    error: float

    @property
    def total(self) -> float:
        """The variance of a rating within a truth state."""
        return 2 * self.reader + self.case + self.arm_case + self.reader_case + self.error


# The first letter is the correlation of the data, the second the variance of readers, which is
# that of an area of .855 (mu = 1.5).
STRUCTURES = (
    RoeMetzStructure("HH", 0.030, 0.3, 0.3, 0.2, 0.2),
    RoeMetzStructure("HL", 0.0055, 0.3, 0.3, 0.2, 0.2),
    RoeMetzStructure("LH", 0.030, 0.1, 0.1, 0.2, 0.6),
    RoeMetzStructure("LL", 0.0055, 0.1, 0.1, 0.2, 0.6),
)


@dataclass(frozen=True, slots=True)
class SimulatedDesign:
    """A fully crossed study of two arms: how many, and the two mean separations mu."""

    structure: RoeMetzStructure
    readers: int
    negative: int
    positive: int
    separations: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedStudy:
    """One study and what is true of it.

    Attributes
    ----------
    truth
        (n,) negative cases first.
    ratings
        (2, readers, n).
    arm_aucs
        (2,) expected areas over all readers and cases.
    reader_aucs
        (2, readers) expected areas of these readers over all cases.
    case_aucs
        (2,) expected areas of all readers on these cases.
    reader_shifts
        (2, readers, 2) mean rating of these readers by arm and truth state.
    """

    truth: FloatArray
    ratings: FloatArray
    arm_aucs: FloatArray
    reader_aucs: FloatArray
    case_aucs: FloatArray
    reader_shifts: FloatArray


def separation_of_auc(structure: RoeMetzStructure, auc: float) -> float:
    """Return the mean separation that gives an expected area."""
    return float(stats.norm.ppf(auc)) * math.sqrt(2 * structure.total)


def simulate_study(design: SimulatedDesign, generator: np.random.Generator) -> SimulatedStudy:
    """Draw one study."""
    structure, readers = design.structure, design.readers
    separations = np.array(design.separations)
    truth = np.repeat([0.0, 1.0], [design.negative, design.positive])
    means = np.zeros((ARMS, readers, 2))
    means[:, :, 1] = separations[:, None]
    own = math.sqrt(structure.reader)
    shifts: FloatArray = (
        means
        + own * generator.normal(size=(readers, 2))
        + own * generator.normal(size=(ARMS, readers, 2))
    )
    n = len(truth)
    case_effects: FloatArray = math.sqrt(structure.case) * generator.normal(size=n) + math.sqrt(
        structure.arm_case
    ) * generator.normal(size=(ARMS, n))
    reader_case = math.sqrt(structure.reader_case) * generator.normal(size=(readers, n))
    error = math.sqrt(structure.error) * generator.normal(size=(ARMS, readers, n))
    ratings = shifts[:, :, truth.astype(np.int64)] + case_effects[:, None, :] + reader_case + error
    within = structure.total - 2 * structure.reader
    return SimulatedStudy(
        truth,
        ratings,
        stats.norm.cdf(separations / math.sqrt(2 * structure.total)),
        stats.norm.cdf((shifts[:, :, 1] - shifts[:, :, 0]) / math.sqrt(2 * within)),
        _aucs_on_cases(design, case_effects, truth),
        shifts,
    )


def _aucs_on_cases(
    design: SimulatedDesign, case_effects: FloatArray, truth: FloatArray
) -> FloatArray:
    """Return the areas that all readers have on these cases, the mean over pairs of cases."""
    structure = design.structure
    spread = math.sqrt(2 * (2 * structure.reader + structure.reader_case + structure.error))
    positive = case_effects[:, truth == 1] + np.array(design.separations)[:, None]
    gaps = positive[:, :, None] - case_effects[:, truth == 0][:, None, :]
    means: FloatArray = stats.norm.cdf(gaps / spread).mean(axis=(1, 2))
    return means
