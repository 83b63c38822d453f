"""Which figures a result has: ROC of all readers and groups, FROC, reading times, a paper's own."""

from dataclasses import replace

from analysis.report.drawing import DrawnFigure, stamps_of
from analysis.report.froc_figure import froc_figure
from analysis.report.interim import interim_title
from analysis.report.panels_figure import panels_figure
from analysis.report.roc_figure import roc_figure
from analysis.report.time_figure import times_figure
from analysis.result import AnalysisResult


def figures(result: AnalysisResult) -> tuple[DrawnFigure, ...]:
    """Return the figures of a result; everything in them is from the result."""
    groups = tuple(dict.fromkeys(curve.group for curve in result.curves if curve.group))
    shown: list[DrawnFigure] = []
    if result.curves:
        shown.append(roc_figure(result, None, groups))
        if len(groups) > 1:
            shown.extend(roc_figure(result, group, groups) for group in groups)
    if result.froc_curves:
        shown.append(froc_figure(result))
    if result.times:
        shown.append(times_figure(result))
    if result.interim:
        return tuple(replace(one, title=interim_title(one.title)) for one in shown)
    return tuple(shown)


def paper_figures(result: AnalysisResult) -> tuple[DrawnFigure, ...]:
    """Return the figures of a paper's part, where there is one."""
    if result.paper is None:
        return ()
    return tuple(panels_figure(figure, stamps=stamps_of(result)) for figure in result.paper.figures)
