"""What tests of `reading_window` begin with."""

from typing import Any

import numpy as np
from PySide6.QtGui import QImage


def pixels(window: Any) -> np.ndarray:
    """Return what is on the screen: rows x columns x red, green, blue."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()
