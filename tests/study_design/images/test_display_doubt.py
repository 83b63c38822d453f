"""Doubts on how an image is shown hold its exam up until a named person accepts them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from study_design.cases.case_import import import_images
from study_design.cases.doubt_judgement import accept_doubts
from study_design.errors import BadInputError
from study_design.images.case_list import cases_of
from study_design.images.display_doubt import (
    DisplayDoubt,
    note_doubts,
    read_doubts,
    write_doubts,
)
from study_design.record.actor import Actor
from study_design.record.events import EventType
from study_design.record.payloads.staff import DoubtAccepted
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

POLARITY = "Presentation LUT Shape INVERSE contradicts the photometric interpretation"
NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def doubted(make_exam: Any, study: StudyFolder) -> StudyFolder:
    import_images(study, make_exam(PresentationLUTShape="INVERSE"))
    return study


def problems_of(folder: StudyFolder) -> tuple[str, ...]:
    (entry,) = cases_of(folder)
    return entry.problems


def test_a_doubt_is_a_problem_of_its_exam_until_it_is_accepted(doubted: StudyFolder) -> None:
    assert len(problems_of(doubted)) == 4
    assert all(POLARITY in problem for problem in problems_of(doubted))
    accepted = accept_doubts(doubted, ["C001-R-CC"], by=Actor("Dr A"), why="seen  bright", now=NOW)
    assert accepted == 1
    assert len(problems_of(doubted)) == 3
    assert DisplayDoubt("C001-R-CC", POLARITY, "Dr A", "seen bright") in read_doubts(doubted)


def test_the_record_says_what_was_accepted_and_why(doubted: StudyFolder) -> None:
    accept_doubts(doubted, ["C001-L-CC"], by=Actor("Dr A"), why="seen", now=NOW)
    with open_store(doubted) as store:
        (act,) = [e.event for e in store.events() if e.event.type is EventType.DOUBT_ACCEPTED]
    assert act.payload == DoubtAccepted("C001-L-CC", (POLARITY,), "seen")


def test_nothing_is_accepted_without_a_reason_or_without_a_doubt(doubted: StudyFolder) -> None:
    with pytest.raises(BadInputError, match="reason"):
        accept_doubts(doubted, ["C001-R-CC"], by=Actor("Dr A"), why=" ", now=NOW)
    with pytest.raises(BadInputError, match="waits for a decision"):
        accept_doubts(doubted, ["C001-R-CC2"], by=Actor("Dr A"), why="seen", now=NOW)
    assert len(problems_of(doubted)) == 4


def test_a_doubt_noted_again_stays_accepted_and_one_that_is_gone_is_struck(
    study: StudyFolder,
) -> None:
    note_doubts(study, {"a": ("one", "two"), "b": ("one",)})
    write_doubts(study, [d if d.image == "b" else accepted(d) for d in read_doubts(study)])
    note_doubts(study, {"a": ("two",)})
    assert [(d.image, d.doubt, d.is_open) for d in read_doubts(study)] == [
        ("a", "two", False),
        ("b", "one", True),
    ]


def accepted(doubt: DisplayDoubt) -> DisplayDoubt:
    return DisplayDoubt(doubt.image, doubt.doubt, "Dr A", "seen")


def test_images_without_doubts_leave_no_list(study: StudyFolder) -> None:
    note_doubts(study, {"a": ()})
    assert not study.doubts_csv.exists()


def test_a_picture_whose_chest_wall_contradicts_its_orientation_is_doubted(
    make_dicom: Any, study: StudyFolder
) -> None:
    import_images(study, [make_dicom(PatientOrientation=["A", "L"])])
    assert any("the chest wall in the picture disagree" in words for words in problems_of(study))


def test_a_list_that_names_no_image_is_refused(study: StudyFolder) -> None:
    write_doubts(study, [DisplayDoubt("", "one")])
    with pytest.raises(BadInputError, match="row 2: expected the name of an image"):
        read_doubts(study)
