"""What a read says that cannot all be meant is named; what can be meant is left in peace."""

from importlib import resources
from pathlib import Path

import pytest

from study_design.geometry import Point
from study_design.protocol.contradictions import PLAUSIBLE, contradictions_of
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.reads import Answers, Finding, Mark
from study_design.vocabulary import AbnormalityType, View

CALM = Answers(
    birads_right="1",
    birads_left="1",
    birads_exam="1",
    rating_right=3.0,
    rating_left=3.0,
    rating=3.0,
)


@pytest.fixture
def study(tmp_path: Path) -> StudyFile:
    """The template of Zhou 2023."""
    templates = resources.files("study_design.protocol") / "templates"
    path = tmp_path / "study.toml"
    path.write_text((templates / "zhou2023.toml").read_text())
    return read_study_file(path)


def finding(
    number: int, birads: str | None, rating: float | None, view: View = View.R_CC
) -> Finding:
    mark = Mark(number, view, view.value, "point", (Point(10.0, 20.0),))
    return Finding(number, (AbnormalityType.MASS,), (mark,), birads, rating)


def exam(right: tuple[str, float], left: tuple[str, float], whole: tuple[str, float]) -> Answers:
    return Answers(right[0], left[0], whole[0], right[1], left[1], whole[1])


def with_order(study: StudyFile, *order: str) -> StudyFile:
    scales = {"birads": order, "birads_order": order}
    return study.model_copy(update={"scales": study.scales.model_copy(update=scales)})


def with_form(study: StudyFile, **form: str) -> StudyFile:
    return study.model_copy(update={"form": study.form.model_copy(update=form)})


R_MASS = (finding(1, "4", 70.0),)


@pytest.mark.parametrize(
    ("answers", "findings", "said"),
    [
        (CALM, (), []),
        (exam(("4", 70), ("1", 3), ("4", 70)), R_MASS, []),
        (exam(("3", 30), ("2", 8), ("3", 30)), (), []),
        (exam(("5", 96), ("1", 3), ("5", 97)), (finding(1, "5", 96),), []),
        (
            exam(("4", 40), ("1", 3), ("4", 40)),
            (),
            ["right breast: BI-RADS 4 without a finding"],
        ),
        (
            exam(("4", 70), ("5", 90), ("5", 90)),
            R_MASS,
            ["left breast: BI-RADS 5 without a finding"],
        ),
        (
            exam(("5", 2), ("1", 3), ("5", 3)),
            (finding(1, "5", 2),),
            ["finding 1: BI-RADS 5, rating 2", "exam: BI-RADS 5, rating 3"],
        ),
        (
            exam(("1", 61), ("1", 61), ("1", 61)),
            (),
            ["right breast: BI-RADS 1, rating 61", "left breast: BI-RADS 1, rating 61"],
        ),
        (
            exam(("2", 70), ("1", 3), ("2", 70)),
            R_MASS,
            ["right breast: BI-RADS 2, highest finding 4", "right breast: BI-RADS 2, rating 70"],
        ),
        (
            exam(("4", 40), ("1", 3), ("4", 40)),
            R_MASS,
            ["right breast: rating 40, a finding 70"],
        ),
        (
            exam(("4", 30), ("1", 3), ("4", 30)),
            (finding(1, "2", 5),),
            ["right breast: BI-RADS 4, highest finding 2"],
        ),
        (
            exam(("4", 70), ("1", 3), ("1", 3)),
            R_MASS,
            ["exam: BI-RADS 1, higher breast 4", "exam: rating 3, a breast 70"],
        ),
        (
            exam(("1", 3), ("1", 3), ("5", 90)),
            (),
            ["exam: BI-RADS 5, higher breast 1"],
        ),
        (exam(("0", 90), ("1", 3), ("0", 90)), (), []),
    ],
)
def test_contradictions_are_named_once_and_in_order(
    study: StudyFile, answers: Answers, findings: tuple[Finding, ...], said: list[str]
) -> None:
    assert list(contradictions_of(answers, findings, study)) == said


@pytest.mark.parametrize("category", PLAUSIBLE)
def test_ratings_at_the_limits_of_a_category_are_left_in_peace(
    study: StudyFile, category: str
) -> None:
    wide = with_order(study, *PLAUSIBLE)
    least, most = PLAUSIBLE[category]
    limits = ((least, 0), (most, 0), (least - 1, 1), (most + 1, 1))
    for rating, said in ((rating, said) for rating, said in limits if 0 <= rating <= 100):
        whole = (finding(1, category, rating),)
        answers = exam((category, rating), ("1", 0), (category, rating))
        assert len(contradictions_of(answers, whole, wide)) == said, rating


@pytest.mark.parametrize(
    ("category", "said"), [("3", 0), ("4A", 1), ("4B", 1), ("4C", 1), ("5", 1)]
)
def test_a_parted_four_is_suspicious(study: StudyFile, category: str, said: int) -> None:
    parted = with_order(study, "1", "2", "3", "4A", "4B", "4C", "5")
    answers = exam((category, 50), ("1", 3), (category, 50))
    assert len(contradictions_of(answers, (), parted)) == said


def test_what_is_suspicious_follows_the_order_of_the_protocol(study: StudyFile) -> None:
    answers = exam(("0", 60), ("1", 3), ("0", 60))
    assert contradictions_of(answers, (), with_order(study, "1", "2", "0", "3", "4", "5")) == ()
    (said,) = contradictions_of(answers, (), with_order(study, "1", "2", "3", "4", "0", "5"))
    assert said == "right breast: BI-RADS 0 without a finding"


def test_a_category_without_a_place_is_compared_with_nothing(study: StudyFile) -> None:
    answers = exam(("0", 70), ("1", 3), ("0", 70))
    assert contradictions_of(answers, R_MASS, study) == ()


def test_a_study_without_marks_asks_for_none(study: StudyFile) -> None:
    scales = study.scales.model_copy(update={"types": ()})
    without = study.model_copy(update={"scales": scales})
    assert contradictions_of(exam(("5", 90), ("1", 3), ("5", 90)), (), without) == ()


def test_a_form_of_the_exam_is_held_against_its_findings(study: StudyFile) -> None:
    form = with_form(study, rating="exam", birads="exam")
    nothing = Answers(birads_exam="4", rating=40.0)
    assert contradictions_of(nothing, (), form) == ("exam: BI-RADS 4 without a finding",)
    below = Answers(birads_right="4", rating_right=70.0, birads_exam="2", rating=10.0)
    assert contradictions_of(below, R_MASS, form) == (
        "exam: BI-RADS 2, highest finding 4",
        "exam: rating 10, a finding 70",
    )


def test_findings_that_are_not_rated_contradict_nothing(study: StudyFile) -> None:
    answers = exam(("4", 40), ("1", 3), ("4", 40))
    assert contradictions_of(answers, (finding(1, None, None),), study) == ()
