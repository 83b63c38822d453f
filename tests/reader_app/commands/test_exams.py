"""Questions on exams as a coordinator answers them on the console."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.images.case_list import cases_of, read_images
from study_design.images.link_file import LinkFile
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two patients: TWICE with two whole exams of one day, HALVES with a breast in each of two."""
    folder = tmp_path_factory.mktemp("source")
    for patient, seeds in (("TWICE", (1, 2)), ("HALVES", (3, 3))):
        for exam, seed in enumerate(seeds):
            home = folder / f"{patient}-{exam}"
            drawn = render(draw_exam(seed, storage=Storage.HUNG), spacing_mm=2.0)
            for number, file in enumerate(write_dicom(drawn, home).files):
                dataset = dcmread(file.path)
                dataset.PatientID = dataset.PatientName = patient
                dataset.PatientBirthDate = "19600102"
                dataset.StudyInstanceUID = f"1.2.{seeds[0]}.{exam}"
                dataset.SOPInstanceUID = f"1.2.{seeds[0]}.{exam}.{number}"
                dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
                dataset.save_as(file.path)
                if patient == "HALVES" and (dataset.ImageLaterality == "R") == bool(exam):
                    Path(file.path).unlink()
    return folder


@pytest.fixture
def study(source: Path, tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    folder = new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)
    import_images(folder, [source])
    return folder


def cases(study: StudyFolder, patient: str) -> list[str]:
    return sorted({r.case for r in LinkFile.read(study).rows if r.original_patient == patient})


def test_only_answers_that_would_be_taken_are_offered(
    crossread: Crossread, study: StudyFolder
) -> None:
    listed = crossread("exams", study.path).out
    twice, halves = cases(study, "TWICE"), cases(study, "HALVES")
    assert f"--one-exam {halves[0]}" in listed
    assert f"--one-exam {twice[0]}" not in listed
    assert "would fill one slot" in listed
    for pair in (twice, halves):
        assert f"--own {pair[0]} or" in listed
        assert f"leave one out: crossread exclude STUDY {pair[1]} --reason TEXT" in listed


def test_of_all_exams_those_are_joined_that_can_be_and_the_others_are_told(
    crossread: Crossread, study: StudyFolder
) -> None:
    twice, before = cases(study, "TWICE"), read_images(study)
    done = crossread("exams", study.path, "--one-exam", "all", "--by", "A", "--reason", "one visit")
    assert done.status == 1
    (line,) = done.err.splitlines()
    assert line.startswith("Not done: Expected one R-CC in one exam, got ")
    assert "Open questions on exams and persons: 1; priors: 0." in done.out
    (home,) = cases(study, "HALVES")
    whole = {entry.case: len(entry.images) for entry in cases_of(study)}
    assert whole == {home: 4, twice[0]: 4, twice[1]: 4}
    untouched = [image for image in before if image.case in twice]
    assert [image for image in read_images(study) if image.case in twice] == untouched
    left = crossread("exclude", study.path, twice[1], "--by", "A", "--reason", "the repeat")
    assert left.status == 0
    assert [entry.problems for entry in cases_of(study) if not entry.excluded] == [(), ()]


def test_without_a_reason_nothing_is_answered(crossread: Crossread, study: StudyFolder) -> None:
    before = read_images(study)
    done = crossread("exams", study.path, "--own", "all", "--by", "A")
    assert (done.status, done.err.count("\n"), read_images(study)) == (1, 1, before)
