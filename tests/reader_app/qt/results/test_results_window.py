"""The results window shows what was computed, or why nothing was."""

from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from analysis.report.drawing import DrawnFigure
from analysis.report.report_rows import ReportRow, ReportTable
from analysis.result import AnalysisResult
from reader_app.qt.parts.reflow import Reflow
from reader_app.qt.results.results_window import RESULTS_SIZE, ResultsWindow
from reader_app.results.study_results import StudyResults
from study_design.errors import ProtocolError

TABLE = ReportTable(
    "Area under the ROC curve",
    "Empirical AUC.",
    ("AUC", "SE"),
    (
        ReportRow("all readers", ("0.875", "0.0410"), primary=True, mean=True),
        ReportRow("R1", ("0.901", "0.0555"), primary=False, mean=False),
    ),
)
RESULT = AnalysisResult(
    title="A study",
    simulated=True,
    arms=("unaided", "aided"),
    settings=(),
    estimand="The difference in AUC.",
    warnings=("Fewer than 5 readers (1).",),
    estimates=(),
    curves=(),
    times=(),
)


def words_of(window: ResultsWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def test_every_table_has_its_page_and_its_cells(qtbot: QtBot) -> None:
    window = ResultsWindow(lambda: StudyResults(RESULT, (), (TABLE,)))
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.ready)
    assert window.page_names == ("Overview", TABLE.title)
    window.show_page(TABLE.title)
    grid = window.findChildren(QTableWidget)[-1]
    assert grid.item(0, 1).text() == "0.875"
    assert grid.item(0, 1).font().bold()
    assert grid.horizontalHeaderItem(2).text() == "SE"


def test_what_is_simulated_and_what_to_be_careful_about_stand_on_the_first_page(
    qtbot: QtBot,
) -> None:
    window = ResultsWindow(lambda: StudyResults(RESULT, (), (TABLE,)))
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.ready)
    assert "no data of persons" in words_of(window)
    assert "Fewer than 5 readers" in words_of(window)


def test_a_study_that_is_open_shows_the_reason_and_nothing_else(
    qtbot: QtBot,
) -> None:
    def refuse() -> StudyResults:
        raise ProtocolError("Expected a frozen study, got X, which is still open.")

    window = ResultsWindow(refuse)
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: "still open" in words_of(window))
    assert window.page_names == ("Results",)
    assert not window.ready


def test_the_first_table_stands_beside_the_warnings_where_the_window_is_wide(qtbot: QtBot) -> None:
    window = ResultsWindow(lambda: StudyResults(RESULT, (), (TABLE,)))
    qtbot.addWidget(window)
    window.resize(1900, 900)
    window.show()
    qtbot.waitUntil(lambda: window.ready)

    def where(child: QWidget) -> QPoint:
        return child.mapTo(window, QPoint(0, 0))

    warnings = next(w for w in window.findChildren(QLabel) if w.text() == "Read this first")
    (flow,) = window.findChildren(Reflow)
    (table,) = flow.findChildren(QTableWidget)
    assert where(table).x() > where(warnings).x() + warnings.width()
    window.resize(1000, 900)
    assert where(table).x() == where(warnings).x()
    assert where(table).y() > where(warnings).y()


def figure() -> DrawnFigure:
    picture = QImage(100, 100, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    kept = QBuffer()
    kept.open(QBuffer.OpenModeFlag.WriteOnly)
    assert picture.save(kept, "PNG")
    return DrawnFigure("roc", "ROC curves", "Unit: exam.", "", bytes(kept.data().data()))


def test_a_window_as_it_opens_shows_the_warnings_first_and_two_figures_a_row(qtbot: QtBot) -> None:
    window = ResultsWindow(lambda: StudyResults(RESULT, (figure(), figure()), (TABLE,)))
    qtbot.addWidget(window)
    window.resize(RESULTS_SIZE)
    window.show()
    qtbot.waitUntil(lambda: window.ready)
    figures, overview = sorted(window.findChildren(Reflow), key=lambda page: len(page.children()))
    warnings, drawn, _ = [part.geometry() for part in overview.children()]
    assert (warnings.y(), drawn.y()) == (0, 0)
    assert warnings.right() < drawn.left()
    assert {part.geometry().y() for part in figures.children()} == {0}
