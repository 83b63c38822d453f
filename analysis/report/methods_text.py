"""The estimand sentence and the Methods paragraphs, written from what was computed.

Nothing here is known beforehand: who rated what comes from the extent, what was done from the
methods of the estimates themselves, how from the settings that results.json holds.
"""

import re
from collections.abc import Iterator
from itertools import combinations

from analysis.estimates.confirmatory_tests import NOT_COMPUTED, PlannedTest, planned_tests
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.quantity_words import NAMES, contrast_name, test_name
from analysis.rating_table import TYPE_TARGET
from analysis.report.extent import units_words
from analysis.report.method_clauses import shared_clauses
from analysis.result import AnalysisResult, Estimate
from analysis.settings import ONE_SIDED, MultipleTests
from study_design.counted import counted

WHOM_WORDS = {
    "all": "as the mean of all readers",
    "group": "as the mean of each group of readers",
    "reader": "of each reader",
}
MULTIPLICITY = {
    MultipleTests.NONE: "p values are not adjusted for multiplicity",
    MultipleTests.FIXED_SEQUENCE: "testing is hierarchical, in a fixed sequence: a test counts "
    "only where all before it are significant (several comparisons of one quantity: after Holm)",
    MultipleTests.BONFERRONI: "p values are adjusted for multiplicity after Bonferroni",
    MultipleTests.HOLM: "p values are adjusted for multiplicity after Holm (1979)",
    MultipleTests.HOCHBERG: "p values are adjusted for multiplicity after Hochberg (1988)",
    MultipleTests.HOMMEL: "p values are adjusted for multiplicity after Hommel (1988)",
    MultipleTests.BH: "p values are adjusted for the false discovery rate after Benjamini and "
    "Hochberg (1995)",
    MultipleTests.BY: "p values are adjusted for the false discovery rate after Benjamini and "
    "Yekutieli (2001)",
}
MISSING = {
    "complete": "complete cases only are analysed, rated by every reader in every arm",
    "exclude": "all available ratings are analysed, missing ones taken as missing at random",
}
AI_FAILED = {
    "exclude": "cases on which an AI system failed are excluded from its stand-alone results",
    "lowest": "cases on which an AI system failed are given the lowest score, that is negative",
}
SUBJECTS = (
    ("Area under the ROC curve", r"auc|auc_(logit|equality|component)"),
    ("Partial area", r"partial_auc.*"),
    ("Non-inferiority and equivalence", r".*_(noninferiority|equivalence)"),
    ("Operating points", r"youden_j|threshold.*|auc_binary|(sensi|speci)\w*?y(_equality)?"),
    ("McNemar's test", r".*_mcnemar"),
    ("Predictive values", r"[pn]pv"),
    ("Power", r".*_(power|cases_needed)"),
    ("Period and sequence", r".*_(period|sequence|crossover|unweighted)"),
    ("Reading time", r"reading_s(?!.*_(period|sequence|crossover|unweighted)$).*"),
    ("Marks", r"fom_.*|froc_.*"),
    ("Agreement", r"icc|alpha|kappa.*|ac1|agreement"),
    ("Changes of decision with AI", r"switch_.*"),
    ("Strata", r".*_chi_square"),
)


def estimand(result: AnalysisResult) -> str:
    """Return in one sentence what the analysis estimates first."""
    named = str(result.setting("quantity") or "auc")
    quantity = NAMES.get(named, named)
    quantity = "area under the ROC curve (AUC)" if named == "auc" else quantity
    arms = _arms(result)
    whom = WHOM_WORDS[str(result.setting("quantity_of") or "all")]
    if any(MEAN_OF_SEQUENCES in one.method for one in result.planned):
        whom += ", every sequence of readers weighted equally"
    unit = str(result.setting("unit"))
    if len(arms) > 1:
        versus = ", ".join(f"{later} minus {earlier}" for earlier, later in combinations(arms, 2))
        what = f"The difference in {quantity} ({versus})"
    else:
        what = f"The {quantity}"
    kind = "simulated readers" if result.simulated else "readers"
    inference = f"the populations of {kind} and {unit}s"
    if not _readers_are_random(result):
        inference = f"these {kind} and the population of {unit}s"
    events = [MISSING[str(result.setting("missing"))]]
    if result.extent is not None and result.extent.systems:
        events.append(AI_FAILED[str(result.setting("ai_failed"))])
    if result.extent is not None and result.extent.arms_with_ai:
        events.append(
            "aided reads count in their arm whether or not the AI gave a result (treatment policy)"
        )
    plan = "" if result.setting("quantity") else " No plan was given: this is exploratory."
    return (
        f"{what} for {target_words(result)}, {whom}, with inference to {inference}; "
        f"{'; '.join(events)}.{plan}"
    )


