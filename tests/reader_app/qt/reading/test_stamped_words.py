from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from reader_app.qt.reading.stamped_words import paint_words

GROUND, WORDS = 90, "#d0d0d0"


def painted(at: QPointF, *, leftwards: bool = False, ratio: float = 1.0) -> np.ndarray:
    """Return the grey levels of an image of 120 x 40 px on which words were painted."""
    image = QImage(int(120 * ratio), int(40 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(GROUND, GROUND, GROUND))
    painter = QPainter(image)
    paint_words(painter, at, "R MLO", WORDS, leftwards=leftwards)
    painter.end()
    flat = np.frombuffer(image.constBits(), dtype=np.uint8)
    return flat.reshape(image.height(), image.width(), 4)[:, :, 0].copy()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_words_are_bright_with_a_black_edge_and_leave_the_rest_alone(
    qapp: Any,  # noqa: ARG001
    ratio: float,
) -> None:
    grey = painted(QPointF(20, 25), ratio=ratio)
    assert grey.max() > 180
    assert grey.min() < 20
    rows, columns = np.nonzero(grey != GROUND)
    assert 18 * ratio <= columns.min() <= 23 * ratio
    assert rows.max() <= 27 * ratio


def test_words_that_go_leftwards_end_where_others_begin(qapp: Any) -> None:  # noqa: ARG001
    ends = np.nonzero((painted(QPointF(100, 25), leftwards=True) != GROUND).any(axis=0))[0]
    assert ends.min() > 50  # whatever font the application has by then
    assert 96 <= ends.max() <= 102


def test_words_stand_on_whole_device_pixels(qapp: Any) -> None:  # noqa: ARG001
    assert np.array_equal(painted(QPointF(20.3, 25.4)), painted(QPointF(20, 25)))
