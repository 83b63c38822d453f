"""The way from a study's card to its AI results, with real keys, a real mouse and real files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from reader_app.coordinator.detections_desk import suggested_name
from reader_app.qt.coordinator.ai_results_window import AiResultsWindow
from reader_app.qt.coordinator.detections_window import DetectionsWindow
from reader_app.qt.home import HomeWindow
from study_design.detections import CaseResult, SystemResults
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_json import read_system_results, write_system_results
from study_design.images.case_list import read_images
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

Wait = Callable[[Callable[[], bool]], None]
OWN = SystemResults(
    "own", "2", "0-1", False, "Trained here.", (CaseResult("C001", AiStatus.FAILED),)
)


@pytest.fixture
def window(qtbot: QtBot, study: StudyFolder) -> AiResultsWindow:
    shown = AiResultsWindow(study, Actor("Coordinator"))
    qtbot.addWidget(shown)
    shown.show()
    return shown


@pytest.fixture
def results_csv(study: StudyFolder, tmp_path: Path) -> Path:
    """A table of the study's first image with columns that need no map."""
    image = next(image for image in read_images(study) if image.view)
    path = tmp_path / "Product X.csv"
    path.write_text(f"image,x0,y0,x1,y1,score,type\n{image.image},10,20,40,60,50,mass\n")
    return path


def shown_preview(window: AiResultsWindow, wait_until: Wait) -> DetectionsWindow:
    preview = window.preview
    assert preview is not None
    wait_until(lambda: preview.ready)
    return preview


def cells_of(window: AiResultsWindow) -> list[list[str]]:
    table = window.systems
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_results_come_in_from_the_study_s_card_by_keys_alone(
    qtbot: QtBot, study: StudyFolder, results_csv: Path, wait_until: Wait
) -> None:
    home = HomeWindow(study.path.parent)
    qtbot.addWidget(home)
    home.show()
    (button,) = [b for b in home.findChildren(QPushButton) if b.text() == "AI results"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    opened = (w for w in QApplication.topLevelWidgets() if isinstance(w, AiResultsWindow))
    window = next(w for w in opened if w.isVisible())
    qtbot.addWidget(window)
    window.activateWindow()
    wait_until(window.isActiveWindow)
    QTest.keyClicks(window.files, str(results_csv))
    QTest.keyClicks(window.name, "product")
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    preview = shown_preview(window, wait_until)
    QTest.keyClick(preview.parts.questions.buttons[WithoutRow.NONE], Qt.Key.Key_Space)
    wait_until(lambda: preview.ready)
    QTest.keyClick(preview, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: window.preview is None)
    assert window.status == "1 box came in; 1 case with a finding."
    assert cells_of(window) == [
        ["product", "", "", "0-100", "1", "2", "0", "0", "imported from Product X.csv; 2 "
         "cases without a row: looked at, nothing found, as was said when they came in"]
    ]  # fmt: skip
    assert read_system_results(study.detections / "product.json").scale == "0-100"


def test_dropped_files_are_offered_under_a_name_that_a_system_may_have(
    window: AiResultsWindow, results_csv: Path
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(results_csv))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, left, none))
    assert window.files.text() == str(results_csv)
    assert window.name.text() == "Product-X"
    assert window.look_button.isEnabled()
    assert suggested_name(Path("__Ärzte__.json")) == "rzte"


def test_what_is_cancelled_leaves_the_study_as_it_was_and_says_so(
    window: AiResultsWindow, study: StudyFolder, results_csv: Path, wait_until: Wait
) -> None:
    window.offer([results_csv])
    QTest.mouseClick(window.look_button, Qt.MouseButton.LeftButton)
    preview = shown_preview(window, wait_until)
    QTest.mouseClick(window.look_button, Qt.MouseButton.LeftButton)
    assert window.preview is preview
    QTest.keyClick(preview, Qt.Key.Key_Escape)
    wait_until(lambda: window.preview is None)
    assert window.status == "Nothing was brought in."
    assert not list(study.detections.glob("*"))


@pytest.mark.parametrize(
    ("files", "name", "said"),
    [("", "product", "both are needed"), ("/nowhere/at.csv", "product", "got /nowhere/at.csv")],
)
def test_what_cannot_be_looked_at_is_told_and_opens_nothing(
    window: AiResultsWindow, files: str, name: str, said: str
) -> None:
    window.files.setText(files)
    window.name.setText(name)
    QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said in window.status
    assert window.preview is None


def test_every_system_there_says_how_its_cases_ended_and_what_it_was_trained_on(
    window: AiResultsWindow, study: StudyFolder
) -> None:
    assert cells_of(window) == []
    study.detections.mkdir(exist_ok=True)
    write_system_results(study.detections / "own.json", replace(OWN, phantom_trained=True))
    window.refresh()
    assert cells_of(window) == [
        ["own", "2", "trained on phantoms", "0-1", "0", "0", "1", "0", "Trained here."]
    ]
    (study.detections / "own.json").write_text("{")
    window.refresh()
    assert "own.json" in window.status
