"""Sensitivity, specificity, Youden's J and one-point AUC, at Youden's and at a stated threshold.

J and the threshold at which it is reached are two quantities. A threshold that was chosen on the
same cases is optimistic: J and the one-point AUC at Youden's threshold are maxima and get no
interval; the intervals of sensitivity and specificity there take the threshold as given, and say
so, and their differences have no test. What is tested is a stated threshold.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from analysis.estimates.linear_estimates import (
    Infer,
    LinearQuantity,
    linear_estimates,
    one_class,
    pair_estimate,
    pool_estimate,
    without_interval,
)
from analysis.estimators.intervals import Inference, normal_inference
from analysis.estimators.operating_point import OperatingPoint, operating_point_at, youden_points
from analysis.estimators.rao_scott import EffectiveCounts, effective_counts, effective_interval
from analysis.estimators.roc import DIFFERENCE, FRACTION, auc_inference, difference_inference
from analysis.estimators.structural_components import (
    Contrast,
    CorrelatedValues,
    accuracy_sums,
    sensitivity_values,
    specificity_values,
)
from analysis.rating_grid import Layout, Pool
from analysis.rating_table import AI
from analysis.result import Estimate, FloatArray, Interval, Of
from analysis.settings import YOUDEN

MAXIMUM = "at the greatest sensitivity + specificity over the observed ratings"
EXACT = "proportion of cases, Clopper-Pearson interval"
RAO_SCOTT = "(Rao and Scott 1992)"
OWN_THRESHOLD = "each curve at its own Youden threshold (the first), taken as given"
CHOSEN_HERE = "no test: each threshold was chosen on these cases; state one in the plan"
NOBODY = "no rating reaches it: the greatest J is 0, and no case is called positive"


@dataclass(frozen=True, slots=True)
class StatedPoint:
    """From which rating on readers and AI systems are called positive, and its name."""

    name: str
    readers_from: float
    systems_from: float

    def of_kind(self, kind: str) -> float:
        """Return the threshold of a kind of reader; NaN where none is stated."""
        return self.systems_from if kind == AI else self.readers_from


def stated_point(layout: Layout) -> StatedPoint | None:
    """Return the threshold that was not chosen on the cases, if there is one.

    A rating of two values states it by itself: the higher one is positive.
    """
    settings = layout.settings
    if layout.grid.two_valued:
        higher = float(np.nanmax(layout.grid.ratings))
        return StatedPoint(f"rating {higher:g}", higher, higher)
    readers, systems = settings.positive_from, settings.ai_positive_from
    if readers is None and systems is None:
        return None
    parts = [
        f"{who} from {threshold:g}"
        for who, threshold in (("readers", readers), ("AI", systems))
        if threshold is not None
    ]
    return StatedPoint(
        ", ".join(parts),
        math.nan if readers is None else readers,
        math.nan if systems is None else systems,
    )


def youden_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return J, its thresholds and the accuracy there; every curve at its own threshold.

    Of several thresholds that reach the same J all are listed, and `of.maximum` numbers them; means
    and differences use the first.
    """
    grid = layout.grid
    points = [
        youden_points(cases.truth, cases.rating) if cases.both_classes else ()
        for cases in map(grid.rated, range(len(grid.rows)))
    ]
    first = np.array([found[0].threshold if found else math.nan for found in points])
    quantities = _quantities(layout, first, YOUDEN, OWN_THRESHOLD, maximised=True)
    found: list[Estimate] = []
    for pool in layout.pools:
        if len(pool.rows) == 1:
            found.extend(_of_one_curve(pool, points[pool.rows[0]], layout))
        else:
            found.append(_no_common_threshold(pool, layout))
            found.extend(pool_estimate(quantity, pool, layout) for quantity in quantities)
    for quantity in quantities:
        found.extend(pair_estimate(quantity, pair, layout) for pair in layout.pairs)
    return tuple(found)


def stated_estimates(layout: Layout, stated: StatedPoint) -> tuple[Estimate, ...]:
    """Return the accuracy at a stated threshold, with intervals for all of it."""
    thresholds = np.array([stated.of_kind(row.kind) for row in layout.grid.rows])
    name = stated.name
    pools = tuple(pool for pool in layout.pools if not np.isnan(thresholds[list(pool.rows)]).any())
    pairs = tuple(pair for pair in layout.pairs if pair.first in pools and pair.second in pools)
    stated_for = replace(layout, pools=pools, pairs=pairs)
    quantities = _quantities(layout, thresholds, name, f"positive: {name}", maximised=False)
    found = chain.from_iterable(linear_estimates(quantity, stated_for) for quantity in quantities)
    exact = {
        (estimate.quantity, estimate.of): estimate
        for pool in pools
        if len(pool.rows) == 1
        for estimate in _exact_of_pool(pool, float(thresholds[pool.rows[0]]), name, layout)
    }
    return tuple(exact.get((estimate.quantity, estimate.of), estimate) for estimate in found)


def _of_one_curve(
    pool: Pool, points: tuple[OperatingPoint, ...], layout: Layout
) -> Iterator[Estimate]:
    """Return one curve's J and what holds at each threshold that reaches it."""
    counts = pool.counts(layout.grid)
    of = replace(pool.of, operating_point=YOUDEN)
    rule = f"{MAXIMUM}; no interval, for it is a maximum"
    for name in ("youden_j", "auc_binary"):
        value = getattr(points[0], name) if points else None
        yield Estimate(
            name,
            of,
            value,
            rule,
            n=counts,
            reason=None if points else one_class(counts),
        )
    if not points:
        for name in ("threshold", "threshold_midpoint", "sensitivity", "specificity"):
            yield Estimate(name, of, None, rule, n=counts, reason=one_class(counts))
    for number, point in enumerate(points, start=1):
        maximum = f"{number} of {len(points)}" if len(points) > 1 else None
        at = replace(of, maximum=maximum)
        yield from _thresholds(at, point, pool, layout)
        yield from _exact(at, point, pool, layout, ", threshold taken as given")


