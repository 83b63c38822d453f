"""What follows from findings, what must be answered, and what is never answered silently."""

import pytest

from reader_app.reading.draft import Draft
from study_design.geometry import Point
from study_design.protocol.study_file import Form
from study_design.reads import Finding, Mark
from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import AbnormalityType, View

BREAST = Form(rating="breast", birads="breast", density="optional")
EXAM = Form(rating="exam", birads="exam", density="off")
ORDER = SuspicionOrder(("1", "2", "3", "4", "4A", "4B", "4C", "5"))
WITH_ZERO = SuspicionOrder(("1", "2", "0", "3", "4", "5"))


def finding(
    number: int, view: View, birads: str | None = "4", rating: float | None = 70
) -> Finding:
    mark = Mark(number, view, f"C1-{view}", "point", (Point(10.0, 20.0),))
    return Finding(number, (AbnormalityType.MASS,), (mark,), birads, rating)


def test_nothing_is_answered_for_an_untouched_case() -> None:
    answers = Draft().rolled_up(BREAST, ORDER)
    assert all(getattr(answers, name) is None for name in type(answers).__dataclass_fields__)
    assert Draft().missing(BREAST, ORDER) == (
        "birads_right",
        "birads_left",
        "rating_right",
        "rating_left",
    )


def test_a_breast_takes_the_most_suspicious_of_its_findings() -> None:
    draft = Draft((finding(1, View.R_CC, "3", 20), finding(2, View.R_MLO, "4", 65)))
    answers = draft.rolled_up(BREAST, ORDER)
    assert (answers.birads_right, answers.rating_right) == ("4", 65)


def test_a_breast_without_findings_is_never_answered_silently() -> None:
    draft = Draft((finding(1, View.R_CC),))
    assert draft.missing(BREAST, ORDER) == ("birads_left", "rating_left")
    assert draft.rolled_up(BREAST, ORDER).rating is None
    assert draft.rolled_up(BREAST, ORDER).birads_exam is None


def test_the_exam_takes_the_higher_of_its_breasts() -> None:
    draft = Draft((finding(1, View.R_CC, "4", 65),)).with_answer("birads_left", "1")
    answers = draft.with_answer("rating_left", 3.0).rolled_up(BREAST, ORDER)
    assert (answers.birads_exam, answers.rating) == ("4", 65)


def test_what_the_reader_says_beats_what_follows_from_findings() -> None:
    draft = Draft((finding(1, View.L_CC, "4", 65),)).with_answer("rating_left", 40.0)
    assert draft.rolled_up(BREAST, ORDER).rating_left == 40.0


def test_a_form_that_asks_per_exam_needs_no_answer_per_breast() -> None:
    assert Draft().missing(EXAM, ORDER) == ("birads_exam", "rating")
    assert Draft((finding(1, View.R_CC),)).missing(EXAM, ORDER) == ()


def test_a_finding_without_category_or_rating_is_incomplete() -> None:
    draft = Draft((finding(1, View.R_CC, None), finding(2, View.L_CC, "2", None)))
    assert draft.incomplete_findings(BREAST) == (1, 2)
    without = Form(finding_birads=False, finding_rating=False)
    assert draft.incomplete_findings(without) == ()


def test_a_finding_goes_with_its_last_mark() -> None:
    mark = Mark(7, View.R_MLO, "C1-R-MLO", "point", (Point(1.0, 1.0),))
    draft = Draft((finding(1, View.R_CC),)).with_mark(1, mark)
    assert len(draft.finding(1).marks) == 2
    draft = draft.without_mark(7)
    assert len(draft.finding(1).marks) == 1
    assert draft.without_mark(1).findings == ()


def test_numbers_of_findings_and_marks_are_not_used_twice_while_they_stand() -> None:
    draft = Draft((finding(3, View.R_CC),))
    assert (draft.next_finding, draft.next_mark) == (4, 4)


@pytest.mark.parametrize("form", [BREAST, EXAM])
@pytest.mark.parametrize(
    ("order", "first", "second", "higher"),
    [
        (WITH_ZERO, "0", "1", "0"),
        (WITH_ZERO, "0", "2", "0"),
        (WITH_ZERO, "0", "3", "3"),
        (SuspicionOrder(("5", "4", "3", "2", "1")), "2", "4", "2"),
        (ORDER, "4", "4A", "4A"),
        (ORDER, "4C", "5", "5"),
        (ORDER, "0", "0", "0"),
    ],
)
def test_the_order_of_the_protocol_decides_which_of_two_categories_is_the_higher(
    form: Form, order: SuspicionOrder, first: str, second: str, higher: str
) -> None:
    for one, other in ((first, second), (second, first)):
        in_one_breast = Draft((finding(1, View.R_CC, one), finding(2, View.R_MLO, other)))
        assert in_one_breast.rolled_up(form, order).birads_right == higher
        in_two = Draft((finding(1, View.R_CC, one), finding(2, View.L_CC, other)))
        assert in_two.rolled_up(form, order).birads_exam == higher
        assert not [item for item in in_two.missing(form, order) if item.startswith("birads")]


def test_a_category_without_a_place_is_asked_for_where_it_meets_another() -> None:
    in_one_breast = Draft((finding(1, View.R_CC, "0"), finding(2, View.R_MLO, "2")))
    assert in_one_breast.rolled_up(BREAST, ORDER).birads_right is None
    assert "birads_right" in in_one_breast.missing(BREAST, ORDER)
    beside = in_one_breast.with_finding(finding(3, View.L_CC, "5"))
    assert beside.rolled_up(EXAM, ORDER).birads_exam is None
    assert beside.missing(EXAM, ORDER) == ("birads_exam",)
    in_two = Draft((finding(1, View.R_CC, "0"),)).with_answer("birads_left", "1")
    assert in_two.rolled_up(BREAST, ORDER).birads_right == "0"
    assert in_two.missing(BREAST, ORDER) == ("birads_exam", "rating_left")
    said = in_two.with_answer("birads_exam", "0")
    assert said.missing(BREAST, ORDER) == ("rating_left",)
