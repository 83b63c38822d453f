"""Predictive values in practice: those of single readers and systems at a stated prevalence."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.point_estimates import StatedPoint
from analysis.estimators.diagnostic import TwoByTwo
from analysis.estimators.operating_point import operating_point_at
from analysis.estimators.prevalence import predictive_values
from analysis.rating_grid import Layout
from analysis.result import Estimate


def prevalence_estimates(layout: Layout, stated: StatedPoint) -> Iterator[Estimate]:
    """Return `ppv` and `npv` of every single curve; nothing where no prevalence is stated."""
    prevalence, level = layout.settings.prevalence, layout.settings.level
    if prevalence is None:
        return
    for pool in layout.pools:
        threshold = stated.of_kind(layout.grid.rows[pool.rows[0]].kind)
        cases = layout.grid.rated(pool.rows[0])
        if len(pool.rows) > 1 or np.isnan(threshold) or not cases.both_classes:
            continue
        point = operating_point_at(cases.truth, cases.rating, threshold)
        table = TwoByTwo(tp=point.tp, fp=point.fp, fn=point.fn, tn=point.tn)
        found = predictive_values(table, prevalence=prevalence, level=level)
        of = replace(pool.of, operating_point=stated.name)
        for name, value in (("ppv", found.positive), ("npv", found.negative)):
            yield Estimate(
                name,
                of,
                value.estimate,
                f"predictive value at a prevalence of {prevalence:g} (Mercaldo and others 2007), "
                "cases independent",
                ci=value.ci,
                level=None if value.ci is None else level,
                n=pool.counts(layout.grid),
                reason=value.reason,
            )
