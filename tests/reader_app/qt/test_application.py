import sys
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from reader_app.qt.application import _LastResort, reading_application, screen_facts


def test_there_is_one_application_in_the_style_of_the_house(qapp: QApplication) -> None:
    application = reading_application()
    assert application is qapp
    assert application.style().name() == "fusion"
    assert application.palette().color(QPalette.ColorRole.Highlight).name() == "#0072b2"
    assert "px, scale 1" in screen_facts(application)


def test_an_unexpected_error_is_logged_and_shown_once(
    qtbot: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_resort = _LastResort()
    for _ in range(2):
        try:
            raise ZeroDivisionError("division by zero")
        except ZeroDivisionError:
            last_resort(*sys.exc_info())
    assert caplog.text.count("Traceback") == 2
    labels = [w for w in QApplication.topLevelWidgets() if isinstance(w, QLabel)]
    shown = [label for label in labels if "went wrong" in label.text()]
    assert len(shown) == 1
    qtbot.addWidget(shown[0])
    ends: list[int] = []
    monkeypatch.setattr(QApplication, "exit", ends.append)
    QTest.keyClick(shown[0], Qt.Key.Key_A)
    assert ends == []  # it was pressed for something else, before these words could be read

    def press() -> bool:
        QTest.keyClick(shown[0], Qt.Key.Key_A)
        return ends == [1]

    qtbot.waitUntil(press)
