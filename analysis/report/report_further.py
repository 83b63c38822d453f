"""The report's tables of what the plan did not ask for: tests, components, agreement, switches."""

from analysis.report.report_rows import (
    EQUALITY,
    ReportTable,
    estimates_table,
    of_ai_and_reader,
)
from analysis.result import AnalysisResult, Estimate
from analysis.settings import ONE_SIDED

AGREEMENT = ("icc", "alpha", "kappa", "kappa_fleiss", "ac1")
MODELS = ("reading_s_log_difference", "reading_s_log_adjusted_difference")
RATIO = "Differences of natural logarithms: the exponential is the ratio of the arms' times."


def further_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return the tables; some may be without rows."""

    def table(found: tuple[Estimate, ...], title: str, heading: str, note: str = "") -> ReportTable:
        return estimates_table(found, title, heading, unit=unit, note=note, named=True)

    margins = tuple(
        one
        for one in result.estimates
        if one.quantity.endswith(ONE_SIDED) and one.exploratory and not of_ai_and_reader(one)
    )
    return (
        table(
            margins,
            "Non-inferiority and equivalence", "Difference", "p is one-sided.",
        ),
        table(
            _ending(result, EQUALITY), "Global tests of equality", "Statistic",
            "df: of chi-square, or of numerator and denominator of F.",
        ),
        table(_ending(result, "_mcnemar_difference"), "McNemar's tests", "Difference"),
        table(_ending(result, "_component"), "Variance components", "Component"),
        table(
            _ending(
                result, "_period", "_sequence", "_crossover_difference", "_unweighted_difference"
            ),
            "Period and sequence", "Effect",
            "Period and sequence effects have intervals and no test; the sequence effect is "
            "aliased with carry-over. Period taken out: mean of the sequences' mean differences.",
        ),
        table(
            result.select(*MODELS), "Reading time, readers and cases random", "Log ratio", RATIO
        ),
        table(result.select(*AGREEMENT), "Agreement of readers", "Coefficient"),
        table(
            _beginning(result, "switch_"), "Changes of decision with AI, by AI correctness", "Share"
        ),
        table(
            tuple(one for one in result.strata if one.quantity.endswith("_chi_square")),
            "Correct decisions compared between strata", "Chi-square",
        ),
    )  # fmt: skip


def _ending(result: AnalysisResult, *ends: str) -> tuple[Estimate, ...]:
    """Return the estimates of quantities that end so."""
    return tuple(one for one in result.estimates if one.quantity.endswith(ends))


def _beginning(result: AnalysisResult, start: str) -> tuple[Estimate, ...]:
    """Return the estimates of quantities that begin so."""
    return tuple(one for one in result.estimates if one.quantity.startswith(start))
