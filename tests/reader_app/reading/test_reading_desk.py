"""The keyboard logic on a real session and a real record, without a window."""

from typing import Any

import pytest

from reader_app.reading.keys import KEYS, Command, Mode, command_of
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.session_state import Phase
from study_design.geometry import Point
from study_design.reads import Finding
from study_design.record.events import EventType
from study_design.vocabulary import AbnormalityType, View

PARTED = ("1", "2", "3", "4A", "4B", "4C", "5")


class Keys:
    """Presses keys on a desk as the window does, from the first paint on."""

    def __init__(self, sitting: Any) -> None:
        self.session = sitting.session
        self.desk = ReadingDesk(sitting.session)
        self.session.open_case()
        self.session.painted(0.1)

    def press(self, keys: str) -> "Keys":
        for key in keys.split():
            command = command_of(self.desk.mode, key)
            assert command is not None, f"{key} means nothing while {self.desk.mode}"
            self.desk.do(command, key)
        return self

    def mark(self, view: View, *points: tuple[float, float]) -> "Keys":
        self.desk.place(view, view.value, tuple(Point(*point) for point in points))
        return self

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.session.state.draft.findings


@pytest.fixture
def keys(sit_down: Any) -> Keys:
    return Keys(sit_down())


def test_a_lesion_on_two_views_becomes_one_finding_with_two_marks(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (10, 20)).mark(View.R_MLO, (5, 6), (9, 12))
    keys.press("4 7 2 Enter")
    (finding,) = keys.findings
    assert finding.types == (AbnormalityType.MASS,)
    assert [mark.view for mark in finding.marks] == [View.R_CC, View.R_MLO]
    assert [mark.shape for mark in finding.marks] == ["point", "box"]
    assert (finding.birads, finding.rating, finding.one_view_only) == ("4", 72.0, False)
    assert keys.desk.mode is Mode.READING


def test_a_parted_category_takes_two_digits(sit_down: Any) -> None:
    keys = Keys(sit_down(scales={"birads": PARTED}))
    keys.press("D").mark(View.L_CC, (1, 1)).press("X 4 3 1 0 0 Enter")
    (finding,) = keys.findings
    assert (finding.birads, finding.rating, finding.one_view_only) == ("4C", 100.0, True)


def test_half_a_category_is_never_stored(sit_down: Any) -> None:
    keys = Keys(sit_down(scales={"birads": PARTED}))
    keys.press("M").mark(View.L_CC, (1, 1)).press("X 4 Enter")
    assert keys.findings[0].birads is None


def test_a_click_on_the_other_breast_starts_nothing(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1))
    assert not keys.desk.draws_on(View.L_MLO)
    keys.mark(View.L_MLO, (3, 3))
    keys.desk.pick(None)
    assert len(keys.findings) == 1
    assert len(keys.findings[0].marks) == 1
    assert "R MLO" in keys.desk.half.notice


def test_the_second_mark_is_waited_for_after_the_card_is_closed(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).press("3 1 5 Enter")
    assert keys.desk.linking_view is View.R_MLO
    keys.mark(View.R_MLO, (2, 2))
    assert len(keys.findings[0].marks) == 2


def test_a_finding_can_be_linked_later(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).press("X 3 9 Enter")
    keys.desk.pick(keys.findings[0].marks[0].mark)
    keys.press("S").mark(View.R_MLO, (2, 2))
    (finding,) = keys.findings
    assert len(finding.marks) == 2
    assert not finding.one_view_only


def test_letters_in_the_card_add_and_remove_types_but_leave_one(keys: Keys) -> None:
    keys.press("C").mark(View.R_CC, (1, 1)).press("M")
    assert keys.findings[0].types == (AbnormalityType.MASS, AbnormalityType.CALCIFICATION)
    keys.press("C M")
    assert keys.findings[0].types == (AbnormalityType.MASS,)
    assert "at least one type" in keys.desk.half.notice


def test_a_type_that_the_study_does_not_have_arms_nothing(sit_down: Any) -> None:
    keys = Keys(sit_down(scales={"types": (AbnormalityType.MASS,)}))
    keys.press("C")
    assert keys.desk.half.armed is None
    assert "calcification" in keys.desk.half.notice


def test_digits_are_taken_over_by_the_next_key_and_can_be_rubbed_out(keys: Keys) -> None:
    keys.press("N 3 5 Backspace 1")
    assert keys.session.state.answers.rating_right is None
    keys.press("Shift+2")
    answers = keys.session.state.answers
    assert (answers.rating_right, answers.rating_left, answers.rating) == (31.0, 31.0, 31.0)


