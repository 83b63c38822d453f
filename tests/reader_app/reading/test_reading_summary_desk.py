"""Keys of the summary, digits that wait, and what a kill leaves of them."""

from typing import Any

import pytest
from given_reading_desk import PARTED, Keys

from reader_app.reading.keys import KEYS, Command, Mode
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.sitting_state import Phase
from study_design.record.events import EventType
from study_design.vocabulary import View


@pytest.mark.parametrize(("key", "category"), [("N", "1"), ("B", "2")])
def test_negative_and_benign_work_in_the_summary_and_the_digits_after_are_the_rating(
    sit_down: Any, key: str, category: str
) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press(f"Enter {key}")
    assert keys.desk.mode is Mode.SUMMARY
    assert "rating" in keys.desk.half.notice
    keys.press("3 3 Enter")
    (read,) = sitting.reads
    assert (read.answers.birads_right, read.answers.birads_left) == (category, category)
    assert (read.answers.rating_right, read.answers.rating_left) == (33.0, 33.0)


def test_negative_in_the_summary_answers_the_breast_without_finding_alone(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press("M").mark(View.R_CC, (10, 20)).press("X 4 7 2 Enter Enter N 5")
    keys.press("Enter")
    (read,) = sitting.reads
    assert (read.answers.birads_right, read.answers.rating_right) == ("4", 72.0)
    assert (read.answers.birads_left, read.answers.rating_left) == ("1", 5.0)


def test_negative_corrects_a_suspicious_breast_without_finding(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press("N 2 Enter Tab 5 Enter")
    assert keys.desk.half.asked
    keys.press("N Enter")
    (read,) = sitting.reads
    assert (read.answers.birads_right, read.contradiction) == ("1", "")


def test_negative_says_why_it_does_nothing_where_the_exam_has_findings(sit_down: Any) -> None:
    keys = Keys(sit_down(form={"rating": "exam", "birads": "exam"}))
    keys.press("M").mark(View.R_CC, (10, 20)).press("X 4 7 2 Enter N")
    assert "has findings" in keys.desk.half.notice
    assert keys.session.state.answers.birads_exam == "4"


def test_digits_change_nothing_in_a_complete_summary_before_tab(keys: Keys) -> None:
    keys.press("N 3 Enter 5")
    assert keys.session.state.answers.birads_right == "1"
    assert "Tab" in keys.desk.half.notice
    keys.press("Shift+Tab 5")
    assert keys.session.state.answers.birads_right == "5"


def test_a_validated_read_leaves_nothing_on_the_desk(keys: Keys) -> None:
    keys.press("N 3 Enter Enter")
    assert keys.session.state.phase is Phase.GATE
    half = keys.desk.half
    assert (half.entry, half.selected, half.card, half.notice) == (None, None, None, "")


def test_delete_removes_the_selected_mark_else_the_newest(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).mark(View.R_MLO, (2, 2)).press("Enter")
    keys.desk.pick(keys.findings[0].marks[0].mark)
    keys.press("Delete")
    assert [mark.view for mark in keys.findings[0].marks] == [View.R_MLO]
    keys.press("Delete")
    assert keys.findings == ()
    assert keys.desk.mode is Mode.READING
    keys.press("Delete")
    assert "no mark" in keys.desk.half.notice


def test_shift_and_a_digit_is_the_density(sit_down: Any) -> None:
    keys = Keys(sit_down())
    keys.press("Shift+3")
    assert keys.session.state.answers.density == "c"


def test_density_is_not_taken_where_it_is_not_asked(sit_down: Any) -> None:
    keys = Keys(sit_down(form={"density": "off"}))
    keys.press("Shift+3")
    assert keys.session.state.answers.density is None
    assert "density" in keys.desk.half.notice


def test_digits_without_an_open_rating_answer_nothing(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting)
    keys.press("N 3")
    keys.desk.take_over()
    before = len(sitting.payloads(EventType.ANSWER_GIVEN))
    keys.press("7")
    assert len(sitting.payloads(EventType.ANSWER_GIVEN)) == before
    assert "Enter" in keys.desk.half.notice


def test_a_pause_in_the_middle_of_a_finding_keeps_it(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).press("4 6 P")
    assert keys.session.state.phase is Phase.PAUSED
    keys.press("Space")
    assert keys.findings[0].rating == 6.0
    assert keys.desk.mode is Mode.CARD


@pytest.mark.parametrize("mode", list(Mode))
def test_every_command_of_the_table_can_be_carried_out(keys: Keys, mode: Mode) -> None:
    of_the_window = {
        Command.OPEN_CASE,
        Command.LEAVE,
        Command.REOPEN,
        Command.NEXT_HANGING_STEP,
        Command.PREVIOUS_HANGING_STEP,
        Command.VENDOR_WINDOW,
        Command.RESET,
        Command.INVERT,
        Command.ONE_TO_ONE,
        Command.TRUE_SIZE,
        Command.LENS,
        Command.TOGETHER,
        Command.RULER,
        Command.KEYS,
    }
    for command in KEYS[mode].values():
        assert keys.desk.handles(command) != (command in of_the_window)


def cut_off(sit_down: Any, keys: Keys, **sitting: Any) -> Keys:
    """Sit down again after the program was killed, before the same case."""
    again = Keys.__new__(Keys)
    again.session = sit_down(**sitting).session
    again.desk = ReadingDesk(again.session)
    again.session.open_case()
    again.desk.begin()
    again.session.painted(0.1)
    assert again.findings == keys.findings
    return again


def test_half_typed_digits_stand_there_again_after_a_kill_and_answer_nothing(
    sit_down: Any,
) -> None:
    keys = Keys(sit_down()).press("N 7 2")
    again = cut_off(sit_down, keys)
    assert again.session.state.answers.rating_right is None
    assert again.desk.half.entry is not None
    assert (again.desk.half.entry.typed.text, again.desk.half.entry.typed.value) == ("72", 72.0)
    assert "72" in again.desk.half.notice
    again.press("Backspace 5 Enter")
    assert again.session.state.answers.rating == 75.0


def test_digits_that_were_rubbed_out_or_taken_over_do_not_come_back(sit_down: Any) -> None:
    assert cut_off(sit_down, Keys(sit_down()).press("N 7 Backspace")).desk.half.entry is None
    taken = cut_off(sit_down, cut_off(sit_down, Keys(sit_down())).press("7 Shift+2"))
    assert taken.desk.half.entry is None
    assert taken.session.state.answers.rating == 7.0


def test_half_a_category_on_a_card_comes_back_with_its_card(sit_down: Any) -> None:
    scales = {"birads": PARTED}
    keys = Keys(sit_down(scales=scales))
    keys.press("M").mark(View.R_CC, (1, 1)).press("X 4")
    again = cut_off(sit_down, keys, scales=scales)
    assert again.desk.half.card is not None
    assert again.desk.half.card.finding == 1
    again.press("2 5 0 Enter")
    assert (again.findings[0].birads, again.findings[0].rating) == ("4B", 50.0)


def test_half_a_category_that_another_key_drops_is_not_kept(sit_down: Any) -> None:
    scales = {"birads": PARTED}
    sitting = sit_down(scales=scales)
    keys = Keys(sitting)
    keys.press("M").mark(View.R_CC, (1, 1)).press("X 4 Tab")
    last = sitting.payloads(EventType.DIGITS_TYPED)[-1]
    assert (last["items"], last["text"], last["finding"]) == (["finding_birads"], "", 1)
    assert cut_off(sit_down, keys, scales=scales).desk.half.entry is None


def test_digits_typed_in_the_summary_come_back_with_what_they_answer(sit_down: Any) -> None:
    scales = {"birads": PARTED}
    keys = Keys(sit_down(scales=scales)).press("Enter 4")
    again = cut_off(sit_down, keys, scales=scales)
    assert again.desk.half.notice.startswith("BI-RADS, right breast: 4_")
    again.press("3")
    assert again.session.state.answers.birads_right == "4C"


def test_a_digit_that_is_an_answer_by_itself_is_one_act(sit_down: Any) -> None:
    sitting = sit_down()
    Keys(sitting).press("M").mark(View.R_CC, (1, 1)).press("X 4")
    assert sitting.payloads(EventType.DIGITS_TYPED) == []
    assert sitting.payloads(EventType.FINDING_DESCRIBED)[-1]["birads"] == "4"
