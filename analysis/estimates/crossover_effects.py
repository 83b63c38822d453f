"""Period and sequence in a crossover or case-split of two arms, readers and cases random.

The model is value ~ arm + period + sequence of each reader's AUC, or mean log reading time, in each
arm. Readers are nested in sequences, so each effect is a difference between two groups of readers,
analysed after Obuchowski and Rockette with Hillis's (2014) nested design. Sequence is the alias of
carry-over: like the period it has an interval and no test. In a case-split every period holds both
arms, so it has neither effect; the arms' difference free of the period stands there alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.random_study import RANDOM, RandomStudy
from analysis.estimates.reading_time_readers import mean_log_times
from analysis.estimates.sequence_estimates import uneven_sequences
from analysis.estimators.t_inference import TInference
from analysis.mrmc.figures_of_merit import EmpiricalAuc
from analysis.mrmc.obuchowski_rockette import method_of, obuchowski_rockette
from analysis.mrmc.ratings import Design, IntArray, MrmcError, ReadBy
from analysis.mrmc.reader_foms import Covariance, ReaderFoms
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES, sequence_mean_inference
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate
from analysis.sequences import Sequences

MODEL = "crossover model: arm + period + sequence"
NESTED = "readers nested in sequences"
ONE_SEQUENCE = "Every reader of both arms read {} first: period and arm cannot be told apart."


@dataclass(frozen=True, slots=True)
class CrossoverEffects:
    """Estimates of period and sequence, and what is said of the design."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Crossover:
    """Readers who each read two arms in two periods."""

    pair: Pair
    sequences: Sequences

    @property
    def arms(self) -> tuple[str, str]:
        """The earlier arm of the comparison (the reference) and the later one."""
        later, earlier = self.pair.arms
        return earlier, later

    @property
    def first(self) -> IntArray:
        """(r,) which of the two arms each reader read first, 0 or 1."""
        return self.sequences.first_of(self.arms)


def crossover_effects(layout: Layout, covariance: Covariance) -> CrossoverEffects:
    """Return the effects of period and sequence, and the arms' difference free of the period.

    Nothing where readers did not each read two arms in two periods; readers who lack an arm are
    left out.

    Parameters
    ----------
    layout
        Who is compared, with the sequences of a crossover.
    covariance
        Over cases, of the AUC; clusters take the jackknife.
    """
    estimates: list[Estimate] = []
    warnings: list[str] = []
    for pair in layout.pairs:
        if pair.sequences is None:
            continue
        if pair.first.of.readers is None:
            if layout.settings.quantity_of == "group":
                warnings += uneven_sequences(pair, pair.sequences)
            continue
        crossover = _Crossover(_of_both_arms(pair, pair.sequences, layout), pair.sequences)
        starts = np.unique(crossover.first)
        if pair.sequences.of_two and len(starts) < 2:
            warnings.append(ONE_SEQUENCE.format(crossover.arms[int(starts[0])]))
            continue
        if pair.sequences.of_two or pair.sequences.halved:
            estimates += _effects(crossover, layout, covariance)
        warnings += uneven_sequences(pair, pair.sequences)
    return CrossoverEffects(tuple(estimates), tuple(warnings))


def _of_both_arms(pair: Pair, sequences: Sequences, layout: Layout) -> Pair:
    """Return a pair with the readers who are in both arms."""

    def of_both(pool: Pool) -> Pool:
        rows = (row for row in pool.rows if layout.grid.rows[row].reader in sequences.readers)
        return replace(pool, rows=tuple(rows))

    return replace(pair, first=of_both(pair.first), second=of_both(pair.second))


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
        [
            [grid.times_s[place[arm, one]] for one in crossover.sequences.readers]
            for arm in crossover.arms
        ]
    )
    if not np.isnan(times).all():
        whole = times[:, :, ~np.isnan(times).any(axis=(0, 1))]
        yield from _of(
            "reading_s_log",
            crossover,
            layout,
            lambda: mean_log_times(crossover.arms, crossover.sequences.readers, whole),
        )


