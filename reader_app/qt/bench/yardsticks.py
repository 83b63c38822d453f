"""What no viewer can beat: the bytes that must move, and Qt's own way from codes to the screen."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.bench.pictures import BenchSize
from reader_app.bench.viewer import BenchError
from reader_app.display_kernels import Codes, Pixels, look_up
from reader_app.qt.bench.contestant import (
    Contestant,
    PaintCount,
    on_screen,
    paint_once,
)

# A pixel: 2 bytes of code are read, 1 of grey is written and read, 4 of screen are written; a copy
# of 4 bytes moves as many.
COPIED_BYTES = 4


class Copy(Contestant):
    """The same bytes a pixel as a frame must move at least, by the quickest copy there is."""

    def __init__(self, pixels: int) -> None:
        self._source = np.ones(COPIED_BYTES * pixels, dtype=np.uint8)
        self._target = np.zeros_like(self._source)

    def prepare(self, number: int) -> None:
        """Change the source."""
        self._source[::4096] = number % 200

    def act(self, _number: int) -> None:
        """Copy."""
        np.copyto(self._target, self._source)

    def check(self, number: int) -> None:
        """Make sure that it was copied."""
        if not (self._target[::4096] == number % 200).all():
            raise BenchError("Expected a copy, got something else.")


class _Floor(QWidget):
    """Codes through a table on the screen, and nothing else."""

    def __init__(self, size: BenchSize, codes: Sequence[Codes]) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(size.width, size.height)
        self._codes = codes
        self._memory: list[Pixels] = [np.empty(part.shape, dtype=np.uint32) for part in codes]
        self.table: Pixels = np.zeros(65536, dtype=np.uint32)
        self.rects = [
            QRect(QPoint(number % 2 * size.width // 2, number // 2 * size.height // 2), QPoint())
            for number in range(len(codes))
        ]
        for rect, part in zip(self.rects, codes, strict=True):
            rect.setSize(QImage(part.shape[1], part.shape[0], QImage.Format.Format_Mono).size())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Look all codes up and draw them."""
        painter = QPainter(self)
        for rect, codes, pixels in zip(self.rects, self._codes, self._memory, strict=True):
            look_up(self.table, codes, pixels)
            image = QImage(pixels.data, rect.width(), rect.height(), QImage.Format.Format_RGB32)
            painter.drawImage(rect.topLeft(), image)
        painter.end()


class QtFloor(Contestant):
    """An opaque widget that does a table lookup and a draw, on as many pixels as our panes paint.

    Parameters
    ----------
    parts
        Codes to show, one array for each pane.
    """

    def __init__(self, size: BenchSize, parts: Sequence[Codes]) -> None:
        self._widget = _Floor(size, parts)
        self._parts = parts
        self._widget.show()
        self._count = PaintCount(self._widget)

    def prepare(self, _number: int) -> None:
        """Stand still."""
        for _ in range(3):
            QApplication.processEvents()
        self._count.forget()

    def act(self, number: int) -> None:
        """Show another table."""
        self._widget.table = self._table(number)
        region = QRegion()
        for rect in self._widget.rects:
            region += rect
        self._widget.update(region)
        paint_once(self._count)

    def check(self, number: int) -> None:
        """Compare with the table, pixel by pixel."""
        screen = on_screen(self._widget)
        for rect, codes in zip(self._widget.rects, self._parts, strict=True):
            shown = screen[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1]
            if not np.array_equal(shown, (self._table(number) & 0xFF)[codes]):
                raise BenchError("Expected the floor to show its codes, got something else.")

    def _table(self, number: int) -> Pixels:
        """Return a table that is another one in the next round."""
        greys = np.clip(np.arange(65536) // 12 - number % 20, 0, 255).astype(np.uint32)
        return np.uint32(0xFF000000) + greys * np.uint32(0x010101)
