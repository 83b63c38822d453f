"""Another program holds the record at every kind of act: nothing is shown as saved that is not."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reader_app.qt.reading.mark_layers import outlines_of
from reader_app.reading.session_state import Phase
from study_design.errors import RecordError
from study_design.record.events import EventType
from study_design.record.store import connection
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiInitial, View

HELD_S = 3.0
LOOK_S = 0.5  # for which the hands look at a summary before they answer it
Lock = Callable[[], Any]


@pytest.fixture
def lock(folder: StudyFolder) -> Lock:
    """Return what holds the record, as another program does that writes to it."""

    @contextmanager
    def hold() -> Iterator[None]:
        with closing(sqlite3.connect(folder.record, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    return hold


def click(view: View, x_px: float, y_px: float) -> Callable[[Any], None]:
    """Return a click that waits for nothing."""

    def act(hands: Any) -> None:
        place = hands.place(view, x_px, y_px)
        widget = hands.widget_at(place)
        at = widget.mapFrom(hands.window, place)
        none = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, none, at)

    return act


def key(*names: str) -> Callable[[Any], None]:
    """Return keys that wait for nothing."""

    def act(hands: Any) -> None:
        for name in names:
            hands.tap(name)

    return act


@dataclass(frozen=True)
class Held:
    """An act under a lock: what comes before it, what it is, which events wait, what is shown."""

    name: str
    before: tuple[str, ...]
    act: Callable[[Any], None]
    waits: tuple[EventType, ...]
    phase: Phase
    after: Phase
    marked: bool = False  # a mark is there before, on R CC
    arm: str = "unaided"

    def __str__(self) -> str:
        return self.name


ARMED = ("Space", "M")
RATED = ("Space", "N", "3", "Enter")
READING, SAVING = Phase.READING, Phase.SAVING
ACTS = (
    Held("open", (), key("Space"), (EventType.READ_OPENED,), SAVING, READING),
    Held("mark", ARMED, click(View.R_CC, 60, 120), (EventType.MARK_PLACED,), READING, READING),
    Held(
        "describe",
        ("Space",),
        key("4"),
        (EventType.FINDING_DESCRIBED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "one view only",
        ("Space",),
        key("X"),
        (EventType.FINDING_DESCRIBED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "remove",
        ("Space",),
        key("Delete"),
        (EventType.MARK_REMOVED,),
        READING,
        READING,
        marked=True,
    ),
    Held(
        "undo",
        ("Space",),
        key("Ctrl+Z"),
        (EventType.MARK_REMOVED,),
        READING,
        READING,
        marked=True,
    ),
    Held("digit", ("Space", "N"), key("7"), (EventType.DIGITS_TYPED,), READING, READING),
    Held(
        "digits and rubbing out",
        ("Space", "N"),
        key("7", "2", "Backspace"),
        (EventType.DIGITS_TYPED,) * 3,
        READING,
        READING,
    ),
    Held("answer", ("Space",), key("N"), (EventType.ANSWER_GIVEN,) * 2, READING, READING),
    Held("density", ("Space",), key("Shift+2"), (EventType.ANSWER_GIVEN,), READING, READING),
    Held(
        "summary",
        ("Space", "N", "3"),
        key("Enter"),
        (EventType.ANSWER_GIVEN,) * 2,
        Phase.SUMMARY,
        Phase.SUMMARY,
    ),
    Held("pause", ("Space",), key("P"), (EventType.READ_PAUSED,), Phase.PAUSED, Phase.PAUSED),
    Held("resume", ("Space", "P"), key("Space"), (EventType.READ_RESUMED,), SAVING, READING),
    Held("show AI", ("Space",), key("G"), (EventType.AI_SHOWN,), READING, READING, arm="aided"),
    Held(
        "hide AI", ("Space", "G"), key("G"), (EventType.AI_HIDDEN,), READING, READING, arm="aided"
    ),
)


@pytest.mark.parametrize("held", ACTS, ids=str)
def test_an_act_shows_as_pending_until_the_record_is_free_and_the_wait_is_system_time(
    sit_down: Any, open_window: Any, lock: Lock, held: Held
) -> None:
    sitting = sit_down(arm=held.arm)
    hands = open_window(sitting)
    hands.press(*held.before)
    if held.marked:
        hands.press("M")
        hands.click(View.R_CC, 60, 120)
    before = [stored.event for stored in sitting.store.events()]
    with lock():
        held.act(hands)
        state = sitting.session.state
        assert (state.phase, state.pending) == (held.phase, True)
        assert hands.window.light_box.isVisible() == (state.phase not in (SAVING, Phase.PAUSED))
        assert state.pending_marks == frozenset(
            mark.mark
            for finding in state.draft.findings
            for mark in finding.marks
            if held.name in ("mark", "describe", "one view only")
        )
        assert not state.ai_visible
        sitting.clock.advance(HELD_S)
        if state.phase is not Phase.PAUSED:  # its page says nothing that could be unsaved
            hands.qtbot.waitUntil(lambda: "aving ..." in hands.window.text)
        assert [stored.event for stored in sitting.store.events()] == before
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.phase is held.after
    assert (sitting.session.state.pending, sitting.session.state.pending_marks) == (False, set())
    assert "aving ..." not in hands.window.text
    assert hands.window.light_box.isVisible() == (held.after is not Phase.PAUSED)
    assert sitting.session.state.ai_visible == (held.name == "show AI")
    arrived = [stored.event for stored in sitting.store.events()][len(before) :]
    assert tuple(event.type for event in arrived[: len(held.waits)]) == held.waits
    finish(hands, sitting)
    (read,) = sitting.reads
    if held.name == "open":
        assert (read.times.raw_s, dict(read.responses)["latency_s"]) == (LOOK_S, "3.0")
    elif held.name == "pause":
        assert (read.times.reading_s, read.times.system_s) == (LOOK_S, 0.0)
    else:
        assert (read.times.reading_s, read.times.system_s) == (HELD_S + LOOK_S, HELD_S)
        assert dict(read.responses)["stalls"] == "1"
    if held.name == "show AI":
        assert (read.ai.first_shown_s, read.ai.shown_s) == (HELD_S, LOOK_S)


def finish(hands: Any, sitting: Any) -> None:
    """Answer whatever is still missing and validate."""
    if sitting.session.state.phase is Phase.PAUSED:
        hands.press("Space")
    if hands.window._desk.half.card:
        hands.press("X", "4", "5", "0", "Enter")
    if sitting.session.state.phase is READING:
        hands.press("N", "3", "Enter")
    hands.press("Enter")


def test_the_ai_waits_until_the_opening_is_on_the_disk(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down(arm="aided", arms={"initial": AiInitial.SHOWN})
    hands = open_window(sitting)
    with lock():
        hands.tap("Space")
        hands.qtbot.waitUntil(lambda: "Saving ..." in hands.window.text)
        assert sitting.session.state.ai is None
        for name in ("Space", "G", "N", "Enter", "Escape"):
            hands.tap(name)
        assert sitting.session.state.phase is SAVING
        assert hands.window.text == "Saving ..."
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.ai_visible
    kinds = [stored.event.type for stored in sitting.store.events()]
    opened = kinds.index(EventType.READ_OPENED)
    assert kinds[opened:] == [EventType.READ_OPENED, EventType.READ_PAINTED, EventType.AI_SHOWN]


def test_reading_begins_while_the_first_paint_is_on_its_way_to_the_record(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    held = lock()
    hands.window.phase_changed.connect(
        lambda phase: held.__enter__() if phase is Phase.OPENING else None
    )
    hands.tap("Space")
    hands.qtbot.waitUntil(lambda: sitting.session.state.phase is READING)
    assert hands.window.light_box.isVisible()
    assert sitting.payloads(EventType.READ_PAINTED) == []
    sitting.clock.advance(1.0)
    hands.tap("N")
    assert sitting.session.state.answers.birads_right == "1"
    sitting.clock.advance(1.0)
    held.__exit__(None, None, None)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    hands.press("3", "Enter", "Enter")
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (2.0 + LOOK_S, 2.0)


def test_the_next_gate_waits_until_the_read_is_on_the_disk_and_that_is_no_reading_time(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press(*RATED)
    sitting.clock.advance(5.0)
    with lock():
        hands.tap("Enter")
        assert not hands.window.light_box.isVisible()
        sitting.clock.advance(HELD_S)
        hands.qtbot.waitUntil(lambda: hands.window.text == "Saving ...")
        for name in ("Space", "Enter", "Backspace", "Escape", "F1"):
            hands.tap(name)
        assert sitting.session.state.phase is SAVING
        assert sitting.reads == ()
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert "Case 2 of 3" in hands.window.text
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (5.0 + LOOK_S, 0.0)


def test_what_is_on_its_way_when_a_read_is_validated_counts_as_waiting_until_then(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "N", "3")
    with lock():
        hands.tap("Enter")
        hands.qtbot.waitUntil(lambda: "saving ..." in hands.window.text)
        sitting.clock.advance(HELD_S)
        hands.tap("Enter")
        sitting.clock.advance(60.0)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    (read,) = sitting.reads
    assert (read.times.raw_s, read.times.system_s) == (HELD_S + LOOK_S, HELD_S + LOOK_S)
    assert dict(read.responses)["stall_longest_s"] == "3.5"


def test_a_read_that_is_done_again_waits_for_its_reopening(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press(*RATED, "Enter", "Backspace")
    with lock():
        hands.tap("Space")
        assert sitting.session.state.phase is SAVING
        assert sitting.session.upcoming(1) == ("C001",)
        assert sitting.payloads(EventType.READ_REOPENED) == []
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.answers.rating == 3.0
    hands.press("7", "Enter", "Enter")
    old, new = sitting.reads
    assert new.supersedes == old.read


def test_the_window_closes_when_all_is_on_the_disk(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space")
    closed = []
    hands.window.finished.connect(lambda: closed.append(True))
    with lock():
        hands.tap("N")
        hands.window.close()
        hands.tap("Space")
        hands.qtbot.waitUntil(lambda: hands.window.text == "Saving ...")
        assert not closed
        assert hands.window.isVisible()
    hands.qtbot.waitUntil(lambda: bool(closed))
    assert not hands.window.isVisible()
    assert len(sitting.payloads(EventType.ANSWER_GIVEN)) == 2
    sitting.session.case.focus_changed(focused=False)
    hands.qtbot.waitUntil(lambda: not sitting.session.case.saving.pending)
    sitting.session.close()
    assert closed == [True]
    assert len(sitting.payloads(EventType.SITTING_CLOSED)) == 1


def test_the_ai_stays_hidden_where_the_reader_paused_before_it_could_come(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down(arm="aided")
    hands = open_window(sitting)
    hands.press("Space")
    with lock():
        hands.tap("G")
        hands.tap("G")  # means nothing while the first is on its way
        hands.tap("P")
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    hands.press("Space")
    assert not sitting.session.state.ai_visible
    assert len(sitting.payloads(EventType.AI_SHOWN)) == 1
    hands.press(*RATED[1:], "Enter")
    assert (sitting.reads[0].ai.first_shown_s, sitting.reads[0].ai.shown_s) == (None, 0.0)


def test_a_computer_that_sleeps_while_a_pause_ends_stays_paused(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "P")
    with lock():
        hands.tap("Space")
        sitting.clock.advance(1.0)
        sitting.clock.sleep(600.0)
        hands.qtbot.waitUntil(lambda: sitting.session.state.suspended)
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert sitting.session.state.phase is Phase.PAUSED
    assert not hands.window.light_box.isVisible()
    hands.press("Space", *RATED[1:], "Enter")
    (read,) = sitting.reads
    assert (read.times.reading_s, read.times.paused_s) == (1.0 + LOOK_S, 600.0)


def test_a_record_that_stays_locked_takes_back_what_was_pending_and_blocks(
    sit_down: Any,
    open_window: Any,
    lock: Lock,
    folder: StudyFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.5)
    with open_store(folder) as impatient:
        sitting = sit_down(record=impatient)
        hands = open_window(sitting)
        hands.press("Space", "M")
        hands.click(View.R_CC, 60, 120)
        before = sitting.store.events()
        kept = sitting.session.state.draft
        with lock():
            hands.tap("4")
            hands.tap("7")
            hands.tap("C")
            click(View.L_CC, 60, 120)(hands)
            assert sitting.session.state.draft != kept
            hands.qtbot.waitUntil(lambda: "another program holds it" in hands.window.text)
        assert hands.window.text.startswith(f"The record {folder.record} could not be used")
        assert not hands.window.light_box.isVisible()
        assert sitting.session.state.draft == kept
        for name in ("Space", "N", "Enter", "P"):
            hands.press(name)
        hands.press("Escape")
        assert not hands.window.isVisible()
        with pytest.raises(RecordError, match="another program holds it"):
            sitting.session.close()
        assert sitting.store.events() == before


def test_the_outline_of_a_mark_says_whether_it_is_on_the_disk(
    sit_down: Any, open_window: Any, lock: Lock
) -> None:
    sitting = sit_down()
    hands = open_window(sitting)
    hands.press("Space", "M")
    hands.click(View.R_CC, 60, 120)
    hands.press("4", "5")

    def pending() -> list[bool]:
        outlines = outlines_of(sitting.session.state, None)
        return [outline.pending for marks in outlines.values() for outline in marks]

    with lock():
        click(View.R_MLO, 60, 120)(hands)
        assert sorted(pending()) == [True, True]  # digits that were typed became its rating
    hands.qtbot.waitUntil(lambda: hands.window.ready)
    assert pending() == [False, False]
