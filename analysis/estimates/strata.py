"""What holds in each stratum: the same estimates of the cases of one category, all exploratory.

A stratum is one value of a further column of the table, of a case or of a read. Youden's threshold
is not sought in a stratum: a threshold for each category would be chosen on few cases. Few cases
have no test either: `FEWEST_TESTED` of each class that a quantity rests on are needed. Whether arms
differ alike in all strata is a test of its own, not a matter of which strata have a small p.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from analysis.estimates.auc_estimates import auc_estimates
from analysis.estimates.mrmc_estimates import mrmc_estimates
from analysis.estimates.paired_decisions import decided_by_mcnemar, mcnemar_estimates
from analysis.estimates.point_estimates import StatedPoint, stated_estimates
from analysis.estimates.strata_interaction import FEWEST_TESTED, interaction_estimates
from analysis.estimates.strata_tests import strata_tests
from analysis.estimates.time_estimates import time_estimates
from analysis.layout import layout_of
from analysis.rating_grid import Layout, Pool
from analysis.rating_table import RatingTable
from analysis.result import Estimate
from analysis.settings import AnalysisSettings

# A column with more values is an identifier or a measurement rather than a stratum.
MOST_VALUES = 12
# Of random readers only means and differences stand in strata, not what is behind them.
OF_RANDOM_READERS = ("auc", "sensitivity", "specificity")
NOT_GIVEN = "not given"


@dataclass(frozen=True, slots=True)
class StratifiedEstimates:
    """The estimates of all strata, and what was not stratified by."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


def stratified_estimates(
    table: RatingTable, settings: AnalysisSettings, stated: StatedPoint | None
) -> StratifiedEstimates:
    """Return AUC, accuracy at a stated threshold and reading times in every stratum.

    Parameters
    ----------
    table
        Ratings with strata. A column with one value has no strata; of one with more than
        `MOST_VALUES` a warning says that it was left out; an empty cell is a value, "not given".
    settings
        As for the whole table; nothing here belongs to the locked plan.
    stated
        The threshold stated for the whole table, which holds in every stratum.
    """
    estimates: list[Estimate] = []
    warnings: list[str] = []
    for column in table.strata:
        values = table.rows[column].fillna("").astype(str).replace("", NOT_GIVEN)
        names = sorted(values.unique())
        if len(names) > MOST_VALUES:
            warnings.append(
                f"Column {column} has {len(names)} values, more than {MOST_VALUES}: nothing was "
                "estimated by it."
            )
        elif len(names) > 1:
            for name in names:
                part = replace(table, rows=table.rows[values == name].reset_index(drop=True))
                estimates += _of_stratum(part, f"{column} = {name}", settings, stated)
            estimates += _between_strata(table, column, values, settings, stated)
    if estimates:
        warnings.insert(
            0,
            "Estimates by stratum are exploratory; p values are not adjusted for their number, and "
            f"where fewer than {FEWEST_TESTED} cases of a class are in a stratum there is none. "
            "Whether arms differ alike in all strata is tested by the interaction of arm and "
            "stratum.",
        )
    return StratifiedEstimates(tuple(estimates), tuple(warnings))


def _of_stratum(
    table: RatingTable, stratum: str, settings: AnalysisSettings, stated: StatedPoint | None
) -> Iterator[Estimate]:
    """Return the estimates of one stratum."""
    whole = layout_of(table, settings)
    layout = Layout(
        whole.grid,
        tuple(_in_stratum(pool, stratum) for pool in whole.pools),
        tuple(
            replace(
                pair,
                first=_in_stratum(pair.first, stratum),
                second=_in_stratum(pair.second, stratum),
            )
            for pair in whole.pairs
        ),
        settings,
    )
    found = (
        *auc_estimates(layout),
        *(() if stated is None else _at_stated(layout, stated)),
        *_random_readers(layout, stated),
        *time_estimates(layout),
    )
    yield from (_enough_to_test(one) for one in found)


def _at_stated(layout: Layout, stated: StatedPoint) -> tuple[Estimate, ...]:
    """Return accuracy at a stated threshold; single curves are compared after McNemar."""
    tests = tuple(mcnemar_estimates(layout, stated))
    return decided_by_mcnemar(stated_estimates(layout, stated), tests, layout)


def _random_readers(layout: Layout, stated: StatedPoint | None) -> Iterator[Estimate]:
    """Return means and differences with readers and cases random."""
    for one in mrmc_estimates(layout, stated).estimates:
        if one.quantity.removesuffix("_difference") in OF_RANDOM_READERS:
            yield one


def _enough_to_test(one: Estimate) -> Estimate:
    """Return an estimate; without p where it rests on too few cases of a class."""
    name, n = one.quantity.removesuffix("_difference"), one.n
    if one.p is None or n.n_units is None:
        return one
    positive = n.n_positive or 0
    classes = {"positive": positive, "negative": n.n_units - positive}
    if name.startswith("reading_s"):
        classes = {"": n.n_pairs if n.n_pairs is not None else n.n_units}
    elif name in ("sensitivity", "specificity"):
        kind = "positive" if name == "sensitivity" else "negative"
        classes = {kind: classes[kind]}
    scarce = [f"{count} {kind}".strip() for kind, count in classes.items() if count < FEWEST_TESTED]
    if not scarce:
        return one
    few = f"no test: {' and '.join(scarce)} cases, fewer than {FEWEST_TESTED}"
    return replace(one, p=None, p_exact=None, reason=one.reason or few)


def _between_strata(
    table: RatingTable,
    column: str,
    values: "pd.Series[str]",
    settings: AnalysisSettings,
    stated: StatedPoint | None,
) -> Iterator[Estimate]:
    """Return the tests between strata of cases; of reads of one case in several there is none."""
    by_case = pd.DataFrame({"case": table.rows["case"], "value": values}).drop_duplicates()
    if by_case["case"].is_unique:
        layout = layout_of(table, settings)
        category = by_case.set_index("case")["value"]
        categories = tuple(str(category[case]) for case in layout.grid.cases)
        yield from interaction_estimates(layout, column, categories)
        if stated is not None:
            yield from strata_tests(layout, stated, column, categories)


def _in_stratum(pool: Pool, stratum: str) -> Pool:
    """Return of whom a quantity is, in a stratum."""
    return replace(pool, of=replace(pool.of, stratum=stratum))