def _of(
    quantity: str, crossover: _Crossover, layout: Layout, found: Callable[[], ReaderFoms]
) -> Iterator[Estimate]:
    """Return period, sequence and the arms' difference of one quantity."""
    level, arms = layout.settings.level, crossover.arms
    later, earlier = (replace(one.of, random=RANDOM) for one in
                      (crossover.pair.first, crossover.pair.second))  # fmt: skip
    whose = replace(later, arm=None)
    counts = crossover.pair.counts(layout.grid)
    if quantity != "auc":
        counts = replace(counts, n_positive=None)
    asked = (
        (f"{quantity}_period", replace(whose, item="second minus first period"), (-0.5, 0.5)),
        (
            f"{quantity}_sequence",
            replace(whose, item=f"{arms[0]} first minus {arms[1]} first"),
            (0.5, 0.5),
        ),
    )
    for name, of, weights in asked if crossover.sequences.of_two else ():
        bare = Estimate(name, of, None, "none", n=counts, reason="not computed")
        try:
            nested = _nested(found(), crossover, weights)
            result = obuchowski_rockette(nested, level=level)
        except MrmcError as error:
            yield replace(bare, reason=f"not estimable: {error}")
            continue
        method = f"{MODEL}; Obuchowski-Rockette, {nested.method}, {result.effects}, {NESTED}"
        yield _filled(bare, result.differences[0].inference, method, level, tested=False)
    bare = Estimate(
        f"{quantity}_crossover_difference", (later, earlier), None, "none", n=counts,
        reason="not computed",
    )  # fmt: skip
    yield _without_period(bare, crossover, level, found)


def _without_period(
    bare: Estimate, crossover: _Crossover, level: float, found: Callable[[], ReaderFoms]
) -> Estimate:
    """Return the arms' difference as the mean of the two sequences' means.

    Of even sequences it is Hillis's readers nested in sequences, whose covariances are means over
    the pairs of readers within sequences and between them.
    """
    if crossover.sequences.of_two and len(set(crossover.sequences.sizes.tolist())) == 1:
        return _nested_difference(bare, crossover, level, found)
    try:
        foms = found()
        sequences = crossover.sequences.of(foms.readers)
        weights = 1 / (len(sequences.sizes) * sequences.sizes[sequences.number])
        inference = sequence_mean_inference(
            foms, crossover.pair.arms, sequences.number, weights, level=level
        )
    except MrmcError as error:
        return replace(bare, reason=f"not estimable: {error}")
    model = "" if crossover.sequences.halved else f"{MODEL}; "
    return _filled(
        bare, inference, f"{model}{method_of(foms)}; {MEAN_OF_SEQUENCES}", level, tested=True
    )


def _nested_difference(
    bare: Estimate, crossover: _Crossover, level: float, found: Callable[[], ReaderFoms]
) -> Estimate:
    """Return the arms' difference from half differences of readers, signed by their sequences."""
    try:
        nested = _nested(found(), crossover, (-0.5, 0.5), by_sequence=True)
        result = obuchowski_rockette(nested, level=level)
    except MrmcError as error:
        return replace(bare, reason=f"not estimable: {error}")
    method = f"{MODEL}; Obuchowski-Rockette, {nested.method}, {result.effects}, {NESTED}"
    return _filled(bare, result.differences[0].inference, method, level, tested=True)


def _nested(
    foms: ReaderFoms,
    crossover: _Crossover,
    weights: tuple[float, float],
    *,
    by_sequence: bool = False,
) -> ReaderFoms:
    """Return one value a reader, of both arms, with the readers in their sequences.

    `by_sequence` changes the sign of those who began with the later arm.
    """
    place = {(int(a), foms.readers[r]): k for k, (a, r) in
             enumerate(zip(foms.arm, foms.reader, strict=True))}  # fmt: skip
    order = np.argsort(crossover.first, kind="stable")
    readers = crossover.sequences.readers
    linear = np.zeros((len(order), len(foms.values)))
    for row, reader in enumerate(order):
        for arm, weight in enumerate(weights):
            sign = -1 if by_sequence and crossover.first[reader] else 1
            linear[row, place[arm, readers[reader]]] = sign * weight
    arms = crossover.arms
    return ReaderFoms(
        tuple(f"{one} first" for one in arms),
        tuple(readers[reader] for reader in order),
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
