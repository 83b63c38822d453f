"""Marks a result as that of a study that is still open, on every table and figure."""

from dataclasses import replace

from analysis.result import AnalysisResult, PaperPart, Setting

WORD = "INTERIM"
WARNING = "Interim analysis of a study that is still open: not the result of the study."
MASKED = "The arms' names are masked: which of them is with the AI is not told."


def as_interim(result: AnalysisResult, *, masked: bool) -> AnalysisResult:
    """Return a result that says of itself, wherever it is printed, that it is an interim one.

    Parameters
    ----------
    result
        The analysis of the open study.
    masked
        Whether the arms' names were masked before the analysis.
    """
    settings = (
        *(one for one in result.settings if one.name != "interim"),
        Setting("interim", True),
        Setting("arms_masked", masked),
    )
    return replace(
        result,
        interim=True,
        settings=settings,
        warnings=(WARNING, *((MASKED,) if masked else ()), *result.warnings),
        paper=None if result.paper is None else _of_paper(result.paper),
    )


def interim_title(title: str) -> str:
    """Return the title of a table or figure of an interim analysis."""
    return f"{WORD}. {title}"


def _of_paper(paper: PaperPart) -> PaperPart:
    """Return a paper's tables and figures, each marked in its title."""
    return replace(
        paper,
        title=interim_title(paper.title),
        tables=tuple(replace(one, title=interim_title(one.title)) for one in paper.tables),
        figures=tuple(replace(one, title=interim_title(one.title)) for one in paper.figures),
    )
