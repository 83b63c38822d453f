"""The list of exams: problems are told, changes make new tables, and undo takes them back."""

from hypothesis import given
from hypothesis import strategies as st

from reader_app.coordinator.exam_answers import Settle, offers
from reader_app.coordinator.exam_changes import AcceptDisplay, Change, Exclude, JudgeText, Place
from reader_app.coordinator.exam_problems import Filter, ProblemKind
from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.import_table import ImportTable, count, problems_first
from reader_app.coordinator.same_day import WHY_OUT, leave_outs
from study_design.images.display_doubt import About, DisplayDoubt
from study_design.images.exam_question import Answer, Asked, ExamQuestion
from study_design.images.found_text import FoundText, TextBox, TextVerdict
from study_design.vocabulary import View

OPEN = FoundText("C001-R-CC", TextBox(1, 2, 3, 4))


def exam(case: str, *views: View | None, **facts: object) -> ExamRow:
    images = tuple(ExamImage(f"{case}-{n}", view) for n, view in enumerate(views))
    return ExamRow(case, "P001", images, **facts)  # type: ignore[arg-type]


FULL = exam("C001", *View)
SHORT = exam("C002", View.R_CC, View.L_CC, View.R_MLO, None)
OUT = exam("C003", View.R_CC, excluded=True, reason="implant")
TABLE = ImportTable((FULL, SHORT, OUT))

changes = st.one_of(
    st.builds(
        Place,
        st.sampled_from([i.image for row in (FULL, SHORT) for i in row.images]),
        st.sampled_from([*View, None]),
    ),
    st.builds(Exclude, st.sampled_from(["C001", "C002"]), st.just("dark")),
)


def test_an_exam_tells_which_views_are_missing_unless_it_is_excluded() -> None:
    assert [p.words for p in SHORT.problems] == ["L-MLO is missing"]
    assert FULL.problems == OUT.problems == ()


def test_text_and_an_unknown_view_are_problems_of_their_image() -> None:
    images = (
        ExamImage("a", View.R_CC, text=(OPEN,)),
        ExamImage("b", None, "laterality conflict: X says R, Y says L"),
    )
    told = {p.kind: p for p in ExamRow("C001", "P001", images, ("no spacing",)).problems}
    assert told[ProblemKind.TEXT].image == "a"
    assert told[ProblemKind.PLACE].image == "b"
    assert "X says R" in told[ProblemKind.PLACE].words
    assert told[ProblemKind.OTHER].words == "no spacing"


def test_a_view_that_the_headers_leave_open_is_found_by_its_filter() -> None:
    row = exam(
        "C001", *View, other_problems=("which image of R-CC is used? C001-X1 is a second R-CC",)
    )
    assert row.passes(Filter.PLACE)
    assert not row.passes(Filter.OTHER)


def test_every_exam_passes_all_and_exactly_one_of_problem_excluded_and_ready() -> None:
    states = (Filter.PROBLEM, Filter.EXCLUDED, Filter.READY)
    assert [count(TABLE.rows, state) for state in (Filter.ALL, *states)] == [3, 1, 1, 1]
    assert SHORT.passes(Filter.MISSING)
    assert not SHORT.passes(Filter.TEXT)


def test_problems_come_first_and_the_excluded_last() -> None:
    assert [row.case for row in problems_first(TABLE.rows)] == ["C002", "C001", "C003"]


def test_an_image_put_into_a_filled_slot_changes_places_with_the_one_there() -> None:
    table = TABLE.with_change(Place("C001-0", View.L_CC))
    assert {(p.image, p.view) for p in table.placements} == {
        ("C001-0", View.L_CC),
        ("C001-1", View.R_CC),
    }
    back = table.with_change(Place("C001-0", View.R_CC))
    assert back.placements == ()
    assert len(back.changes) == 2


def test_an_unused_image_fills_the_missing_view() -> None:
    row = TABLE.with_change(Place("C002-3", View.L_MLO)).rows[1]
    assert row.problems == ()
    assert row.unused == ()


