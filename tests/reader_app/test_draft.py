"""What follows from findings, what must be answered, and what is never answered silently."""

from reader_app.draft import Draft
from study_design.geometry import Point
from study_design.protocol.study_file import Form
from study_design.reads import Finding, Mark
from study_design.vocabulary import AbnormalityType, View

BREAST = Form(rating="breast", birads="breast", density="optional")
EXAM = Form(rating="exam", birads="exam", density="off")


def finding(
    number: int, view: View, birads: str | None = "4", rating: float | None = 70
) -> Finding:
    mark = Mark(number, view, f"C1-{view}", "point", (Point(10.0, 20.0),))
    return Finding(number, (AbnormalityType.MASS,), (mark,), birads, rating)


def test_nothing_is_answered_for_an_untouched_case() -> None:
    answers = Draft().rolled_up(BREAST)
    assert all(getattr(answers, name) is None for name in type(answers).__dataclass_fields__)
    assert Draft().missing(BREAST) == (
        "birads_right",
        "birads_left",
        "rating_right",
        "rating_left",
    )


def test_a_breast_takes_the_most_suspicious_of_its_findings() -> None:
    draft = Draft((finding(1, View.R_CC, "3", 20), finding(2, View.R_MLO, "4", 65)))
    answers = draft.rolled_up(BREAST)
    assert (answers.birads_right, answers.rating_right) == ("4", 65)


def test_a_breast_without_findings_is_never_answered_silently() -> None:
    draft = Draft((finding(1, View.R_CC),))
    assert draft.missing(BREAST) == ("birads_left", "rating_left")
    assert draft.rolled_up(BREAST).rating is None
    assert draft.rolled_up(BREAST).birads_exam is None


def test_the_exam_takes_the_higher_of_its_breasts() -> None:
    draft = Draft((finding(1, View.R_CC, "4", 65),)).with_answer("birads_left", "1")
    answers = draft.with_answer("rating_left", 3.0).rolled_up(BREAST)
    assert (answers.birads_exam, answers.rating) == ("4", 65)


def test_what_the_reader_says_beats_what_follows_from_findings() -> None:
    draft = Draft((finding(1, View.L_CC, "4", 65),)).with_answer("rating_left", 40.0)
    assert draft.rolled_up(BREAST).rating_left == 40.0


def test_a_form_that_asks_per_exam_needs_no_answer_per_breast() -> None:
    assert Draft().missing(EXAM) == ("birads_exam", "rating")
    assert Draft((finding(1, View.R_CC),)).missing(EXAM) == ()


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
