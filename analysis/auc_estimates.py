"""The area under the ROC curve of every reader, group, arm and AI system, and the differences."""

from analysis.intervals import Inference
from analysis.linear_estimates import LinearQuantity, linear_estimates
from analysis.rating_grid import Layout
from analysis.result import Estimate
from analysis.roc import auc_inference, difference_inference
from analysis.structural_components import Contrast, auc_values


def auc_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return the AUCs with DeLong variances.

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

    def infer(auc: Contrast) -> Inference:
        return auc_inference(auc, level=settings.level, interval=settings.interval)

    def infer_difference(difference: Contrast) -> Inference:
        return difference_inference(difference, level=settings.level)

    values = auc_values(layout.grid.truth, layout.grid.ratings)
    method = f"empirical AUC (ties one half), DeLong variance, {settings.interval} interval"
    return linear_estimates(LinearQuantity("auc", values, method, infer, infer_difference), layout)
