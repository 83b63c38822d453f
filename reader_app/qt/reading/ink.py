"""Where something is painted, found by painting it."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter


def inked_rect(size: QSize, paint: Callable[[QPainter], None]) -> QRect:
    """Return the smallest rectangle of a widget of this size that holds all that `paint` paints."""
    image = QImage(size, QImage.Format.Format_Alpha8)
    image.fill(0)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    ink = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1)
    ink = ink[:, : image.width()]  # the bytes after it are not the image's
    columns = np.flatnonzero(ink.any(axis=0))
    rows = np.flatnonzero(ink.any(axis=1))
    if columns.size == 0:
        return QRect()
    left, top = int(columns[0]), int(rows[0])
    return QRect(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
