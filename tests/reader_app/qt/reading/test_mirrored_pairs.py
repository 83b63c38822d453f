"""Left and right move as mirror images in the real window, by real keys, drags and wheel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reader_app.qt.reading.cheat_sheet import CheatSheet
from reader_app.qt.reading.viewport import Viewport
from study_design.vocabulary import View

SitDown = Callable[..., Any]
OpenWindow = Callable[..., Any]
PLACE = (30.0, 150.0)  # stored px: 30 from the chest wall in either breast


@pytest.fixture
def hands(sit_down: SitDown, open_window: OpenWindow) -> Any:
    """Return hands at a window with four views, the mouse on none of them."""
    QCursor.setPos(0, 0)
    hands = open_window(sit_down())
    hands.window.move(50, 50)
    hands.press("Space")
    return hands


def pane(hands: Any, view: View) -> Viewport:
    return hands.window.light_box.panes[view]


def wheel(hands: Any, view: View, notches: int) -> None:
    over = pane(hands, view)
    at = over.mapFrom(hands.window, hands.place(view, *PLACE))
    event = QWheelEvent(
        QPointF(at),
        QPointF(over.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(over, event)


def drag(hands: Any, view: View, by: QPoint) -> None:
    over, left = pane(hands, view), Qt.MouseButton.LeftButton
    start = over.rect().center()
    QTest.mousePress(over, left, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(over, start + by / 2)
    QTest.mouseMove(over, start + by)
    QTest.mouseRelease(over, left, Qt.KeyboardModifier.NoModifier, start + by)


def assert_mirrored(hands: Any, right: View, left: View) -> None:
    """Both panes show their places as far from the seam, as high, at one zoom."""
    assert pane(hands, right).hung.placement.scale == pane(hands, left).hung.placement.scale
    seen, seen_left = hands.place(right, *PLACE), hands.place(left, *PLACE)
    assert seen.x() + seen_left.x() == pytest.approx(hands.window.width(), abs=2)
    assert seen.y() == pytest.approx(seen_left.y(), abs=1)


def test_a_drag_of_the_right_breast_to_the_left_moves_the_left_one_to_the_right(hands: Any) -> None:
    before = {view: hands.place(view, *PLACE) for view in View}
    drag(hands, View.R_CC, QPoint(-40, 24))
    assert hands.place(View.R_CC, *PLACE) - before[View.R_CC] == QPoint(-40, 24)
    assert hands.place(View.L_CC, *PLACE) - before[View.L_CC] == QPoint(40, 24)
    assert hands.place(View.R_MLO, *PLACE) == before[View.R_MLO]
    assert hands.place(View.L_MLO, *PLACE) == before[View.L_MLO]


@pytest.mark.parametrize(
    ("lead", "right", "left"),
    [
        (View.R_CC, View.R_CC, View.L_CC),
        (View.L_CC, View.R_CC, View.L_CC),
        (View.L_MLO, View.R_MLO, View.L_MLO),
    ],
)
def test_the_wheel_zooms_both_breasts_at_the_mirrored_place_and_back(
    hands: Any, lead: View, right: View, left: View
) -> None:
    hung = {view: pane(hands, view).hung.placement for view in View}
    wheel(hands, lead, 3)
    assert pane(hands, lead).hung.placement.scale == pytest.approx(hung[lead].scale * 1.25**3)
    assert_mirrored(hands, right, left)
    others = set(View) - {right, left}
    assert all(pane(hands, view).hung.placement == hung[view] for view in others)
    wheel(hands, lead, -9)
    assert all(pane(hands, view).hung.placement == hung[view] for view in View)


def test_f_lets_each_picture_move_alone_and_the_window_says_which(hands: Any) -> None:
    assert "L + R together (F)" in hands.window.text
    hands.press("F")
    assert "L + R apart (F)" in hands.window.text
    still = pane(hands, View.L_CC).hung.placement
    wheel(hands, View.R_CC, 2)
    drag(hands, View.R_CC, QPoint(-30, 10))
    assert pane(hands, View.L_CC).hung.placement == still
    hands.press("F")
    assert "L + R together (F)" in hands.window.text
    assert pane(hands, View.L_CC).hung.placement != still
    assert_mirrored(hands, View.R_CC, View.L_CC)


def test_what_was_moved_apart_comes_together_where_the_reader_moved_last(hands: Any) -> None:
    hands.press("F")
    wheel(hands, View.R_MLO, 1)
    wheel(hands, View.L_MLO, 3)
    stays = pane(hands, View.L_MLO).hung.placement
    hands.press("F")
    assert pane(hands, View.L_MLO).hung.placement == stays
    assert_mirrored(hands, View.R_MLO, View.L_MLO)


def test_what_the_reader_chose_holds_for_the_next_case(hands: Any) -> None:
    hands.press("F", "N", "3", "Enter", "Enter", "Space")
    assert "case 2/3" in hands.window.text
    assert "L + R apart (F)" in hands.window.text
    still = pane(hands, View.L_CC).hung.placement
    wheel(hands, View.R_CC, 1)
    assert pane(hands, View.L_CC).hung.placement == still


@pytest.mark.parametrize("steps", [3, 4])
def test_cc_and_mlo_of_one_breast_never_move_together(hands: Any, steps: int) -> None:
    hands.press(*["Space"] * steps)
    cc, mlo = (View.R_CC, View.R_MLO) if steps == 3 else (View.L_CC, View.L_MLO)
    still = pane(hands, mlo).hung.placement
    wheel(hands, cc, 2)
    drag(hands, cc, QPoint(-30, 10))
    assert pane(hands, mlo).hung.placement == still


def test_z_at_the_mouse_shows_the_mirrored_place_1_to_1_too(hands: Any) -> None:
    QCursor.setPos(hands.window.mapToGlobal(hands.place(View.R_CC, *PLACE)))
    hands.press("Z")
    for view in (View.R_CC, View.L_CC):
        placement = pane(hands, view).hung.placement
        assert placement.scale == 1.0
        assert placement.snapped() == placement
    assert pane(hands, View.R_MLO).hung.placement.scale != 1.0
    assert_mirrored(hands, View.R_CC, View.L_CC)


def test_after_r_both_hang_and_a_pair_at_true_size_moves_on_as_one(hands: Any) -> None:
    hung = {view: pane(hands, view).hung.placement for view in View}
    wheel(hands, View.R_CC, 2)
    hands.press("R")
    assert all(pane(hands, view).hung.placement == hung[view] for view in View)
    hands.press("T")
    drag(hands, View.L_MLO, QPoint(20, -10))
    assert_mirrored(hands, View.R_MLO, View.L_MLO)
    assert pane(hands, View.R_MLO).hung.size_words == pane(hands, View.L_MLO).hung.size_words != ""
    wheel(hands, View.L_MLO, 1)
    assert pane(hands, View.R_MLO).hung.size_words == pane(hands, View.L_MLO).hung.size_words == ""


def test_a_mark_waited_for_and_a_ruler_take_the_drag_and_nothing_moves(hands: Any) -> None:
    still = {view: pane(hands, view).hung.placement for view in View}
    hands.press("L")
    hands.drag(View.R_CC, (20, 150), (60, 150))
    hands.press("L", "M")
    hands.drag(View.R_CC, (40, 120), (70, 160))
    assert all(pane(hands, view).hung.placement == still[view] for view in View)


def test_with_one_breast_missing_the_other_moves(
    sit_down: SitDown, open_window: OpenWindow, exam: Any
) -> None:
    def one_sided(case: str) -> tuple[Any, ...]:
        return tuple(image for image in exam(case) if image.mammogram.view is not View.L_CC)

    hands = open_window(sit_down(), one_sided)
    hands.press("Space")
    before = hands.place(View.R_CC, *PLACE)
    drag(hands, View.R_CC, QPoint(-40, 24))
    hands.press("F", "F")
    assert hands.place(View.R_CC, *PLACE) - before == QPoint(-40, 24)
    assert pane(hands, View.L_CC).hung.placement is None


def test_breasts_of_two_spacings_are_zoomed_to_one_physical_size(
    sit_down: SitDown, open_window: OpenWindow, exam: Any
) -> None:
    def mixed(case: str) -> tuple[Any, ...]:
        first, *rest = exam(case)
        return replace(first, mammogram=replace(first.mammogram, spacing_mm=0.2)), *rest

    hands = open_window(sit_down(), mixed)
    hands.press("Space")
    wheel(hands, View.L_CC, 2)
    right, left = (pane(hands, view).hung.placement.scale for view in (View.R_CC, View.L_CC))
    assert right == pytest.approx(2 * left)


class Paints(QObject):
    """Counts the paints of a pane."""

    def __init__(self, pane: Viewport) -> None:
        super().__init__()
        self.count = 0
        pane.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += isinstance(event, QPaintEvent)
        return False


def test_many_moves_of_one_turn_are_painted_once_in_both_panes_and_not_elsewhere(
    hands: Any,
) -> None:
    QApplication.processEvents()
    paints = {view: Paints(pane(hands, view)) for view in View}
    for _ in range(10):
        wheel(hands, View.R_CC, 1)
        drag(hands, View.L_CC, QPoint(4, 2))
        wheel(hands, View.L_CC, -1)
    drag(hands, View.L_CC, QPoint(4, 2))
    QApplication.processEvents()
    counts = [paints[view].count for view in View]
    assert counts == [1, 1, 0, 0]


def test_f1_lists_the_key(hands: Any) -> None:
    hands.press("F1")
    (sheet,) = hands.window.findChildren(CheatSheet)
    lines = sheet.text.splitlines()
    assert lines[lines.index("F") + 1] == "left and right together, or apart"
