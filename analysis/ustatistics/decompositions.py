"""The same variance of a fully crossed study in the components of other models.

DBM: Dorfman, Berbaum and Metz, as Roe and Metz wrote them down; OR: Obuchowski and Rockette; MS:
mean squares of the three-way analysis of variance. How they follow from the components of Gallas
stands in Gallas, Bandos, Samuelson and Wagner 2009 (Communications in Statistics 38:2586) and
Hillis 2014 (Statistics in Medicine 33:330, equations 11 to 14). In iMRMC's layout: components,
their coefficients, and the products, which add up to the variance.
"""

from dataclasses import dataclass

import numpy as np

from analysis.result import FloatArray
from analysis.ustatistics.moments import Moments
from analysis.ustatistics.reader_averaged import ArmAuc, AucDifference, Sizes

DBM_NAMES = ("R", "C", "RC", "TR", "TC", "TRC")
OR_NAMES = ("R", "TR", "COV1", "COV2", "COV3", "ERROR")
MS_NAMES = ("R", "C", "RC", "MR", "MC", "MRC")


class NotCrossedError(ValueError):
    """A decomposition was asked of a study whose readers have not all rated all cases."""


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """Components of variance and their coefficients, in the order of the names."""

    names: tuple[str, ...]
    components: FloatArray
    coefficients: FloatArray

    @property
    def products(self) -> FloatArray:
        """What each component adds to the variance."""
        return self.components * self.coefficients


@dataclass(frozen=True, slots=True, eq=False)
class Decompositions:
    """The three decompositions of one variance."""

    dbm: Decomposition
    obuchowski_rockette: Decomposition
    mean_squares: Decomposition


@dataclass(frozen=True, slots=True)
class _Scaled:
    """DBM's components of one arm, or of two together: readers, cases, both and error."""

    reader: float
    case: float
    interaction: float


def decompose(of: ArmAuc | AucDifference, *, biased: bool = False) -> Decompositions:
    """Return the decompositions of the variance of an arm's AUC, or of a difference.

    Parameters
    ----------
    of
        From a fully crossed design.
    biased
        Of the V-statistic instead of the U-statistic.

    Raises
    ------
    NotCrossedError
        Where a reader has not rated a case in an arm.
    """
    if not of.crossed:
        raise NotCrossedError(
            "expected a fully crossed study (every reader rates every case in each arm), got one "
            "with missing readings; use the U-statistic variance, which needs none of these models"
        )
    cases = of.sizes.negative + of.sizes.positive
    if isinstance(of, ArmAuc):
        dbm = _arm_dbm(_scaled(of.moments, of.sizes, biased=biased))
    else:
        dbm = _difference_dbm(
            *(
                _scaled(moments, of.sizes, biased=biased)
                for moments in (of.first.moments, of.second.moments, of.moments)
            )
        )
    alone = isinstance(of, ArmAuc)
    return Decompositions(
        Decomposition(DBM_NAMES, dbm, _dbm_coefficients(of.sizes, alone=alone)),
        Decomposition(
            OR_NAMES,
            _or_components(dbm, cases, alone=alone and not biased),
            _or_coefficients(of.sizes.readers, alone=alone),
        ),
        Decomposition(
            MS_NAMES,
            _mean_squares(dbm, of.sizes.readers, cases) / (2 if alone else 1),
            _ms_coefficients(of.sizes, alone=alone),
        ),
    )


def _scaled(moments: Moments, sizes: Sizes, *, biased: bool) -> _Scaled:
    """Return readers, cases and their interaction, the last two as variances of one case."""
    n, d, nd, r, nr, dr, rnd = (float(one) for one in moments.components(biased=biased))
    cases, n_0, n_1 = sizes.negative + sizes.positive, sizes.negative, sizes.positive
    return _Scaled(
        r,
        cases * (n / n_0 + d / n_1 + nd / (n_0 * n_1)),
        cases * (nr / n_0 + dr / n_1 + rnd / (n_0 * n_1)),
    )


def _arm_dbm(own: _Scaled) -> FloatArray:
    """Return DBM's components of one arm; those with the arm (T) are 0."""
    return np.array([own.reader, own.case, own.interaction, 0.0, 0.0, 0.0])


def _difference_dbm(first: _Scaled, second: _Scaled, both: _Scaled) -> FloatArray:
    """Return DBM's components of two arms: what they share, and what each has beyond that."""
    shared = np.array([both.reader, both.case, both.interaction])
    one = np.array([first.reader, first.case, first.interaction])
    two = np.array([second.reader, second.case, second.interaction])
    return np.concatenate([shared, (one + two) / 2 - shared])


def _dbm_coefficients(sizes: Sizes, *, alone: bool) -> FloatArray:
    """Return DBM's coefficients; what two arms share leaves their difference."""
    cases = sizes.negative + sizes.positive
    each = np.array([1 / sizes.readers, 1 / cases, 1 / (sizes.readers * cases)])
    none = np.zeros(3)
    return np.concatenate([each, none] if alone else [none, 2 * each])


def _or_components(dbm: FloatArray, cases: int, *, alone: bool) -> FloatArray:
    """Return OR's components.

    Of one arm (`alone`) only Cov2 and the error have a meaning; iMRMC prints Cov1 and Cov3 as 0 for
    the U-statistic and as the formula gives them for the V-statistic, where they weigh nothing.
    """
    r, c, rc, tr, tc, trc = (float(one) for one in dbm)
    cov_1, cov_3 = (0.0, 0.0) if alone else ((c + rc) / cases, c / cases)
    return np.array([r, tr, cov_1, (c + tc) / cases, cov_3, (c + rc + tc + trc) / cases])


def _or_coefficients(readers: int, *, alone: bool) -> FloatArray:
    """Return OR's coefficients (Hillis 2014, table 1)."""
    one, others = 1 / readers, (readers - 1) / readers
    if alone:
        return np.array([one, 0, 0, others, 0, one])
    return 2 * np.array([0, one, -one, others, -others, one])


def _mean_squares(dbm: FloatArray, readers: int, cases: int) -> FloatArray:
    """Return the expected mean squares of two arms."""
    r, c, rc, tr, tc, trc = (float(one) for one in dbm)
    return np.array(
        [
            2 * cases * r + 2 * rc + cases * tr + trc,
            2 * readers * c + 2 * rc + readers * tc + trc,
            2 * rc + trc,
            cases * tr + trc,
            readers * tc + trc,
            trc,
        ]
    )


def _ms_coefficients(sizes: Sizes, *, alone: bool) -> FloatArray:
    """Return the coefficients of the mean squares.

    iMRMC prints those of RC and of MC each in the other's column, so its products do not add up to
    the variance; these do.
    """
    unit = 1 / (sizes.readers * (sizes.negative + sizes.positive))
    if alone:
        return np.array([unit, unit, -unit, 0, 0, 0])
    return 2 * np.array([0, 0, 0, unit, unit, -unit])
