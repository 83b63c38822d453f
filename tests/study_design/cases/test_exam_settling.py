from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from study_design.cases.case_import import import_images, scan_images
from study_design.cases.exam_settling import question_on, questions_on, settle, take_back
from study_design.cases.exclusion import exclude_case
from study_design.errors import BadInputError, ProtocolError
from study_design.images.case_list import PRIOR, cases_of, read_images
from study_design.images.exam_question import Answer, Asked, ExamQuestion
from study_design.images.image_check import image_problems
from study_design.images.image_store import load_mammogram
from study_design.images.link_file import LinkFile
from study_design.life.plan_study import draw_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.payloads.staff import ExamsSettled
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def asked(folder: StudyFolder) -> dict[str, ExamQuestion]:
    return {question.words: question for question in questions_on(folder)}


def rows(folder: StudyFolder) -> set[tuple[str, str, str, str, int | None]]:
    return {
        (i.case, i.patient, i.exam_name, i.exam_role, i.days_before) for i in read_images(folder)
    }


def answer(folder: StudyFolder, case: str, said: Answer, **more: Any) -> None:
    settle(
        folder, question_on(folder, case, said), said, by=Actor("Dr A"), why="seen", now=NOW, **more
    )


def test_exams_of_a_patient_are_asked_and_become_current_and_prior(
    exam: Any, study: StudyFolder
) -> None:
    paths = exam(1, StudyDate="20200102") + exam(2, StudyDate="20210107")
    report = import_images(study, paths)
    (words,) = asked(study)
    first, last = ("C001", "C002") if "C001 371 days before" in words else ("C002", "C001")
    assert words == f"P001 has 2 exams ({first} 371 days before {last}): which should be read?"
    told = f"{words} Settle it with crossread exams"
    assert {exam.case: exam.problems for exam in report.exams} == {"C001": (told,), "C002": (told,)}
    assert {exam.problems for exam in scan_images(study, paths).exams} == {(told,)}
    with pytest.raises(ProtocolError, match=r"should be read.*Cases page .crossread cases"):
        draw_plan(study, read_study_file(study.study_toml))
    answer(study, first, Answer.PRIORS)
    assert rows(study) == {
        (last, "P001", last, "current", None),
        (last, "P001", first, "prior", 371),
    }
    (entry,) = cases_of(study)
    assert (entry.problems, len(entry.images)) == ((), 4)
    assert [(prior.exam, prior.days_before) for prior in entry.priors] == [(first, 371)]
    assert not list(image_problems(study, lambda *_: None))
    assert load_mammogram(study, f"{first}-R-CC").case == last
    with open_store(study) as store:
        act = store.events()[-1].event
    assert (act.actor, act.payload) == (
        "Dr A",
        ExamsSettled(Asked.EXAMS.value, (last, first), Answer.PRIORS.value, last, "seen"),
    )
    link = LinkFile.read(study)
    assert link.resolve_case("PAT-1") == last
    assert link.resolve_case("1.2.1") is None  # the prior's truth is not that of the case
    again = import_images(study, paths)
    assert {file.verdict.value for file in again.files} == {"duplicate"}
    assert questions_on(study) == ()


def test_a_view_that_comes_later_goes_to_its_prior_exam(exam: Any, study: StudyFolder) -> None:
    older = exam(1, StudyDate="20200102")
    import_images(study, older[:3] + exam(2, StudyDate="20210107"))
    answer(study, "C001", Answer.PRIORS)
    import_images(study, older)
    priors = [image for image in read_images(study) if image.exam_role == PRIOR]
    assert {(image.days_before, image.case == image.exam) for image in priors} == {(371, False)}
    assert len(priors) == 4
    assert questions_on(study) == ()


@pytest.mark.parametrize("dates", [("20200102", "20200102"), (None, None)])
def test_exams_of_one_day_or_without_dates_are_ordered_by_nobody(
    exam: Any, study: StudyFolder, dates: tuple[str | None, str | None]
) -> None:
    import_images(study, exam(1, StudyDate=dates[0]) + exam(2, StudyDate=dates[1]))
    (question,) = questions_on(study)
    assert ("on the same day" in question.words) is (dates[0] is not None)
    if dates[0]:
        assert question.answers == (Answer.CASES, Answer.ONE_EXAM)
    else:
        with pytest.raises(BadInputError, match="is not known, got none"):
            answer(study, "C001", Answer.PRIORS)
    with pytest.raises(BadInputError, match="one R-CC in one exam"):
        answer(study, "C001", Answer.ONE_EXAM)
    answer(study, "C001", Answer.CASES)
    assert [entry.problems for entry in cases_of(study)] == [(), ()]
    import_images(study, exam(3, "PAT-2"))
    assert questions_on(study) == ()


def test_one_exam_that_was_stored_in_two_studies_becomes_one(exam: Any, study: StudyFolder) -> None:
    paths = exam(1, views=(View.R_CC, View.R_MLO), StudyDate="20200102")
    import_images(study, paths + exam(2, views=(View.L_CC, View.L_MLO), StudyDate="20200102"))
    answer(study, "C002", Answer.ONE_EXAM)
    (entry,) = cases_of(study)
    assert (entry.case, entry.problems, len(entry.images)) == ("C001", (), 4)
    kept = [dcmread(path) for path in study.images.glob("*.dcm")]
    assert len({dataset.StudyInstanceUID for dataset in kept}) == 1
    assert not list(image_problems(study, lambda *_: None))


