"""Mean squares of the figures of merit, their error covariances, and the variance components.

Error covariances are means over pairs of curves (Obuchowski and Rockette 1995): Cov1 same reader in
different arms, Cov2 different readers in one arm, Cov3 both different. Arms or readers that share
no case have covariances of exactly 0 (Hillis 2014, table 1); with groups of readers, pairs within a
group count only; in a partially paired design all pairs count, with what they share.
"""

from dataclasses import dataclass

import numpy as np

from analysis.estimators.intervals import ROUNDING
from analysis.mrmc.ratings import Design, IntArray
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True)
class ErrorCovariances:
    """Variance and covariances of the errors over cases."""

    variance: float
    cov1: float
    cov2: float
    cov3: float

    @property
    def sharing(self) -> float:
        """Cov2 - Cov3, at least 0: what readers share in one arm beyond what arms share."""
        return max(self.beyond_rounding(self.cov2 - self.cov3), 0.0)

    def beyond_rounding(self, value: float) -> float:
        """Return a sum of these; 0 where it is only what their last digits leave.

        The last digits hang on the processor, and equal arms must be equal on any.
        """
        return 0.0 if abs(value) <= ROUNDING * self.variance else value


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of the figures of merit with the degrees of freedom of the error term.

    Attributes
    ----------
    arm, reader
        NaN where there is only one arm, or one reader.
    error
        Arm x reader; with groups of readers that within the groups; readers in arms where readers
        are nested there.
    error_df
        Its degrees of freedom.
    readers_sharing
        By how many readers a case is read in an arm, averaged over readers.
    """

    arm: float
    reader: float
    error: float
    error_df: int
    readers_sharing: float


@dataclass(frozen=True, slots=True)
class NegativeComponent:
    """A variance component that is estimated as less than 0."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Components of the Obuchowski-Rockette model as estimated, not truncated.

    `arm_reader` is NaN where readers are nested in arms: it is then part of `reader`.
    """

    reader: float
    arm_reader: float
    error: ErrorCovariances

    @property
    def negative(self) -> tuple[NegativeComponent, ...]:
        """The components that came out below 0."""
        named = (
            ("reader variance", self.reader),
            ("arm x reader variance", self.arm_reader),
            ("Cov2 - Cov3", self.error.cov2 - self.error.cov3),
            ("Cov1 - Cov3", self.error.cov1 - self.error.cov3),
        )
        return tuple(
            NegativeComponent(name, value)
            for name, value in named
            if self.error.beyond_rounding(value) < 0
            and not (name.startswith("Cov1") and self.error.cov1 == 0)
        )


def error_covariances(
    foms: ReaderFoms, *, arm: int | None = None, reader: int | None = None
) -> ErrorCovariances:
    """Return the mean error covariances, of all curves, of one arm or of one reader.

    A kind of pair that does not occur has covariance 0.
    """
    chosen = np.ones(len(foms.values), dtype=bool)
    if arm is not None:
        chosen &= foms.arm == arm
    if reader is not None:
        chosen &= foms.reader == reader
    matrix = foms.covariance[np.ix_(chosen, chosen)]
    arms, readers = foms.arm[chosen], foms.reader[chosen]
    group = foms.read_by.group[readers]
    same_arm, same_reader = arms[:, None] == arms, readers[:, None] == readers
    together = group[:, None] == group
    # Arms or readers with cases of their own are independent, whatever a jackknife over all cases
    # leaves.
    between_arms = ~same_arm & foms.read_by.arms_share
    together &= foms.read_by.readers_share
    return ErrorCovariances(
        float(np.diag(matrix).mean()),
        _mean(matrix, between_arms & same_reader),
        _mean(matrix, same_arm & ~same_reader & together),
        _mean(matrix, between_arms & ~same_reader & together),
    )


def mean_squares(foms: ReaderFoms) -> MeanSquares:
    """Return the mean squares that the design has."""
    if foms.read_by.design is Design.READERS_IN_ARMS:
        return _nested_mean_squares(foms)
    table, group = foms.table, foms.read_by.group
    arms, readers = table.shape
    grouped = foms.read_by.design is Design.CASES_IN_GROUPS
    residual = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    sizes = np.array([readers])
    if grouped:
        residual = _within_groups(table, group)
        sizes = np.bincount(group)
    error_df = (arms - 1) * (readers - len(sizes))
    return MeanSquares(
        readers * spread(table.mean(axis=1)),
        arms * spread(table.mean(axis=0)),
        residual_mean_square(residual, table, error_df),
        error_df,
        float((sizes**2).sum() / readers),
    )


def arm_reader_mean_square(foms: ReaderFoms, arm: int) -> float:
    """Return the mean square of an arm's readers, within their groups; NaN with one reader."""
    members = foms.arm == arm
    values = foms.values[members]
    group = foms.read_by.group[foms.reader[members]]
    if foms.read_by.design is not Design.CASES_IN_GROUPS:
        return spread(values)
    return residual_mean_square(values - _group_means(values, group), values, reader_df(foms, arm))


