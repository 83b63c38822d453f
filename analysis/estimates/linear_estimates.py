"""Means over readers and differences of a quantity, with normal inference.

Readers are fixed and cases random: a mean of readers speaks for these readers only. A difference
is exactly the difference of the two values printed, its variance from the cases' contributions.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from analysis.estimators.auc_bootstrap import percentile_interval
from analysis.estimators.intervals import Inference
from analysis.estimators.structural_components import Contrast, CorrelatedValues
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Counts, Estimate, FloatArray
from analysis.settings import AnalysisSettings

Infer = Callable[[Contrast], Inference]
READERS_FIXED = "mean of the readers' values, readers fixed, cases random"
BY_SEQUENCE = f"{MEAN_OF_SEQUENCES}, readers fixed, cases random"


@dataclass(frozen=True, slots=True, eq=False)
class LinearQuantity:
    """A quantity of every row of the grid, how it is named and how it is tested.

    Attributes
    ----------
    resampled
        (samples, k) the quantity of each row in bootstrap samples; then its percentiles stand in
        the place of the interval.
    """

    name: str
    values: CorrelatedValues
    method: str
    infer: Infer
    infer_difference: Infer
    operating_point: str | None = None
    resampled: FloatArray | None = None


def pool_estimate(quantity: LinearQuantity, pool: Pool, layout: Layout) -> Estimate:
    """Return a quantity of a reader, of the mean of readers, or of an AI system."""
    weights = pool.weights(len(layout.grid.rows))
    method = _pooled(quantity.method, len(pool.rows))
    bare = Estimate(
        quantity.name,
        replace(pool.of, operating_point=quantity.operating_point),
        None,
        method,
        n=pool.counts(layout.grid),
        reason="not computed",
    )
    return _filled(bare, weights, quantity, quantity.infer, layout.settings)


def pair_estimate(quantity: LinearQuantity, pair: Pair, layout: Layout) -> Estimate:
    """Return a difference: first minus second."""
    weights = pair.weights(layout.grid)
    counts = pair.counts(layout.grid)
    readers = max(len(pair.first.rows), len(pair.second.rows))
    first, second = (replace(of, operating_point=quantity.operating_point) for of in pair.of)
    bare = Estimate(
        f"{quantity.name}_difference",
        (first, second),
        None,
        _pooled(
            f"{_pairing(counts)} difference; {quantity.method}",
            readers,
            BY_SEQUENCE if pair.by_sequence else READERS_FIXED,
        ),
        n=counts,
        reason="not computed",
    )
    return _filled(bare, weights, quantity, quantity.infer_difference, layout.settings)


def linear_estimates(quantity: LinearQuantity, layout: Layout) -> tuple[Estimate, ...]:
    """Return a quantity of everybody, and all its differences."""
    return (
        *(pool_estimate(quantity, pool, layout) for pool in layout.pools),
        *(pair_estimate(quantity, pair, layout) for pair in layout.pairs),
    )


def one_class(counts: Counts) -> str:
    """Return why a quantity that needs positive and negative cases cannot be estimated."""
    return (
        f"not estimable: {counts.n_positive} positive of {counts.n_units}; "
        "positive and negative ones are needed"
    )


def without_interval(contrast: Contrast) -> Inference:
    """Return no inference: for a quantity whose threshold was chosen to make it greatest."""
    del contrast
    return Inference()


def _filled(
    bare: Estimate,
    weights: FloatArray,
    quantity: LinearQuantity,
    infer: Infer,
    settings: AnalysisSettings,
) -> Estimate:
    """Return an estimate with its value and inference, or with the reason for their absence."""
    contrast = quantity.values.contrast(weights)
    if math.isnan(contrast.value):
        return replace(bare, reason=one_class(bare.n))
    inference = infer(contrast)
    ci = inference.ci
    if ci is not None and quantity.resampled is not None:
        used = weights != 0
        drawn = quantity.resampled[:, used] @ weights[used]
        ci = percentile_interval(drawn, level=settings.level)
    return replace(
        bare,
        estimate=contrast.value,
        se=inference.se,
        ci=ci,
        level=None if ci is None else settings.level,
        p=inference.p,
        reason=inference.reason,
    )


def _pooled(method: str, n_readers: int, mean: str = READERS_FIXED) -> str:
    """Return the method of a mean of several readers."""
    return f"{method}; {mean}" if n_readers > 1 else method


def _pairing(counts: Counts) -> str:
    """Return whether two sides have the same cases."""
    if counts.n_pairs == counts.n_units:
        return "paired"
    return "partly paired (Zhou and Gatsonis 1996)" if counts.n_pairs else "unpaired"
