"""`exams` lists what may be answered to each question, and answers all that can be."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid

from study_design.cases.exam_settling import questions_on
from study_design.images.case_list import read_images
from study_design.images.exam_question import Asked, ExamQuestion
from study_design.life.new_study import new_study
from study_design.record.acts import moment_of
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]
SIGNED = ("--by", "A", "--reason", "seen")


@pytest.fixture
def asking(example: StudyFolder, tmp_path: Path, crossread: Crossread) -> StudyFolder:
    """A study with two patients who have two exams of one day: twice two views, or all twice."""
    at = moment_of("2026-11-01T08:00:00Z")
    study = new_study(tmp_path / "STUDY", template="zhou2023", by="Coordinator", now=at)
    by_exam: dict[str, list[Any]] = {}
    for path in sorted((example.path.parent / "sources").rglob("*.dcm")):
        dataset = dcmread(path)
        by_exam.setdefault(dataset.StudyInstanceUID, []).append(dataset)
    (tmp_path / "sent").mkdir()
    for number, views in enumerate(list(by_exam.values())[:2]):
        first = views[:2] if number == 0 else views
        second = views[2:] if number == 0 else views
        for exam, images in enumerate((first, second)):
            for place, image in enumerate(images):
                name = f"{number}-{exam}-{place}"
                image.PatientID = f"PATIENT-{number}"
                image.StudyInstanceUID = generate_uid(entropy_srcs=[name[:3]])
                image.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[name])
                image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID
                pixels = np.frombuffer(image.PixelData, np.uint16).copy()
                pixels[0] += exam + 1  # no copy of the other exam's
                image.PixelData = pixels.tobytes()
                image.save_as(tmp_path / "sent" / f"{name}.dcm")
    crossread("import", study.path, tmp_path / "sent")
    assert [one.asked for one in questions_on(study)] == [Asked.EXAMS] * 2
    return study


def parted_and_twice(study: StudyFolder) -> list[ExamQuestion]:
    """The question on two halves of an exam, and that on two whole ones."""
    views = Counter(image.case for image in read_images(study))
    return sorted(questions_on(study), key=lambda one: views[one.cases[0]])


def test_only_what_can_be_saved_is_offered(asking: StudyFolder, crossread: Crossread) -> None:
    parted, twice = parted_and_twice(asking)
    lines = crossread("exams", asking.path).out.split("\n")
    offered = {one.cases: lines[lines.index(one.words) + 1] for one in (parted, twice)}
    assert f"--one-exam {parted.cases[0]}" in offered[parted.cases]
    assert "--one-exam" not in offered[twice.cases]
    for case in twice.cases:
        assert f"crossread exclude STUDY {case} --reason TEXT" in offered[twice.cases]


def test_all_answers_every_question_that_it_can_and_names_the_rest(
    asking: StudyFolder, crossread: Crossread
) -> None:
    parted, twice = parted_and_twice(asking)
    done = crossread("exams", asking.path, "--one-exam", "all", *SIGNED)
    assert done.status == 0
    assert f"{', '.join(parted.cases)}: one exam." in done.out
    assert done.err == (
        f"Warning: {', '.join(twice.cases)} stay open: both have images of the same view.\n"
    )
    assert questions_on(asking) == (twice,)
    again = crossread("exams", asking.path, "--one-exam", "all", *SIGNED)
    assert again.status == 1
    assert 'Expected questions that "one exam" answers, got none.' in again.err
