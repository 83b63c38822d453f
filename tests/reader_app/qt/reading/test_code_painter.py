from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from reader_app.display.display_kernels import AIR
from reader_app.display.display_pyramid import PaneCodes
from reader_app.qt.reading.code_painter import paint_codes

CODES = np.arange(12, dtype=np.uint16).reshape(3, 4) + 50
TABLE = (0xFF000000 + (np.arange(AIR + 1, dtype=np.uint32) & 0xFF) * 0x010101).astype(np.uint32)


def painted(target: QImage, region: QRegion) -> np.ndarray:
    target.fill(0xFF000000)
    painter = QPainter(target)
    painter.setClipRegion(region)
    paint_codes(painter, region, PaneCodes(2, 1, CODES), TABLE)
    painter.end()
    grey = target.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(
        [[grey.pixelColor(x, y).red() for x in range(grey.width())] for y in range(grey.height())]
    )


# RGB32 is written to directly; 16 bits a pixel make Qt draw, with 5 or 6 bits of grey.
@pytest.mark.parametrize(
    ("form", "coarse"), [(QImage.Format.Format_RGB32, 0), (QImage.Format.Format_RGB16, 8)]
)
def test_codes_stand_where_they_belong_whoever_paints_them(
    qapp: Any,  # noqa: ARG001
    form: QImage.Format,
    coarse: int,
) -> None:
    shown = painted(QImage(9, 6, form), QRegion(0, 0, 9, 6))
    expected = np.zeros((6, 9))
    expected[1:4, 2:6] = CODES
    assert np.abs(shown - expected).max() <= coarse


def test_only_the_region_is_written(qapp: Any) -> None:  # noqa: ARG001
    region = QRegion(QRect(0, 0, 3, 6)) + QRect(5, 2, 1, 1)
    shown = painted(QImage(9, 6, QImage.Format.Format_RGB32), region)
    expected = np.zeros((6, 9))
    expected[1:4, 2] = CODES[:, 0]
    expected[2, 5] = CODES[1, 3]
    assert np.array_equal(shown, expected)
