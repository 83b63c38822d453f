"""What tests of `import_window` begin with."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QWidget,
)

from reader_app.qt.coordinator.import_window import ImportWindow
from study_design.images.case_list import cases_of, read_images
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

OpenCases = Callable[[StudyFolder], ImportWindow]


Wait = Callable[[Callable[[], bool]], None]


def words_of(window: QWidget) -> str:
    shown = (label.text() for label in window.findChildren(QLabel) if label.isVisible())
    return "\n".join(shown)


def press(window: ImportWindow, text: str) -> None:
    QTest.keyClicks(window.exams, text)


def button(window: QWidget, name: str) -> QPushButton:
    named = [b for b in window.findChildren(QPushButton) if b.text().startswith(name)]
    return next(b for b in named if b.isVisible())


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def drop(window: ImportWindow, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))


def case_with(folder: StudyFolder, *, problem: bool) -> str:
    return next(entry.case for entry in cases_of(folder) if bool(entry.problems) == problem)


def view_of(folder: StudyFolder, image: str) -> View | None:
    return next(listed.view for listed in read_images(folder) if listed.image == image)
