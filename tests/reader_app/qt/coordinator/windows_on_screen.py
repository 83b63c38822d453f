"""The desk windows on a real screen of a real size: all on it, no button cut, held keys act once.

Run by `test_windows_on_screens.py` on screens of several sizes and scales.
"""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget

from analysis.report.report_rows import ReportRow, ReportTable
from analysis.result import AnalysisResult
from reader_app.coordinator.study_summary import summary_of
from reader_app.qt.coordinator.ai_results_window import AiResultsWindow
from reader_app.qt.coordinator.import_window import ImportWindow
from reader_app.qt.home import HOME_SIZE, HomeWindow
from reader_app.qt.pages import AI_RESULTS, CASES
from reader_app.qt.parts.key_repeat import RepeatStop, stop_repeats
from reader_app.qt.parts.screen_fit import FRAME, show_fitting
from reader_app.qt.results.results_window import RESULTS_SIZE, ResultsWindow
from reader_app.results.study_results import StudyResults
from study_design.images.case_list import read_images
from study_design.images.display_doubt import note_doubts
from study_design.images.found_text import FoundText, TextBox, write_found_text
from study_design.study_folder import StudyFolder

Wait = Callable[[Callable[[], bool]], None]
HELD_MS = 2000
RESULT = AnalysisResult(
    title="A study",
    simulated=True,
    arms=("unaided", "aided"),
    settings=(),
    estimand="The difference in the area under the ROC curve of all readers. " * 3,
    warnings=("Fewer than 5 readers (1).",) * 3,
    estimates=(),
    curves=(),
    times=(),
)
TABLE = ReportTable(
    "Area under the ROC curve",
    "Empirical AUC.",
    ("AUC", "SE"),
    (ReportRow("all readers", ("0.875", "0.0410"), primary=True, mean=True),),
)


@pytest.fixture
def home(qtbot: Any, study: StudyFolder) -> Iterator[HomeWindow]:
    """The home window on a study with text and a doubt in a picture."""
    assert QApplication.platformName() == "xcb"
    image = next(image for image in read_images(study) if image.view).image
    write_found_text(study, [FoundText(image, TextBox(5, 5, 20, 10))])
    note_doubts(study, {image: ("two windows of one name",)})
    window = HomeWindow(study.path.parent)
    qtbot.addWidget(window)
    yield window
    for child in window._windows._open.values():
        qtbot.addWidget(child)


@pytest.fixture
def results_file(study: StudyFolder, tmp_path: Path) -> Path:
    """Return a table with a box on every case, so that nothing is asked."""
    names = {image.case: image.image for image in read_images(study) if image.view}.values()
    rows = [f"{name},10,20,40,60,0.5,mass" for name in names]
    path = tmp_path / "results.csv"
    path.write_text("\n".join(["image,x0,y0,x1,y1,score,type", *rows, ""]))
    return path


def check(window: QWidget) -> None:
    """Hold a window against its screen, and each of its buttons against what is seen of it."""
    room = window.screen().availableGeometry()
    assert room.contains(window.frameGeometry()), (room, window.frameGeometry())
    buttons = [button for button in window.findChildren(QPushButton) if button.isVisible()]
    assert buttons
    for button in buttons:
        assert button.width() >= button.minimumSizeHint().width(), button.text()
        assert button.height() >= button.minimumSizeHint().height(), button.text()
        area = scrolled_by(button)
        if area is not None:
            area.ensureWidgetVisible(button)
            QApplication.processEvents()
        whole = QRect(button.mapTo(window, button.rect().topLeft()), button.size())
        assert window.rect().contains(whole), (button.text(), whole, window.rect())
        assert button.visibleRegion().boundingRect() == button.rect(), button.text()


