"""Whether two arms differ alike in all strata of the cases: arm by stratum, readers and cases.

Each reader's difference between two arms within a stratum is a figure of merit. Strata hold cases
of their own, so that they are to these differences what arms with cases of their own are to
ratings: Obuchowski and Rockette's test of equal arms is then one of equal differences (Hillis
2014). All of it is exploratory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.random_study import RANDOM
from analysis.estimators.structural_components import auc_values
from analysis.mrmc.obuchowski_rockette import (
    EqualArmsTest,
    RandomEffects,
    obuchowski_rockette,
)
from analysis.mrmc.ratings import Design, MrmcError, ReadBy
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.rating_grid import BoolArray, Layout, Pair
from analysis.result import Estimate, FloatArray, Of

METHOD = "arm by stratum: AUC differences of each reader alike in all strata; Obuchowski-Rockette"
SHARED = "not estimable: cases of one cluster lie in several strata"
LACKING = "not estimable: a reader lacks two positive or two negative cases in a stratum and an arm"
FEWEST = 2
# Normal and t distributions say nothing of fewer cases of a class.
FEWEST_TESTED = 10


def interaction_estimates(
    layout: Layout, column: str, categories: tuple[str, ...]
) -> Iterator[Estimate]:
    """Return `auc_interaction` of every two arms of all readers, readers fixed and random.

    Parameters
    ----------
    layout
        The whole table.
    column
        The stratum, as it is named.
    categories
        (n,) each case's category, in the order of the grid's cases.
    """
    if layout.grid.two_valued:
        return
    for pair in layout.pairs:
        if pair.first.of.readers is not None and pair.second.of.readers is not None:
            yield from _of_pair(_Crossed(layout, pair, np.array(categories)), column)


@dataclass(frozen=True, slots=True, eq=False)
class _Crossed:
    """Two arms of some readers, and the category (n,) of each case."""

    layout: Layout
    pair: Pair
    category: np.ndarray[tuple[int, ...], np.dtype[np.str_]]

    @property
    def strata(self) -> tuple[str, ...]:
        """The categories of the cases."""
        return tuple(np.unique(self.category).tolist())

    @property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """The rows in the first and in the second arm of each reader who is in both."""
        grid = self.layout.grid
        second = {grid.rows[row].reader: row for row in self.pair.second.rows}
        return tuple(
            (row, second[grid.rows[row].reader])
            for row in self.pair.first.rows
            if grid.rows[row].reader in second
        )

    @property
    def scarcest(self) -> int:
        """The fewest cases of a class in a stratum."""
        truth = self.layout.grid.truth
        own = [truth[self.category == stratum] for stratum in self.strata]
        return int(min(min(one.sum(), len(one) - one.sum()) for one in own))

    @property
    def splits_clusters(self) -> bool:
        """Whether cases of one cluster lie in several strata."""
        cluster = self.layout.grid.cluster
        seen: dict[int, str] = {}
        for own, category in zip(cluster.tolist(), self.category.tolist(), strict=True):
            if seen.setdefault(own, category) != category:
                return True
        return False

    def differences(self) -> ReaderFoms:
        """Return each reader's difference in each stratum, strata in the place of arms.

        Raises
        ------
        MrmcError
            Where a class of cases is too small in a stratum.
        """
        grid, strata, readers = self.layout.grid, self.strata, len(self.rows)
        values = np.empty(len(strata) * readers)
        covariance = np.zeros((len(values), len(values)))
        for place, stratum in enumerate(strata):
            found = self._of_stratum(self.category == stratum)
            own = slice(place * readers, (place + 1) * readers)
            values[own], covariance[own, own] = found
        arm, reader = (places.ravel() for places in np.indices((len(strata), readers)))
        return ReaderFoms(
            strata,
            tuple(grid.rows[row].reader for row, _ in self.rows),
            arm,
            reader,
            values,
            covariance,
            ReadBy(Design.CASES_IN_ARMS, np.zeros(readers, dtype=np.int64), arms_share=False),
            "AUC difference, DeLong covariance",
        )

    def _of_stratum(self, cases: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return each reader's difference (j,) and their covariance (j, j) in one stratum."""
        grid, rows = self.layout.grid, np.array(self.rows).ravel()
        ratings, truth = grid.ratings[np.ix_(rows, np.flatnonzero(cases))], grid.truth[cases]
        rated = ~np.isnan(ratings)
        if min(int(rated[:, truth == one].sum(axis=1).min()) for one in (0, 1)) < FEWEST:
            raise MrmcError(LACKING)
        shared = None if grid.shared_clusters is None else grid.cluster[cases]
        areas = auc_values(truth, ratings, shared)
        contrast = np.kron(np.eye(len(self.rows)), np.array([1.0, -1.0]))
        return contrast @ areas.values, contrast @ areas.covariance @ contrast.T


def _of_pair(crossed: _Crossed, column: str) -> Iterator[Estimate]:
    """Return the test with readers fixed, and random where there are two or more."""
    first, second = crossed.pair.of
    whose = Of(
        readers="all", target=first.target, stratum=column, item=f"{first.arm} minus {second.arm}"
    )
    n = crossed.pair.counts(crossed.layout.grid)
    bare = Estimate("auc_interaction", whose, None, "none", n=n, reason="not computed")
    effects = {None: RandomEffects.CASES, RANDOM: RandomEffects.READERS_AND_CASES}
    for random, of_effects in effects.items():
        one = replace(bare, of=replace(whose, random=random))
        if crossed.splits_clusters:
            yield replace(one, reason=SHARED)
            continue
        if len(crossed.rows) < (1 if random is None else FEWEST):
            continue
        try:
            found = obuchowski_rockette(crossed.differences(), of_effects)
        except MrmcError as error:
            yield replace(one, reason=str(error))
            continue
        if found.equality is not None:
            tested = _filled(one, found.equality, of_effects)
            few = f"no test: {crossed.scarcest} cases of a class in a stratum, fewer than 10"
            scarce = crossed.scarcest < FEWEST_TESTED and tested.p is not None
            yield replace(tested, p=None, reason=few) if scarce else tested


def _filled(bare: Estimate, test: EqualArmsTest, effects: RandomEffects) -> Estimate:
    """Return the test of one analysis."""
    bounded = bool(np.isfinite(test.df2))
    kind = "F, degrees of freedom after Hillis" if bounded else "chi-square"
    return replace(
        bare,
        estimate=test.statistic,
        method=f"{METHOD}, {effects}; {kind}",
        p=test.p,
        reason=test.reason,
        df=test.df2 if bounded and test.statistic is not None else None,
        df_numerator=test.df1 if test.statistic is not None else None,
    )
