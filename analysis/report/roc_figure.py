"""The ROC figure: readers thin, means thick, AI alone with an edge, points at Youden's J."""

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.printed import NOTHING, rounded
from analysis.report.drawing import (
    INK,
    WIDTH_IN,
    Caption,
    DrawnFigure,
    LineOf,
    ai_style,
    arm_style,
    drawn,
    group_marker,
    legend_name,
    setting,
    stamps_of,
)
from analysis.result import AnalysisResult, Curve, Of
from analysis.settings import YOUDEN

SIDE_IN = 2.72  # of the square in which the curves lie
HEIGHT_IN = 3.42


def roc_figure(result: AnalysisResult, group: str | None, groups: tuple[str, ...]) -> DrawnFigure:
    """Return the ROC curves of one group, or of all readers, with AI alone."""
    curves = [curve for curve in result.curves if _belongs(curve, group)]

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.14, 0.44 / HEIGHT_IN, SIDE_IN / WIDTH_IN, SIDE_IN / HEIGHT_IN))
        axes.plot([0, 1], [0, 1], color="#c8c8c8", linewidth=0.6, zorder=0)
        for curve in curves:
            _draw_curve(axes, curve, result)
            _draw_point(axes, curve, result, groups)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_xlabel("1 - specificity (false positive fraction)")
        axes.set_ylabel("Sensitivity")
        axes.set_xticks(np.arange(0, 1.01, 0.2))
        axes.set_yticks(np.arange(0, 1.01, 0.2))
        axes.legend(
            title="AUC",
            alignment="right",
            loc="lower right",
            handlelength=2.6,
            borderaxespad=0.2,
            labelspacing=0.35,
        )

    name = "roc" if group is None else f"roc_{groups.index(group) + 1}_{_file_part(group)}"
    title = "ROC curves" if group is None else f"ROC curves, {group} readers"
    caption = Caption(title, _caption_text(result, [curve.of for curve in curves]))
    return drawn(name, caption, HEIGHT_IN, draw, stamps=stamps_of(result))


def _belongs(curve: Curve, group: str | None) -> bool:
    """Tell whether a curve stands in the figure of a group, or of all readers (None)."""
    if curve.of.system is not None:
        return True
    if group is None:
        return curve.of.group is None
    return curve.group == group and curve.of.readers is None


def _draw_curve(axes: Axes, curve: Curve, result: AnalysisResult) -> None:
    """Draw one curve; means, a reader who is the only one, and AI are named with their AUC."""
    x, y = curve.false_positive_fraction, curve.sensitivity
    named = legend_name(f"{curve.of.label}  {_auc_words(result, curve.of)}")
    if curve.of.system is not None:
        alone = _ai_style(result, curve.of.system)
        axes.plot(
            x,
            y,
            color=alone.colour,
            linewidth=1.4,
            linestyle=alone.line,
            path_effects=[patheffects.withStroke(linewidth=2.4, foreground=INK)],
            clip_on=False,
            zorder=3,
            label=legend_name(f"{curve.of.system} (AI alone)  {_auc_words(result, curve.of)}"),
        )
        return
    style = arm_style(result, curve.of.arm or "")
    thick = curve.of.reader is None or _alone(result)
    axes.plot(
        x,
        y,
        color=style.colour,
        linewidth=1.9 if thick else 0.6,
        linestyle=style.line,
        alpha=1.0 if thick else 0.75,
        clip_on=False,
        zorder=4 if thick else 2,
        label=named if thick else None,
    )


def _draw_point(axes: Axes, curve: Curve, result: AnalysisResult, groups: tuple[str, ...]) -> None:
    """Draw the operating point at Youden's threshold; the marker tells the group."""
    sensitivity = _at_youden(result, curve.of, "sensitivity")
    specificity = _at_youden(result, curve.of, "specificity")
    several = curve.threshold is None
    if sensitivity is None or specificity is None or several:
        return
    system = curve.of.system
    style = arm_style(result, curve.of.arm or "") if system is None else _ai_style(result, system)
    axes.plot(
        [1 - specificity],
        [sensitivity],
        marker="D" if system else group_marker(groups, curve.group),
        markersize=4 if system or _alone(result) else 3,
        color=style.colour,
        markeredgecolor=INK if system else "white",
        markeredgewidth=0.5,
        linestyle="none",
        clip_on=False,
        zorder=5,
    )


def _ai_style(result: AnalysisResult, system: str) -> LineOf:
    """Return how an AI system alone is drawn."""
    return ai_style([one.of.system for one in result.curves if one.of.system is not None], system)


def _alone(result: AnalysisResult) -> bool:
    """Tell whether there is one reader only, whose curve then is no thin one among many."""
    return len({one.of.reader for one in result.curves if one.of.reader is not None}) == 1


def _auc_words(result: AnalysisResult, of: Of) -> str:
    """Return the AUC of a curve; a dash where a table gives none."""
    found = next((one.estimate for one in result.select("auc") if one.of == of), None)
    return NOTHING if found is None else rounded(found, 3)


def _at_youden(result: AnalysisResult, of: Of, quantity: str) -> float | None:
    """Return a quantity at Youden's threshold, the lowest of tied ones."""
    where = of.whom, of.arm, YOUDEN
    return next(
        one.estimate
        for one in result.select(quantity)
        for found in one.subjects
        if (found.whom, found.arm, found.operating_point) == where
    )


def _caption_text(result: AnalysisResult, shown: list[Of]) -> str:
    """Return what an ROC figure shows, with method, unit and n."""
    aucs = [one for one in result.select("auc") if one.of in shown and one.estimate is not None]
    unit = setting(result, "unit")
    parts = ["Empirical ROC curves."]
    if len({of.reader for of in shown if of.reader}) > 1:
        parts.append("Thin lines are single readers, thick lines the mean of their curves.")
    if any(of.system for of in shown):
        parts.append("Edged lines are AI alone.")
    parts.append("Markers stand at Youden's threshold.")
    if aucs:
        n_units = max(one.n.n_units or 0 for one in aucs)
        n_positive = max(one.n.n_positive or 0 for one in aucs)
        parts.append(f"Method: {aucs[0].method.split(';')[0]}.")
        parts.append(f"Unit: {unit}; n = {n_units}, {n_positive} positive.")
    return " ".join(parts)


def _file_part(name: str) -> str:
    """Return a name as part of a file name."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
