"""The lens in the real window: there while its key is held, at the mouse, pixels as stored."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reader_app.qt.reading.lens import SIDE_PX, Lens
from study_design.vocabulary import View

SitDown = Callable[..., Any]
OpenWindow = Callable[..., Any]
E = Qt.Key.Key_E


def held(hands: Any, view: View, x_px: float, y_px: float) -> Lens:
    """Hold E with the mouse on a place of a view."""
    QCursor.setPos(hands.window.mapToGlobal(hands.place(view, x_px, y_px)))
    QTest.keyPress(hands.window, E)
    return hands.window.light_box.lens


def centre(hands: Any, lens: Lens) -> QPoint:
    return lens.mapTo(hands.window, lens.rect().center())


def wheel_at(lens: Lens) -> None:
    """Turn the wheel in the middle of the lens."""
    at = lens.rect().center()
    event = QWheelEvent(
        QPointF(at),
        QPointF(lens.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(lens, event)


def test_the_lens_is_there_while_its_key_is_held(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    assert lens.isVisible()
    assert (centre(hands, lens) - hands.place(View.L_CC, 50, 150)).manhattanLength() <= 2
    QTest.keyRelease(hands.window, E)
    assert not lens.isVisible()


def test_the_lens_shows_each_stored_pixel_on_two_by_two_of_the_screen(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    assert lens.placement is not None
    assert lens.placement.scale == 2.0
    image = lens.grab().toImage()
    for x_device, y_device in ((160, 160), (100, 220), (200, 90)):
        column = lens.placement.left_hung + (x_device + 0.5) / 2
        row = lens.placement.top_hung + (y_device + 0.5) / 2
        # LINEAR 2048 / 4096 on 12 bits; the codes are a plane, which interpolation leaves alone
        code = 3500 - 10 * (column - 0.5) - 3 * (row - 0.5)
        grey = (code - 2047.5) / 4095 * 255 + 127.5
        assert image.pixelColor(x_device, y_device).red() == pytest.approx(grey, abs=1.5)


def test_the_lens_follows_the_mouse_into_another_pane_and_moves_no_picture(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    hung = {view: pane.hung.placement for view, pane in hands.window.light_box.panes.items()}
    there = hands.place(View.R_MLO, 60, 140)
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(lens, left, none, lens.rect().center())
    QTest.mouseMove(lens, lens.mapFrom(hands.window, there))
    QTest.mouseRelease(lens, left, none, lens.rect().center())
    wheel_at(lens)
    assert (centre(hands, lens) - there).manhattanLength() <= 2
    assert {
        view: pane.hung.placement for view, pane in hands.window.light_box.panes.items()
    } == hung


def test_the_lens_shows_the_look_of_the_panes(sit_down: SitDown, open_window: OpenWindow) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    middle = SIDE_PX // 2
    plain = lens.grab().toImage().pixelColor(middle, middle).red()
    hands.press("I")
    assert lens.isVisible()
    inverted = lens.grab().toImage().pixelColor(middle, middle).red()
    assert inverted == pytest.approx(255 - plain, abs=2)


def test_the_lens_goes_with_the_pictures_and_never_comes_back_by_itself(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    hands.press("P")
    assert not lens.isVisible()
    hands.press("P")
    assert hands.window.light_box.isVisible()
    assert not lens.isVisible()


@pytest.mark.parametrize(
    "modifier", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_the_lens_goes_with_its_key_whatever_else_is_held(
    sit_down: SitDown, open_window: OpenWindow, modifier: Qt.KeyboardModifier
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    lens = held(hands, View.L_CC, 50, 150)
    QTest.keyRelease(hands.window, Qt.Key.Key_W)
    assert lens.isVisible()
    QTest.keyRelease(hands.window, E, modifier)
    assert not lens.isVisible()
