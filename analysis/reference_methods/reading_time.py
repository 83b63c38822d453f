"""Mixed models of reading times, as lme4 and lmerTest answer them.

The formula of a call is read: log of a column or a column itself, then columns, numbers or factors
with their levels in order, then terms such as (1 | reader) or (1 + arm | reader).
"""

import re
from dataclasses import dataclass

import numpy as np

from analysis.estimators.signed_rank import wilcoxon_signed_rank
from analysis.mixed_models.mixed_model import MixedModelFit, fit_mixed_model
from analysis.mixed_models.reml import MixedModel, RandomTerm
from analysis.mixed_models.satterthwaite import fixed_effects
from analysis.reference_methods.reference_case import Part, ReferenceCase, ReferenceTable, matrix
from analysis.reference_methods.wilcoxon import sum_and_p
from analysis.result import FloatArray

FORMULA = re.compile(r"lmer\((.+?)~(.+?),\s*data\s*=")
FACTOR = re.compile(r"factor\((\w+)(?:,\s*(?:levels\s*=\s*)?c\(([^)]*)\))?\)")
MEANS = re.compile(r"aggregate\((\w+)~(\w+)\+(\w+)")
PAIRED = re.compile(r"wilcox\.test\(w\$\w+\.(\w+),\s*w\$\w+\.(\w+)")
INTERCEPT = "(Intercept)"
COLUMNS = ("Estimate", "Std. Error", "df", "t value", "Pr(>|t|)")


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Columns of a design with their names."""

    names: tuple[str, ...]
    values: FloatArray


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name == "fixef":
        effects = fixed_effects(_fitted(case, name))
        rows = [(one.estimate, one.se, one.df, one.t, one.p) for one in effects]
        return matrix([one.name for one in effects], COLUMNS, rows)
    if name == "varcomp":
        return _variances(_fitted(case, name))
    return _case_means(case, name) if name == "wilcoxon_case_means" else None


def _fitted(case: ReferenceCase, name: str) -> MixedModelFit:
    """Return the model of a call."""
    found = FORMULA.search(re.sub(r"\s+", "", case.calls[name]))
    if found is None:
        raise ValueError(f"expected lmer(response ~ terms, data=...), got {case.calls[name]}")
    table, terms = case.table, _split(found[2])
    logged = re.fullmatch(r"log\((\w+)\)", found[1])
    response = np.log(table.numbers(logged[1])) if logged else table.numbers(found[1])
    fixed = _design(table, [term for term in terms if "|" not in term])
    random = tuple(_random(table, term.strip("()")) for term in terms if "|" in term)
    return fit_mixed_model(MixedModel(response, fixed.names, fixed.values, random))


def _split(terms: str) -> list[str]:
    """Return the terms of a formula, split at each plus that stands in no bracket."""
    found, depth = [""], 0
    for sign in terms:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "+" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def _design(table: ReferenceTable, terms: list[str]) -> _Columns:
    """Return the columns of some terms; an intercept comes first unless there is a 0."""
    parts = [_term(table, term) for term in terms if term not in ("0", "1")]
    if "0" not in terms:
        ones = np.ones((len(table.cells[0]), 1))
        parts.insert(0, _Columns((INTERCEPT,), ones))
    return _Columns(
        tuple(name for part in parts for name in part.names),
        np.hstack([part.values for part in parts]),
    )


def _term(table: ReferenceTable, term: str) -> _Columns:
    """Return a number's column, or those of a factor's levels but the first."""
    found = FACTOR.fullmatch(term)
    column = found[1] if found else term
    values = table.categories(column)
    if found is None and values.dtype.kind == "f":
        return _Columns((term,), table.numbers(column)[:, None])
    levels, label = np.unique(values).tolist(), term
    if found and found[2]:
        levels = re.findall(r"['\"]([^'\"]*)['\"]", found[2]) or [
            float(one) for one in found[2].split(",")
        ]
        quoted = ", ".join(f'"{one}"' if isinstance(one, str) else f"{one:g}" for one in levels)
        label = f"factor({column}, c({quoted}))"
    return _Columns(
        tuple(f"{label}{one if isinstance(one, str) else f'{one:g}'}" for one in levels[1:]),
        np.stack([values == one for one in levels[1:]], axis=1).astype(np.float64),
    )


def _random(table: ReferenceTable, term: str) -> RandomTerm:
    """Return a random term such as 1+arm|reader."""
    effects, group = term.split("|")
    columns = _design(table, effects.split("+"))
    labels = [table.texts(one) for one in group.split(":")]
    joined = [":".join(row) for row in zip(*labels, strict=True)]
    level = np.unique(joined, return_inverse=True)[1]
    return RandomTerm(group, columns.names, level, columns.values)


def _variances(fit: MixedModelFit) -> tuple[Part, ...]:
    """Return the variances of the terms with one effect, and the residual variance."""
    single = [one for one in fit.random if len(one.names) == 1]
    parts = [Part(f".{one.group}", float(one.covariance[0, 0])) for one in single]
    return (*parts, Part(".Residual", fit.residual_variance))


def _case_means(case: ReferenceCase, name: str) -> tuple[Part, ...]:
    """Return Wilcoxon's test of the cases' mean times in two arms."""
    means_of, pair = MEANS.search(case.calls[name]), PAIRED.search(case.calls[name])
    if means_of is None or pair is None:
        raise ValueError(
            f"expected aggregate(time~case+arm) and a paired wilcox.test, got {case.calls[name]}"
        )
    table = case.table
    times, arms = table.numbers(means_of[1]), np.array(table.texts(means_of[3]))
    cases, place = np.unique(table.texts(means_of[2]), return_inverse=True)
    means = []
    for arm in (pair[1], pair[2]):
        own = arms == arm
        count = np.bincount(place[own], minlength=len(cases)).astype(np.float64)
        total = np.bincount(place[own], times[own], minlength=len(cases))
        means.append(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))
    both = ~np.isnan(means[0]) & ~np.isnan(means[1])
    return sum_and_p(wilcoxon_signed_rank(means[0][both], means[1][both]))