def _thresholds(of: Of, point: OperatingPoint, pool: Pool, layout: Layout) -> Iterator[Estimate]:
    """Return a threshold as the observed rating and as the midpoint to the rating below."""
    counts = pool.counts(layout.grid)
    observed = "observed rating from which on Youden's J is greatest"
    if math.isinf(point.threshold):
        for name in ("threshold", "threshold_midpoint"):
            yield Estimate(name, of, None, observed, n=counts, reason=NOBODY)
        return
    yield Estimate("threshold", of, point.threshold, observed, n=counts)
    method = "half way between the threshold and the observed rating below it"
    if point.midpoint is None or not math.isfinite(point.midpoint):
        reason = "every case is called positive: no rating lies below the threshold"
        yield Estimate("threshold_midpoint", of, None, method, n=counts, reason=reason)
    else:
        yield Estimate("threshold_midpoint", of, point.midpoint, method, n=counts)


def _exact_of_pool(pool: Pool, threshold: float, name: str, layout: Layout) -> Iterator[Estimate]:
    """Return exact sensitivity and specificity of one curve at a stated threshold."""
    cases = layout.grid.rated(pool.rows[0])
    point = operating_point_at(cases.truth, cases.rating, threshold)
    of = replace(pool.of, operating_point=name)
    return _exact(of, point, pool, layout, f", positive: {name}")


def _exact(
    of: Of, point: OperatingPoint, pool: Pool, layout: Layout, rule: str
) -> Iterator[Estimate]:
    """Return sensitivity and specificity of one curve with exact intervals."""
    grid, level = layout.grid, layout.settings.level
    counts, rating = pool.counts(grid), grid.ratings[pool.rows[0]]
    called = rating >= point.threshold
    for name, truth in (("sensitivity", 1), ("specificity", 0)):
        mine = (grid.truth == truth) & ~np.isnan(rating)
        bare = Estimate(name, of, None, EXACT + rule, n=counts, reason=one_class(counts))
        if not mine.any():
            yield bare
            continue
        hits = called[mine] == (truth == 1)
        trials, share = len(hits), float(hits.mean())
        worth = EffectiveCounts(float(hits.sum()), trials, 1.0)
        method = EXACT
        if grid.shared_clusters is not None:
            worth = effective_counts(hits, grid.cluster[mine])
            method += f" of counts over the design effect {RAO_SCOTT}"
        yield replace(
            bare,
            estimate=share,
            method=method + rule,
            se=math.sqrt(share * (1 - share) / worth.trials),
            ci=effective_interval(worth, level=level),
            level=level,
            reason=None,
            design_effect=None if grid.shared_clusters is None else worth.design_effect,
        )


def _no_common_threshold(pool: Pool, layout: Layout) -> Estimate:
    """Return that several readers have no threshold in common."""
    of = replace(pool.of, operating_point=YOUDEN)
    reason = "each reader has a threshold of their own"
    return Estimate("threshold", of, None, "none", n=pool.counts(layout.grid), reason=reason)


def _quantities(
    layout: Layout, thresholds: FloatArray, point: str, rule: str, *, maximised: bool
) -> tuple[LinearQuantity, ...]:
    """Return sensitivity, specificity, J and one-point AUC of every row at its threshold."""
    grid, level = layout.grid, layout.settings.level
    calls = grid.truth, grid.ratings, thresholds, grid.shared_clusters
    sensitivity, specificity = sensitivity_values(*calls), specificity_values(*calls)
    total = accuracy_sums(*calls)
    youden_j = CorrelatedValues(total.values - 1, total.covariance)
    auc_binary = CorrelatedValues(total.values / 2, total.covariance / 4)

    def share(value: Contrast) -> Inference:
        return _normal(value, level, FRACTION)

    def balance(value: Contrast) -> Inference:
        return _normal(value, level, DIFFERENCE)

    def area(value: Contrast) -> Inference:
        return auc_inference(value, level=level)

    def difference(value: Contrast) -> Inference:
        return difference_inference(value, level=level)

    def untested(value: Contrast) -> Inference:
        found = difference(value)
        return replace(found, z=None, p=None, reason=found.reason or CHOSEN_HERE)

    def best(infer: Infer) -> Infer:
        return without_interval if maximised else infer

    compared = untested if maximised else difference
    end = "no interval, for the threshold makes it greatest" if maximised else "normal interval"
    if grid.shared_clusters is not None:
        rule = f"{rule}; variance over clusters"
    return (
        LinearQuantity(
            "sensitivity", sensitivity, f"{rule}; normal interval", share, compared, point
        ),
        LinearQuantity(
            "specificity", specificity, f"{rule}; normal interval", share, compared, point
        ),
        LinearQuantity(
            "youden_j", youden_j, f"{rule}; {end}", best(balance), best(difference), point
        ),
        LinearQuantity(
            "auc_binary",
            auc_binary,
            f"(sensitivity + specificity) / 2; {rule}; {end}",
            best(area),
            best(difference),
            point,
        ),
    )


def _normal(value: Contrast, level: float, bounds: Interval) -> Inference:
    """Return a normal interval without a test: no value is the null one."""
    if math.isnan(value.variance) or value.variance == 0:
        return Inference.impossible("not estimable: the variance is 0 or unknown")
    found = normal_inference(value.value, value.variance, null=0.0, level=level, bounds=bounds)
    return Inference(found.se, found.ci)
