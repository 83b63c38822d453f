"""Which figures a result has: ROC of all readers and of each group, and reading times."""

from analysis.drawing import DrawnFigure
from analysis.result import AnalysisResult
from analysis.roc_figure import roc_figure
from analysis.time_figure import times_figure


def figures(result: AnalysisResult) -> tuple[DrawnFigure, ...]:
    """Return the figures of a result; everything in them is from the result."""
    groups = tuple(dict.fromkeys(curve.group for curve in result.curves if curve.group))
    shown: list[DrawnFigure] = []
    if result.curves:
        shown.append(roc_figure(result, None, groups))
        if len(groups) > 1:
            shown.extend(roc_figure(result, group, groups) for group in groups)
    if result.times:
        shown.append(times_figure(result))
    return tuple(shown)