def test_an_older_exam_cannot_be_the_one_that_is_read_beside_a_newer(
    exam: Any, study: StudyFolder
) -> None:
    import_images(study, exam(1, StudyDate="20200102") + exam(2, StudyDate="20210107"))
    (question,) = questions_on(study)
    newest, oldest = question.cases
    with pytest.raises(BadInputError, match=f"older than {newest}"):
        answer(study, oldest, Answer.PRIORS, current=oldest)
    exclude_case(study, newest, "implant", by=Actor("A"), now=NOW)
    assert questions_on(study) == ()


def test_an_exam_that_is_left_out_leaves_the_others_their_order(
    exam: Any, study: StudyFolder
) -> None:
    older = exam(1, StudyDate="20200102")
    day = exam(2, StudyDate="20210107"), exam(3, StudyDate="20210107")
    import_images(study, older + day[0] + day[1])
    (question,) = questions_on(study)
    assert Answer.PRIORS not in question.answers
    out = next(case for case in question.cases if question.days_of(case) == 0)
    exclude_case(study, out, "another exam of the same day is read", by=Actor("A"), now=NOW)
    (left,) = questions_on(study)
    assert out not in left.cases
    assert left.days == (0, 371)
    answer(study, left.cases[0], Answer.PRIORS)
    assert questions_on(study) == ()
    (read,) = [entry for entry in cases_of(study) if not entry.excluded]
    assert [prior.days_before for prior in read.priors] == [371]


def test_a_prior_becomes_a_case_again_and_a_newer_exam_takes_all_priors(
    exam: Any, study: StudyFolder
) -> None:
    import_images(study, exam(1, StudyDate="20200102") + exam(2, StudyDate="20210107"))
    (question,) = questions_on(study)
    newest, oldest = question.cases
    answer(study, oldest, Answer.PRIORS)
    take_back(study, oldest, by=Actor("Dr A"), why="read both", now=NOW)
    assert {(case, days) for case, *_, days in rows(study)} == {("C001", None), ("C002", None)}
    assert questions_on(study) == ()
    take = question_on
    import_images(study, exam(3, StudyDate="20210207"))
    settle(
        study, take(study, "C003", Answer.PRIORS), Answer.PRIORS, by=Actor("A"), why="w", now=NOW
    )
    assert {(case, name, days) for case, _, name, _, days in rows(study)} == {
        ("C003", "C003", None),
        ("C003", newest, 31),
        ("C003", oldest, 402),
    }


def test_a_manifest_says_which_exams_are_read(
    exam: Any, study: StudyFolder, tmp_path: Path
) -> None:
    exam(1, StudyDate="20200102")
    exam(2, StudyDate="20210107")
    exam(3, StudyDate="20150107")
    lines = ["case,laterality,view,path,exam_role,days_before"]
    roles = ((1, "prior", ""), (2, "current", ""), (3, "prior", 2192))
    for number, role, days in roles:
        for view in View:
            side, projection = view.split("-")
            lines.append(f"A,{side},{projection},{number}-{view}.dcm,{role},{days}")
    manifest = tmp_path / "m.csv"
    manifest.write_text("\n".join(lines))
    report = import_images(study, [tmp_path / "source"], manifest=manifest)
    assert {file.verdict.value for file in report.files} == {"accepted"}
    assert rows(study) == {
        ("A", "P001", "A", "current", None),
        ("A", "P001", "A-prior", "prior", 371),
        ("A", "P001", "A-prior-2192", "prior", 2192),
    }
    assert [entry.problems for entry in cases_of(study)] == [()]


@pytest.mark.parametrize("said", [True, False])
def test_two_cases_of_one_patient_in_a_manifest_are_asked_unless_it_says_so(
    exam: Any, study: StudyFolder, tmp_path: Path, *, said: bool
) -> None:
    exam(1, StudyDate="20200102")
    exam(2, StudyDate="20210107")
    lines = ["case,laterality,view,path,exam_role"]
    for number, case in ((1, "A"), (2, "B")):
        for view in View:
            side, projection = view.split("-")
            role = "current" * said
            lines.append(f"{case},{side},{projection},{number}-{view}.dcm,{role}")
    manifest = tmp_path / "m.csv"
    manifest.write_text("\n".join(lines))
    import_images(study, [tmp_path / "source"], manifest=manifest)
    assert len(questions_on(study)) == (0 if said else 1)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("older,", "exam_role: expected current or prior, got 'older'"),
        ("current,30", "days_before: expected it of a prior alone, got '30'"),
        ("prior,-3", "days_before: expected a whole number from 1"),
    ],
)
def test_a_manifest_with_another_role_is_refused_by_its_row(
    exam: Any, study: StudyFolder, tmp_path: Path, cells: str, expected: str
) -> None:
    exam(1)
    manifest = tmp_path / "m.csv"
    head = "case,laterality,view,path,exam_role,days_before"
    manifest.write_text(f"{head}\nA,R,CC,1-R-CC.dcm,{cells}\n")
    with pytest.raises(BadInputError, match=f"m.csv, row 2, {expected}"):
        import_images(study, [tmp_path / "source"], manifest=manifest)
    assert read_images(study) == ()
