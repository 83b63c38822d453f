"""Pauses, closing and a record that stays locked: what is pending stays pending or goes."""

from typing import Any

import pytest
from given_saving import LOOK_S, RATED, Lock, click

from reader_app.qt.reading.mark_layers import outlines_of
from reader_app.reading.sitting_state import Phase
from study_design.errors import RecordError
from study_design.record.events import EventType
from study_design.record.store import connection
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


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
