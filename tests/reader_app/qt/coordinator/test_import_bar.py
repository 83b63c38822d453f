"""The line of progress says what, how many, how long, and offers Cancel only while it runs."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QProgressBar, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.coordinator.import_bar import ImportBar


def test_paths_are_typed_and_wanted_by_enter(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    bar = ImportBar(host)
    wanted: list[tuple[Path, ...]] = []
    bar.wanted.connect(wanted.append)
    field = bar.findChild(QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClicks(field, "/disc/one; /disc/two words")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert wanted == [(Path("/disc/one"), Path("/disc/two words"))]


def test_progress_says_what_how_many_and_how_long_and_cancel_works_once(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    bar = ImportBar(host)
    host.show()
    told: list[bool] = []
    bar.cancelled.connect(lambda: told.append(True))
    bar.begin("Looking for files ...")
    bar.show_progress("Reading headers", 440, 880)
    said = bar.findChild(QProgressBar).format()
    assert said == "Reading headers: 440 of 880, 0 s left"
    cancel = next(b for b in bar.findChildren(QPushButton) if b.text() == "Cancel")
    for _ in range(2):
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert told == [True]
    bar.end("Done.")
    assert not bar.running
    assert cancel.isHidden()
