"""Differences held against the plan's margin: non-inferiority, and equivalence beside it."""

import math
from collections.abc import Iterator
from dataclasses import replace

from analysis.estimators.t_inference import TInference
from analysis.mrmc.margin import MarginTest, equivalence_test, noninferiority_test
from analysis.result import Estimate
from analysis.settings import AnalysisSettings

FRACTIONS = ("auc", "sensitivity", "specificity", "auc_binary")
INFIX = {"noninferiority": "non-inferiority", "equivalence": "equivalence (two one-sided tests)"}


def margin_estimates(
    difference: Estimate, settings: AnalysisSettings, *, df: float = math.inf
) -> Iterator[Estimate]:
    """Return the tests of a difference against the margin; nothing without a margin.

    The same difference, standard error and interval stand again under a name of their own, with
    the one-sided p, which is held against half of alpha.

    Parameters
    ----------
    difference
        A difference. The margin is one of fractions: of AUC, sensitivity, specificity and one-point
        AUC, and of the plan's own quantity; of other quantities nothing is returned.
    settings
        Margin and level.
    df
        Degrees of freedom of its t; inf: the normal distribution.
    """
    name = difference.quantity.removesuffix("_difference")
    held = name in FRACTIONS or name == settings.quantity
    if settings.margin <= 0 or difference.estimate is None or not held:
        return
    se = math.nan if difference.se is None else difference.se
    inference = TInference(
        difference.estimate, se, df, None, difference.p, difference.ci, difference.reason
    )
    tests = {
        "noninferiority": noninferiority_test(inference, settings.margin, level=settings.level),
        "equivalence": equivalence_test(inference, settings.margin, level=settings.level),
    }
    for kind, test in tests.items():
        yield replace(
            difference,
            quantity=f"{name}_{kind}_difference",
            p=test.p,
            method=f"{_words(kind, test)}; {difference.method}",
        )


def fixed_margin_estimates(
    estimates: tuple[Estimate, ...], settings: AnalysisSettings
) -> Iterator[Estimate]:
    """Return the same of all differences among estimates with readers fixed."""
    for one in estimates:
        if one.quantity.endswith("_difference"):
            yield from margin_estimates(one, settings)


def _words(kind: str, test: MarginTest) -> str:
    """Return the test in words."""
    return f"one-sided test of {INFIX[kind]}, margin {test.margin:g}, size {test.size:g}"