def test_what_changes_nothing_is_no_change() -> None:
    assert TABLE.with_change(Place("C001-0", View.R_CC)) is TABLE


def test_text_is_decided_on_for_one_image() -> None:
    images = (ExamImage("a", View.R_CC, text=(OPEN,)), ExamImage("b", View.L_CC, text=(OPEN,)))
    table = ImportTable((ExamRow("C001", "P001", images),))
    table = table.with_change(JudgeText("a", TextVerdict.HARMLESS))
    assert [image.has_open_text for image in table.rows[0].images] == [False, True]
    assert table.judgements == (JudgeText("a", TextVerdict.HARMLESS),)


def test_a_doubtful_display_is_a_problem_until_it_is_accepted_and_counts_in_a_slot_only() -> None:
    images = (
        ExamImage("a", View.R_CC, doubts=(DisplayDoubt("a", "upside down?"),)),
        ExamImage("b", None, doubts=(DisplayDoubt("b", "inverse?"),)),
        ExamImage("c", View.L_CC, doubts=(DisplayDoubt("c", "a biopsy?", about=About.VIEW),)),
    )
    row = ExamRow("C001", "P001", images)
    assert [p.words for p in row.problems if p.kind is ProblemKind.DISPLAY] == [
        "is R-CC displayed correctly? upside down?"
    ]
    assert [p.words for p in row.problems if p.kind is ProblemKind.VIEW] == [
        "is L-CC a plain view in its place? a biopsy?"
    ]
    table = ImportTable((row,)).with_change(AcceptDisplay("a"))
    assert not table.rows[0].passes(Filter.DISPLAY)
    assert table.accepted == (AcceptDisplay("a"),)


@given(st.lists(changes, max_size=12))
def test_no_slot_is_ever_filled_twice_and_undo_leads_back(wanted: list[Change]) -> None:
    tables = [TABLE]
    for change in wanted:
        tables.append(tables[-1].with_change(change))
        for row in tables[-1].rows:
            views = [image.view for image in row.images if image.view]
            assert len(views) == len(set(views))
    table = tables[-1]
    while table.changes:
        table = table.undone()
    assert table.rows == TABLE.rows


def test_an_answer_takes_the_question_from_all_its_exams_and_names_the_prior() -> None:
    asked = ExamQuestion(Asked.EXAMS, (("C002", "C001"),), "which should be read?", (0, 371))
    rows = tuple(exam(case, *View, questions=(asked,)) for case in ("C001", "C002", "C003")[:2])
    table = ImportTable((*rows, exam("C003", *View)))
    assert [row.passes(Filter.EXAMS) for row in table.rows] == [True, True, False]
    priors, both = offers(asked)
    assert priors.words == "Read C002, keep C001 as its prior"
    assert both.words == "Read both as cases of their own"
    answered = table.with_change(priors)
    assert [row.problems for row in answered.rows] == [(), (), ()]
    assert [row.prior_of for row in answered.rows] == ["C002", "", ""]
    assert answered.settlements == (priors,)
    assert answered.undone().rows == table.rows
    assert answered.over(table.stored).changes == (priors,)
    assert answered.over((exam("C001", *View),)).changes == ()


def test_exams_of_one_question_stand_together() -> None:
    asked = ExamQuestion(Asked.PERSONS, (("C001",), ("C009",)), "one person or two?")
    rows = [exam("C001", *View, questions=(asked,)), exam("C002"), exam("C003", *View)]
    rows.append(exam("C009", *View, questions=(asked,)))
    assert [row.case for row in problems_first(rows)] == ["C001", "C009", "C002", "C003"]


def test_where_dates_tell_no_order_any_exam_may_be_the_one_that_is_read() -> None:
    asked = ExamQuestion(Asked.EXAMS, (("C001", "C002"),), "", (None, None))
    assert [offer.words for offer in offers(asked)] == [
        "Read C001, keep C002 as its prior",
        "Read C002, keep C001 as its prior",
        "Read both as cases of their own",
        "One exam, stored twice",
    ]


