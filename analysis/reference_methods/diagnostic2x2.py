"""Accuracy of a 2 x 2 table, as epiR's epi.tests answers it."""

from analysis.estimators.diagnostic import TwoByTwo, diagnostic_accuracy
from analysis.estimators.proportions import ProportionMethod
from analysis.reference_methods.reference_case import Part, ReferenceCase, vector

_METHODS: dict[str, ProportionMethod] = {
    "epi_tests_exact": "clopper_pearson",
    "epi_tests_wilson": "wilson",
}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name not in _METHODS:
        return None
    counts = TwoByTwo(*(case.table.whole(cell)[0] for cell in ("tp", "fp", "fn", "tn")))
    found = diagnostic_accuracy(counts, method=_METHODS[name])
    measures = {
        "ap": found.positive_calls,
        "tp": found.prevalence,
        "se": found.sensitivity,
        "sp": found.specificity,
        "diag.ac": found.accuracy,
        "diag.or": found.odds_ratio,
        "nndx": found.number_needed_to_diagnose,
        "youden": found.youden_j,
        "pv.pos": found.positive_predictive_value,
        "pv.neg": found.negative_predictive_value,
        "lr.pos": found.positive_likelihood_ratio,
        "lr.neg": found.negative_likelihood_ratio,
        "p.rout": found.negative_calls,
        "p.rin": found.positive_calls,
        "p.tpdn": found.false_positive_fraction,
        "p.tndp": found.false_negative_fraction,
        "p.dntp": found.false_discovery_fraction,
        "p.dptn": found.false_omission_fraction,
    }
    return tuple(
        part
        for label, one in measures.items()
        for part in vector((one.estimate, one.ci.low, one.ci.high), label)
    )
