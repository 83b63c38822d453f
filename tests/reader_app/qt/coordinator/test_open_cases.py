"""The Cases page opens as a program of its own and ends with its window."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reader_app.qt.coordinator.import_window import ImportWindow
from reader_app.qt.coordinator.open_cases import show_cases
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


def test_the_page_opens_on_a_study_and_ends_when_it_is_closed(
    qtbot: QtBot, empty_study: StudyFolder
) -> None:
    opened: list[str] = []

    def close() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, ImportWindow) and window.isVisible():
                opened.append(window.windowTitle())
                qtbot.addWidget(window)
                window.close()

    QTimer.singleShot(300, close)
    assert show_cases(empty_study, Actor("Dr A")) == 0
    assert opened == ["Crossread: cases of study"]
