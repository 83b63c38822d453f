"""Everything that stands in the reading window: a black page, or the images with strip and card."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from reader_app.qt.reading.card import FindingCard
from reader_app.qt.reading.light_box import LightBox
from reader_app.qt.reading.mark_layers import outlines_of
from reader_app.qt.reading.page import Line, Page
from reader_app.qt.reading.reading_words import strip_words, system_words, together_words
from reader_app.qt.reading.strip import Strip
from reader_app.qt.reading.summary import Summary
from reader_app.qt.reading.viewport import Viewport
from reader_app.reading.clocks.clock import Clock
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.sitting_state import Phase, State
from study_design.geometry import Box, Point
from study_design.protocol.study_file import StudyFile
from study_design.reads import Finding
from study_design.vocabulary import View


class ReadingScreen(QWidget):
    """The parts of the reading window; shows what it is given."""

    def __init__(self, parent: QWidget, study: StudyFile, keys: KeyBindings, clock: Clock) -> None:
        super().__init__(parent)
        self._form = study.form
        self._keys = keys
        self.light_box = LightBox(self)
        self._summary = Summary(self, study, clock)
        self._strip = Strip(self, keys)
        self._card = FindingCard(self, study, keys)
        self._page = Page(self)

    @property
    def text(self) -> str:
        """All words on the screen but those in the panes."""
        parts = (self._page, self._strip, self._summary, self._card)
        return "\n".join(part.text for part in parts if part.isVisible())

    @property
    def asked_for_s(self) -> float:
        """Seconds for which the summary has asked what it asks now."""
        return self._summary.asked_for_s

    @property
    def asks_unseen(self) -> bool:
        """Whether the summary is still to be painted."""
        return self._summary.isVisible() and not self._summary.seen

    def position_of(self, view: View, point: Point) -> QPoint | None:
        """Return where a stored pixel of a view is on the screen now, or None."""
        pane = self.light_box.panes[view]
        position = pane.hung.position_of(point)
        return pane.mapTo(self, position.toPoint()) if position is not None else None

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show a black page with these lines and nothing of the case."""
        self._page.show_lines(lines)
        self._page.show()
        for part in (self.light_box, self._strip, self._summary, self._card):
            part.hide()

    def show_read(self, state: State, desk: ReadingDesk, *, simulated: bool, saving: bool) -> None:
        """Show the images with all that has been marked and answered."""
        typed_below = desk.half.entry if desk.half.card is None else None
        self._strip.show_words(
            strip_words(state, self._form, typed_below, self._keys, simulated=simulated),
            system_words(state),
            desk.prompt,
            together_words(self._keys, together=self.light_box.pairs.together),
            saving=saving,
        )
        self.light_box.show_marks(outlines_of(state, desk.half.selected))
        for view, pane in self.light_box.panes.items():
            pane.set_drawing(state.phase is Phase.READING and desk.draws_on(view))
        if state.phase is Phase.SUMMARY:
            self._summary.show_state(state, desk.half.focus, desk.half.entry, desk.half.asked)
        self._lay_out()
        self.light_box.show()
        self._strip.show()
        self._summary.setVisible(state.phase is Phase.SUMMARY)
        self._show_card(state, desk)
        self._page.hide()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Lay everything out in the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Page everywhere; strip at the foot, the summary on it, the panes above the strip."""
        self._page.setGeometry(self.rect())
        foot = self.height() - self._strip.height()
        self._strip.setGeometry(0, foot, self.width(), self._strip.height())
        self.light_box.setGeometry(0, 0, self.width(), foot)
        size = self._summary.sizeHint()
        # In the corner, where the air beside a right MLO is: it covers little of the breast.
        self._summary.setGeometry(QRect(QPoint(0, foot - size.height()), size))

    def _show_card(self, state: State, desk: ReadingDesk) -> None:
        """Show the open card beside its finding's newest mark, or no card."""
        card = desk.half.card if state.phase is Phase.READING else None
        if card is None:
            self._card.hide()
            return
        finding = state.draft.finding(card.finding)
        todo = desk.prompt if desk.half.linking == finding.finding else ""
        self._card.show_finding(finding, card.item, desk.half.entry, todo)
        self._stand_card(finding)
        self._card.show()

    def _stand_card(self, finding: Finding) -> None:
        """Move the card to the newest mark on the screen, within its pane if there is room."""
        places = [
            (pane, self._rect_of(pane, mark.box))
            for mark in finding.marks
            if (pane := self.light_box.panes[mark.view]).isVisible() and pane.picture
        ]
        if not places:
            self._card.move(self.light_box.geometry().topLeft())
            return
        pane, newest = places[-1]
        away = -1 if newest.center().x() < pane.mapTo(self, pane.hung.breast_centre).x() else 1
        area = QRect(pane.mapTo(self, QPoint(0, 0)), pane.size())
        self._card.stand_beside(newest, [rect for _, rect in places[:-1]], away, area)

    def _rect_of(self, pane: Viewport, box: Box) -> QRect:
        """Return where a mark is on the screen."""
        rect = pane.hung.rect_of(box)
        return rect.toAlignedRect().translated(pane.mapTo(self, QPoint(0, 0)))
