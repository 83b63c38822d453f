"""The home window lists the studies of a folder, with a way into each."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from reader_app.qt.coordinator.import_window import ImportWindow
from reader_app.qt.home import HomeWindow
from study_design.life.joining import add_reader
from study_design.protocol.plan import Assignment, write_plan
from study_design.protocol.readers import ReaderProfile
from study_design.record.actor import Actor
from study_design.record.acts import moment_of, staff_act
from study_design.record.payloads.staff import ProtocolLocked
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReaderKind


def words_of(window: HomeWindow) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def buttons_of(window: HomeWindow) -> list[str]:
    return [button.text() for button in window.findChildren(QPushButton)]


def test_an_empty_folder_says_what_to_do_next(qtbot: QtBot, tmp_path: Path) -> None:
    window = HomeWindow(tmp_path)
    qtbot.addWidget(window)
    assert "crossread demo" in words_of(window)
    assert buttons_of(window) == []


def test_a_study_that_is_set_up_cannot_be_read_yet(
    qtbot: QtBot, folder: StudyFolder, tmp_path: Path
) -> None:
    add_reader(folder, ReaderProfile("anna", ReaderKind.HUMAN, "senior"))
    window = HomeWindow(tmp_path)
    qtbot.addWidget(window)
    assert "being set up" in words_of(window)
    assert "anna" in words_of(window)
    assert buttons_of(window) == ["Cases", "AI results"]


def test_the_users_own_folder_is_written_short(
    qtbot: QtBot, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(folder.path.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.path.parent))
    window = HomeWindow(folder.path.parent)
    qtbot.addWidget(window)
    assert f"~/{folder.path.name}" in words_of(window)
    assert str(folder.path) not in words_of(window)


def test_the_cases_of_a_study_that_is_set_up_open_from_its_card(
    qtbot: QtBot, folder: StudyFolder
) -> None:
    window = HomeWindow(folder.path.parent)
    qtbot.addWidget(window)
    window.show()
    QTest.mouseClick(window.findChild(QPushButton), Qt.MouseButton.LeftButton)
    opened = (w for w in QApplication.topLevelWidgets() if isinstance(w, ImportWindow))
    cases = next(w for w in opened if w.isVisible())
    qtbot.addWidget(cases)
    assert folder.path.name in cases.windowTitle()


def test_a_reader_of_a_locked_study_can_begin_and_is_told_why_not(
    qtbot: QtBot, folder: StudyFolder, tmp_path: Path
) -> None:
    add_reader(folder, ReaderProfile("anna", ReaderKind.HUMAN, "senior"))
    write_plan(
        folder, [Assignment("R01-P1-001", "anna", "senior", "a-b", 1, "unaided", 1, 1, "C001")]
    )
    with open_store(folder) as store:
        lock = ProtocolLocked(1, {}, "1")
        now = moment_of("2026-11-20T10:00:00.000000Z")
        store.append(staff_act(lock, by=Actor("Coordinator"), now=now))
    window = HomeWindow(tmp_path)
    qtbot.addWidget(window)
    window.show()
    assert window.findChild(QProgressBar).text() == "0 of 1"
    (button,) = window.findChildren(QPushButton)
    assert button.text() == "Begin"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    window.close()
    assert window.isVisible()  # the reading window would close with it
    assert "A reading window is open" in words_of(window)
    qtbot.waitUntil(lambda: "study.toml" in words_of(window), timeout=20_000)
    window.close()
    assert not window.isVisible()


def test_a_second_press_brings_the_open_page_to_the_front_with_all_that_stands_in_it(
    qtbot: QtBot, folder: StudyFolder
) -> None:
    window = HomeWindow(folder.path.parent)
    qtbot.addWidget(window)
    window.show()
    for name in ("Cases", "AI results"):
        (button,) = [b for b in window.findChildren(QPushButton) if b.text() == name]
        opened = []
        for _ in range(2):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            opened += [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        first, second = (w for w in opened if w is not window)
        assert first is second
        qtbot.addWidget(first)
        first.close()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        again = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
        assert len(again) == 1
        assert again[0] is not first
        qtbot.addWidget(again[0])
        again[0].close()
