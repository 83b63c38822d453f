"""Reading times of arms compared with readers and cases random, on the log scale.

Two answers stand side by side: the readers' mean log times (Obuchowski and Rockette), and a mixed
model that also takes out period and position and needs no complete table. The exponential of a
difference is the ratio of the arms' times.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.estimates.reading_time_readers import ROUNDING_SE, mean_log_times
from analysis.estimates.sequence_estimates import UNWEIGHTED, sequences_inference
from analysis.estimators.t_inference import TInference
from analysis.mixed_models.mixed_model import MixedModelError
from analysis.mixed_models.reading_time_model import TimedReads, model_reading_times
from analysis.mrmc.obuchowski_rockette import method_of, obuchowski_rockette
from analysis.mrmc.ratings import MrmcError
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.rating_grid import Layout, Pair
from analysis.rating_table import RatingTable
from analysis.result import Estimate, Interval
from analysis.sequences import Sequences

RANDOM = "readers and cases"
READERS_MEANS = "reading_s_log_difference"
ADJUSTED = "reading_s_log_adjusted_difference"


@dataclass(frozen=True, slots=True)
class TimeModelEstimates:
    """Estimates, and what had to be left out of a model."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """The two arms of a pair and the rows with a time of its readers."""

    later: str
    earlier: str
    rows: pd.DataFrame
    level: float
    sequences: Sequences | None


def time_model_estimates(table: RatingTable, layout: Layout) -> TimeModelEstimates:
    """Return the arms' log times compared, for all readers; nothing without times or one reader."""
    estimates: list[Estimate] = []
    warnings: list[str] = [*_of_no_duration(table, layout)]
    for pair in layout.pairs:
        compared = _compared(table, layout, pair)
        if compared is None:
            continue
        for quantity, answer in _answers(pair):
            estimate, notes = _answered(quantity, answer, compared, pair, layout)
            estimates.append(estimate)
            warnings += notes
    return TimeModelEstimates(tuple(estimates), tuple(dict.fromkeys(warnings)))


def _answers(pair: Pair) -> Iterator[tuple[str, Callable[["_Compared"], "_Answer"]]]:
    """Return what is asked of two arms: with uneven sequences of readers the plain mean besides."""
    yield READERS_MEANS, _of_sequences if pair.by_sequence else _readers_means
    if pair.by_sequence:
        yield f"reading_s_log{UNWEIGHTED}", _readers_means
    yield ADJUSTED, _adjusted


