"""The viewer that most laboratories would write: four pyqtgraph image items."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from reader_app.bench.pictures import BenchSize
from reader_app.bench.viewer import BenchError
from reader_app.display.display_frame import Hanging
from reader_app.qt.bench.contestant import (
    Contestant,
    PaintCount,
    on_screen,
    paint_once,
)

Codes = NDArray[np.uint16]
LEVELS = (500.0, 3500.0)


class Pyqtgraph(Contestant):
    """Four views of decoded arrays in one GraphicsLayoutWidget, set up in the usual way."""

    def __init__(self, arrays: Sequence[Codes], size: BenchSize, *, smooth: bool = False) -> None:
        self.window = pyqtgraph.GraphicsLayoutWidget()
        self.window.resize(size.width, size.height)
        self.window.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.window.ci.layout.setSpacing(0)
        if smooth:
            self.window.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.items = []
        self.views = []
        for number, array in enumerate(arrays):
            view = self.window.addViewBox(
                row=number // 2, col=number % 2, lockAspect=True, invertY=True
            )
            item = pyqtgraph.ImageItem(array, axisOrder="row-major", levels=LEVELS)
            view.addItem(item)
            self.items.append(item)
            self.views.append(view)
        self.window.show()
        QApplication.processEvents()
        self.count = PaintCount(self.window.viewport())
        self.fit()
        self._before = np.empty(0, dtype=np.uint8)

    def fit(self) -> None:
        """Show each picture as a whole."""
        for view in self.views:
            view.autoRange(padding=0)
        self.settle()

    def settle(self) -> None:
        """Let everything be painted and begin to count."""
        for _ in range(3):
            QApplication.processEvents()
        self.count.forget()

    def show_region(self, region: Hanging) -> None:
        """Show in every view what a pane of ours shows."""
        placement, pane = region.placement, region.pane
        right = placement.left_hung + pane.width / placement.scale
        bottom = placement.top_hung + pane.height / placement.scale
        for view in self.views:
            view.setRange(
                xRange=(placement.left_hung, right),
                yRange=(placement.top_hung, bottom),
                padding=0,
            )

    def look(self) -> None:
        """Remember what the screen shows."""
        self._before = on_screen(self.window)

    def check(self, _number: int) -> None:
        """Make sure that the screen has changed."""
        changed = (on_screen(self.window) != self._before).mean()
        if changed < 0.1:
            raise BenchError("Expected pyqtgraph to show something new, got the same picture.")


class NaiveWindowLevel(Pyqtgraph):
    """A change of levels."""

    def __init__(
        self, arrays: Sequence[Codes], size: BenchSize, region: Hanging | None = None
    ) -> None:
        super().__init__(arrays, size)
        if region is not None:
            self.show_region(region)

    def prepare(self, _number: int) -> None:
        """Stand still."""
        self.settle()
        self.look()

    def act(self, number: int) -> None:
        """Set new levels in all views."""
        low, high = LEVELS
        for item in self.items:
            item.setLevels((low + 60 * (number % 5), high + 60 * (number % 11 + 1)))
        paint_once(self.count)


class SmoothZoom(Pyqtgraph):
    """The same zoom with Qt's smooth scaling."""

    def __init__(
        self,
        arrays: Sequence[Codes],
        size: BenchSize,
        steps: Sequence[Hanging],
    ) -> None:
        super().__init__(arrays, size, smooth=True)
        self._steps = steps

    def prepare(self, _number: int) -> None:
        """Show the picture as a whole."""
        self.fit()
        self.look()

    def act(self, _number: int) -> None:
        """Show one region after the other."""
        for region in self._steps:
            self.count.forget()
            self.show_region(region)
            paint_once(self.count)


class NaiveNextCase(Pyqtgraph):
    """The next case from decoded arrays."""

    def __init__(self, arrays: Sequence[Codes], others: Sequence[Codes], size: BenchSize) -> None:
        super().__init__(arrays, size)
        self._cases = (tuple(others), tuple(arrays))

    def prepare(self, number: int) -> None:
        """Show the case before."""
        self.show_arrays(self._cases[(number + 1) % 2])
        self.settle()
        self.look()

    def act(self, number: int) -> None:
        """Show the next one."""
        self.show_arrays(self._cases[number % 2])
        paint_once(self.count)

    def show_arrays(self, arrays: Sequence[Codes]) -> None:
        """Give every view its picture."""
        for item, array in zip(self.items, arrays, strict=True):
            item.setImage(array, levels=LEVELS)


class DecodedNextCase(NaiveNextCase):
    """The next case from JPEG Lossless files, decoded by pydicom when it is asked for."""

    def __init__(
        self,
        arrays: Sequence[Codes],
        others: Sequence[Codes],
        size: BenchSize,
        files: Sequence[Path],
    ) -> None:
        super().__init__(arrays, others, size)
        self._files = files

    def prepare(self, _number: int) -> None:
        """Show the case before: the one that is not in the files."""
        super().prepare(1)

    def act(self, _number: int) -> None:
        """Decode the files and show them."""
        self.show_arrays([pydicom.dcmread(file).pixel_array for file in self._files])
        paint_once(self.count)
