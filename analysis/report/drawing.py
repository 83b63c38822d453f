"""How every figure is drawn: palette, lines, sizes, and the two forms it is handed on in.

Figures are 85 mm wide, a journal's column, and readable at that width. Nothing here touches
matplotlib's global state beyond the moment of drawing.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from analysis.report.interim import WORD
from analysis.result import AnalysisResult

LineStyle = str | tuple[float, tuple[float, ...]]

WIDTH_IN = 85 / 25.4
DPI = 300
# Unaided and aided first; further arms are told apart by line style as well.
ARM_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
ARM_LINES: tuple[LineStyle, ...] = (
    "-", "--", ":", "-.", (0, (5, 1, 1, 1)), (0, (1, 2)),
)  # fmt: skip
# AI alone has a dark edge; its colours begin where those of two arms end.
AI_COLOURS = ("#009E73", "#CC79A7", "#56B4E9", "#D55E00")
AI_LINES: tuple[LineStyle, ...] = ((0, (4, 2)), (0, (8, 2, 1, 2)), (0, (1, 2)), (0, (8, 2)))
GROUP_MARKERS = ("o", "s", "D", "^", "v", "P")
INK, QUIET, WARN = "#1a1a1a", "#6b6b6b", "#D55E00"
# Where the first has no glyph for a letter of a name, the next that is installed is asked.
FONTS = (
    "DejaVu Sans", "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC",
    "Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei",
    "Yu Gothic", "Malgun Gothic", "Noto Sans Devanagari", "Noto Sans Thai", "Nirmala UI",
    "Leelawadee UI", "Arial Unicode MS", "Noto Emoji", "Segoe UI Emoji",
)  # fmt: skip
NO_GLYPH = " missing from font(s) "
NO_GLYPH_WORDS = (
    " This computer has no font for some letters of names: they are boxes in the PNG file and text "
    "in the SVG file."
)
SIMULATED_WORDS = "Simulated readers: not data of persons"
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "crossread",
    "font.family": "sans-serif",
    "font.size": 7.5,
    "text.parse_math": False,
    "axes.labelsize": 8,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
}


@dataclass(frozen=True, slots=True)
class Caption:
    """The title of a figure, and what it shows with method, unit and n."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LineOf:
    """How the curve of an arm, or of an AI system alone, is drawn."""

    colour: str
    line: LineStyle


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """A figure as files and as words."""

    name: str
    title: str
    caption: str
    svg: str
    png: bytes


def drawn(
    name: str,
    caption: Caption,
    height_in: float,
    draw: Callable[[Figure], None],
    *,
    stamps: tuple[str, ...],
    width_in: float = WIDTH_IN,
) -> DrawnFigure:
    """Draw a figure once and return it in both forms.

    Parameters
    ----------
    name
        Name of its files, without the ending.
    caption
        What it shows.
    height_in
        Height in inches.
    draw
        Draws on the empty figure.
    stamps
        What the figure must say of itself, as `stamps_of` a result.
    width_in
        Width in inches.
    """
    with (
        mpl.rc_context(STYLE | {"font.sans-serif": _installed_fonts()}),
        warnings.catch_warnings(record=True) as met,
    ):
        warnings.simplefilter("always")
        figure = Figure(figsize=(width_in, height_in))
        draw(figure)
        stamp = "  |  ".join(stamps)
        figure.text(0.02, 0.985, stamp, color=WARN, fontsize=7, weight="bold", va="top")
        svg, png = io.StringIO(), io.BytesIO()
        about = {"Title": caption.title, "Description": caption.text}
        figure.savefig(svg, format="svg", metadata={**about, "Date": None})
        figure.savefig(png, format="png", dpi=DPI, metadata={**about, "Software": "Crossread"})
    glyphs = [one for one in met if NO_GLYPH in str(one.message)]
    for one in met:
        if one not in glyphs:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    text = caption.text + (NO_GLYPH_WORDS if glyphs else "")
    return DrawnFigure(name, caption.title, text, svg.getvalue(), png.getvalue())


def legend_name(name: str) -> str:
    """Return a name as a legend shows it; matplotlib hides what begins with an underscore."""
    return f" {name}" if name.startswith("_") else name


def _installed_fonts() -> list[str]:
    """Return those of `FONTS` that this computer has, the first one in any case."""
    there = set(font_manager.get_font_names())
    return [FONTS[0], *(font for font in FONTS[1:] if font in there)]


def stamps_of(result: AnalysisResult) -> tuple[str, ...]:
    """Return what every figure of a result says of itself: an open study, simulated readers."""
    return (
        *((WORD,) if result.interim else ()),
        *((SIMULATED_WORDS,) if result.simulated else ()),
    )


def arm_style(result: AnalysisResult, arm: str) -> LineOf:
    """Return the colour and line of an arm: its place among the arms tells them."""
    place = result.arms.index(arm) % len(ARM_COLOURS) if arm in result.arms else 0
    return LineOf(ARM_COLOURS[place], ARM_LINES[place])


def ai_style(systems: Sequence[str], system: str) -> LineOf:
    """Return the colour and line of an AI system alone: its place among the systems tells them."""
    place = systems.index(system) % len(AI_COLOURS)
    return LineOf(AI_COLOURS[place], AI_LINES[place])


def group_marker(groups: tuple[str, ...], group: str | None) -> str:
    """Return the marker of a group of readers."""
    return GROUP_MARKERS[groups.index(group) % len(GROUP_MARKERS) if group in groups else 0]


def setting(result: AnalysisResult, name: str) -> str:
    """Return a setting as text."""
    return next(str(setting.value) for setting in result.settings if setting.name == name)