def methods(result: AnalysisResult) -> tuple[str, ...]:
    """Return the Methods, one paragraph after another."""
    paragraphs = (
        " ".join(_material(result)),
        " ".join(_confirmatory(result)),
        *_exploratory(result),
        " ".join(_handling(result)),
        " ".join(_made_with(result)),
    )
    return tuple(one for one in paragraphs if one)


def how_to_read(result: AnalysisResult) -> str:
    """Return what is confirmatory, and what holds for all tables."""
    planned = (
        "The tests of the locked plan stand first, in its order; rows marked primary belong to it, "
        "all else is exploratory."
        if result.planned
        else "There is no locked plan: everything here is exploratory."
    )
    return (
        f"{planned} A difference is the first named minus the second. df are the degrees of "
        "freedom of t; rows without df use the normal distribution. Captions name methods "
        "in short; they stand in full under Methods. Full precision, every estimate and every "
        "reason stand in results.json and in the tables beside this report."
    )


def target_words(result: AnalysisResult) -> str:
    """Return what counts as positive, in words."""
    target = str(result.setting("target"))
    if target.startswith(TYPE_TARGET):
        return f"presence of a {target.removeprefix(TYPE_TARGET)}"
    return f"{target} versus non-{target}"


def _arms(result: AnalysisResult) -> tuple[str, ...]:
    """Return the arms, or the AI system, that the plan compares; without a plan all arms."""
    compared = [one for one in result.planned if len(one.subjects) == 2]
    if not compared:
        return result.arms
    names = (of.arm or of.whom for one in compared for of in reversed(one.subjects))
    return tuple(dict.fromkeys(names))


def _readers_are_random(result: AnalysisResult) -> bool:
    """Tell whether what the plan asks for first takes readers as a sample."""
    said = {one.of.random for one in result.planned if not isinstance(one.of, tuple)}
    if said:
        return None not in said
    fixed = result.setting("method") == "delong" or result.setting("quantity_of") == "reader"
    return not fixed


def _material(result: AnalysisResult) -> Iterator[str]:
    """Say who rated what."""
    extent, unit = result.extent, str(result.setting("unit"))
    if extent is None:
        return
    arms = [arm for arm in result.arms if arm]
    kind = "simulated reader" if result.simulated else "reader"
    within = f" in {len(arms)} arms ({', '.join(arms)})" if len(arms) > 1 else ""
    yield (
        f"{counted(extent.readers, kind)} rated {units_words(extent, unit)}{within}; "
        f"{counted(extent.positive, unit)} {'was' if extent.positive == 1 else 'were'} positive "
        f"({target_words(result)}). Higher ratings are more suspicious."
    )
    if extent.systems:
        systems = counted(len(extent.systems), "AI system")
        yield f"Stand-alone performance of {systems} ({', '.join(extent.systems)}) was assessed."
    if extent.arms_with_ai:
        yield f"Readers were shown the AI in: {', '.join(extent.arms_with_ai)}."


def _confirmatory(result: AnalysisResult) -> Iterator[str]:
    """Say what the plan tests, in which order, how, and at which size."""
    tests = planned_tests(result)
    if not tests:
        yield "There was no analysis plan: everything is exploratory."
        return
    alpha = float(str(result.setting("alpha")))
    yield f"Confirmatory tests, in the order of the plan (alpha {alpha:g}):"
    for one in tests:
        yield _of_test(one, result, alpha)
    if _readers_are_random(result):
        yield "Readers and cases were random: inference is to the populations of both."
    else:
        yield "Readers were fixed and cases random: inference is to these readers."
    adjust = MultipleTests(str(result.setting("adjust")))
    if len(tests) > 1 or adjust is not MultipleTests.NONE:
        words = MULTIPLICITY[adjust]
        yield f"Over the plan's tests {words}."


