"""The area under the ROC curve of every reader, group, arm and AI system, and the differences."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from analysis.estimates.linear_estimates import LinearQuantity, linear_estimates
from analysis.estimators.auc_bootstrap import resampled_aucs
from analysis.estimators.intervals import Inference, area_interval, logit_interval
from analysis.estimators.roc import auc_inference, difference_inference
from analysis.estimators.structural_components import Contrast, auc_values
from analysis.rating_grid import Layout
from analysis.result import Estimate, FloatArray
from analysis.settings import AnalysisSettings


def auc_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return the AUCs with DeLong variances, or Obuchowski's where cases belong to clusters.

    Where all ratings take at most two values the curve has one point; the area under that is
    `auc_binary`, and `auc` is not given.
    """
    settings = layout.settings
    if layout.grid.two_valued:
        reason = "all ratings take at most two values: one point is no curve, see auc_binary"
        return (
            *(
                Estimate(
                    "auc",
                    pool.of,
                    None,
                    "none",
                    n=pool.counts(layout.grid),
                    reason=reason,
                )
                for pool in layout.pools
            ),
            *(
                Estimate(
                    "auc_difference",
                    pair.of,
                    None,
                    "none",
                    n=pair.counts(layout.grid),
                    reason=reason,
                )
                for pair in layout.pairs
            ),
        )

    scale: Literal["normal", "logit"] = "logit" if settings.interval == "logit" else "normal"

    def infer(auc: Contrast) -> Inference:
        return auc_inference(auc, level=settings.level, interval=scale)

    def infer_difference(difference: Contrast) -> Inference:
        return difference_inference(difference, level=settings.level)

    grid = layout.grid
    values = auc_values(grid.truth, grid.ratings, grid.shared_clusters)
    method = f"empirical AUC (ties one half), {variance_words(layout)}, {_interval_words(settings)}"
    found = LinearQuantity(
        "auc", values, method, infer, infer_difference, resampled=_resampled(layout)
    )
    estimates = linear_estimates(found, layout)
    exact = tuple(_exact(one, settings) for one in estimates)
    return (*exact, *(logit for one in exact for logit in _logit(one)))


def _logit(one: Estimate) -> Iterator[Estimate]:
    """Return an AUC again on the logit scale, where its interval runs to 0 or 1."""
    if one.quantity != "auc" or not one.reaches_limit or one.se is None or one.level is None:
        return
    ci = logit_interval(one.estimate or 0.0, one.se**2, level=one.level)
    yield replace(one, quantity="auc_logit", ci=ci, method=f"{one.method}; interval on logits")


def variance_words(layout: Layout) -> str:
    """Return whose variance an AUC has."""
    if layout.grid.shared_clusters is None:
        return "DeLong variance"
    return "variance over clusters (Obuchowski 1997)"


def _interval_words(settings: AnalysisSettings) -> str:
    """Return the interval in words."""
    words = {
        "exact": "interval of one curve: Clopper-Pearson of area x n; else normal",
        "bootstrap": f"bootstrap interval (percentiles of {settings.bootstrap_samples} samples, "
        f"seed {settings.bootstrap_seed})",
    }
    return words.get(settings.interval, f"{settings.interval} interval")


def _resampled(layout: Layout) -> FloatArray | None:
    """Return the AUCs of bootstrap samples where the settings ask for them."""
    settings, grid = layout.settings, layout.grid
    if settings.interval != "bootstrap":
        return None
    return resampled_aucs(
        grid.truth,
        grid.ratings,
        grid.shared_clusters,
        samples=settings.bootstrap_samples,
        seed=settings.bootstrap_seed,
    )


def _exact(one: Estimate, settings: AnalysisSettings) -> Estimate:
    """Return the AUC of one curve with an exact interval, where the settings ask for that."""
    of = one.subjects[0]
    single = one.quantity == "auc" and (of.reader is not None or of.system is not None)
    if settings.interval != "exact" or not single or one.estimate is None or one.ci is None:
        return one
    return replace(one, ci=area_interval(one.estimate, one.n.n_units or 0, level=settings.level))
