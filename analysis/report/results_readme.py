"""The README beside the tables of an analysis: whence they come, and what their columns hold."""

from analysis.printed import setting_words
from analysis.report.methods_text import methods
from analysis.result import AnalysisResult

COLUMN_WORDS = {
    "quantity": "what is estimated; a comparison ends in `_difference`",
    "reader, group, readers, system, arm": "of whom: a reader, a group, all readers, an AI system",
    "minus_...": "of a comparison: what is subtracted",
    "estimate, se, ci_low, ci_high, level": "the estimate, its standard error and interval",
    "p": "p of the test that `method` names, one-sided against a margin",
    "p_adjusted": "p of the plan's tests, adjusted together; one-sided ones doubled",
    "decision": "what a test of the plan decides at alpha",
    "df": "degrees of freedom of the t behind interval and p; empty: another distribution",
    "method": "how it was got: estimator, covariance, what was random",
    "exploratory": "0 where it belongs to the locked plan",
    "n_units, n_cases, n_clusters, n_positive": "what was analysed, their exams, their patients or "
    "exams where several are of one, the positive ones",
    "n_readers, n_reads, n_pairs": "readers; reads; units, or reader's units, on both sides",
    "reason": "why an estimate, an interval or a p is missing",
}


def results_readme(result: AnalysisResult) -> str:
    """Return README.md of the folder `tables`: settings with hashes, methods, columns."""
    settings = [f"- `{one.name}`: {setting_words(one)}" for one in result.settings]
    columns = [f"- `{name}`: {words}" for name, words in COLUMN_WORDS.items()]
    parts = (
        f"# {result.title}: tables of the analysis",
        result.estimand,
        "Numbers have full precision; `estimates.csv` holds all of them, the other files parts.",
        "## Columns",
        "\n".join(columns),
        "## Methods",
        "\n\n".join(methods(result)),
        "## Settings, software and hashes",
        "\n".join(settings),
    )
    return "\n\n".join(parts) + "\n"
