"""Figures of merit of all curves of a study with their jackknife covariance, for MRMC analysis."""

import numpy as np

from analysis.froc.figures_of_merit import FrocFigure, cases_used, quotient_of
from analysis.froc.froc_data import FrocError, FrocStudy
from analysis.mrmc.figures_of_merit import Jackknifed
from analysis.mrmc.ratings import StudyRatings, read_by
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, jackknife_covariance
from analysis.result import FloatArray


def froc_values(study: FrocStudy, figure: FrocFigure) -> FloatArray:
    """Return a figure of merit (k,) of every curve; NaN where it is not defined."""
    units = int(study.unit.max()) + 1
    return np.array(
        [
            quotient_of(study.marks(curve), figure, units=units).left_out().value
            for curve in range(len(study.read))
        ]
    )


def froc_jackknifed(study: FrocStudy, figure: FrocFigure) -> Jackknifed:
    """Return a figure of merit of every curve, whole and with each sampling unit left out.

    A unit that a curve has not read leaves its figure as it is. Units without a case that decides
    the figure (the diseased for HrSe and MaxLLF, the normal for HrSp and MaxNLF) are not left out
    and not counted.

    Raises
    ------
    FrocError
        Where a figure cannot be computed without some unit, as with one diseased case.
    """
    count = int(study.unit.max()) + 1
    units = np.unique(study.unit[cases_used(study.diseased, figure)])
    found = [
        quotient_of(study.marks(curve), figure, units=count).left_out()
        for curve in range(len(study.read))
    ]
    without = np.stack([one.without[units] for one in found])
    lacking = ~np.isfinite(without).all(axis=1)
    if lacking.any():
        name = study.name(int(np.argmax(lacking)))
        raise FrocError(
            f"expected a {figure} of {name} that can be computed without any one case, got one "
            "that cannot; at least two cases with a lesion and two without are needed"
        )
    return Jackknifed(np.array([one.value for one in found]), without)


def froc_foms(study: FrocStudy, figure: FrocFigure = FrocFigure.WAFROC) -> ReaderFoms:
    """Return a figure of merit of every reader in every arm with its jackknife covariance.

    Raises
    ------
    FrocError
        Where a figure cannot be computed without some unit.
    MrmcError
        Where readings are missing, or no case has a lesion, or all have.
    """
    left_out = froc_jackknifed(study, figure)
    # Who read what decides the design; ratings play no part in it.
    readings = StudyRatings(
        study.arms,
        study.readers,
        study.arm,
        study.reader,
        study.diseased.astype(np.float64),
        np.where(study.read, 0.0, np.nan),
        study.unit,
    )
    return ReaderFoms(
        study.arms,
        study.readers,
        study.arm,
        study.reader,
        left_out.values,
        jackknife_covariance(left_out),
        read_by(readings),
        f"{figure}, {Covariance.JACKKNIFE} covariance",
    )
