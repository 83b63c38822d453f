"""The card beside a mark: type, category and rating of one finding, answered by keys."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import CARD_PX, GRID_PX, INSIDE_PX
from reader_app.reading.answer_form import (
    FINDING_BIRADS,
    FINDING_RATING,
    Entry,
    Value,
    card_items,
    digits_hint,
    value_text,
)
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.keys import TYPE_OF_KEY
from reader_app.reading.value_words import BREAST_WORDS, types_text
from study_design.protocol.study_file import StudyFile
from study_design.reads import Finding

GAP_PX = 12


class FindingCard(QWidget):
    """What this study asks of a finding."""

    def __init__(self, parent: QWidget, study: StudyFile, keys: KeyBindings) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(CARD_PX)
        self._study = study
        self._keys = keys
        self._title = Words(self, tone="strong")
        self._types = Words(self, tone="input")
        self._fields = {
            item: Words(self, tone="input", field=True) for item in card_items(study.form)
        }
        self._hint = Words(self, tone="quiet")
        self._todo = Words(self)
        for words in (self._types, self._todo, self._hint):
            words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSIDE_PX, INSIDE_PX, INSIDE_PX, INSIDE_PX)
        column.setSpacing(GRID_PX)
        column.addWidget(self._title)
        column.addWidget(self._types)
        column.addLayout(self._grid())
        column.addWidget(self._todo)
        column.addWidget(self._hint)
        self.hide()

    @property
    def text(self) -> str:
        """All that the card says."""
        values = [field.text() for field in self._fields.values()]
        return "\n".join([self._title.text(), self._types.text(), *values, self._todo.text()])

    def show_finding(self, finding: Finding, item: str, entry: Entry | None, todo: str) -> None:
        """Show a finding; digits that are being typed stand in the field that has focus."""
        self._title.setText(f"Finding {finding.finding}   {BREAST_WORDS[finding.side]}")
        self._types.setText(types_text(finding.types))
        values: dict[str, Value] = {FINDING_BIRADS: finding.birads, FINDING_RATING: finding.rating}
        for name, field in self._fields.items():
            typed = f"{entry.typed.text}_" if entry and name in entry.items else ""
            field.setText(typed or value_text(values[name]))
            field.set_focused(name == item)
        self._todo.setText("one view only" if finding.one_view_only else todo)
        self._todo.setVisible(bool(self._todo.text()))
        digits = f"{digits_hint(item, self._study.scales)}\n" if item else ""
        letters = " ".join(
            self._keys.cap(key) for key, t in TYPE_OF_KEY.items() if t in self._study.scales.types
        )
        self._hint.setText(f"{digits}{letters}: types\nDel: remove mark   Enter: close")
        self.adjustSize()

    def stand_beside(self, mark: QRect, others: Sequence[QRect], away: int, area: QRect) -> None:
        """Move beside a mark; see `card_position`."""
        self.move(card_position(self.size(), mark, others, away, area))

    def _grid(self) -> QGridLayout:
        """Lay the fields out under each other."""
        grid = QGridLayout()
        names = {FINDING_BIRADS: "BI-RADS", FINDING_RATING: "rating"}
        for row, (item, field) in enumerate(self._fields.items()):
            name = Words(self, tone="quiet")
            name.setText(names[item])
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignRight)
        return grid


def card_position(
    card: QSize, mark: QRect, others: Sequence[QRect], away: int, area: QRect
) -> QPoint:
    """Return where the card stands: beside its mark and over no mark of its finding.

    Parameters
    ----------
    mark, others
        The mark that was placed last, and all other marks of the finding that are on the screen.
    away
        -1 where the centre of the breast lies to the right of the mark, 1 where to the left: the
        side that is tried first.
    area
        Where the card may stand.
    """
    left = mark.left() - GAP_PX - card.width()
    right = mark.right() + GAP_PX
    middle = mark.center().y() - card.height() // 2
    centre = mark.center().x() - card.width() // 2
    beside = (QPoint(left, middle), QPoint(right, middle))
    candidates = [
        *(beside if away < 0 else reversed(beside)),
        QPoint(centre, mark.bottom() + GAP_PX),
        QPoint(centre, mark.top() - GAP_PX - card.height()),
        area.topLeft(),
        QPoint(area.right() - card.width(), area.top()),
    ]
    inside = [_moved_into(area, QRect(at, card)) for at in candidates]
    taken = (mark, *others)
    free = [place for place in inside if not any(place.intersects(rect) for rect in taken)]
    return (free or inside)[0].topLeft()


def _moved_into(area: QRect, place: QRect) -> QRect:
    """Return a rectangle moved into an area as far as it goes."""
    x = max(min(place.left(), area.right() - place.width()), area.left())
    y = max(min(place.top(), area.bottom() - place.height()), area.top())
    return QRect(QPoint(x, y), place.size())
