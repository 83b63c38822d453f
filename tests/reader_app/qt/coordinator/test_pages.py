"""The pages beside the exams."""

from PySide6.QtWidgets import QLabel, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from reader_app.coordinator.import_desk import OriginalLook
from reader_app.qt.coordinator.pages import HeaderPage
from study_design.images.messages import AttributeChange, Fate


def test_a_look_at_an_original_quotes_the_text_that_raised_a_doubt(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    page = HeaderPage(window)
    said = ("S/P STEREO BIOPSY 2019", "no <b>biopsy</b> clip")
    changes = tuple(
        AttributeChange("Series Description", one, "C001", Fate.REPLACED) for one in said
    )
    page.show_look(OriginalLook("C001-R-CC", (), changes))
    told = "".join(label.text() for label in page.findChildren(QLabel))
    assert all(f'Series Description speaks of a biopsy: "{one}".' in told for one in said)


def test_headings_are_whole_before_anything_stands_below_them(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    (table,) = HeaderPage(window).findChildren(QTableWidget)
    names = table.horizontalHeader()
    for column in range(table.columnCount()):
        text = table.horizontalHeaderItem(column).text()
        assert names.sectionSize(column) > names.fontMetrics().horizontalAdvance(text), text
