"""Period and sequence in a crossover of two arms and two periods, readers and cases random.

The model is value ~ arm + period + sequence of each reader's AUC, or mean log reading time, in each
arm. Readers are nested in sequences, so each effect is a difference between two groups of readers,
analysed after Obuchowski and Rockette with Hillis's (2014) nested design. Sequence is the alias of
carry-over: like the period it has an interval and no test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.random_study import RANDOM, RandomStudy
from analysis.estimates.reading_time_readers import mean_log_times
from analysis.estimators.t_inference import TInference
from analysis.mrmc.figures_of_merit import EmpiricalAuc
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import Design, IntArray, MrmcError, ReadBy
from analysis.mrmc.reader_foms import Covariance, ReaderFoms
from analysis.rating_grid import Layout, Pair
from analysis.rating_table import RatingTable
from analysis.result import Estimate, FloatArray

MODEL = "crossover model: arm + period + sequence"
NESTED = "readers nested in sequences"
ONE_SEQUENCE = "Every reader read {} first: period and arm cannot be told apart."
UNEVEN = (
    "{} readers began with {}, {} with {}: the plain difference of the arms holds {:.0%} of the "
    "period effect; it stands beside with the period taken out (adjusted)."
)


@dataclass(frozen=True, slots=True)
class CrossoverEffects:
    """Estimates of period and sequence, and what is said of the design."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Crossover:
    """Readers who each read two arms in two periods; `first` (r,) is the arm read first, 0 or 1."""

    pair: Pair
    readers: tuple[str, ...]
    first: IntArray

    @property
    def arms(self) -> tuple[str, str]:
        """The earlier arm of the comparison (the reference) and the later one."""
        return self.pair.second.of.arm or "", self.pair.first.of.arm or ""

    @property
    def sizes(self) -> tuple[int, int]:
        """How many readers began with either arm."""
        return int((self.first == 0).sum()), int((self.first == 1).sum())


def crossover_effects(
    table: RatingTable, layout: Layout, covariance: Covariance
) -> CrossoverEffects:
    """Return the effects of period and sequence, and the arms' difference free of the period.

    Nothing where readers did not each read two arms in two periods.

    Parameters
    ----------
    table, layout
        Ratings with their periods, and who is compared.
    covariance
        Over cases, of the AUC; clusters take the jackknife.
    """
    estimates: list[Estimate] = []
    warnings: list[str] = []
    for pair in layout.pairs:
        crossover = _crossover(table, layout, pair)
        if crossover is None:
            continue
        starts = np.unique(crossover.first)
        if len(starts) < 2:
            warnings.append(ONE_SEQUENCE.format(crossover.arms[int(starts[0])]))
            continue
        estimates += _effects(crossover, layout, covariance)
        few, many = sorted(crossover.sizes)
        if few != many:
            sizes, (arm, other) = crossover.sizes, crossover.arms
            share = (many - few) / (many + few)
            warnings.append(UNEVEN.format(sizes[0], arm, sizes[1], other, share))
    return CrossoverEffects(tuple(estimates), tuple(warnings))


def _crossover(table: RatingTable, layout: Layout, pair: Pair) -> _Crossover | None:
    """Return who began with which of two arms; None where the design is no crossover of two."""
    arms = (pair.second.of.arm, pair.first.of.arm)
    if pair.first.of.readers is None or pair.second.of.readers is None or None in arms:
        return None
    own = {layout.grid.rows[row].reader for one in (pair.first, pair.second) for row in one.rows}
    rows = table.rows[table.rows["reader"].isin(own) & table.rows["arm"].isin(arms)]
    periods = rows.assign(period=rows["period"].astype(str)).groupby(["reader", "arm"])["period"]
    wide = periods.first().unstack("arm")
    if len(wide.columns) < 2 or wide.isna().any(axis=None) or (periods.nunique() > 1).any():
        return None
    known = sorted(set(wide.to_numpy().ravel()))
    if len(known) != 2 or (wide[arms[0]] == wide[arms[1]]).any():
        return None
    first = np.where((wide[arms[0]] == known[0]).to_numpy(), 0, 1).astype(np.int64)
    return _Crossover(pair, tuple(map(str, wide.index)), first)


