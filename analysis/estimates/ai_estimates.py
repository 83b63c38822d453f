"""AI systems alone against the mean of random readers.

The system is the one that it is, readers and cases are a sample. Where some have not rated some
cases the plan says what is done: the comparison of partially paired ratings, the cases only that
all of them have rated (`missing = "complete"`), or U-statistics.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.margin_estimates import margin_estimates
from analysis.estimates.random_study import RANDOM, RandomStudy, with_inference
from analysis.estimates.ustatistics_estimates import u_statistics_against_ai
from analysis.mrmc.figures_of_merit import EmpiricalAuc
from analysis.mrmc.ratings import MrmcError
from analysis.mrmc.standalone import ai_against_readers
from analysis.rating_grid import BoolArray, Pair, Pool
from analysis.result import Estimate

METHOD = "AI alone against random readers (1T-RRRC, Hillis 2007)"


def system_estimates(study: RandomStudy, pools: tuple[Pool, ...]) -> Iterator[Estimate]:
    """Return AI systems minus the means of some readers, where the figure is the AUC.

    With a margin in the plan, the same differences held against it follow.
    """
    for pair in study.layout.pairs:
        if pair.second in pools and pair.first.of.system and isinstance(study.figure, EmpiricalAuc):
            found = _against_ai(study, pair)
            yield found
            df = math.inf if found.df is None else found.df
            yield from margin_estimates(found, study.layout.settings, df=df)


def _against_ai(study: RandomStudy, pair: Pair) -> Estimate:
    """Return an AI system minus the mean of readers, the readers random."""
    grid = study.layout.grid
    of = study.of(pair.first), study.of(pair.second)
    complete = tuple(row for row in pair.second.rows if grid.rated(row).both_classes)
    left = ", ".join(grid.rows[row].reader for row in pair.second.rows if row not in complete)
    whose = f"; complete readers, without {left}" if left else ""
    pair = Pair(pair.first, Pool(pair.second.of, complete or pair.second.rows))
    used = _cases_used(study, pair)
    counts = pair.counts(grid.restricted_to(used))
    bare = Estimate("auc_difference", of, None, "none", n=counts, reason="not computed")
    if study.layout.settings.method == "u_statistics" and study.has_u_statistics:
        found_by_u = _by_u_statistics(study, pair, bare, used)
        return replace(found_by_u, method=f"{found_by_u.method}{whose}")
    try:
        foms = study.foms((*pair.second.rows, *pair.first.rows), (pair.second.of.arm or "",), used)
        system = grid.rows[pair.first.rows[0]].reader
        found = ai_against_readers(foms, system, level=study.layout.settings.level)
    except MrmcError as error:
        return replace(bare, reason=f"not estimable: {error}")
    method = f"{METHOD}, {foms.method}, {foms.read_by.design}{whose}"
    return with_inference(replace(bare, method=method), found, study)


def _by_u_statistics(study: RandomStudy, pair: Pair, bare: Estimate, used: BoolArray) -> Estimate:
    """Return the comparison by U-statistics; why there is none where they refuse."""
    grid = study.layout.grid.restricted_to(used)
    try:
        return u_statistics_against_ai(replace(study.layout, grid=grid), pair, random=RANDOM)
    except ValueError as error:
        return replace(bare, reason=f"not estimable: {error}")


def _cases_used(study: RandomStudy, pair: Pair) -> BoolArray:
    """Return the cases (n,) that the plan's rule for missing ratings leaves."""
    rows = (*pair.second.rows, *pair.first.rows)
    if study.layout.settings.missing == "complete":
        return np.asarray(~np.isnan(study.layout.grid.ratings[list(rows)]).any(axis=0))
    return study.layout.grid.seen(rows)