def test_negative_gives_both_breasts_1_and_asks_for_the_rating(keys: Keys) -> None:
    keys.press("N")
    answers = keys.session.state.answers
    assert (answers.birads_right, answers.birads_left, answers.birads_exam) == ("1", "1", "1")
    assert answers.rating is None
    assert "rating" in keys.desk.half.notice


def test_benign_leaves_the_breast_with_a_finding_alone(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).press("X 5 9 5 Enter B 4 Enter")
    answers = keys.session.state.answers
    assert (answers.birads_right, answers.birads_left) == ("5", "2")
    assert (answers.rating_right, answers.rating_left) == (95.0, 4.0)


def test_negative_is_refused_where_the_scale_has_no_1(sit_down: Any) -> None:
    keys = Keys(sit_down(scales={"birads": ("3", "4", "5")}))
    keys.press("N")
    assert keys.session.state.answers.birads_right is None
    assert "not on this study's scale" in keys.desk.half.notice


def test_an_incomplete_finding_opens_its_card_before_the_summary(keys: Keys) -> None:
    keys.press("M").mark(View.R_CC, (1, 1)).press("X 4 Enter Enter")
    assert keys.session.state.phase is Phase.READING
    assert keys.desk.half.card is not None
    assert keys.desk.half.card.item == "finding_rating"
    keys.press("7 0 Enter N 2 Enter")
    assert keys.session.state.phase is Phase.SUMMARY


def test_the_summary_begins_at_what_is_missing_and_validates_only_when_nothing_is(
    keys: Keys,
) -> None:
    keys.press("Enter")
    assert keys.desk.half.focus == "birads_right"
    keys.press("1")
    assert keys.desk.half.focus == "birads_left"
    keys.press("2 1 2 Enter")
    assert keys.desk.half.focus == "rating_left"
    assert keys.session.state.phase is Phase.SUMMARY
    keys.press("5 Enter")
    assert keys.session.state.phase is Phase.GATE


def test_the_summary_can_overrule_what_follows_from_the_breasts(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press("N 3 Enter Tab Tab Tab Tab Tab 3 Tab 4 0 Tab 3 Enter")
    assert keys.desk.half.asked == ("exam: BI-RADS 3, higher breast 1",)
    assert sitting.reads == ()
    keys.press("Enter")
    (read,) = sitting.reads
    assert (read.answers.birads_exam, read.answers.rating, read.answers.density) == ("3", 40.0, "c")
    assert read.contradiction == "confirmed"
    assert read.answers.rating_right == 3.0


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ("N 6 1 Enter Enter", "right breast: BI-RADS 1, rating 61"),
        ("N 2 Enter Tab 5 Enter", "right breast: BI-RADS 5 without a finding"),
        ("M", "right breast: BI-RADS 5, rating 2"),
    ],
)
def test_what_contradicts_itself_is_validated_by_a_second_enter_only(
    sit_down: Any, keys: str, asked: str
) -> None:
    sitting = sit_down()
    pressed = Keys(sitting).press(keys)
    if keys == "M":
        pressed.mark(View.R_CC, (10, 20)).press("X 5 2 Enter N 3 Enter Enter")
        asked = "finding 1: BI-RADS 5, rating 2"
    assert sitting.reads == ()
    assert pressed.session.state.phase is Phase.SUMMARY
    assert pressed.desk.half.asked[0] == asked
    pressed.press("Enter")
    (read,) = sitting.reads
    assert read.contradiction == "confirmed"


def test_another_key_takes_the_question_back_and_enter_asks_it_again(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press("N 6 1 Enter Enter")
    for other in ("Tab", "Escape Enter", "P P Enter", "Shift+Tab"):
        assert keys.desk.half.asked
        keys.press(other)
        assert not keys.desk.half.asked
        keys.press("Enter")
        assert sitting.reads == ()
    keys.press("Tab Tab 7 Enter")  # what is asked about is another thing now
    assert (sitting.reads, len(keys.desk.half.asked)) == ((), 2)


def test_a_contradiction_that_is_corrected_is_not_recorded(sit_down: Any) -> None:
    sitting = sit_down()
    keys = Keys(sitting).press("N 6 1 Enter Enter")
    assert keys.desk.half.asked
    keys.press("Tab Tab 1 6 Tab Tab 1 6 Enter")
    (read,) = sitting.reads
    assert (read.answers.rating, read.contradiction) == (16.0, "")


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
        Command.NEXT_STEP,
        Command.PREVIOUS_STEP,
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
