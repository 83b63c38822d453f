"""The table that stands behind a paper's own: areas of all ratings, and their differences."""

from dataclasses import replace

from analysis.estimates.auc_estimates import auc_estimates
from analysis.layout import layout_of
from analysis.printed import interval_cell, interval_words, p_cell, value_cell
from analysis.rating_table import RatingTable
from analysis.result import Estimate, PaperNumber, PaperRow, PaperTable
from analysis.settings import AnalysisSettings


def proper_areas(table: RatingTable, settings: AnalysisSettings, paper: str) -> PaperTable:
    """Return the AUCs of all ratings, and how each system differs from each reader.

    The papers' one point throws the ratings' order away; this keeps it, and the clusters of the
    cases. Readers are fixed; with readers random the numbers stand in the analysis itself.
    """
    plain = replace(settings, quantity=None, order=())
    found = auc_estimates(layout_of(table, plain))
    single = [one for one in found if not any(of.readers or of.group for of in one.subjects)]
    return PaperTable(
        f"{paper}_areas",
        "Areas under the curves of all ratings",
        "The proper method beside the one point: empirical AUC of all ratings, ties one half; a "
        "difference is on the same cases. Readers fixed, cases (whole patients, where they share "
        "one) random.",
        ("", "AUC or difference", interval_words(single), "P value"),
        tuple(_row(one) for one in single),
    )


def _row(one: Estimate) -> PaperRow:
    """Return one area, or one difference."""
    label = " minus ".join(of.label for of in one.subjects)
    ci = one.ci
    return PaperRow(
        label,
        "",
        (value_cell(one, 3), interval_cell(one, 3), p_cell(one.p)),
        (
            PaperNumber("quantity", one.quantity),
            PaperNumber("estimate", one.estimate),
            PaperNumber("ci_low", None if ci is None else ci.low),
            PaperNumber("ci_high", None if ci is None else ci.high),
            PaperNumber("p", one.p),
            PaperNumber("method", one.method),
            PaperNumber("reason", one.reason),
        ),
    )
