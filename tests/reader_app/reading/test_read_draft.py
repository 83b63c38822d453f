"""What is shown and what is on the disk: the difference is pending, and can be given up."""

from dataclasses import replace

from reader_app.reading.draft import Draft
from reader_app.reading.read_draft import ReadDraft
from study_design.geometry import Point
from study_design.reads import Finding, Mark
from study_design.vocabulary import AbnormalityType, View


def mark(number: int, view: View = View.R_CC, x_px: float = 5.0) -> Mark:
    return Mark(number, view, view.value, "point", (Point(x_px, 5.0),))


MASS = Finding(1, (AbnormalityType.MASS,), (mark(1),))
OTHER = Finding(2, (AbnormalityType.MASS,), (mark(2, View.L_CC),))


def pending(saved: Draft, shown: Draft) -> frozenset[int]:
    return ReadDraft("read-1", shown, saved).pending_marks


def test_a_mark_is_pending_until_it_is_on_the_disk_as_it_is_shown() -> None:
    one, two = Draft((MASS,)), Draft((MASS, OTHER))
    assert pending(one, one) == set()
    assert pending(Draft(), one) == {1}
    assert pending(one, two) == {2}
    moved = replace(MASS, marks=(mark(1, x_px=9.0),))
    assert pending(two, two.with_finding(moved)) == {1}


def test_a_mark_whose_finding_is_described_anew_is_pending_and_a_second_mark_alone_is() -> None:
    two = Draft((MASS, OTHER))
    assert pending(two, two.with_finding(replace(MASS, birads="4"))) == {1}
    assert pending(two, two.with_mark(1, mark(3, View.R_MLO))) == {3}


def test_answers_leave_the_marks_alone_and_a_removed_mark_is_not_shown_as_pending() -> None:
    one = Draft((MASS,))
    assert pending(one, one.with_answer("rating", 3.0)) == set()
    assert pending(one, one.without_mark(1)) == set()


def test_what_is_not_on_the_disk_can_be_given_up() -> None:
    read = ReadDraft("read-1", Draft((MASS, OTHER)), Draft((MASS,)))
    read.give_up()
    assert read.shown == Draft((MASS,))
