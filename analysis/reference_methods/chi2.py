"""Tests of tables of counts, as R's chisq.test, fisher.test and prop.trend.test answer them.

Where a row or a column is empty R's statistic is NaN; Crossread says "not estimable".
"""

import re

import numpy as np
import numpy.typing as npt

from analysis.estimators.chi_square import fisher_exact_p, pearson_chi_square, trend_test
from analysis.reference_methods.reference_case import Part, ReferenceCase, named, number

COLUMNS = re.compile(r"c\('([\w.]+)','([\w.]+)'\)")
DEFAULT_COLUMNS = ("det", "miss")


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    answers = {
        "pearson": _pearson,
        "yates": _yates,
        "fisher": _fisher,
        "trend": _trend,
        "n_minus_1": _n_minus_1,
        "cramers_v": _cramers_v,
    }
    if name not in answers:
        return None
    found = COLUMNS.search(case.calls[name])
    columns = found.groups() if found else DEFAULT_COLUMNS
    return answers[name](np.stack([case.table.numbers(one) for one in columns], axis=1))


def _number(value: float | None) -> float:
    """Return a number; what is not estimable is NaN in R."""
    return np.nan if value is None else value


def _pearson(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return chisq.test without correction."""
    found = pearson_chi_square(counts)
    return named(
        chi2=_number(found.statistic),
        df=found.df,
        p=_number(found.p),
        min_expected=found.min_expected,
    )


def _yates(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return chisq.test with its correction."""
    found = pearson_chi_square(counts, yates=True)
    return named(chi2=_number(found.statistic), df=found.df, p=_number(found.p))


def _fisher(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return fisher.test's p."""
    return number(fisher_exact_p(counts))


def _trend(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return prop.trend.test."""
    found = trend_test(counts)
    return named(chi2=_number(found.statistic), p=_number(found.p))


def _n_minus_1(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return Campbell's test."""
    found = pearson_chi_square(counts, n_minus_1=True)
    return named(chi2=_number(found.statistic), p=_number(found.p))


def _cramers_v(counts: npt.ArrayLike) -> tuple[Part, ...]:
    """Return the association."""
    return number(_number(pearson_chi_square(counts).cramers_v))
