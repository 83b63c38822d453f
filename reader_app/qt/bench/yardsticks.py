"""What no viewer can beat: the bytes that must move, and Qt's own way from codes to the screen."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.bench.pictures import BenchSize
from reader_app.bench.viewer import BenchError
from reader_app.display.display_kernels import Codes, Pixels, look_up
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

    def __init__(self, parent: QWidget, codes: Codes) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        rows, columns = codes.shape
        self.resize(columns, rows)
        self.codes = codes
        self.table: Pixels = np.zeros(65536, dtype=np.uint32)
        self._pixels: Pixels = np.empty(codes.shape, dtype=np.uint32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Look all codes up and draw them."""
        rows, columns = self.codes.shape
        look_up(self.table, self.codes, self._pixels, (0, 0), (0, rows, 0, columns))
        painter = QPainter(self)
        image = QImage(self._pixels.data, self.width(), self.height(), QImage.Format.Format_RGB32)
        painter.drawImage(QPoint(0, 0), image)
        painter.end()


class QtFloor(Contestant):
    """Opaque widgets that do a table lookup and a draw, on as many pixels as our panes paint.

    Parameters
    ----------
    parts
        Codes to show, one array for each pane.
    """

    def __init__(self, size: BenchSize, parts: Sequence[Codes]) -> None:
        self._window = QWidget()
        self._window.resize(size.width, size.height)
        self._floors = [_Floor(self._window, part) for part in parts]
        for number, floor in enumerate(self._floors):
            floor.move(number % 2 * size.width // 2, number // 2 * size.height // 2)
        self._window.show()
        self._count = PaintCount(*self._floors)

    def prepare(self, _number: int) -> None:
        """Stand still."""
        for _ in range(3):
            QApplication.processEvents()
        self._count.forget()

    def act(self, number: int) -> None:
        """Show another table."""
        table = self._table(number)
        for floor in self._floors:
            floor.table = table
            floor.update()
        paint_once(self._count)

    def check(self, number: int) -> None:
        """Compare with the table, pixel by pixel."""
        screen = on_screen(self._window)
        for floor in self._floors:
            at = floor.geometry()
            shown = screen[at.top() : at.bottom() + 1, at.left() : at.right() + 1]
            if not np.array_equal(shown, (self._table(number) & 0xFF)[floor.codes]):
                raise BenchError("Expected the floor to show its codes, got something else.")

    def _table(self, number: int) -> Pixels:
        """Return a table that is another one in the next round."""
        greys = np.clip(np.arange(65536) // 12 - number % 20, 0, 255).astype(np.uint32)
        return np.uint32(0xFF000000) + greys * np.uint32(0x010101)
