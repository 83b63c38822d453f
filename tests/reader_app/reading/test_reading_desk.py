"""The keyboard logic on a real session and a real record, without a window."""

from typing import Any

import pytest
from given_reading_desk import PARTED, Keys

from reader_app.reading.keys import Mode
from reader_app.reading.sitting_state import Phase
from study_design.vocabulary import AbnormalityType, View


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
