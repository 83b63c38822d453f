"""From a pane's codes to the screen: one lookup a pixel, straight into the memory Qt paints on.

Looking pixels up into an image and letting Qt draw it moves every pixel twice more. Where Qt does
not show its memory, or device pixels lie askew to it, the image is drawn after all.
"""

from collections.abc import Iterable
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from reader_app.display.display_frame import Block, pixels_of, show_codes
from reader_app.display.display_kernels import Pixels
from reader_app.display.display_pyramid import PaneCodes

FORMATS = (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied)


def paint_codes(painter: QPainter, region: QRegion, shown: PaneCodes, table: Pixels) -> None:
    """Show the codes of a pane, device pixel by device pixel.

    Parameters
    ----------
    painter
        Of the pane's paint event, its transformation untouched.
    region
        What is to be painted, in device-independent px of the pane.
    """
    screen = painter.paintEngine().paintDevice()
    place = painter.deviceTransform()
    scale, x, y = place.m11(), place.dx(), place.dy()
    straight = place.m22() == scale and all(number.is_integer() for number in (scale, x, y))
    if not (straight and isinstance(screen, QImage) and screen.format() in FORMATS):
        _draw(painter, shown, table)
        return
    words = np.frombuffer(screen.bits(), dtype=np.uint32).reshape(screen.height(), -1)
    pane = Block(int(x), int(y), screen.width(), screen.height())
    for rect in cast(Iterable[QRect], region):
        left, top = int(x + rect.left() * scale), int(y + rect.top() * scale)
        right, bottom = left + int(rect.width() * scale), top + int(rect.height() * scale)
        part = Block(left, top, right, bottom)
        show_codes(shown, table, words, pane=pane, part=part)


def _draw(painter: QPainter, shown: PaneCodes, table: Pixels) -> None:
    """Let Qt draw the codes as an image."""
    pixels = pixels_of(shown, table)
    rows, columns = pixels.shape
    image = QImage(pixels.data, columns, rows, QImage.Format.Format_RGB32)
    ratio = painter.device().devicePixelRatioF()
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.drawImage(QPoint(shown.left, shown.top), image)
    painter.restore()
