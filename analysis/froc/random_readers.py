"""A figure of merit of marks with the readers as a sample of those to come.

Obuchowski and Rockette with jackknife covariances, all readers in all arms; an AI alone against the
mean of random readers after Hillis (2007), section 5.3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.random_study import RANDOM
from analysis.estimates.sequence_estimates import UNWEIGHTED, sequences_inference
from analysis.estimators.t_inference import TInference
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FrocError, FrocStudy
from analysis.froc.marked_cases import MatchedMarks
from analysis.froc.reader_froc import froc_foms
from analysis.mrmc.obuchowski_rockette import MrmcResult, obuchowski_rockette
from analysis.mrmc.ratings import MrmcError
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.mrmc.standalone import ai_against_readers
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate, Interval, Of


def random_reader_estimates(
    matched: MatchedMarks, layout: Layout, figure: FrocFigure, *, name: str, words: str
) -> Iterator[Estimate]:
    """Return means of all readers, their differences between arms and from each AI system.

    Parameters
    ----------
    matched, layout
        The marks, of whom they are, and who is compared.
    figure
        The figure of merit; between 0 and 1.
    name, words
        The quantity, and figure and hit rule as they are printed.

    Returns
    -------
    Nothing for a single reader; where readers cannot be taken as random, the reason.
    """
    pools = {pool.of.arm or "": pool for pool in layout.pools if pool.of.readers is not None}
    if max((len(pool.rows) for pool in pools.values()), default=0) < 2:
        return
    rows = tuple(row for pool in pools.values() for row in pool.rows)
    bare = [_bare(name, pool, layout) for pool in pools.values()]
    try:
        foms = froc_foms(_curves_of(matched.study, rows), figure)
        found = obuchowski_rockette(foms, level=layout.settings.level)
        differences = tuple(_differences(foms, found, pools, layout))
    except (FrocError, MrmcError) as error:
        yield from (replace(one, reason=f"not estimable: {error}") for one in bare)
        return
    method = f"{words}; {found.method}"
    for mean in found.means:
        yield _filled(_bare(name, pools[mean.arm], layout), mean.inference, method, layout)
    for one in differences:
        whole = _bare(name, one.pair, layout)
        if one.of_sequences is None:
            yield _filled(whole, one.plain, method, layout)
            continue
        yield _filled(whole, one.of_sequences, f"{method}; {MEAN_OF_SEQUENCES}", layout)
        unweighted = replace(whole, quantity=f"{name}{UNWEIGHTED}")
        yield _filled(unweighted, one.plain, method, layout)
    for pair in layout.pairs:
        if pair.first.of.system is not None and pair.second.of.readers is not None:
            yield _against_ai(matched, layout, figure, pair, _bare(name, pair, layout))


@dataclass(frozen=True, slots=True)
class _Difference:
    """The later arm minus the earlier: the plain mean, and where uneven that of the sequences."""

    pair: Pair
    plain: TInference
    of_sequences: TInference | None


def _differences(
    foms: ReaderFoms, found: MrmcResult, pools: dict[str, Pool], layout: Layout
) -> Iterator[_Difference]:
    """Return the differences of every two arms."""
    for one in found.differences:
        # The analysis takes the earlier arm first; a difference here is the later one's.
        pair = Pair(pools[one.second], pools[one.first])
        sequences, level = layout.sequences_of(pair), layout.settings.level
        mean = sequences_inference(foms, sequences, pair.arms, level=level)
        yield _Difference(pair, _reversed(one.inference), mean)


def _curves_of(study: FrocStudy, rows: tuple[int, ...], *, one_arm: bool = False) -> FrocStudy:
    """Return some curves of a study, on the cases that any of them has read."""
    chosen = np.array(sorted(rows))
    arm, reader = np.zeros_like(chosen) if one_arm else study.arm[chosen], study.reader[chosen]
    order = np.lexsort((reader, arm))
    chosen, arm, reader = chosen[order], arm[order], reader[order]
    arms, readers = np.unique(arm), np.unique(reader)
    marks, lesions = study.false_marks, study.lesions
    seen = study.read[chosen].any(axis=0)
    place, lesion = np.cumsum(seen) - 1, seen[lesions.case]
    mine = np.isin(marks.curve, chosen)
    curve_of = np.zeros(len(study.read), dtype=np.int64)
    curve_of[chosen] = np.arange(len(chosen))
    return FrocStudy(
        tuple(study.arms[one] for one in arms),
        tuple(study.readers[one] for one in readers),
        np.searchsorted(arms, arm),
        np.searchsorted(readers, reader),
        replace(
            lesions,
            case=place[lesions.case[lesion]],
            weight=lesions.weight[lesion],
            rating=lesions.rating[np.ix_(chosen, np.flatnonzero(lesion))],
        ),
        replace(
            marks,
            curve=curve_of[marks.curve[mine]],
            case=place[marks.case[mine]],
            rating=marks.rating[mine],
        ),
        study.unit[seen],
        study.read[np.ix_(chosen, np.flatnonzero(seen))],
    )


def _against_ai(
    matched: MatchedMarks, layout: Layout, figure: FrocFigure, pair: Pair, bare: Estimate
) -> Estimate:
    """Return an AI system minus the mean of random readers."""
    rows = (*pair.second.rows, *pair.first.rows)
    try:
        foms = froc_foms(_curves_of(matched.study, rows, one_arm=True), figure)
        system = matched.rows[pair.first.rows[0]].reader
        found = ai_against_readers(foms, system, level=layout.settings.level)
    except (FrocError, MrmcError) as error:
        return replace(bare, reason=f"not estimable: {error}")
    method = f"AI alone against random readers (1T-RRRC, Hillis 2007, 5.3), {foms.method}"
    return _filled(bare, found, method, layout)


def _bare(name: str, whom: Pool | Pair, layout: Layout) -> Estimate:
    """Return an estimate of somebody that has no value yet."""
    counts = whom.counts(layout.grid)
    if isinstance(whom, Pool):
        return Estimate(name, _random(whom.of), None, "none", n=counts, reason="not computed")
    first, second = whom.of
    of = _random(first), _random(second)
    return Estimate(f"{name}_difference", of, None, "none", n=counts, reason="not computed")


def _random(of: Of) -> Of:
    """Return what an estimate with random readers is of."""
    return replace(of, random=RANDOM)


def _reversed(one: TInference) -> TInference:
    """Return the inference of the difference the other way round."""
    ci = None if one.ci is None else Interval(-one.ci.high, -one.ci.low)
    statistic = None if one.statistic is None else -one.statistic
    return replace(one, estimate=-one.estimate, statistic=statistic, ci=ci)


def _filled(bare: Estimate, found: TInference, method: str, layout: Layout) -> Estimate:
    """Return an estimate with its inference; limits are cut to what the quantity can be."""
    comparison = isinstance(bare.of, tuple)
    low = -1.0 if comparison else 0.0
    ci = None if found.ci is None else Interval(max(found.ci.low, low), min(found.ci.high, 1.0))
    return replace(
        bare,
        estimate=found.estimate,
        method=method if ci is None else f"{method}; {found.words('Hillis')}",
        df=found.finite_df,
        se=None if ci is None else found.se,
        ci=ci,
        level=None if ci is None else layout.settings.level,
        p=found.p if comparison else None,
        reason=found.reason,
    )
