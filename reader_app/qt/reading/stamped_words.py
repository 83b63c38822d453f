"""Words on a picture, with a black edge so that they are read on any tissue.

Laying letters out costs more than a new window of a whole pane, and panes say the same few words
again and again: each is painted once into an image of its own, and the image is shown.
"""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from reader_app.qt.parts.style import BLACK

ROOM_PX = 2.0  # around the letters: the edge, and what leans out of their box
STAMPS = 256


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Words as an image, in device-independent px: where their baseline begins, how long it is."""

    image: QImage
    origin: QPointF
    width: float


def paint_words(
    painter: QPainter, baseline: QPointF, words: str, colour: str, *, leftwards: bool = False
) -> None:
    """Write words in the painter's font, moved to whole device pixels.

    Parameters
    ----------
    baseline
        Where the words begin; where they end if `leftwards`.
    """
    ratio = painter.device().devicePixelRatioF()
    stamp = _stamp(words, colour, painter.font().toString(), ratio)
    corner = baseline - stamp.origin - QPointF(stamp.width if leftwards else 0.0, 0.0)
    whole = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
    painter.drawImage(whole, stamp.image)


@lru_cache(maxsize=STAMPS)
def _stamp(words: str, colour: str, font_name: str, ratio: float) -> _Stamp:
    """Return words as an image for a screen of so many device pixels a px."""
    font = QFont()
    font.fromString(font_name)
    metrics = QFontMetricsF(font)
    length = metrics.horizontalAdvance(words)
    width = length + 2 * ROOM_PX
    height = metrics.height() + 2 * ROOM_PX
    image = QImage(
        int(width * ratio) + 1, int(height * ratio) + 1, QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    origin = QPointF(ROOM_PX, ROOM_PX + metrics.ascent())
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor(BLACK))
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(origin + QPointF(dx, dy), words)
    painter.setPen(QColor(colour))
    painter.drawText(origin, words)
    painter.end()
    return _Stamp(image, origin, length)
