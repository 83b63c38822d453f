"""What is written at the outer edge of a pane: view, vendor window, doubts, size and scale bar."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from reader_app.display.display import Look
from reader_app.display.display_hanging import CommonScale, scale_bar_mm
from reader_app.display.display_true_size import ScreenScale
from reader_app.qt.parts.style import INSIDE_PX, PROBLEM, QUIET, TEXT
from reader_app.qt.reading.stamped_words import paint_words
from reader_app.reading.value_words import view_text
from study_design.images.mammogram import Mammogram
from study_design.vocabulary import Side, View

LONGEST_BAR = 0.25  # of the pane's width
TICK_PX = 3.0


def paint_pane_words(
    painter: QPainter,
    pane: QRect,
    view: View,
    mammogram: Mammogram | None,
    look: Look,
    scale: float,
    size_words: str = "",
) -> None:
    """Write label, window, doubts and scale at the outer edge, away from the chest wall.

    Parameters
    ----------
    scale
        Device-independent px a picture pixel.
    size_words
        What `true_size_words` says, while it holds.
    """
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    top = pane.top() + INSIDE_PX + metrics.ascent()
    _write(painter, pane, view.side, top, view_text(view), TEXT)
    if mammogram is None:
        _write(painter, pane, view.side, top + line, "no image", QUIET)
        return
    _write(painter, pane, view.side, top + line, window_text(mammogram, look), QUIET)
    for number, doubt in enumerate(mammogram.doubts, start=2):
        _write(painter, pane, view.side, top + number * line, doubt, PROBLEM)
    bottom = pane.bottom() - INSIDE_PX - metrics.descent()
    _write(painter, pane, view.side, bottom - 2 * line, size_words, QUIET)
    length_mm = scale_bar_mm(mammogram, scale, LONGEST_BAR * pane.width())
    if length_mm is None or mammogram.spacing_mm is None:
        _write(painter, pane, view.side, bottom, "no scale: pixel spacing unknown", QUIET)
        return
    words = f"{length_mm} mm"
    source = f"{words}  {mammogram.spacing_source}" if mammogram.spacing_source else words
    _write(painter, pane, view.side, bottom, source, QUIET)
    bar_px = length_mm / mammogram.spacing_mm * scale
    _bar(painter, pane, view.side, bottom - line, bar_px)


def true_size_words(scale: CommonScale | None, screen: ScreenScale) -> str:
    """Return that true size is shown and who says so, or why it is not (no `scale`)."""
    if scale is not None:
        return f"true size: {screen.source}"
    if screen.px_per_mm is None:
        return f"no true size: {screen.source}"
    return "no true size: pixel spacing unknown"


def window_text(mammogram: Mammogram, look: Look) -> str:
    """Return which vendor window is in use, and whether the reader has changed it."""
    number = look.window_number(mammogram)
    words = [f"W {number + 1} of {len(mammogram.windows)}"]
    words += (
        [mammogram.windows[number].explanation] if mammogram.windows[number].explanation else []
    )
    words += ["changed"] if look.shift or look.stretch != 1.0 else []
    words += ["inverted"] if look.inverted else []
    return "  ".join(words)


def _write(
    painter: QPainter, pane: QRect, side: Side, baseline: float, words: str, colour: str
) -> None:
    """Write a line at the outer edge: left on a right breast, right on a left one."""
    left_breast = side is Side.LEFT
    x = pane.right() - INSIDE_PX if left_breast else pane.left() + INSIDE_PX
    paint_words(painter, QPointF(x, baseline), words, colour, leftwards=left_breast)


def _bar(painter: QPainter, pane: QRect, side: Side, y: float, length: float) -> None:
    """Draw the scale bar at the outer edge."""
    left = pane.left() + INSIDE_PX if side is Side.RIGHT else pane.right() - INSIDE_PX - length
    painter.setPen(QPen(QColor(QUIET), 1.0, Qt.PenStyle.SolidLine))
    painter.drawLine(QPointF(left, y), QPointF(left + length, y))
    for x in (left, left + length):
        painter.drawLine(QPointF(x, y - TICK_PX), QPointF(x, y + TICK_PX))