def _effects(crossover: _Crossover, layout: Layout, covariance: Covariance) -> Iterator[Estimate]:
    """Return the effects on AUC, and on log reading times where there are any."""
    clustered = layout.grid.shared_clusters is not None
    study = RandomStudy(
        layout, Covariance.JACKKNIFE if clustered else covariance, EmpiricalAuc(), None
    )
    rows = (*crossover.pair.second.rows, *crossover.pair.first.rows)
    if not layout.grid.two_valued:
        yield from _of("auc", crossover, layout, lambda: study.foms(rows, crossover.arms))
    grid = layout.grid
    place = {(grid.rows[row].arm, grid.rows[row].reader): row for row in rows}
    times = np.array(
        [[grid.times_s[place[arm, one]] for one in crossover.readers] for arm in crossover.arms]
    )
    if not np.isnan(times).all():
        whole = times[:, :, ~np.isnan(times).any(axis=(0, 1))]
        yield from _of(
            "reading_s_log",
            crossover,
            layout,
            lambda: mean_log_times(crossover.arms, crossover.readers, whole),
        )


def _of(
    quantity: str, crossover: _Crossover, layout: Layout, found: Callable[[], ReaderFoms]
) -> Iterator[Estimate]:
    """Return period, sequence and the arms' difference of one quantity."""
    level, sign = layout.settings.level, np.where(crossover.first == 0, 1.0, -1.0)
    arms = crossover.arms
    later, earlier = (replace(one.of, random=RANDOM) for one in
                      (crossover.pair.first, crossover.pair.second))  # fmt: skip
    whose = replace(later, arm=None)
    counts = crossover.pair.counts(layout.grid)
    asked = (
        (f"{quantity}_period", replace(whose, item="second minus first period"), (-0.5, 0.5), None),
        (
            f"{quantity}_sequence",
            replace(whose, item=f"{arms[0]} first minus {arms[1]} first"),
            (0.5, 0.5),
            None,
        ),
        (f"{quantity}_crossover_difference", (later, earlier), (-0.5, 0.5), sign),
    )
    for name, of, weights, signs in asked:
        bare = Estimate(name, of, None, "none", n=counts, reason="not computed")
        try:
            nested = _nested(found(), crossover, weights, signs)
            result = obuchowski_rockette(nested, level=level)
            method = f"{MODEL}; Obuchowski-Rockette, {nested.method}, {result.effects}, {NESTED}"
        except MrmcError as error:
            yield replace(bare, reason=f"not estimable: {error}")
            continue
        inference = result.differences[0].inference
        tested = name.endswith("_difference")
        yield _filled(bare, inference, method, level, tested=tested)


def _nested(
    foms: ReaderFoms, crossover: _Crossover, weights: tuple[float, float], sign: FloatArray | None
) -> ReaderFoms:
    """Return one value a reader, of both arms, with the readers in their sequences."""
    place = {(int(a), foms.readers[r]): k for k, (a, r) in
             enumerate(zip(foms.arm, foms.reader, strict=True))}  # fmt: skip
    order = np.argsort(crossover.first, kind="stable")
    linear = np.zeros((len(order), len(foms.values)))
    for row, reader in enumerate(order):
        for arm, weight in enumerate(weights):
            scale = 1.0 if sign is None else sign[reader]
            linear[row, place[arm, crossover.readers[reader]]] = weight * scale
    arms = crossover.arms
    return ReaderFoms(
        tuple(f"{one} first" for one in arms),
        tuple(crossover.readers[reader] for reader in order),
        crossover.first[order],
        np.arange(len(order)),
        linear @ foms.values,
        linear @ foms.covariance @ linear.T,
        ReadBy(Design.READERS_IN_ARMS, np.zeros(len(order), dtype=np.int64)),
        foms.method,
    )


def _filled(
    bare: Estimate, inference: TInference, method: str, level: float, *, tested: bool
) -> Estimate:
    """Return an estimate with its interval, and its test where it is one of arms."""
    ci = inference.ci
    return replace(
        bare,
        estimate=inference.estimate,
        method=method if ci is None else f"{method}; {inference.words('Hillis')}",
        se=None if ci is None else inference.se,
        ci=ci,
        level=None if ci is None else level,
        df=inference.finite_df,
        p=inference.p if tested else None,
        reason=inference.reason,
    )
