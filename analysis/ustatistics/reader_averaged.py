"""Reader-averaged AUCs of any design with U-statistic variances, one by one and compared.

As iMRMC answers: the average weighs each reader by their comparisons; degrees of freedom after
Obuchowski, Gallas and Hillis 2012 (Academic Radiology 19:1508), rounded down, and from 50 on the
normal distribution.
"""

import itertools
import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.estimators.t_inference import TInference, t_inference
from analysis.result import FloatArray
from analysis.ustatistics.degrees_of_freedom import (
    SatterthwaitePart,
    bdg_df,
    hillis_df_of_arm,
    hillis_df_of_difference,
    parts_of_arm,
    parts_of_difference,
    table_df,
)
from analysis.ustatistics.moments import Moments, reader_averaged_moments
from analysis.ustatistics.pair_sums import PairSums, pair_sums
from analysis.ustatistics.reader_ratings import ReaderRatings

CHANCE = 0.5
ONE_OF_A_KIND = (
    "not estimable: one reader, or one case of a class, says nothing of how others would differ"
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Readers, negative and positive cases with a rating in the arms analysed."""

    readers: int
    negative: int
    positive: int


@dataclass(frozen=True, slots=True)
class Variances:
    """What a test of a reader-averaged AUC, or of a difference, rests on.

    Attributes
    ----------
    variance
        NaN with one reader, or one case of a class; negative where few readers or cases make a
        U-statistic fall below 0: no test then.
    df_bdg
        Degrees of freedom from the components of variance, not rounded; NaN without a variance.
    df_hillis
        Those of Hillis 2008; None where the design is not fully crossed, NaN where the variance is
        not above 0: then there is no test that they would belong to.
    normal, bdg, hillis
        Interval and test with the normal distribution, and with t.
    """

    variance: float
    df_bdg: float
    df_hillis: float | None
    normal: TInference
    bdg: TInference
    hillis: TInference | None


@dataclass(frozen=True, slots=True, eq=False)
class ArmAuc:
    """One arm's reader-averaged AUC; tested against 0.5.

    `unbiased` rests on U-statistics, `biased` on V-statistics (iMRMC: MLE), which are never
    negative and too large on average.
    """

    arm: str
    sizes: Sizes
    auc: float
    moments: Moments
    crossed: bool
    unbiased: Variances
    biased: Variances


@dataclass(frozen=True, slots=True, eq=False)
class AucDifference:
    """First arm minus second; tested against 0. `moments` are those of the two together."""

    first: ArmAuc
    second: ArmAuc
    sizes: Sizes
    difference: float
    moments: Moments
    crossed: bool
    unbiased: Variances
    biased: Variances


@dataclass(frozen=True, slots=True, eq=False)
class UStatistics:
    """All arms, and every two of them in the order of the arms."""

    arms: tuple[ArmAuc, ...]
    differences: tuple[AucDifference, ...]


def analyse_reads(
    reads: ReaderRatings, *, level: float = 0.95, least_df: float = 0.0
) -> UStatistics:
    """Return the AUC of every arm and the difference of every two.

    Parameters
    ----------
    reads
        Any design; readers and cases are random.
    level
        Confidence level.
    least_df
        No degrees of freedom are below it (iMRMC in Java: 2).

    Raises
    ------
    ValueError
        Where an arm has no reader who rated a negative and a positive case.
    """
    sums = pair_sums(reads.truth, reads.ratings.reshape(-1, len(reads.truth)))
    study = _Study(reads, sums, level, least_df)
    arms = tuple(study.arm(place) for place in range(len(reads.arms)))
    pairs = itertools.combinations(range(len(arms)), 2)
    return UStatistics(arms, tuple(study.difference(arms, one, two) for one, two in pairs))


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """Reads with the sums of their pairs, and the conventions of the tests."""

    reads: ReaderRatings
    sums: PairSums
    level: float
    least_df: float

    def arm(self, place: int) -> ArmAuc:
        """Return one arm."""
        curves = self._curves(place)
        comparisons = float(self.sums.comparisons[curves].sum())
        name = self.reads.arms[place]
        if comparisons == 0:
            raise ValueError(
                f"expected a reader with ratings of negative and of positive cases in {name}, "
                "got none"
            )
        auc = float(self.sums.total[curves].sum()) / comparisons
        moments = reader_averaged_moments(self.sums, curves, curves)
        crossed = self._crossed(place)
        hillis = hillis_df_of_arm(self._reader_aucs(place), moments) if crossed else None
        parts = parts_of_arm(moments)
        infer = partial(self._variances, auc, CHANCE, parts=parts, df_hillis=hillis)
        return ArmAuc(
            name,
            _sizes(self.reads.of_arms(name)),
            auc,
            moments,
            crossed,
            infer(moments.covariance(biased=False)),
            infer(moments.covariance(biased=True)),
        )

    def difference(self, arms: tuple[ArmAuc, ...], one: int, two: int) -> AucDifference:
        """Return the first arm minus the second."""
        first, second = arms[one], arms[two]
        both = reader_averaged_moments(self.sums, self._curves(one), self._curves(two))
        crossed = self._crossed(one, two)
        parts = parts_of_difference(first.moments, second.moments, both)
        hillis = None
        if crossed:
            aucs = np.stack([self._reader_aucs(one), self._reader_aucs(two)])
            hillis = hillis_df_of_difference(aucs, (first.moments, second.moments, both))
        value = first.auc - second.auc
        infer = partial(self._variances, value, 0.0, parts=parts, df_hillis=hillis)

        def variance(biased: bool) -> float:
            own = (arm.moments.covariance(biased=biased) for arm in (first, second))
            return sum(own) - 2 * both.covariance(biased=biased)

        return AucDifference(
            first,
            second,
            _sizes(self.reads.of_arms(first.arm, second.arm)),
            value,
            both,
            crossed,
            infer(variance(False)),
            infer(variance(True)),
        )

    def _variances(
        self,
        value: float,
        null: float,
        variance: float,
        *,
        parts: tuple[SatterthwaitePart, ...],
        df_hillis: float | None,
    ) -> Variances:
        """Return the tests of a value."""
        df = bdg_df(variance, parts, least=self.least_df)
        test = partial(_test, value, variance, level=self.level, null=null)
        hillis = None if df_hillis is None else max(df_hillis, self.least_df)
        if hillis is not None and not variance > 0:
            hillis = math.nan
        return Variances(
            variance,
            df,
            hillis,
            test(math.inf),
            test(table_df(df)),
            None if hillis is None else test(table_df(hillis)),
        )

    def _curves(self, place: int) -> slice:
        """Return where an arm's readers are."""
        readers = len(self.reads.readers)
        return slice(place * readers, (place + 1) * readers)

    def _reader_aucs(self, place: int) -> FloatArray:
        """Return the AUC of each reader of a crossed arm."""
        curves = self._curves(place)
        used = self.sums.comparisons[curves] > 0
        aucs: FloatArray = self.sums.total[curves][used] / self.sums.comparisons[curves][used]
        return aucs

    def _crossed(self, *places: int) -> bool:
        """Tell whether everyone who reads in these arms has rated every case in each of them."""
        names = [self.reads.arms[place] for place in places]
        return bool(self.reads.of_arms(*names).rated.all())


def _test(value: float, variance: float, df: float, *, level: float, null: float) -> TInference:
    """Return interval and test; none where nothing tells how readers or cases vary."""
    if math.isnan(variance) or df < 1:
        return TInference(value, math.nan, df, reason=ONE_OF_A_KIND)
    return t_inference(value, variance, df, level=level, null=null)


def _sizes(reads: ReaderRatings) -> Sizes:
    """Return how many readers and cases there are."""
    positive = int(reads.truth.sum())
    return Sizes(len(reads.readers), len(reads.truth) - positive, positive)