def scrolled_by(widget: QWidget) -> QScrollArea | None:
    """Return the area that can bring a widget into view; None where it stands still."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above


def settled(qtbot: Any, window: QWidget) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.wait(300)


def test_home_fits(home: HomeWindow, qtbot: Any) -> None:
    show_fitting(home, HOME_SIZE)
    settled(qtbot, home)
    check(home)


def open_cases_of(home: HomeWindow, study: StudyFolder, qtbot: Any, wait: Wait) -> ImportWindow:
    window = home.show_page(CASES, summary_of(study))
    wait(lambda: window.ready)
    settled(qtbot, window)
    return window


def drop(window: ImportWindow) -> None:
    window._drop_and_leave()
    assert not window.isVisible()


def test_cases_fit_with_every_act_that_a_view_can_ask_for(
    home: HomeWindow, study: StudyFolder, qtbot: Any, wait_until: Wait
) -> None:
    window = open_cases_of(home, study, qtbot, wait_until)
    check(window)
    QTest.keyClicks(window.exams, "x")
    qtbot.wait(100)
    check(window)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    QTest.keyClicks(window.exams, "0")
    window.close()
    qtbot.wait(100)
    check(window)
    drop(window)


def test_a_page_without_cases_fits(empty_study: StudyFolder, qtbot: Any, wait_until: Wait) -> None:
    home = HomeWindow(empty_study.path.parent)
    qtbot.addWidget(home)
    window = open_cases_of(home, empty_study, qtbot, wait_until)
    qtbot.addWidget(window)
    check(window)


def test_ai_results_and_their_preview_fit(
    home: HomeWindow, study: StudyFolder, qtbot: Any, wait_until: Wait, results_file: Path
) -> None:
    window = home.show_page(AI_RESULTS, summary_of(study))
    settled(qtbot, window)
    check(window)
    window.offer([results_file])
    window._look()
    preview = window.preview
    assert preview is not None
    wait_until(lambda: preview.ready)
    settled(qtbot, preview)
    check(preview)
    preview.close()


def test_results_fit_and_no_line_is_wider_than_its_page(
    qtbot: Any, wait_until: Wait, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    window = ResultsWindow(lambda: StudyResults(RESULT, (), (TABLE,)), report)
    qtbot.addWidget(window)
    show_fitting(window, RESULTS_SIZE)
    wait_until(lambda: window.ready)
    settled(qtbot, window)
    check(window)
    page = window._pages.currentWidget()
    assert isinstance(page, QScrollArea)
    assert page.horizontalScrollBar().maximum() == 0


def test_a_window_that_fits_keeps_the_size_that_it_wants(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    room = window.screen().availableGeometry().marginsRemoved(FRAME)
    show_fitting(window, room.size() / 2)
    settled(qtbot, window)
    assert window.size() == room.size() / 2
    assert (window.geometry().center() - room.center()).manhattanLength() <= 2


def hold(qtbot: Any, key: str) -> None:
    """Hold a key of the real keyboard for two seconds."""
    subprocess.run(["xdotool", "keydown", key], check=True)
    qtbot.wait(HELD_MS)
    subprocess.run(["xdotool", "keyup", key], check=True)
    qtbot.wait(100)


@pytest.fixture(params=[True, False], ids=["stopped", "not stopped"])
def stopped(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[bool]:
    """Whether repeats are stopped; where they are not, the same keys act twice."""
    if request.param:
        stop_repeats()
    yield request.param
    for stop in qapp.findChildren(RepeatStop):
        qapp.removeEventFilter(stop)
        stop.setParent(None)


@pytest.fixture
def ai_results(
    home: HomeWindow, study: StudyFolder, qtbot: Any, results_file: Path
) -> Iterator[AiResultsWindow]:
    """The page of AI results with a file to look at; the window in front has the keyboard."""
    window = home.show_page(AI_RESULTS, summary_of(study))
    settled(qtbot, window)
    window.offer([results_file])

    def give_focus() -> None:
        # What a window manager does.
        front = window if window.preview is None else window.preview
        if front.isVisible() and not front.isActiveWindow():
            front.activateWindow()

    manager = QTimer(window, interval=20)
    manager.timeout.connect(give_focus)
    manager.start()
    yield window
    manager.stop()
    if window.preview is not None:
        window.preview.close()


def test_ctrl_enter_that_is_held_looks_at_files_and_does_not_accept_them(
    ai_results: AiResultsWindow, study: StudyFolder, qtbot: Any, stopped: bool
) -> None:
    subprocess.run(["xdotool", "keydown", "Control_L"], check=True)
    hold(qtbot, "Return")
    subprocess.run(["xdotool", "keyup", "Control_L"], check=True)
    qtbot.wait(500)
    assert bool(list(study.detections.glob("*"))) is not stopped
    assert (ai_results.preview is not None) is stopped


def test_escape_that_is_held_closes_the_preview_and_not_the_page_behind_it(
    ai_results: AiResultsWindow, qtbot: Any, wait_until: Wait, stopped: bool
) -> None:
    ai_results._look()
    preview = ai_results.preview
    assert preview is not None
    wait_until(lambda: preview.ready)
    settled(qtbot, preview)
    hold(qtbot, "Escape")
    assert not preview.isVisible()
    assert ai_results.isVisible() is stopped


def test_escape_that_is_held_keeps_unsaved_changes(
    home: HomeWindow, study: StudyFolder, qtbot: Any, wait_until: Wait, stopped: bool
) -> None:
    window = open_cases_of(home, study, qtbot, wait_until)
    QTest.keyClicks(window.exams, "0")
    window.close()
    hold(qtbot, "Escape")
    assert window.isVisible(), stopped
    assert len(window.table.changes) == 1
    qtbot.waitUntil(window.exams.hasFocus)
    drop(window)
