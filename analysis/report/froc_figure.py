"""The FROC figure: lesions found against false marks per image, readers thin, AI alone edged."""

from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.report.drawing import (
    INK,
    WIDTH_IN,
    Caption,
    DrawnFigure,
    ai_style,
    arm_style,
    drawn,
    legend_name,
    stamps_of,
)
from analysis.result import AnalysisResult, FrocCurve

SIDE_IN = 2.72  # of the square in which the curves lie
HEIGHT_IN = 3.42
MOST_FALSE_MARKS = 2.0
WIDTHS = {"thin": 0.7, "alone": 1.4}


def froc_figure(result: AnalysisResult) -> DrawnFigure:
    """Return the FROC curves of all readers in all arms, with AI alone.

    The abscissa ends at the last mark of the widest curve, and at 2 false marks per image at most.
    """
    widest = max(float(curve.false_marks[-1]) for curve in result.froc_curves)
    limit = min(max(widest, 0.1), MOST_FALSE_MARKS)

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.14, 0.44 / HEIGHT_IN, SIDE_IN / WIDTH_IN, SIDE_IN / HEIGHT_IN))
        axes.set(xlim=(0, limit), ylim=(0, 1))
        named: set[str] = set()
        for curve in result.froc_curves:
            _draw_curve(axes, curve, result, named)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("False marks per image")
        axes.set_ylabel("Lesions found (fraction)")
        axes.legend(loc="lower right", handlelength=2.6, borderaxespad=0.2, labelspacing=0.35)

    caption = Caption("FROC curves", _caption_text(result, limit))
    return drawn("froc", caption, HEIGHT_IN, draw, stamps=stamps_of(result))


def _draw_curve(axes: Axes, curve: FrocCurve, result: AnalysisResult, named: set[str]) -> None:
    """Draw one curve up to its last mark, which has a dot if it is in sight; name each arm once."""
    system = curve.of.system
    systems = [one.of.system for one in result.froc_curves if one.of.system]
    style = ai_style(systems, system) if system else arm_style(result, curve.of.arm or "")
    label = f"{curve.of.system} (AI alone)" if system else curve.of.arm or "readers"
    edge = [patheffects.withStroke(linewidth=2.4, foreground=INK)] if system else []
    axes.plot(
        curve.false_marks,
        curve.lesions,
        color=style.colour,
        linewidth=WIDTHS["alone" if system else "thin"],
        linestyle=style.line,
        path_effects=edge,
        zorder=3 if system else 2,
        label=None if label in named else legend_name(label),
    )
    named.add(label)
    if curve.false_marks[-1] > axes.get_xlim()[1]:
        return
    axes.plot(
        curve.false_marks[-1:],
        curve.lesions[-1:],
        marker="o",
        markersize=2.5,
        color=style.colour,
        markeredgecolor=INK if system else "white",
        markeredgewidth=0.4,
        linestyle="none",
        clip_on=False,
        zorder=4,
    )


def _caption_text(result: AnalysisResult, limit: float) -> str:
    """Return what the figure shows, with method, unit and n."""
    (method, counts), *_ = ((one.method, one.n) for one in result.select("froc_partial_area"))
    rule = method.split(";")[0].split(",")[1].strip()
    cut = "" if limit < MOST_FALSE_MARKS else f" Cut at {limit:g} false marks per image."
    return (
        "Empirical FROC curves: fraction of lesions found against the mean number of false marks "
        f"over all images. Thin lines are single readers, edged lines AI alone; dots stand at the "
        f"last mark.{cut} A mark hits a lesion by: {rule}. Unit: image; n = {counts.n_units}, "
        f"{counts.n_positive} with a lesion."
    )