def same_day(*cases: str, days: tuple[int | None, ...] = (0, 0)) -> ExamQuestion:
    return ExamQuestion(Asked.EXAMS, (cases,), "is it one exam?", days)


def test_exams_that_fill_one_slot_are_no_exam_stored_twice_until_one_gives_way() -> None:
    asked = same_day("C001", "C002")
    rows = (
        exam("C001", View.R_CC, View.L_CC, questions=(asked,)),
        exam("C002", View.R_CC, View.R_MLO, View.L_MLO, questions=(asked,)),
    )
    table, one_exam = ImportTable(rows), Settle(asked, Answer.ONE_EXAM)
    assert "both have R CC. Set" in table.refusal(one_exam)
    assert [table.refusal(one) for one in offers(asked) if one != one_exam] == [""]
    apart = table.with_change(Place("C002-0", None))
    assert apart.refusal(one_exam) == ""
    answered = apart.with_change(one_exam)
    assert "both have R CC" in answered.refusal(Place("C002-0", View.R_CC))
    assert answered.refusal(Place("C001-0", View.R_CC)) == ""


def test_of_exams_of_one_day_one_is_read_and_the_other_left_out() -> None:
    asked = same_day("C001", "C002")
    rows = tuple(exam(case, *View, questions=(asked,)) for case in asked.cases)
    first, second = leave_outs(asked)
    assert (first.words, second.words) == (
        "Read C001, leave C002 out",
        "Read C002, leave C001 out",
    )
    table = ImportTable(rows).with_change(*second.exclusions)
    assert table.exclusions == (Exclude("C001", WHY_OUT),)
    assert [row.excluded for row in table.rows] == [True, False]
    assert table.rows[1].passes(Filter.READY)
    assert table.undone().rows == rows


def test_an_exam_that_is_left_out_leaves_a_question_on_the_others() -> None:
    asked = same_day("C001", "C002", "C003", days=(0, 0, 371))
    rows = tuple(exam(case, *View, questions=(asked,)) for case in asked.cases)
    table = ImportTable(rows).with_change(*next(leave_outs(asked)).exclusions)
    (left,) = table.rows[0].questions
    assert (left.cases, left.days) == (("C001", "C003"), (0, 371))
    answered = table.with_change(Settle(left, Answer.PRIORS, "C001"))
    assert [row.prior_of for row in answered.rows] == ["", "", "C001"]
    assert answered.over(rows).changes == answered.changes
    assert list(leave_outs(same_day("C001", "C002", days=(None, None)))) == []
    assert list(leave_outs(same_day("C001", "C002", days=(0, 3)))) == []


@given(st.sampled_from([Answer.ONE_PERSON, Answer.SEVERAL_PERSONS]), st.booleans())
def test_who_is_who_makes_no_exam_ready_before_it_is_saved(answer: Answer, numbers: bool) -> None:
    what = Asked.NUMBERS if numbers else Asked.PERSONS
    asked = ExamQuestion(what, (("C001",), ("C002",)), "one person or two?")
    rows = tuple(exam(case, *View, questions=(asked,)) for case in asked.cases)
    answered = ImportTable(rows).with_change(Settle(asked, answer))
    assert not any(row.passes(Filter.READY) for row in answered.rows)
    assert all(row.passes(Filter.EXAMS) for row in answered.rows)
    assert {problem.words[:5] for row in answered.rows for problem in row.problems} == {"save:"}


def test_of_a_repeat_is_asked_which_image_should_be_used() -> None:
    for why in ("one of several images for R-CC", "a second R-CC beside C001-R-CC; a biopsy?"):
        row = ExamRow("C001", "P001", (ExamImage("C001-X1", None, why),))
        (told,) = [p.words for p in row.problems if p.kind is ProblemKind.PLACE]
        assert told == f"which image of R-CC is used? C001-X1 is {why}"