def reader_df(foms: ReaderFoms, arm: int) -> int:
    """Return the degrees of freedom of the readers in one arm."""
    group = foms.read_by.group[foms.reader[foms.arm == arm]]
    grouped = foms.read_by.design is Design.CASES_IN_GROUPS
    return len(group) - (len(np.unique(group)) if grouped else 1)


def variance_components(
    squares: MeanSquares, error: ErrorCovariances, arms: int
) -> VarianceComponents:
    """Return the components that the mean squares and error covariances imply.

    Hillis (2014), table 2; the means of squares are set equal to their expectations.
    """
    if np.isnan(squares.reader):
        return VarianceComponents(squares.error - error.variance + error.cov2, float("nan"), error)
    return VarianceComponents(
        (squares.reader - squares.error) / arms - error.cov1 + error.cov3,
        squares.error - error.variance + error.cov1 + error.cov2 - error.cov3,
        error,
    )


def _nested_mean_squares(foms: ReaderFoms) -> MeanSquares:
    """Return the mean squares of readers who are each in one arm of two or more."""
    sizes = np.bincount(foms.arm)
    means = np.bincount(foms.arm, weights=foms.values) / sizes
    arms, readers = len(sizes), len(foms.values)
    between = float((sizes * (means - foms.values.mean()) ** 2).sum())
    error_df = readers - arms
    sharing = (readers - (sizes**2).sum() / readers) / (arms - 1)
    return MeanSquares(
        between / (arms - 1),
        float("nan"),
        residual_mean_square(foms.values - means[foms.arm], foms.values, error_df),
        error_df,
        float(sharing),
    )


def _within_groups(table: FloatArray, group: IntArray) -> FloatArray:
    """Return the arm x reader residuals (arms, readers) within groups of readers."""
    by_arm = np.stack([_group_means(row, group) for row in table])
    of_group = _group_means(table.mean(axis=0), group)
    residual: FloatArray = table - by_arm - table.mean(axis=0) + of_group
    return residual


def _group_means(values: FloatArray, group: IntArray) -> FloatArray:
    """Return for each value the mean of its group."""
    sums, sizes = np.bincount(group, weights=values), np.bincount(group)
    means: FloatArray = sums[group] / sizes[group]
    return means


def spread(values: FloatArray) -> float:
    """Return the sample variance; NaN of one value, 0 of values that are equal but for rounding."""
    return residual_mean_square(values - values.mean(), values, len(values) - 1)


def residual_mean_square(deviations: FloatArray, values: FloatArray, df: int) -> float:
    """Return the mean square of what is left of values; NaN without degrees of freedom.

    A deviation that is only rounding counts as 0: else its square would be a variance above 0.
    """
    if df <= 0:
        return float("nan")
    left = np.where(np.abs(deviations) <= ROUNDING * np.abs(values).max(), 0.0, deviations)
    return float((left**2).sum() / df)


def _mean(matrix: FloatArray, pairs: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> float:
    """Return the mean over some pairs of curves; 0 without any."""
    return float(matrix[pairs].mean()) if pairs.any() else 0.0
