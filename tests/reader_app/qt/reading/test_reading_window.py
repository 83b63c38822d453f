"""The real window on a real session and record, driven by key and mouse events."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reader_app.qt.parts.labels import Words
from reader_app.qt.parts.style import PROBLEM
from reader_app.qt.reading import marks
from reader_app.qt.reading.reading_window import ReadingWindow
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.session_state import Phase
from study_design.detections import CaseResult
from study_design.errors import ImageError, RecordError
from study_design.record.events import Event, EventType, StoredEvent
from study_design.vocabulary import AiInitial, AiStatus, ReaderKind, View

EXAM_FORM = {"rating": "exam", "birads": "exam"}
SENTINEL = "#ff00ff"


def pixels(window: Any) -> np.ndarray:
    """Return what is on the screen: rows x columns x red, green, blue."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return lines[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def sentinels(window: Any) -> int:
    """Return how many pixels have the hue of the sentinel colour."""
    red, green, blue = (pixels(window)[..., channel].astype(int) for channel in range(3))
    return int(((red - green > 60) & (blue - green > 60)).sum())


@pytest.fixture
def sentinel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the AI's marks have a colour that nothing else has."""
    monkeypatch.setattr(marks, "AI_COLOUR", SENTINEL)


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


def test_the_gate_says_where_the_reader_stands_and_waits_for_the_images(
    sit_down: Any, exam: Any, qtbot: Any
) -> None:
    loaded = threading.Event()

    def slow(case: str) -> tuple:
        assert loaded.wait(10)
        return exam(case)

    sitting = sit_down()
    window = ReadingWindow(sitting.session, sitting.clock, slow)
    qtbot.addWidget(window)
    window.show()
    try:
        assert "Case 1 of 3   block 1 of 2" in window.text
        assert "Loading" in window.text
        QTest.keyClick(window, Qt.Key.Key_Space)
        assert sitting.session.state.phase is Phase.GATE
    finally:
        loaded.set()
    qtbot.waitUntil(lambda: window.ready)
    assert "Space: show the case" in window.text
    assert "While reading   Space: hanging" in window.text
    assert "SIMULATED" not in window.text


def test_a_break_is_offered_at_a_new_block_and_the_end_is_told(
    sit_down: Any, open_window: Any
) -> None:
    hands = open_window(sit_down())
    for _ in range(2):
        hands.press("Space", "N", "1", "Enter", "Enter")
    assert "break" in hands.window.text
    hands.press("Space", "N", "1", "Enter", "Enter")
    assert "All cases are read" in hands.window.text
    with hands.qtbot.waitSignal(hands.window.finished):
        hands.press("Escape")


def test_an_interrupted_read_goes_on_with_its_marks(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    hands.press("X", "4", "6", "0", "Enter")
    hands.window.close()
    again = sit_down()
    hands = open_window(again)
    assert "You were interrupted here. Your marks are kept." in hands.window.text
    hands.press("Space")
    assert [finding.rating for finding in again.session.state.draft.findings] == [60.0]
    assert "1 finding" in hands.window.text


def test_pause_shows_one_sentence_and_no_picture(sit_down: Any, open_window: Any) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "P")
    assert hands.window.text.count("\n") == 0
    assert not hands.window.light_box.isVisible()
    sitting.clock.advance(30)
    hands.press("P", "N", "1", "Enter", "Enter")
    assert sitting.reads[0].times.paused_s == 30.0


