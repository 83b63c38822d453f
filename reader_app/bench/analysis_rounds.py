"""One process of the analysis bench: all statistics in a random order in every round.

Run as `python -m reader_app.bench.analysis_rounds ROUNDS SEED full|quick`; writes one line of JSON
to standard output.
"""

import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from analysis.estimators.placed_curve import compare_placed, placed_curve
from analysis.estimators.roc import paired_delong
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import StudyRatings, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms
from analysis.result import FloatArray
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings
from reader_app.bench.analysis_proc import find_rscript, time_proc
from reader_app.bench.analysis_speed import (
    DELONG_CASES,
    HAND,
    OURS,
    PROC,
    PROC_TEST,
    REPORTED_MRMCAOV_S,
    Analysed,
)
from reader_app.bench.viewer import BenchError

Act = Callable[[], object]
Series = dict[Analysed, list[float]]

ARMS, READERS, CASES, MANY_CASES = 2, 20, 500, 5_000
QUICK_READERS, QUICK_CASES, QUICK_DIVISOR = 4, 40, 10
REPEATED_CASES = (
    100_000  # smaller tables are tested until so many cases were, for clocks are coarse
)
SEPARATION = 1.5
SAME_P = 1e-6


def main(words: list[str]) -> int:
    """Time all rounds."""
    rounds, seed, quick = int(words[0]), int(words[1]), words[2] == "quick"
    generator, rscript = np.random.default_rng(seed), find_rscript()
    divisor = QUICK_DIVISOR if quick else 1
    tables = [two_ratings(cases // divisor, generator) for cases in DELONG_CASES]
    acts = _delong_acts(tables) | _reader_acts(generator, quick=quick)
    series: Series = {}
    version = "none"
    try:
        with tempfile.TemporaryDirectory() as scratch:
            for number in range(rounds + 1):
                times = _round(acts, random.Random(f"{seed} {number}"))
                if rscript is not None:
                    theirs, version = _proc_round(rscript, tables, Path(scratch))
                    times |= theirs
                if number > 0:  # the first round warms up
                    for timed, seconds in times.items():
                        series.setdefault(timed, []).append(seconds)
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps({"series": series, "decoder": version}) + "\n")
    sys.stdout.flush()
    return 0


def two_ratings(cases: int, generator: np.random.Generator) -> FloatArray:
    """Return truth and two correlated ratings (3, cases), half of the cases positive."""
    truth = (np.arange(cases) % 2).astype(np.float64)
    shared = generator.normal(size=cases)
    ratings = SEPARATION * truth + (shared + generator.normal(size=(2, cases))) / math.sqrt(2)
    return np.vstack([truth, ratings])


def _delong_acts(tables: Sequence[FloatArray]) -> dict[Analysed, tuple[Act, int]]:
    """Return our tests with how often each is repeated."""
    return {
        timed: (act(table), max(1, REPEATED_CASES // table.shape[1]))
        for each, act in ((OURS, _paired), (HAND, _at_hand))
        for timed, table in zip(each, tables, strict=True)
    }


def _at_hand(table: FloatArray) -> Act:
    """Return the paired test of a table's curves, which are placed beforehand."""
    first, second = (placed_curve(table[0], rating) for rating in table[1:])
    return lambda: compare_placed(first, second)


def _paired(table: FloatArray) -> Act:
    """Return the paired test of a table."""
    return lambda: paired_delong(table[0], table[1], table[2])


def _reader_acts(generator: np.random.Generator, *, quick: bool) -> dict[Analysed, tuple[Act, int]]:
    """Return the analyses of readers, each from ratings to intervals and tests."""
    readers, cases = (QUICK_READERS, QUICK_CASES) if quick else (READERS, CASES)
    many = QUICK_CASES * QUICK_DIVISOR if quick else MANY_CASES
    study, large = (_study(readers, count, generator) for count in (cases, many))
    reads = ReaderRatings(
        study.arms,
        study.readers,
        study.truth,
        study.ratings.reshape(ARMS, readers, len(study.truth)),
    )
    return {
        Analysed.OR_DELONG: (_compared(study, Covariance.DELONG), 1),
        Analysed.OR_DELONG_LARGE: (_compared(large, Covariance.DELONG), 1),
        Analysed.OR_JACKKNIFE: (_compared(study, Covariance.JACKKNIFE), 1),
        Analysed.U_STATISTICS: (lambda: analyse_reads(reads), 1),
    }


def _study(readers: int, cases: int, generator: np.random.Generator) -> StudyRatings:
    """Return fully crossed ratings, continuous so that no tie saves work."""
    truth = (np.arange(cases) % 2).astype(np.float64)
    shared = generator.normal(size=cases)
    own = generator.normal(size=(ARMS, readers, cases))
    return crossed_ratings(truth, SEPARATION * truth + (shared + own) / math.sqrt(2))


def _compared(study: StudyRatings, covariance: Covariance) -> Act:
    """Return the comparison of the arms, readers and cases random."""
    return lambda: obuchowski_rockette(reader_foms(study, covariance=covariance))


def _round(acts: Mapping[Analysed, tuple[Act, int]], order: random.Random) -> dict[Analysed, float]:
    """Return seconds of process CPU of everything, and the constants that they are held against."""
    times = {
        Analysed.SECOND: 1.0,
        Analysed.REPORTED_MRMCAOV: REPORTED_MRMCAOV_S,
    }
    for timed in order.sample(list(acts), len(acts)):
        act, repeats = acts[timed]
        start_s = time.process_time()
        for _ in range(repeats):
            act()
        times[timed] = (time.process_time() - start_s) / repeats
    return times


def _proc_round(
    rscript: str, tables: Sequence[FloatArray], scratch: Path
) -> tuple[dict[Analysed, float], str]:
    """Return pROC's seconds and its version; a p that is not ours ends the bench."""
    run = time_proc(rscript, tables, scratch)
    for table, theirs in zip(tables, run.times, strict=True):
        ours = paired_delong(table[0], table[1], table[2]).inference.p
        if ours is None or not math.isclose(ours, theirs.p, rel_tol=SAME_P):
            raise BenchError(f"Expected pROC's p of {theirs.p}, got {ours}")
    times = {timed: one.whole_s for timed, one in zip(PROC, run.times, strict=True)}
    times |= {timed: one.test_s for timed, one in zip(PROC_TEST, run.times, strict=True)}
    return times, run.version


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
