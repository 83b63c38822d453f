"""F1 shows the keys that the keyboard goes by; the window notes when it loses the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.reading.cheat_sheet import COLUMNS, CheatSheet, Group, keys_of
from reader_app.reading.keys import KEYS, Command, Mode
from study_design.record.events import EventType
from study_design.vocabulary import View

SitDown = Callable[..., Any]
OpenWindow = Callable[..., Any]


def sheet_of(hands: Any) -> CheatSheet:
    (sheet,) = hands.window.findChildren(CheatSheet)
    return sheet


GROUPS = tuple(group for groups in COLUMNS for group in groups)


def test_the_sheet_names_every_command_that_a_key_asks_for_while_reading() -> None:
    named = {command for group in GROUPS for command in group.commands}
    asked = {command for mode in (Mode.READING, Mode.SUMMARY) for command in KEYS[mode].values()}
    assert asked - named <= {Command.KEYS, Command.PREVIOUS_FIELD}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_every_line_of_the_sheet_has_a_key(group: Group) -> None:
    assert all(keys_of(command, group.modes) for command in group.commands)


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.title)
def test_no_key_means_two_things_under_one_title(group: Group) -> None:
    keys = [key for c in group.commands for key in keys_of(c, group.modes).split("  ")]
    assert len(keys) == len(set(keys))


def test_f1_shows_the_keys_and_the_next_key_hides_them(
    open_window: OpenWindow, sit_down: SitDown
) -> None:
    hands = open_window(sit_down())
    hands.press("F1")
    sheet = sheet_of(hands)
    assert sheet.isVisible()
    assert hands.window.rect().contains(sheet.geometry())
    hands.press("Space")
    assert not sheet.isVisible()
    hands.press("F1", "F1")
    assert not sheet.isVisible()
    hands.press("F1", "Escape")
    assert not sheet.isVisible()


def test_undo_works_by_keys_in_the_window(open_window: OpenWindow, sit_down: SitDown) -> None:
    desk = sit_down()
    hands = open_window(desk)
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    assert len(desk.session.state.draft.findings) == 1
    hands.press("Ctrl+Z")
    assert desk.session.state.draft.findings == ()
    hands.press("Ctrl+Shift+Z")
    assert len(desk.session.state.draft.findings) == 1


def test_another_window_that_takes_the_keyboard_is_written_down(
    open_window: OpenWindow, sit_down: SitDown, qtbot: QtBot
) -> None:
    desk = sit_down()
    hands = open_window(desk)
    hands.window.activateWindow()
    qtbot.waitUntil(hands.window.isActiveWindow)
    hands.press("Space")
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    desk.clock.advance(4.0)
    hands.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is hands.window)
    hands.press("N", "3", "Enter", "Enter")
    assert len(desk.payloads(EventType.FOCUS_LOST)) == 1
    (read,) = desk.reads
    assert float(dict(read.responses)["focus_lost_s"]) == 4.0