def _of_no_duration(table: RatingTable, layout: Layout) -> Iterator[str]:
    """Warn of reads of 0 s: they have no logarithm."""
    rows = table.rows
    zero = rows[(rows["time_s"] == 0) & rows["case"].isin(layout.grid.cases)]
    if len(zero):
        curves = Counter(zip(zero["reader"].astype(str), zero["arm"].astype(str), strict=True))
        named = [
            f"{reader}, {arm} ({count})" if arm else f"{reader} ({count})"
            for (reader, arm), count in curves.items()
        ]
        yield (
            f"Reading time of 0 s: {len(zero)} of {int(rows['time_s'].notna().sum())} reads "
            f"({'; '.join(named)}). They count in medians and means; models of log times leave "
            "them out."
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    """A difference of log times, later minus earlier; None, with a reason, where it has no test."""

    difference: float
    method: str
    se: float | None = None
    ci: Interval | None = None
    p: float | None = None
    df: float | None = None
    notes: tuple[str, ...] = ()
    reason: str | None = None


def _compared(table: RatingTable, layout: Layout, pair: Pair) -> _Compared | None:
    """Return what two arms of all readers have in times; None where that is nothing."""
    later, earlier = pair.first.of, pair.second.of
    if later.readers is None or earlier.readers is None:
        return None
    grid = layout.grid
    readers = {grid.rows[row].reader for one in (pair.first, pair.second) for row in one.rows}
    rows = table.rows
    arms = (later.arm or "", earlier.arm or "")
    own = rows["reader"].isin(readers) & rows["arm"].isin(arms) & rows["case"].isin(grid.cases)
    timed = rows[own & (rows["time_s"] > 0)]
    if len(readers) < 2 or set(timed["arm"]) != set(arms):
        return None
    return _Compared(arms[0], arms[1], timed, layout.settings.level, layout.sequences_of(pair))


def _answered(
    quantity: str,
    answer: Callable[[_Compared], _Answer],
    compared: _Compared,
    pair: Pair,
    layout: Layout,
) -> tuple[Estimate, tuple[str, ...]]:
    """Return an estimate and its warnings; why there is none where the model refuses."""
    of = (replace(pair.first.of, random=RANDOM), replace(pair.second.of, random=RANDOM))
    counts = replace(pair.counts(layout.grid), n_positive=None, n_reads=len(compared.rows))
    try:
        found = answer(compared)
    except (MixedModelError, MrmcError) as error:
        reason = f"not estimable: {error}"
        return Estimate(quantity, of, None, "none", n=counts, reason=reason), ()
    estimate = Estimate(
        quantity,
        of,
        found.difference,
        found.method,
        se=found.se,
        ci=found.ci,
        level=None if found.ci is None else compared.level,
        p=found.p,
        n=counts,
        reason=found.reason,
        df=found.df,
    )
    return estimate, tuple(f"Reading time model: {note}." for note in found.notes)


def _readers_means(compared: _Compared) -> _Answer:
    """Return the difference of the readers' mean log times."""
    foms = _mean_log_times(compared)
    found = obuchowski_rockette(foms, level=compared.level)
    return _of_means(found.differences[0].inference, found.method)


def _of_sequences(compared: _Compared) -> _Answer:
    """Return the same difference as the mean of the sequences' means."""
    foms = _mean_log_times(compared)
    arms = compared.later, compared.earlier
    found = sequences_inference(foms, compared.sequences, arms, level=compared.level)
    if found is None:
        raise MrmcError("expected times of readers of every sequence, got none of some")
    return _of_means(found, f"{method_of(foms)}; {MEAN_OF_SEQUENCES}")


def _mean_log_times(compared: _Compared) -> ReaderFoms:
    """Return the readers' mean log times in both arms, the later one first."""
    arms = (compared.later, compared.earlier)
    readers = tuple(sorted(set(compared.rows["reader"])))
    wide = compared.rows.pivot_table(index=["arm", "reader"], columns="case", values="time_s")
    cells = pd.MultiIndex.from_product([arms, readers])
    times = wide.reindex(cells).to_numpy(dtype=np.float64).reshape(2, len(readers), -1)
    return mean_log_times(arms, readers, times)


def _of_means(inference: TInference, method: str) -> _Answer:
    """Return a difference of mean log times; without spread it has no test."""
    if inference.ci is None or inference.se < ROUNDING_SE:
        reason = "not estimable: the readers' mean times do not vary"
        return _Answer(inference.estimate, method, reason=reason)
    return _Answer(
        inference.estimate,
        f"{method}; {inference.words('Hillis')}",
        se=inference.se,
        ci=inference.ci,
        p=inference.p,
        df=inference.finite_df,
    )


def _adjusted(compared: _Compared) -> _Answer:
    """Return the effect of the later arm in the mixed model."""
    rows = compared.rows
    reads = TimedReads(
        rows["time_s"].to_numpy(dtype=np.float64),
        tuple(rows["arm"]),
        tuple(rows["reader"]),
        tuple(rows["case"]),
        tuple(rows["period"].astype(str)),
    )
    arms = (compared.earlier, compared.later)
    found = model_reading_times(reads, arms=arms, level=compared.level)
    effect = next(one for one in found.effects if one.name == f"arm {compared.later}")
    method = f"mixed model by REML, {found.formula.replace('reading_s', 'reading time')}"
    if math.isnan(effect.df) or effect.df < 1:
        reason = "not estimable: the effect's variance has less than one degree of freedom"
        return _Answer(effect.estimate, method, notes=found.notes, reason=reason)
    return _Answer(
        effect.estimate,
        f"{method}; interval and p by t, degrees of freedom after Satterthwaite",
        se=effect.se,
        ci=effect.ci,
        p=effect.p,
        df=effect.df,
        notes=found.notes,
    )
