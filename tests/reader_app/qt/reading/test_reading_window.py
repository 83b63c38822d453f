"""The real window on a real session and record, driven by key and mouse events."""

import random
from dataclasses import replace
from typing import Any

import pytest
from given_reading_window import pixels
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import PROBLEM
from reader_app.reading.sitting_state import Phase
from study_design.record.events import EventType
from study_design.vocabulary import View

EXAM_FORM = {"rating": "exam", "birads": "exam"}


def test_a_negative_exam_takes_nine_keys_and_no_click(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "Space", "Space", "Space", "Space", "N", "3", "Enter", "Enter")
    (read,) = sitting.reads
    assert (hands.keys, hands.clicks) == (9, 0)
    assert (read.answers.birads_right, read.answers.birads_left) == ("1", "1")
    assert (read.answers.rating_right, read.answers.rating) == (3.0, 3.0)


def test_a_lesion_on_two_views_takes_two_clicks_and_at_most_nine_keys(
    sit_down: Any,
    open_window: Any,
) -> None:
    sitting = sit_down(form=EXAM_FORM)
    hands = open_window(sitting)
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    hands.click(View.R_MLO, 70, 140)
    hands.press("4", "7", "2", "Enter", "Enter", "Enter")
    (read,) = sitting.reads
    assert hands.clicks == 2
    assert hands.keys <= 9
    assert (read.answers.birads_exam, read.answers.rating) == ("4", 72.0)
    assert len(read.findings[0].marks) == 2


def test_the_right_breast_is_at_the_left_and_chest_walls_touch(
    sit_down: Any, open_window: Any
) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    screen = pixels(hands.window)[..., 0].astype(int)
    middle = screen.shape[1] // 2
    for row in (180, 540):  # the middles of the upper and lower panes
        left, right = screen[row, :middle], screen[row, middle:]
        assert left[-1] > 100
        assert right[0] > 100
        assert left[-1] > left[-60] > 0  # brighter towards the chest wall, on either side
        assert right[0] > right[60] > 0
    upper = screen[60:300, middle + 5]
    assert upper[10] > upper[-10]  # the side that is stored first is up
    cc, mlo = (hands.place(view, 100, 150) for view in (View.R_CC, View.R_MLO))
    assert cc.y() < mlo.y()
    assert cc.x() < hands.place(View.L_CC, 100, 150).x()


def test_all_panes_have_one_physical_scale(sit_down: Any, open_window: Any, exam: Any) -> None:
    def mixed(case: str) -> tuple:
        images = exam(case)
        coarse = replace(images[0].mammogram, spacing_mm=0.2)
        return (replace(images[0], mammogram=coarse), *images[1:])

    hands = open_window(sit_down(), mixed)
    hands.press("Space")
    tall = {view: hands.place(view, 50, 200).y() - hands.place(view, 50, 100).y() for view in View}
    assert tall[View.R_CC] == pytest.approx(2 * tall[View.L_CC], abs=2)
    assert tall[View.R_MLO] == pytest.approx(tall[View.L_MLO], abs=1)


