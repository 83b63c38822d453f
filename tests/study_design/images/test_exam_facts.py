from datetime import UTC, datetime
from typing import Any

import pytest
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.cases.exam_settling import question_on, questions_on, settle
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.errors import ProtocolError
from study_design.images.case_list import cases_of, read_images
from study_design.images.exam_question import Answer, Asked, ExamQuestion
from study_design.images.link_file import LinkFile
from study_design.life.plan_study import draw_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def asked(folder: StudyFolder) -> dict[str, ExamQuestion]:
    return {question.words: question for question in questions_on(folder)}


def answer(folder: StudyFolder, case: str, said: Answer, **more: Any) -> None:
    settle(
        folder, question_on(folder, case, said), said, by=Actor("Dr A"), why="seen", now=NOW, **more
    )


@pytest.mark.parametrize(
    ("other", "fields"),
    [
        ({"PatientName": "Roe^Mary"}, "names differ"),
        ({"PatientBirthDate": "19720304"}, "birth dates differ"),
        ({"PatientName": "Roe^Mary", "PatientSex": "M"}, "names and sexes differ"),
    ],
)
def test_two_persons_under_one_number_are_asked_and_cluster_by_the_answer(
    exam: Any, study: StudyFolder, other: dict[str, str], fields: str
) -> None:
    said = {"PatientBirthDate": "19610203", "PatientSex": "F"}
    paths = exam(1, **said, StudyDate="20200102")
    paths += exam(2, **{**said, **other}, StudyDate="20210107")
    import_images(study, paths)
    (words,) = asked(study)
    assert words == f"C001 and C002 bear one Patient ID, but {fields}: one person or two?"
    assert all(words in entry.problems[0] for entry in cases_of(study))
    with pytest.raises(ProtocolError, match="one person or two"):
        draw_plan(study, read_study_file(study.study_toml))
    answer(study, "C001", Answer.SEVERAL_PERSONS)
    assert [(entry.patient, entry.problems) for entry in cases_of(study)] == [
        ("P001", ()),
        ("P002", ()),
    ]
    assert dcmread(study.images / "C002-R-CC.dcm").PatientID == "P002"
    assert {row.patient for row in LinkFile.read(study).of_case("C002")} == {"P002"}
    everything = "".join(p.read_text() for p in study.path.glob("*.csv"))
    assert not {"Roe", "Doe", "1961", "2020"} & set(everything.replace("^", " ").split())


def test_one_person_under_one_number_is_asked_for_her_exams_next(
    exam: Any, study: StudyFolder
) -> None:
    paths = exam(1, StudyDate="20200102")
    import_images(study, paths + exam(2, PatientName="Doe-Smith^J", StudyDate="20210107"))
    (question,) = questions_on(study)
    assert question.asked is Asked.PERSONS
    answer(study, "C001", Answer.ONE_PERSON)
    assert [question.asked for question in questions_on(study)] == [Asked.EXAMS]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"PatientBirthDate": "19610203"}, "bear one name and birth date"),
        ({"StudyInstanceUID": "1.2.9"}, "share a Study Instance UID"),
    ],
)
@pytest.mark.parametrize("one", [True, False])
def test_one_person_under_two_numbers_is_asked_and_clusters_by_the_answer(
    exam: Any, study: StudyFolder, said: dict[str, str], why: str, *, one: bool
) -> None:
    paths = exam(1, "PAT-1", **said, StudyDate="20200102")
    import_images(study, paths + exam(2, "PAT-01", **said, StudyDate="20210107"))
    (words,) = asked(study)
    assert words == f"C001 and C002 have different Patient IDs, but {why}: one person or two?"
    before = {i.image: dcmread(study.images / f"{i.image}.dcm") for i in read_images(study)}
    answer(study, "C001", Answer.ONE_PERSON if one else Answer.SEVERAL_PERSONS)
    assert len({entry.patient for entry in cases_of(study)}) == (1 if one else 2)
    assert [question.asked for question in questions_on(study)] == [Asked.EXAMS] * one
    if one:
        after = [dcmread(study.images / f"{image}.dcm") for image in before]
        days = [datetime.strptime(d.StudyDate, "%Y%m%d").replace(tzinfo=UTC) for d in after]
        assert (max(days) - min(days)).days == 371  # one shift for one patient


def test_a_person_without_a_number_is_asked_too(exam: Any, study: StudyFolder) -> None:
    said = {"PatientBirthDate": "19610203", "PatientID": None}
    import_images(study, exam(1, **said, views=[View.R_CC]) + exam(2, **said, views=[View.R_CC]))
    (question,) = questions_on(study)
    assert question.words == (
        "C001 and C002 lack a Patient ID, but bear one name and birth date: one person or two?"
    )
    answer(study, "C001", Answer.ONE_PERSON)
    assert {entry.patient for entry in cases_of(study)} == {"P001"}


def test_a_name_that_stands_for_everybody_asks_nothing(exam: Any, study: StudyFolder) -> None:
    said = {"PatientName": "Anonymous^Patient", "PatientBirthDate": "19600101"}
    paths = [p for n in range(5) for p in exam(n, f"PAT-{n}", (View.R_CC,), **said)]
    import_images(study, paths)
    assert questions_on(study) == ()


def test_a_person_within_one_exam_is_asked_too(exam: Any, study: StudyFolder) -> None:
    paths = exam(1, views=(View.R_CC, View.R_MLO))
    import_images(study, paths + exam(1, views=(View.L_CC, View.L_MLO), PatientName="Roe^Mary"))
    (question,) = questions_on(study)
    assert (
        question.words == "images of C001 name different persons (names differ): is it one person?"
    )
    assert question.answers == (Answer.ONE_PERSON,)
    answer(study, "C001", Answer.ONE_PERSON)
    assert [entry.problems for entry in cases_of(study)] == [()]


def test_an_exam_with_the_pixels_of_another_patient_s_is_doubted_view_by_view(
    exam: Any, study: StudyFolder
) -> None:
    import_images(study, exam(1))
    import_images(study, exam(1, "PAT-2", StudyInstanceUID="1.2.77", PatientName="Copy^Eva"))
    first, copy = cases_of(study)
    assert (first.problems, len(copy.problems)) == ((), 4)
    assert "it shows the same pixels as C001-R-CC, of another exam" in " ".join(copy.problems)
    with pytest.raises(ProtocolError, match="same pixels"):
        draw_plan(study, read_study_file(study.study_toml))
    # Putting a view elsewhere says nothing of whose it is.
    place_images(study, [ImagePlace("C002-R-CC", None)], by=Actor("A"), why="look", now=NOW)
    place_images(study, [ImagePlace("C002-R-CC", View.R_CC)], by=Actor("A"), why="back", now=NOW)
    assert "C002-R-CC of this exam? it shows the same pixels" in " ".join(
        cases_of(study)[1].problems
    )
