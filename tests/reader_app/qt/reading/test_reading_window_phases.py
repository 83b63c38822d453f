"""The reading window at the gate, in pauses, with AI and where something fails."""

import random
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from given_reading_window import pixels
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reader_app.qt.reading import marks
from reader_app.qt.reading.reading_window import ReadingWindow
from reader_app.reading.key_bindings import KeyBindings
from reader_app.reading.sitting_state import Phase
from study_design.detections import CaseResult
from study_design.errors import ImageError, RecordError
from study_design.record.events import Event, EventType, StoredEvent
from study_design.vocabulary import AiInitial, AiStatus, ReaderKind, View

SENTINEL = "#ff00ff"


def sentinels(window: Any) -> int:
    """Return how many pixels have the hue of the sentinel colour."""
    red, green, blue = (pixels(window)[..., channel].astype(int) for channel in range(3))
    return int(((red - green > 60) & (blue - green > 60)).sum())


@pytest.fixture
def sentinel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the AI's marks have a colour that nothing else has."""
    monkeypatch.setattr(marks, "AI_COLOUR", SENTINEL)


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
