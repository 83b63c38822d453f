"""The reading-time figure: paired dots with medians, a pair of columns for each reader."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.printed import p_words
from analysis.report.drawing import (
    GROUP_MARKERS,
    INK,
    Caption,
    DrawnFigure,
    arm_style,
    drawn,
    legend_name,
    setting,
    stamps_of,
)
from analysis.result import AnalysisResult, ReaderTimes

MOST_READERS = 8  # beyond, a reader is one line between two medians


def times_figure(result: AnalysisResult) -> DrawnFigure:
    """Return reading times as paired dots, a pair of columns for each reader."""
    shown = _first_pair_of_arms(result.times)
    single = len(shown) <= MOST_READERS

    def draw(figure: Figure) -> None:
        axes = figure.add_axes((0.18, 0.15, 0.80, 0.72))
        if single:
            _draw_cases(axes, shown, result)
        else:
            _draw_medians(axes, shown, result)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("Reading time (s)")

    first, second = shown[0].first_arm, shown[0].second_arm
    pairs = sum(int((~np.isnan(one.first_s + one.second_s)).sum()) for one in shown)
    what = (
        "Each line is one case read in both arms; bars are medians of each arm."
        if single
        else "Each line is one reader's median time in both arms."
    )
    tests = [one for one in result.select("reading_s_difference") if one.p is not None]
    method = f" p of each reader's difference: {tests[0].method.split('p: ')[-1]}." if tests else ""
    caption = (
        f"Reading times, {first} and {second}. {what} Unit: {setting(result, 'unit')}; "
        f"n = {pairs} pairs of {len(shown)} {'reader' if len(shown) == 1 else 'readers'}.{method}"
    )
    return drawn(
        "reading_time", Caption("Reading times", caption), 2.6, draw, stamps=stamps_of(result)
    )


def _draw_cases(axes: Axes, shown: list[ReaderTimes], result: AnalysisResult) -> None:
    """Draw a pair of columns for each reader, one line a case."""
    for place, one in enumerate(shown):
        columns = np.array([place - 0.2, place + 0.2])
        both = ~np.isnan(one.first_s + one.second_s)
        heights = np.stack([one.first_s[both], one.second_s[both]])
        axes.plot(columns, heights, color="#b0b0b0", linewidth=0.4, zorder=1)
        for side, (arm, times) in enumerate(
            ((one.first_arm, one.first_s), (one.second_arm, one.second_s))
        ):
            given = times[~np.isnan(times)]
            axes.plot(
                np.full(len(given), columns[side]),
                given,
                GROUP_MARKERS[side],
                color=arm_style(result, arm).colour,
                markersize=2.6,
                markeredgewidth=0,
                alpha=0.8,
                zorder=2,
                label=legend_name(arm) if place == 0 else None,
            )
            span = [columns[side] - 0.13, columns[side] + 0.13]
            axes.plot(span, [np.median(given)] * 2, color=INK, linewidth=1.6, zorder=3)
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.set_xticks(range(len(shown)), [_reader_label(one, result) for one in shown])
    axes.tick_params(axis="x", length=0)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)


def _draw_medians(axes: Axes, shown: list[ReaderTimes], result: AnalysisResult) -> None:
    """Draw one line a reader between the two arms' medians."""
    medians = np.array([[np.nanmedian(one.first_s), np.nanmedian(one.second_s)] for one in shown])
    axes.plot([0, 1], medians.T, color="#b0b0b0", linewidth=0.6, zorder=1)
    arms = shown[0].first_arm, shown[0].second_arm
    for side, arm in enumerate(arms):
        axes.plot(
            np.full(len(shown), side),
            medians[:, side],
            GROUP_MARKERS[side],
            color=arm_style(result, arm).colour,
            markersize=4,
            zorder=2,
        )
        middle = np.median(medians[:, side])
        axes.plot([side - 0.1, side + 0.1], [middle, middle], color=INK, linewidth=1.6, zorder=3)
    axes.set_xlim(-0.5, 1.5)
    axes.set_xticks([0, 1], list(arms))


def _reader_label(one: ReaderTimes, result: AnalysisResult) -> str:
    """Return a reader's name and, below it, the p of their difference."""
    pair = (one.reader, one.second_arm), (one.reader, one.first_arm)
    p = next(
        estimate.p
        for estimate in result.select("reading_s_difference")
        if tuple((of.reader, of.arm) for of in estimate.subjects) == pair
    )
    return one.reader if p is None else f"{one.reader}\n{p_words(p)}"


def _first_pair_of_arms(times: tuple[ReaderTimes, ...]) -> list[ReaderTimes]:
    """Return the readers' times in the first two arms."""
    first = times[0].first_arm, times[0].second_arm
    return [one for one in times if (one.first_arm, one.second_arm) == first]
