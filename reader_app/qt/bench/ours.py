"""Our own panes as the reading window shows them, words included."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from reader_app.bench.pictures import BenchSize
from reader_app.bench.reference import Values, reference_codes
from reader_app.bench.viewer import BenchError
from reader_app.display.display import Look, lookup_table
from reader_app.display.display_frame import Hanging, ready_to_open
from reader_app.display.display_hanging import PaneSize, Placement
from reader_app.display.display_pyramid import Picture
from reader_app.qt.bench.contestant import (
    Contestant,
    PaintCount,
    on_screen,
    paint_once,
)
from reader_app.qt.reading.light_box import LightBox
from reader_app.qt.reading.viewport import WHEEL_NOTCH, Viewport
from study_design.vocabulary import Side, View

NOTCHES = 6  # from fit to 1:1
WORDS_PX = 70  # at the top and bottom of a pane there are words
LOOKED_AT = View.L_MLO


def look_of(number: int) -> Look:
    """Return the look of a round; neighbouring rounds differ everywhere, none is the first one."""
    return Look(shift=0.01 + 0.01 * (number % 20), stretch=1.0 - 0.02 * (number % 7))


class OurPanes(Contestant):
    """A light box; says what its panes must show."""

    def __init__(self, pictures: Sequence[Picture], size: BenchSize) -> None:
        self._window = QWidget()
        self._window.resize(size.width, size.height)
        self.box = LightBox(self._window)
        self.box.resize(size.width, size.height)
        self._window.show()
        self.pictures = tuple(pictures)
        self.box.show_pictures(self.pictures)
        QApplication.processEvents()
        self.panes = [self.box.panes[view] for view in View]
        self.count = PaintCount(*self.panes)
        self._known: tuple[tuple[Picture, Placement, PaneSize], Values] | None = None

    @property
    def hanging(self) -> list[Hanging]:
        """What hangs where in the panes."""
        return [
            Hanging(pane.picture, pane.hung.placement, pane.hung.pane)
            for pane in self.panes
            if pane.picture and pane.hung.placement
        ]

    def settle(self) -> None:
        """Let everything be painted and begin to count."""
        for _ in range(3):
            QApplication.processEvents()
        self.count.forget()

    def paint(self) -> None:
        """Let the panes be painted, once each."""
        paint_once(self.count)

    def compare(self, look: Look) -> None:
        """Compare one pane on the screen with the slow reference, but for rounding at ties."""
        pane = self.box.panes[LOOKED_AT]
        picture, placement = pane.picture, pane.hung.placement
        if picture is None or placement is None:
            raise BenchError("Expected a picture in every pane, got none.")
        mammogram = picture.mammogram
        table = lookup_table(mammogram, look.window_of(mammogram), inverted=look.inverted)
        codes = self._reference(picture, placement, pane)
        shown = _on_pane(self._window, pane)
        inner = slice(WORDS_PX, codes.shape[0] - WORDS_PX)
        tissue = ~np.isnan(codes[inner])
        exact = codes[inner][tissue]
        # A mean half way between two codes may be rounded to either.
        low, high = (table[np.rint(exact + away).astype(np.intp)] for away in (-0.02, 0.02))
        grey = shown[inner][tissue]
        wrong = (grey < np.minimum(low, high)) | (grey > np.maximum(low, high))
        if wrong.any() or shown[inner][~tissue].any():
            raise BenchError(f"Expected the pixels of the reference, got {wrong.sum()} others.")

    def _reference(self, picture: Picture, placement: Placement, pane: Viewport) -> Values:
        """Return the codes that the slow way shows, computed once for each place."""
        key = (picture, placement, pane.hung.pane)
        if self._known is None or self._known[0] != key:
            self._known = key, reference_codes(picture, placement, pane.hung.pane)
        return self._known[1]


class OurWindowLevel(OurPanes):
    """A change of window and level, at fit or 1:1."""

    def __init__(self, pictures: Sequence[Picture], size: BenchSize, *, one_to_one: bool) -> None:
        super().__init__(pictures, size)
        if one_to_one:
            for pane in self.panes:
                pane.hung.one_to_one(None)

    def prepare(self, _number: int) -> None:
        """Stand still."""
        self.settle()

    def act(self, number: int) -> None:
        """Change the look."""
        self.box.set_look(look_of(number))
        self.paint()

    def check(self, number: int) -> None:
        """Compare with the reference."""
        self.compare(look_of(number))


class OurZoom(OurPanes):
    """The wheel over both projections, notch by notch from fit to 1:1, in all panes."""

    def prepare(self, _number: int) -> None:
        """Hang at fit."""
        self.box.hang()
        self.settle()

    @property
    def steps(self) -> list[Hanging]:
        """What hangs in one pane after each notch: the regions for rivals."""
        self.prepare(0)
        regions = []
        for _ in range(NOTCHES):
            self._turn()
            regions.append(self.hanging[-1])
        return regions

    def act(self, _number: int) -> None:
        """Turn the wheel, and paint at every notch."""
        for _ in range(NOTCHES):
            self.count.forget()
            self._turn()
            self.paint()

    def _turn(self) -> None:
        """Turn the wheel of the right breast's panes by a notch; the left one's follow."""
        for pane in self.panes:
            if pane.view.side is Side.RIGHT:
                _wheel(pane, 1)

    def check(self, _number: int) -> None:
        """Compare with the reference."""
        self.compare(Look())


class OurNextCase(OurPanes):
    """The next case from memory to the screen, one of two in turn, as the loader makes it ready."""

    def __init__(
        self, pictures: Sequence[Picture], others: Sequence[Picture], size: BenchSize
    ) -> None:
        super().__init__(pictures, size)
        panes = self.box.first_panes
        self._cases = (ready_to_open(others, panes), ready_to_open(pictures, panes))

    def prepare(self, number: int) -> None:
        """Show the case before, then nothing, as at the gate."""
        self.box.show_pictures(self._cases[(number + 1) % 2])
        self.settle()
        self.box.clear()
        self.settle()

    def act(self, number: int) -> None:
        """Hang the case and paint it."""
        self.box.show_pictures(self._cases[number % 2])
        self.paint()

    def check(self, _number: int) -> None:
        """Compare with the reference."""
        self.compare(Look())


def _on_pane(window: QWidget, pane: Viewport) -> np.ndarray:
    """Return the grey levels that a pane has on the screen."""
    corner, size = pane.mapTo(window, QPoint(0, 0)), pane.size()
    return on_screen(window)[
        corner.y() : corner.y() + size.height(), corner.x() : corner.x() + size.width()
    ]


def _wheel(pane: Viewport, notches: int) -> None:
    """Turn the wheel over the middle of the breast."""
    at = pane.hung.breast_centre
    event = QWheelEvent(
        QPointF(at),
        QPointF(pane.mapToGlobal(at)),
        QPoint(),
        QPoint(0, round(WHEEL_NOTCH) * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(pane, event)
