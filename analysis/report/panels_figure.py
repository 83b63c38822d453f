"""Draws a paper's figure of ROC curves in one or several panels."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.report.drawing import (
    ARM_COLOURS,
    ARM_LINES,
    WIDTH_IN,
    Caption,
    DrawnFigure,
    drawn,
    legend_name,
)
from analysis.result import PaperFigure, PaperPanel

PAGE_IN = 180 / 25.4  # the width of a page of two columns
SINGLE_IN = 3.42


def panels_figure(figure: PaperFigure, *, stamps: tuple[str, ...]) -> DrawnFigure:
    """Return the figure: one panel a column wide, several a page wide."""
    several = len(figure.panels) > 1
    rows = math.ceil(len(figure.panels) / figure.columns)
    width = PAGE_IN if several else WIDTH_IN
    height = rows * (width / figure.columns + 0.3) + 0.35 if several else SINGLE_IN

    def draw(canvas: Figure) -> None:
        grid = canvas.subplots(rows, figure.columns, squeeze=False, sharex=True, sharey=True)
        canvas.subplots_adjust(
            left=0.55 / width,
            right=1 - 0.12 / width,
            bottom=0.45 / height,
            top=1 - (0.45 if several else 0.25) / height,
            wspace=0.12,
            hspace=0.22,
        )
        for axes in grid.flat[len(figure.panels) :]:
            axes.set_visible(False)
        for place, (axes, panel) in enumerate(zip(grid.flat, figure.panels, strict=False)):
            _draw_panel(axes, panel)
            if place % figure.columns == 0:
                axes.set_ylabel("Sensitivity")
            if place + figure.columns >= len(figure.panels):
                axes.set_xlabel("1 - specificity")

    caption = Caption(figure.title, figure.caption)
    return drawn(figure.name, caption, height, draw, stamps=stamps, width_in=width)


def _draw_panel(axes: Axes, panel: PaperPanel) -> None:
    """Draw the curves of one panel, named with their areas."""
    axes.plot([0, 1], [0, 1], color="#c8c8c8", linewidth=0.6, zorder=0)
    for thick, curves in ((False, panel.thin), (True, panel.curves)):
        for one in curves:
            axes.plot(
                one.curve.false_positive_fraction,
                one.curve.sensitivity,
                color=ARM_COLOURS[one.place % len(ARM_COLOURS)],
                linestyle=ARM_LINES[one.place % len(ARM_LINES)],
                linewidth=1.6 if thick else 0.5,
                alpha=1.0 if thick else 0.7,
                clip_on=False,
                label=legend_name(one.name) if thick else None,
            )
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.set_title(panel.title, fontsize=8, loc="left", pad=4)
    if panel.curves:
        axes.legend(title="AUC", alignment="right", loc="lower right", handlelength=2.2)
    else:
        axes.text(0.5, 0.5, "no positive unit", ha="center", va="center", transform=axes.transAxes)