def test_air_is_black_at_every_window_and_inverted(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    air = hands.place(View.L_CC, 190, 150)
    for keys in ((), ("I",), ("W",), ("I",), ("R",)):
        hands.press(*keys)
        assert pixels(hands.window)[air.y(), air.x()].tolist() == [0, 0, 0], keys


def test_inverting_and_resetting_change_the_tissue(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    at = hands.place(View.L_CC, 20, 150)

    def grey() -> int:
        return int(pixels(hands.window)[at.y(), at.x(), 0])

    plain = grey()
    hands.press("I")
    assert grey() == pytest.approx(255 - plain, abs=2)
    hands.press("R")
    assert grey() == plain
    hands.press("W")
    assert grey() == 255


def test_a_drag_of_the_right_button_changes_all_panes(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space")
    before = pixels(hands.window)
    at, elsewhere = hands.place(View.R_CC, 40, 150), hands.place(View.L_MLO, 40, 150)
    pane = hands.widget_at(at)
    start = pane.mapFrom(hands.window, at)
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(pane, Qt.MouseButton.RightButton, none, start)
    QTest.mouseMove(pane, start - QPoint(0, 30))
    QTest.mouseRelease(pane, Qt.MouseButton.RightButton, none, start - QPoint(0, 30))
    after = pixels(hands.window)
    for place in (at, elsewhere):
        assert after[place.y(), place.x(), 0] > before[place.y(), place.x(), 0]


def test_marks_land_in_the_stored_pixels_that_were_clicked(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space")
    places = random.Random(7)
    for view in View:
        x, y = places.uniform(10, 90), places.uniform(110, 190)
        hands.press("C")
        hands.click(view, x, y)
        hands.press("X", "3", "9", "Enter")
        mark = sitting.session.state.draft.findings[-1].marks[0]
        assert (mark.view, mark.image) == (view, view.value)
        # 0.6 stored pixels are the half of a device pixel here
        assert mark.points[0].x_px == pytest.approx(x, abs=0.6)
        assert mark.points[0].y_px == pytest.approx(y, abs=0.6)


def test_a_drag_makes_a_box_and_a_tiny_drag_a_point(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "M")
    hands.drag(View.R_CC, (40, 120), (70, 160))
    hands.drag(View.R_MLO, (40, 120), (40.8, 120))
    first, second = sitting.session.state.draft.findings[0].marks
    assert (first.shape, second.shape) == ("box", "point")
    assert first.box.width_px == pytest.approx(30, abs=1.2)
    assert first.box.height_px == pytest.approx(40, abs=1.2)


def test_the_card_stands_beside_its_mark_and_never_on_it(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    card = hands.window.findChild(object, "card")
    assert card.isVisible()
    mark = hands.place(View.R_CC, 60, 120)
    assert not card.geometry().contains(mark)
    assert card.geometry().right() < mark.x()  # the centre of a right breast is to the right
    target = hands.place(View.R_MLO, 60, 120)
    assert not card.geometry().contains(target)
    hands.press("Enter")
    assert not card.isVisible()


def test_a_click_on_a_mark_opens_its_card_and_delete_removes_it(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "M")
    hands.click(View.L_CC, 30, 150)
    hands.press("X", "3", "9", "Enter")
    assert "Finding 1" not in hands.window.text
    hands.click(View.L_CC, 30, 150)
    assert "Finding 1   left breast" in hands.window.text
    hands.press("Delete")
    assert sitting.session.state.draft.findings == ()


def test_a_click_on_the_other_breast_says_what_is_waited_for(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    hands.click(View.L_CC, 60, 120)
    assert len(sitting.session.state.draft.findings) == 1
    assert "mark it on R MLO" in hands.window.text


def test_the_clock_starts_at_the_first_full_paint(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    painted = []
    hands.window.painted.connect(lambda: painted.append(sitting.clock.monotonic_s()))
    sitting.clock.advance(20)
    QTest.keyClick(hands.window, Qt.Key.Key_Space)
    assert sitting.session.state.phase in (Phase.SAVING, Phase.OPENING)
    assert sitting.payloads(EventType.READ_PAINTED) == []
    sitting.clock.advance(5)
    hands.qtbot.waitUntil(lambda: bool(painted) and hands.window.ready)
    assert sitting.payloads(EventType.READ_PAINTED) == [{"latency_s": 5.0}]
    sitting.clock.advance(7)
    hands.press("Space", "Space", "R", "N", "1", "Enter", "Enter")
    (read,) = sitting.reads
    assert read.times.raw_s == 7.0 + hands.look_s
    assert len(painted) == 1


def test_a_contradiction_stands_in_the_summary_and_takes_a_second_enter_that_has_seen_it(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "6", "1", "Enter")
    assert "Contradiction: right breast: BI-RADS 1, rating 61 (and 1 more)" in hands.window.text
    assert "Enter: validate" in hands.window.text
    hands.press("Enter")
    assert "Enter again: it is meant like this" in hands.window.text
    assert sitting.reads == ()
    sitting.clock.advance(0.29)
    QTest.keyClick(hands.window, Qt.Key.Key_Return)
    assert sitting.reads == ()
    sitting.clock.advance(0.01)
    QTest.keyClick(hands.window, Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    (read,) = sitting.reads
    assert read.contradiction == "confirmed"


def test_the_line_of_a_contradiction_is_orange_and_goes_with_it(
    sit_down: Any, open_window: Any
) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "N", "6", "1", "Enter")
    (line,) = [w for w in hands.window.findChildren(Words) if "Contradiction" in w.text()]
    assert line.isVisible()
    assert line.palette().windowText().color().name().upper() == PROBLEM
    assert line.height() <= 2 * line.fontMetrics().height()
    hands.press("N", "Tab")
    assert line.isVisible()
    hands.press("Tab", "7", "Tab", "Tab", "7", "Tab")
    assert not line.isVisible()


def test_keys_mean_nothing_before_all_views_are_painted(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    for _ in range(3):
        QTest.keyClick(hands.window, Qt.Key.Key_Space)
    QTest.keyClick(hands.window, Qt.Key.Key_N)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert hands.window.light_box.step.name == "all views"
    assert sitting.session.state.answers.birads_right is None


def test_a_key_held_down_counts_once(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "1")
    repeat = QKeyEvent(
        QEvent.Type.KeyPress,
        Qt.Key.Key_Return,
        Qt.KeyboardModifier.NoModifier,
        "",
        True,
        3,
    )
    QApplication.sendEvent(hands.window, repeat)
    assert sitting.session.state.phase is Phase.READING
