"""Rulers in the real window: drawn by key and mouse, read in mm, and never part of the answers."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from study_design.record.events import EventType
from study_design.vocabulary import View

SitDown = Callable[..., Any]
OpenWindow = Callable[..., Any]


def words(hands: Any, view: View) -> tuple[str, ...]:
    return hands.window.light_box.rulers[view].words


def length_mm(said: str) -> float:
    return float(said.split(" mm")[0])


def test_a_drag_after_l_measures_in_mm_and_says_with_which_spacing_while_it_measures(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    hands.drag(View.R_CC, (20, 120), (80, 200))
    (said,) = words(hands, View.R_CC)
    # 60 and 80 px of 0.1 mm; a click is a device-independent px true, 1.3 stored px here at most
    assert length_mm(said) == pytest.approx(10.0, abs=0.2)
    assert said.endswith("mm  detector")
    hands.press("L")
    assert words(hands, View.R_CC) == (said.removesuffix("  detector"),)


def test_two_clicks_measure_as_a_drag_does_and_rulers_stay_when_measuring_ends(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    hands.click(View.L_CC, 20, 120)
    assert words(hands, View.L_CC) == ()
    hands.click(View.L_CC, 20, 170)
    hands.drag(View.L_CC, (40, 120), (70, 120))
    hands.press("L")
    assert [length_mm(said) for said in words(hands, View.L_CC)] == pytest.approx(
        [5.0, 3.0], abs=0.2
    )
    ruler = hands.window.light_box.rulers[View.L_CC]
    assert ruler.isVisible()
    assert not ruler.measuring


def test_without_spacing_a_ruler_says_pixels_and_why(
    sit_down: SitDown, open_window: OpenWindow, exam: Any
) -> None:
    hands = open_window(sit_down(), lambda case: exam(case, spacing_mm=None))
    hands.press("Space", "L")
    hands.drag(View.R_MLO, (20, 120), (20, 170))
    (said,) = words(hands, View.R_MLO)
    assert " px  no spacing in the file" in said
    assert math.isclose(float(said.split(" px")[0]), 50, abs_tol=2)


def test_escape_and_the_next_case_take_rulers_away(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    hands.drag(View.R_CC, (20, 120), (80, 200))
    hands.press("Escape")
    assert words(hands, View.R_CC) == ()
    assert not hands.window.light_box.rulers[View.R_CC].isVisible()
    hands.press("L")
    hands.drag(View.R_CC, (20, 120), (80, 200))
    hands.press("L", "N", "3", "Enter", "Enter", "Space")
    assert words(hands, View.R_CC) == ()


def test_a_mark_that_is_waited_for_goes_before_the_ruler_and_rulers_are_no_answers(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "L")
    hands.drag(View.R_CC, (20, 120), (80, 200))
    assert sitting.session.state.draft.findings == ()
    hands.press("M")
    hands.click(View.R_CC, 60, 120)
    assert len(sitting.session.state.draft.findings) == 1
    assert len(sitting.payloads(EventType.MARK_PLACED)) == 1
    assert len(words(hands, View.R_CC)) == 1


def test_a_ruler_that_leaves_the_picture_ends_at_its_edge(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    place = hands.place(View.L_CC, 190, 150)
    pane = hands.widget_at(place)
    at = pane.mapFrom(hands.window, place)
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    QTest.mousePress(pane, left, none, at)
    QTest.mouseRelease(pane, left, none, at + QPoint(200, 0))
    (said,) = words(hands, View.L_CC)
    assert length_mm(said) == pytest.approx(1.0, abs=0.2)


def test_while_measuring_the_right_button_and_the_wheel_are_the_panes_own(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    at = hands.place(View.L_CC, 50, 150)
    layer = hands.widget_at(at)
    start = layer.mapFrom(hands.window, at)
    none, right = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.RightButton
    look = hands.window.light_box.panes[View.L_CC].look
    QTest.mousePress(layer, right, none, start)
    QTest.mouseMove(layer, start + QPoint(0, 30))
    QTest.mouseRelease(layer, right, none, start + QPoint(0, 30))
    assert hands.window.light_box.panes[View.L_CC].look != look
    assert words(hands, View.L_CC) == ()


def test_a_ruler_is_drawn_bright_with_a_black_edge_and_goes_with_the_picture(
    sit_down: SitDown, open_window: OpenWindow
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "L")
    hands.drag(View.L_CC, (20, 150), (80, 150))
    hands.press("L")

    def is_edged() -> bool:
        """Tell whether the line is crossed downwards as black, bright, black."""
        middle = hands.place(View.L_CC, 50, 150)
        image = hands.window.grab().toImage()
        greys = [image.pixelColor(middle.x(), middle.y() + y).red() for y in range(-5, 6)]
        black = np.flatnonzero(np.array(greys) < 60)
        # the line is 1.5 px wide: no pixel may be covered by more than three quarters of it
        return black.size >= 2 and max(greys[black[0] : black[-1]]) > 150

    assert is_edged()
    hands.press("Z")
    assert is_edged()
    hands.press("Escape")
    assert not is_edged()