def _of_test(test: PlannedTest, result: AnalysisResult, alpha: float) -> str:
    """Return one test of the plan in words."""
    name = test_name(test.quantity, float(str(result.setting("margin") or 0)))
    if test.estimate is None:
        return f"({test.number}) {name}: {NOT_COMPUTED}."
    if test.estimate.p is None:
        sides = f"no test, {test.estimate.reason or 'none is made of this quantity'}"
    elif test.quantity.endswith(ONE_SIDED):
        sides = f"one-sided, size {alpha / 2:g}"
    else:
        sides = "two-sided"
    clauses = [one for one in test.estimate.method.split("; ") if "one-sided" not in one]
    if test.estimate.df is not None:
        clauses.append(f"{test.estimate.df:.4g} df")
    return f"({test.number}) {name}, {contrast_name(test.estimate)}, {sides}: {'; '.join(clauses)}."


def _exploratory(result: AnalysisResult) -> Iterator[str]:
    """Say how everything else was computed, subject by subject."""
    others = [one for one in (*result.estimates, *result.strata) if one.exploratory]
    said = [
        f"{subject}: {'; '.join(clauses)}."
        for subject, names in SUBJECTS
        if (clauses := shared_clauses(one for one in others if _is_of(one, names)))
    ]
    if said:
        yield "Exploratory, without adjustment for multiplicity."
        yield from said
    if result.paper is not None:
        clauses = shared_clauses(result.paper.estimates)
        yield f"{result.paper.title}, as the paper did where it says so: {'; '.join(clauses)}."


def _is_of(one: Estimate, names: str) -> bool:
    """Tell whether an estimate is of a subject."""
    return re.fullmatch(names, one.quantity.removesuffix("_difference")) is not None


def _handling(result: AnalysisResult) -> Iterator[str]:
    """Say what was done about missing ratings, failed AI, clusters and reads done again."""
    yield f"Missing ratings: {MISSING[str(result.setting('missing'))]}."
    if result.extent is not None and result.extent.systems:
        words = AI_FAILED[str(result.setting("ai_failed"))]
        table = (
            "" if result.setting("protocol") else "; of a table, rows without a score are excluded"
        )
        yield f"AI alone: {words}{table}."
    own = [one for one in result.estimates if one.subjects[0].unit is None]
    if any(one.n.n_clusters is not None for one in own):
        yield "Units of one patient or exam are clustered; clusters are the sampling units."
    elif result.setting("clusters") == "ignored":
        yield "Clustering is ignored: units are analysed as independent."
    yield from _of_sequences(result)
    yield from _of_marks(result)
    if result.select("reading_s"):
        whole = result.setting("reopened_time") == "whole"
        which = "the whole time, replaced reads included" if whole else "that of the last read"
        yield f"The reading time of a read that was done again is {which}."
    yield f"Intervals are at the {100 * float(str(result.setting('level'))):g} % level."


def _of_sequences(result: AnalysisResult) -> Iterator[str]:
    """Say what the sequences of a crossover or case-split weigh."""
    if not any(one.quantity.endswith("_crossover_difference") for one in result.estimates):
        return
    if result.setting("sequences") == "pooled":
        yield (
            "Sequences are pooled: every reader weighs the same, so that differences of arms hold "
            "a part of the period effect where sequences have unequal numbers of readers."
        )
        return
    yield "Every sequence of readers weighs the same in differences of arms."


def _of_marks(result: AnalysisResult) -> Iterator[str]:
    """Say when a mark hits a lesion, and where FROC curves are read."""
    rule, radius = result.setting("hit_rule"), result.setting("hit_radius_mm")
    if rule is None:
        return
    points = "" if radius is None else f"; two points match within {radius:g} mm"
    yield f"Hit rule of marks: {rule}{points}."
    limit = result.setting("false_marks_limit")
    yield (
        f"FROC curves are read at {result.setting('false_marks')} false marks per image; their "
        f"partial area is that up to {limit:g} per image."
    )


def _made_with(result: AnalysisResult) -> Iterator[str]:
    """Say by which program, of which data, by which plan."""
    program, commit = result.setting("software"), result.setting("commit")
    if program is None:
        return
    yield f"Computed with {program} (commit {commit})."
    for name, what in (("data_sha256", "data"), ("plan_sha256", "analysis plan")):
        if value := result.setting(name):
            yield f"SHA-256 of the {what}: {value}."
