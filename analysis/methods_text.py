"""The estimand sentence and the Methods paragraph, from the settings and the estimates."""

from itertools import pairwise

from analysis.rating_grid import Layout
from analysis.rating_table import AI, TYPE_TARGET, RatingTable
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings

QUANTITY_WORDS = {
    "auc": "empirical area under the ROC curve (AUC)",
    "auc_binary": "area under the one-point ROC curve, (sensitivity + specificity) / 2",
    "partial_auc": "partial area under the ROC curve",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "youden_j": "Youden's J",
    "reading_s": "median reading time",
    "fom_wafroc": "area under the weighted alternative FROC curve (wAFROC)",
    "fom_afroc": "area under the alternative FROC curve (AFROC)",
    "fom_wafroc1": "area under the weighted alternative FROC curve on all cases (wAFROC1)",
    "fom_afroc1": "area under the alternative FROC curve on all cases (AFROC1)",
    "fom_hr_auc": "area under the ROC curve of highest marks",
    "fom_hr_se": "sensitivity of highest marks",
    "fom_hr_sp": "specificity of highest marks",
    "fom_max_llf": "fraction of lesions marked",
}
WHOM_WORDS = {
    "all": "the mean of all readers",
    "group": "each group's mean",
    "reader": "each reader",
}


def estimand(table: RatingTable, layout: Layout) -> str:
    """Return in one sentence what the analysis estimates first."""
    settings = layout.settings
    quantity = QUANTITY_WORDS[settings.quantity or "auc"]
    arms = tuple(dict.fromkeys(row.arm for row in layout.grid.rows if row.kind != AI))
    whom = WHOM_WORDS[settings.quantity_of]
    of = f"for {target_words(settings)}, of {whom}"
    if len(arms) > 1:
        versus = " and ".join(f"{later} minus {earlier}" for earlier, later in pairwise(arms))
        what = f"The difference in {quantity} ({versus}) {of}"
    else:
        what = f"The {quantity} {of}"
    plan = "" if settings.quantity else " (no locked plan: exploratory)"
    kind = "simulated readers" if table.simulated else "readers"
    of_readers = (
        f"the populations of {kind} and {settings.unit}s"
        if settings.readers_random
        else f"these {kind} and the population of {settings.unit}s"
    )
    return f"{what}, with inference to {of_readers}{plan}."


def methods(layout: Layout, estimates: tuple[Estimate, ...]) -> tuple[str, ...]:
    """Return the Methods paragraph, one sentence after another."""
    settings, grid = layout.settings, layout.grid
    quantities = {one.quantity for one in estimates if one.estimate is not None}
    readers = {row.reader for row in grid.rows if row.kind != AI}
    systems = {row.reader for row in grid.rows if row.kind == AI}
    positive = int(grid.truth.sum())
    sentences = [
        f"{_count(len(readers), 'reader')} and {_count(len(systems), 'AI system')} rated "
        f"{_count(len(grid.cases), settings.unit)}, {positive} of them positive "
        f"({target_words(settings)}); a higher rating is more suspicious.",
        "Missing ratings: " + _missing_words(settings),
    ]
    if "auc" in quantities:
        source = (
            "DeLong, DeLong and Clarke-Pearson (1988)"
            if grid.shared_clusters is None
            else "Obuchowski (1997), whole clusters random"
        )
        sentences.append(
            "Areas under the empirical ROC curves, ties counting one half, have variances and "
            f"covariances after {source}; intervals are {settings.interval}, tests two-sided and "
            "normal."
        )
    if len(readers) > 1:
        sentences.append(
            "The value of a group is the mean of its readers' values; readers are fixed, cases "
            "random, and the readers' covariance over the cases is kept. With readers and cases "
            "random, arms are compared after Obuchowski and Rockette (1995) with the degrees of "
            "freedom of Hillis (2007); negative Cov2 - Cov3 is taken as 0."
        )
    if "youden_j" in quantities:
        sentences.append(
            "Youden's J is the greatest sensitivity + specificity - 1 over the observed ratings; "
            "intervals of sensitivity and specificity of one reader are Clopper-Pearson"
            + (
                "."
                if grid.shared_clusters is None
                else ", of effective counts (Rao and Scott 1992)."
            )
        )
    if "reading_s_difference" in quantities:
        sentences.append(
            "Reading times of a reader in two arms are compared on the same cases by the Wilcoxon "
            "signed-rank test (zeros dropped, tie-corrected, no continuity correction)."
        )
    if "reading_s" in quantities and settings.reopened_time == "whole":
        sentences.append(
            "The reading time of a read that was done again includes that of the reads which it "
            "replaces."
        )
    sentences.append(
        f"Intervals are at the {100 * settings.level:g} % level; p values are not adjusted for "
        "their number, and what is labelled exploratory is not part of a locked plan."
    )
    return tuple(sentences)


def planned_words(result: AnalysisResult) -> str:
    """Return what is confirmatory, in words."""
    if any(not one.exploratory for one in result.estimates):
        return "Rows marked primary belong to the locked plan; all else is exploratory."
    return "There is no locked plan: everything here is exploratory."


def target_words(settings: AnalysisSettings) -> str:
    """Return what counts as positive, in words."""
    if settings.target.startswith(TYPE_TARGET):
        return f"presence of a {settings.target.removeprefix(TYPE_TARGET)}"
    return f"{settings.target} against not {settings.target}"


def _missing_words(settings: AnalysisSettings) -> str:
    """Return the rule for missing ratings in words."""
    if settings.missing == "complete":
        return "only cases that every reader rated in every arm are analysed."
    return "each reader and arm is analysed with the cases rated."


def _count(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
