"""Agreement, as irr, vcd, psych and irrCAC answer it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.estimators.intraclass import intraclass_agreement
from analysis.estimators.kappa import (
    KappaEstimate,
    Weights,
    agreement_table,
    cohen_kappa,
    percent_agreement,
)
from analysis.estimators.krippendorff import krippendorff_alpha
from analysis.estimators.many_readers_kappa import (
    GroupKappa,
    SampledAgreement,
    conger_kappa,
    fleiss_by_category,
    fleiss_kappa,
    fleiss_sampled,
    gwet_ac1,
    light_kappa,
)
from analysis.reference_methods.reference_case import Part, ReferenceCase, matrix, named, number

NOTE = (
    "kappa: Krippendorff's alpha is compared in irr's convention, in which every pair of ratings "
    "counts 1; Crossread's own default is Krippendorff's."
)
Ratings = npt.NDArray[Any]  # numbers or words

_TESTS: dict[str, Weights] = {
    "unweighted": "unweighted",
    "linear": "linear",
    "quadratic": "quadratic",
}
_ERRORS: dict[str, Weights] = {
    "ase_unweighted": "unweighted",
    "ase_linear": "linear",
    "ase_quadratic": "quadratic",
}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    first, second = _complete(_columns(case, ("r1", "r2"))).T
    if name in _TESTS:
        found = cohen_kappa(agreement_table(first, second), weights=_TESTS[name])
        return named(kappa=_known(found.kappa), z=_known(found.z), p=_known(found.p))
    if name in _ERRORS:
        found = cohen_kappa(agreement_table(first, second), weights=_ERRORS[name])
        return named(kappa=_known(found.kappa), ase=_known(found.se))
    if name == "psych_ci_unweighted":
        return _interval(cohen_kappa(agreement_table(first, second)))
    if name == "percent_agreement":
        return number(percent_agreement(agreement_table(first, second)))
    if name == "gwet_ac1":
        return _sampled(gwet_ac1(np.stack([first, second], axis=1)))
    return _of_all_readers(_all_readers(case), name)


def _all_readers(case: ReferenceCase) -> Ratings:
    """Return the ratings (n, m) of every reader; the first column names the case."""
    return _columns(case, case.table.columns[1:])


def _columns(case: ReferenceCase, readers: tuple[str, ...]) -> Ratings:
    """Return the ratings (n, m) of some readers."""
    return np.stack([case.table.categories(reader) for reader in readers], axis=1)


def _complete(ratings: Ratings) -> Ratings:
    """Return the units that every reader rated, as irr does but for alpha; words have no gaps."""
    return ratings if ratings.dtype.kind != "f" else ratings[~np.isnan(ratings).any(axis=1)]


def _of_all_readers(ratings: Ratings, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks of all readers together."""
    if name in ("kripp_nominal", "kripp_ordinal"):
        numbered = _numbered(ratings)
        if name == "kripp_nominal":
            return number(krippendorff_alpha(numbered, pairs_as_irr=True))
        return number(krippendorff_alpha(numbered, scale="ordinal", pairs_as_irr=True))
    ratings = _complete(ratings)
    if name == "fleiss_exact_conger":
        return number(conger_kappa(ratings))
    if name == "fleiss_by_category":
        return _by_category(ratings)
    if name in ("fleiss", "light"):
        return _group(fleiss_kappa(ratings) if name == "fleiss" else light_kappa(ratings))
    if name == "fleiss_irrCAC":
        return _sampled(fleiss_sampled(ratings))
    if name != "icc_2_1":
        return None
    icc = intraclass_agreement(ratings)
    return named(icc=icc.icc, lo=icc.ci.low, hi=icc.ci.high, F=icc.f, p=icc.p)


def _by_category(ratings: Ratings) -> tuple[Part, ...]:
    """Return kappa, z and p of each category."""
    found = fleiss_by_category(ratings)
    names = [
        f"{one.category:g}" if isinstance(one.category, float) else str(one.category)
        for one in found
    ]
    return matrix(names, ("Kappa", "z", "p.value"), [(one.kappa, one.z, one.p) for one in found])


def _group(found: GroupKappa) -> tuple[Part, ...]:
    """Return the agreement of a group with its test."""
    return named(kappa=found.kappa, z=_known(found.z), p=_known(found.p))


def _sampled(found: SampledAgreement) -> tuple[Part, ...]:
    """Return a coefficient with its standard error."""
    return named(coef=found.coefficient, se=_known(found.se))


def _interval(found: KappaEstimate) -> tuple[Part, ...]:
    """Return kappa between its limits."""
    low, high = (np.nan, np.nan) if found.ci is None else (found.ci.low, found.ci.high)
    return named(low=low, est=_known(found.kappa), high=high)


def _numbered(ratings: Ratings) -> Ratings:
    """Return categories as their places in order, where they are words."""
    if ratings.dtype.kind == "f":
        return ratings
    return np.unique(ratings, return_inverse=True)[1].reshape(ratings.shape).astype(np.float64)


def _known(value: float | None) -> float:
    """Return a number that may not be estimable."""
    return np.nan if value is None else value