def test_after_five_minutes_without_input_the_images_are_hidden(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space")
    sitting.clock.advance(301)
    hands.qtbot.waitUntil(lambda: sitting.session.state.phase is Phase.PAUSED)
    assert "five minutes" in hands.window.text
    hands.press("Space")
    assert sitting.session.state.phase is Phase.READING


def test_the_summary_shows_all_that_will_be_stored(sit_down: Any, open_window: Any) -> None:
    hands = open_window(sit_down())
    hands.press("Space", "D")
    hands.click(View.R_CC, 60, 120)
    hands.press("X", "5", "9", "1", "Enter", "Shift+2", "Enter")
    text = hands.window.text
    assert "distortion   R CC, one view only   BI-RADS 5   rating 91" in text
    for line in ("birads_right 5", "birads_left ?", "rating_right 91", "density b"):
        assert line in text
    assert "BI-RADS, left breast is missing" in text
    hands.press("1", "2", "Enter")
    assert "Case 2 of 3" in hands.window.text


@pytest.mark.usefixtures("sentinel")
def test_unaided_no_coloured_pixel_appears_and_no_ai_is_asked(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down(arm="unaided")
    hands = open_window(sitting)
    moves = random.Random(3)
    hands.press("Space")
    for _ in range(40):
        hands.press(moves.choice(["G", "Space", "Shift+Space", "W", "I", "R", "Z", "Enter"]))
        if sitting.session.state.phase is Phase.SUMMARY:
            hands.press("G", "Escape")
        assert sentinels(hands.window) == 0
    assert sitting.asked == []
    assert "AI" not in hands.window.text


@pytest.mark.usefixtures("sentinel")
def test_aided_marks_come_and_go_with_g_and_each_is_written_down(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down(arm="aided")
    hands = open_window(sitting)
    assert sitting.asked == []
    hands.press("Space")
    assert sentinels(hands.window) == 0
    assert "AI hidden (G) demo-ai, simulated" in hands.window.text
    assert "0.83" not in hands.window.text
    hands.press("G")
    assert sentinels(hands.window) > 50
    assert "AI shown (G)  exam 0.83 demo-ai, simulated" in hands.window.text
    hands.press("G")
    assert sentinels(hands.window) == 0
    assert len(sitting.payloads(EventType.AI_SHOWN)) == 1
    assert len(sitting.payloads(EventType.AI_HIDDEN)) == 1
    hands.press("G", "P")
    assert sentinels(hands.window) == 0


@pytest.mark.usefixtures("sentinel")
def test_marks_are_shown_at_once_where_the_protocol_says_so(
    sit_down: Any, open_window: Any
) -> None:
    hands = open_window(sit_down(arm="aided", arms={"initial": AiInitial.SHOWN}))
    hands.press("Space")
    assert sentinels(hands.window) > 50


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AiStatus.NONE, "AI: no finding"),
        (AiStatus.FAILED, "AI: failed"),
        (AiStatus.NOT_PROCESSED, "AI: not processed"),
    ],
)
def test_what_the_ai_did_not_find_is_said_in_words(
    sit_down: Any,
    open_window: Any,
    status: AiStatus,
    words: str,
) -> None:
    hands = open_window(sit_down(arm="aided", ai=CaseResult("C001", status)))
    hands.press("Space", "G")
    assert f"{words} demo-ai, simulated" in hands.window.text


def test_a_simulated_reader_is_named_at_the_gate_and_in_the_strip(
    sit_down: Any, open_window: Any
) -> None:
    hands = open_window(sit_down(kind=ReaderKind.SIMULATED))
    assert "SIMULATED READER" in hands.window.text
    hands.press("Space")
    assert "SIMULATED READER" in hands.window.text


def test_a_damaged_case_is_told_and_not_shown(sit_down: Any, open_window: Any) -> None:
    sentence = "Case C001 could not be shown: the file is damaged. Please call the coordinator."

    def damaged(_case: str) -> tuple:
        raise ImageError(sentence)

    sitting = sit_down()
    hands = open_window(sitting, damaged)
    assert sentence in hands.window.text
    hands.press("Space")
    assert sitting.session.state.phase is Phase.GATE
    assert sitting.payloads(EventType.READ_OPENED) == []


