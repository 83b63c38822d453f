"""The panes of a case on the screen: hung at one scale, step by step, until each is painted."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QCursor, QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from reader_app.display.display import Look
from reader_app.display.display_frame import PaneSizes, scale_of_panes
from reader_app.display.display_hanging import HANGING_STEPS, HangingStep
from reader_app.display.display_pyramid import Picture
from reader_app.display.display_true_size import true_size
from reader_app.display.screen_sizes import screens_file
from reader_app.qt.reading.hung_picture import pane_size
from reader_app.qt.reading.lens import Lens
from reader_app.qt.reading.marks import Outline
from reader_app.qt.reading.mirrored_pairs import MirroredPairs
from reader_app.qt.reading.pane_words import true_size_words
from reader_app.qt.reading.ruler import RulerLayer
from reader_app.qt.reading.screen_scale import scale_on
from reader_app.qt.reading.viewport import Viewport
from study_design.vocabulary import View


class LightBox(QWidget):
    """Four panes; the hanging step says which are seen and where.

    Signals
    -------
    fully_painted
        Every pane that is seen has been painted once since `show_pictures`; comes when the frame
        is on the screen.
    drawn : view, tuple of Point
    picked : object
        As of `Viewport`.
    """

    fully_painted = Signal()
    drawn = Signal(object, object)
    picked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.panes = {view: Viewport(view, self) for view in View}
        self.rulers = {view: RulerLayer(pane) for view, pane in self.panes.items()}
        self.pairs = MirroredPairs(self.panes)
        self.lens = Lens(self, self._pane_at)
        self._step = 0
        self._look = Look()
        self._unpainted: set[View] = set()
        for view, pane in self.panes.items():
            pane.drawn.connect(self.drawn)
            pane.picked.connect(self.picked)
            pane.look_dragged.connect(self._drag_look)
            pane.painted.connect(lambda view=view: self._note_painted(view))

    @property
    def step(self) -> HangingStep:
        """The hanging step on the screen."""
        return HANGING_STEPS[self._step]

    @property
    def first_panes(self) -> PaneSizes:
        """The panes of a case that opens."""
        ratio = self.devicePixelRatioF()
        rects = self._rects(HANGING_STEPS[0])
        return {view: pane_size(rect, ratio) for view, rect in rects.items()}

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Hang a new case as its first step, in the vendor's first window."""
        by_view = {picture.mammogram.view: picture for picture in pictures}
        for view, pane in self.panes.items():
            pane.show_picture(by_view.get(view))
        self.take_rulers_away()
        self.set_look(Look())
        self._step = 0
        self._unpainted = set(self.step.views)
        self.hang()

    def clear(self) -> None:
        """Take all pictures down."""
        self._unpainted = set()
        self.lens.let_go()
        for pane in self.panes.values():
            pane.show_picture(None)
        self.take_rulers_away()

    def hang(self) -> None:
        """Lay the step's panes out and hang their pictures at one scale."""
        rects = self._rects(self.step)
        for view, pane in self.panes.items():
            pane.setVisible(view in rects)
            pane.setGeometry(rects.get(view, pane.geometry()))
            self.rulers[view].setGeometry(pane.rect())
        seen = [self.panes[view] for view in rects]
        mammograms = [pane.picture.mammogram for pane in seen if pane.picture]
        scale = scale_of_panes(mammograms, [pane.hung.pane for pane in seen])
        for pane in seen:
            pane.hung.hang(scale)

    def go(self, steps: int) -> None:
        """Go to another hanging step, round and round."""
        self._step = (self._step + steps) % len(HANGING_STEPS)
        self.hang()

    def next_window(self) -> None:
        """Show the next vendor window in all panes."""
        pictures = (pane.picture for pane in self.panes.values())
        self.set_look(self._look.next_window([p.mammogram for p in pictures if p is not None]))

    def set_look(self, look: Look) -> None:
        """Show grey levels alike in all panes."""
        self._look = look
        for pane in self.panes.values():
            pane.set_look(look)
        self.lens.update()

    def invert(self) -> None:
        """Swap black and white in all panes."""
        self.set_look(self._look.swapped())

    def reset(self) -> None:
        """Hang all pictures anew, in the vendor's first window."""
        self.set_look(Look())
        self.hang()

    def one_to_one(self) -> None:
        """Show the pane under the cursor 1:1 around the cursor; all panes where it is in none."""
        pane = self._pane_at(self.mapFromGlobal(QCursor.pos()))
        if pane is not None:
            pane.hung.one_to_one(pane.mapFromGlobal(QCursor.pos()))
            return
        for view in self.step.views:
            self.panes[view].hung.one_to_one(None)

    def show_true_size(self) -> None:
        """Show all panes at true size; where a size is unknown, say so and change nothing."""
        screen = scale_on(self.screen(), screens_file())
        seen = [self.panes[view] for view in self.step.views]
        scale = true_size([pane.picture.mammogram for pane in seen if pane.picture], screen)
        for pane in seen:
            pane.hung.show_true_size(scale, true_size_words(scale, screen))

    def toggle_ruler(self) -> None:
        """Let the left button measure in all panes, or no more; rulers that are drawn stay."""
        on = not any(ruler.measuring for ruler in self.rulers.values())
        for ruler in self.rulers.values():
            ruler.measure(on=on)

    def take_rulers_away(self) -> None:
        """Take all rulers away and measure no more."""
        for ruler in self.rulers.values():
            ruler.clear()

    def show_marks(self, outlines: Mapping[View, tuple[Outline, ...]]) -> None:
        """Show these marks and no others."""
        for view, pane in self.panes.items():
            pane.set_outlines(outlines.get(view, ()))

    def event(self, event: QEvent) -> bool:
        """Hang anew on another screen: what was true size is not there."""
        if event.type() is QEvent.Type.ScreenChangeInternal:
            self.hang()
        return super().event(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Hang anew in the new size."""
        self.hang()

    def hideEvent(self, _event: QHideEvent) -> None:
        """Let the lens go with the pictures."""
        self.lens.let_go()

    def _pane_at(self, place: QPoint) -> Viewport | None:
        """Return the pane that is seen at a place."""
        seen = (self.panes[view] for view in self.step.views)
        return next((pane for pane in seen if pane.geometry().contains(place)), None)

    def _rects(self, step: HangingStep) -> dict[View, QRect]:
        """Return where the panes of a step are."""
        rects = {}
        for number, row in enumerate(step.rows):
            top, bottom = (self.height() * at // len(step.rows) for at in (number, number + 1))
            for column, view in enumerate(row):
                left, right = (self.width() * at // len(row) for at in (column, column + 1))
                rects[view] = QRect(left, top, right - left, bottom - top)
        return rects

    def _drag_look(self, right_px: float, down_px: float) -> None:
        """Change window and level by a drag."""
        self.set_look(self._look.dragged(right_px, down_px))

    def _note_painted(self, view: View) -> None:
        """Note that a pane has been painted; the last one of a new case starts the clock."""
        if view not in self._unpainted:
            return
        self._unpainted.discard(view)
        if not self._unpainted:
            # The frame is handed to the screen after the last paint event of this turn.
            QTimer.singleShot(0, self, self.fully_painted.emit)
