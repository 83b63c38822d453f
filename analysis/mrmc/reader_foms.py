"""Figures of merit of every reader in every arm, and how their errors covary over the cases.

Everything that follows, Obuchowski-Rockette and its kin, works on this and not on ratings. The
covariance comes from the jackknife (any figure of merit), from DeLong's components or from
Gallas's unbiased moments (AUC).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.estimators.structural_components import (
    CorrelatedValues,
    auc_values,
    sensitivity_values,
    specificity_values,
)
from analysis.mrmc.figures_of_merit import (
    EmpiricalAuc,
    FigureOfMerit,
    Jackknifed,
    Sensitivity,
    Specificity,
    jackknifed,
)
from analysis.mrmc.ratings import Design, IntArray, MrmcError, ReadBy, StudyRatings, read_by
from analysis.mrmc.unbiased import unbiased_auc_values
from analysis.result import FloatArray


class Covariance(StrEnum):
    """How the covariance over cases is estimated, as it is printed."""

    JACKKNIFE = "jackknife"
    DELONG = "DeLong"
    UNBIASED = "unbiased"


@dataclass(frozen=True, slots=True, eq=False)
class ReaderFoms:
    """Figures of merit (k,) of k curves with their error covariance (k, k), cases random.

    Attributes
    ----------
    arms, readers
        Their names in order.
    arm, reader
        (k,) place of each curve's arm and reader; arms in order, readers in order in each.
    read_by
        Who read what.
    method
        The figure of merit and the covariance, in words.
    """

    arms: tuple[str, ...]
    readers: tuple[str, ...]
    arm: IntArray
    reader: IntArray
    values: FloatArray
    covariance: FloatArray
    read_by: ReadBy
    method: str

    @property
    def table(self) -> FloatArray:
        """The values (arms, readers); NaN where a reader is not in an arm."""
        table = np.full((len(self.arms), len(self.readers)), np.nan)
        table[self.arm, self.reader] = self.values
        return table


def reader_foms(
    study: StudyRatings,
    figure: FigureOfMerit | None = None,
    *,
    covariance: Covariance = Covariance.JACKKNIFE,
) -> ReaderFoms:
    """Return the figures of merit of a study with their covariance.

    Parameters
    ----------
    study
        Ratings; clusters of cases are left out together, which only the jackknife can.
    figure
        What is compared; None: the empirical AUC.
    covariance
        `JACKKNIFE` for any figure; `DELONG` for AUC, sensitivity and specificity (components of
        the cases); `UNBIASED` for the AUC.

    Raises
    ------
    MrmcError
        Where readings are missing, a class has fewer than two cases, or the covariance is not one
        for this figure.
    """
    chosen = figure or EmpiricalAuc()
    design = read_by(study)
    if covariance is Covariance.JACKKNIFE:
        left_out = jackknifed(study, chosen)
        values = CorrelatedValues(left_out.values, jackknife_covariance(left_out))
    elif study.clustered:
        raise MrmcError(
            f"expected one column a case for {covariance} covariances, got clusters of cases; use "
            "the jackknife, which leaves out a cluster at a time"
        )
    else:
        values = _by_components(study, chosen, covariance)
        if np.isnan(values.covariance).any():
            raise MrmcError(
                f"expected two cases of each class at least for {covariance} covariances of "
                f"{_words(chosen.name)}, got one or none; read more cases"
            )
    return ReaderFoms(
        study.arms,
        study.readers,
        study.arm,
        study.reader,
        values.values,
        values.covariance,
        design,
        f"{_words(chosen.name)}, {covariance} covariance",
    )


def foms_from_jackknife(
    arms: tuple[str, ...],
    readers: tuple[str, ...],
    table: FloatArray,
    without: FloatArray,
    *,
    name: str,
) -> ReaderFoms:
    """Return fully crossed figures of merit from a jackknife made elsewhere.

    Parameters
    ----------
    arms, readers
        Names in the order of the table.
    table
        Figures of merit (arms, readers).
    without
        The same (arms, readers, m) without each of the m cases that count.
    name
        The figure of merit in words.

    Raises
    ------
    MrmcError
        Where the shapes do not fit or a number is missing.
    """
    shape = (len(arms), len(readers))
    if table.shape != shape or without.shape[:2] != shape or without.ndim != 3:
        raise MrmcError(
            f"expected figures of merit for {shape[0]} arms and {shape[1]} readers, got "
            f"{table.shape} and {without.shape}"
        )
    if not np.isfinite(table).all() or not np.isfinite(without).all():
        raise MrmcError(f"expected a {name} of every reader in every arm, got gaps")
    arm, reader = (places.ravel() for places in np.indices(shape))
    left_out = Jackknifed(table.ravel(), without.reshape(len(arm), -1))
    return ReaderFoms(
        arms,
        readers,
        arm,
        reader,
        left_out.values,
        jackknife_covariance(left_out),
        ReadBy(Design.CROSSED, np.zeros(len(readers), dtype=np.int64)),
        f"{_words(name)}, {Covariance.JACKKNIFE} covariance",
    )


def jackknife_covariance(left_out: Jackknifed) -> FloatArray:
    """Return the jackknife covariance (k, k): (m - 1) / m times the sum of squared deviations."""
    m = left_out.without.shape[1]
    deviations = left_out.without - left_out.without.mean(axis=1, keepdims=True)
    covariance: FloatArray = (m - 1) / m * (deviations @ deviations.T)
    return covariance


def _by_components(
    study: StudyRatings, figure: FigureOfMerit, covariance: Covariance
) -> CorrelatedValues:
    """Return values and covariance from what each case contributes."""
    if isinstance(figure, EmpiricalAuc):
        values = auc_values if covariance is Covariance.DELONG else unbiased_auc_values
        return values(study.truth, study.ratings)
    if covariance is Covariance.DELONG and isinstance(figure, Sensitivity | Specificity):
        share = sensitivity_values if isinstance(figure, Sensitivity) else specificity_values
        return share(study.truth, study.ratings, np.full(len(study.ratings), figure.threshold))
    raise MrmcError(f"expected the jackknife covariance for {figure.name}, got {covariance}")


def _words(name: str) -> str:
    """Return a figure of merit as it is printed."""
    return "AUC" if name == "auc" else name