def test_an_unexpected_error_of_the_loader_is_told_too(sit_down: Any, open_window: Any) -> None:
    def broken(_case: str) -> tuple:
        raise OSError("disk on fire")

    hands = open_window(sit_down(), broken)
    assert "its files cannot be read" in hands.window.text
    assert "fire" not in hands.window.text


class FullDisk:
    """A record that takes a number of acts and then has no room left."""

    def __init__(self, store: Any, room: int) -> None:
        self.store, self.room = store, room

    def append_all(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        if not self.room:
            raise RecordError("The disk /data is full. Free some space.")
        self.room -= 1
        return self.store.append_all(events)


@pytest.mark.parametrize("room", [1, 2, 3, 5])
def test_a_record_that_cannot_be_written_ends_the_reading(
    sit_down: Any,
    open_window: Any,
    store: Any,
    room: int,
) -> None:
    sitting = sit_down(record=FullDisk(store, room))
    hands = open_window(sitting)
    for key in ("Space", "N", "1", "Enter", "Enter", "Space", "N"):
        hands.press(key)
    assert "The disk /data is full" in hands.window.text
    assert "Your earlier reads are saved" in hands.window.text
    assert not hands.window.light_box.isVisible()
    assert sitting.reads == ()


def test_a_clock_that_runs_backwards_keeps_the_next_case_shut(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "1", "Enter", "Enter")
    sitting.clock.advance(-7200)
    hands.press("Space")
    assert sitting.session.state.phase is Phase.GATE
    assert "clock" in hands.window.text


def test_backspace_at_the_gate_opens_the_last_case_again_with_its_answers(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "3", "Enter", "Enter")
    assert "Backspace: open case 1 again, until 18:10" in hands.window.text
    hands.press("Backspace")
    assert "takes the place of that read" in hands.window.text
    hands.press("Backspace")
    assert "Case 2 of 3" in hands.window.text
    hands.press("Backspace", "Space", "7", "Enter", "Enter")
    old, new = sitting.reads
    assert (old.case, new.case, new.supersedes) == ("C001", "C001", old.read)
    assert new.answers == old.answers
    assert "Case 2 of 3" in hands.window.text


def test_a_gate_before_its_washout_says_when_it_opens_and_shows_no_case(
    sit_down: Any, open_window: Any
) -> None:
    earlier = sit_down(arm="aided", cases=("C001",))
    hands = open_window(earlier)
    hands.press("Space", "N", "3", "Enter", "Enter")
    assert "All cases are read" in hands.window.text
    later = open_window(sit_down(arm="unaided", cases=("C001",), period=2, days=2.0))
    assert "opens on 11 Dec 2026 18:00" in later.window.text
    assert "Space" not in later.window.text
    later.press("Space")
    assert not later.window.light_box.isVisible()


def test_after_sleep_the_images_are_hidden_and_the_first_key_does_nothing_else(
    sit_down: Any, open_window: Any
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space")
    sitting.clock.advance(5.0)
    sitting.clock.sleep(7200.0)
    hands.press("Space")
    assert "The computer was asleep" in hands.window.text
    assert not hands.window.light_box.isVisible()
    hands.press("Space", "N", "3", "Enter", "Enter")
    (read,) = sitting.reads
    assert read.times.reading_s == pytest.approx(5.0 + hands.look_s)
    assert dict(read.responses)["suspended_s"] == "7200.0"


def test_own_letters_work_and_are_named_on_the_screen(sit_down: Any, qtbot: Any, exam: Any) -> None:
    sitting = sit_down()
    keys = KeyBindings(moved=(("M", "K"), ("P", "O")))
    window = ReadingWindow(sitting.session, sitting.clock, exam, keys)
    qtbot.addWidget(window)
    window.resize(1280, 760)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window.ready)
    assert "K C A D: finding" in window.text
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.ready)
    QTest.keyClick(window, Qt.Key.Key_M)
    assert "mass: click" not in window.text
    QTest.keyClick(window, Qt.Key.Key_K)
    assert "mass: click" in window.text
