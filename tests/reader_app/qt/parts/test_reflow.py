"""Parts of a page stand beside each other where there is room, and below each other elsewhere."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.parts.reflow import Reflow, beside_the_last, in_rows
from reader_app.qt.parts.style import AROUND_PX

SIZES = (QSize(100, 40), QSize(100, 60), QSize(300, 50))


def test_parts_fill_row_after_row_and_no_row_runs_out_of_the_width() -> None:
    beside = QPoint(100 + AROUND_PX, 0)
    assert in_rows(SIZES, 300) == (QPoint(0, 0), beside, QPoint(0, 60 + AROUND_PX))
    assert {place.y() for place in in_rows(SIZES, 500 + 2 * AROUND_PX)} == {0}


def test_a_part_that_is_wider_than_all_of_the_width_has_a_row_for_itself() -> None:
    assert [place.x() for place in in_rows(SIZES, 10)] == [0, 0, 0]


def test_the_last_part_stands_beside_a_column_of_the_others_where_there_is_room() -> None:
    wide = beside_the_last(SIZES, 400 + AROUND_PX)
    assert wide == (QPoint(0, 0), QPoint(0, 40 + AROUND_PX), QPoint(100 + AROUND_PX, 0))
    narrow = beside_the_last(SIZES, 399 + AROUND_PX)
    assert narrow == in_rows(SIZES, 399 + AROUND_PX)


def test_the_whole_is_as_large_as_what_its_parts_take(qtbot: QtBot) -> None:
    class Part(QWidget):
        def sizeHint(self) -> QSize:  # noqa: N802
            return QSize(100, 40)

    parts = [Part(), Part()]
    whole = Reflow(parts)
    qtbot.addWidget(whole)
    whole.fit(1000)
    assert whole.size() == QSize(200 + AROUND_PX, 40)
    whole.fit(150)
    assert whole.size() == QSize(100, 80 + AROUND_PX)
    assert parts[1].geometry() == QRect(0, 40 + AROUND_PX, 100, 40)
