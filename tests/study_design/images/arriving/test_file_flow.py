"""Every file is counted once, and the files that were taken are the images of the study."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study_design.cases.case_import import import_images, scan_images
from study_design.errors import BadInputError
from study_design.images.arriving.case_flow import case_flow
from study_design.images.arriving.file_flow import (
    FileCount,
    FileFlow,
    SeenFile,
    file_flow,
    read_files,
)
from study_design.images.arriving.import_report import RefusedFilesError
from study_design.images.case_list import read_images
from study_design.study_folder import StudyFolder

MakeExam = Callable[..., list[Path]]


@pytest.fixture
def folder(make_exam: MakeExam, make_dicom: Any) -> Path:
    """Two exams, a copy, a second R-CC, two raw images, a spot view and rubbish: 14 files."""
    first = make_exam("A")[0]
    make_exam("B")
    first.with_name("copy.dcm").write_bytes(first.read_bytes())
    make_dicom("again.dcm", "R-CC", patient="B")
    for name in ("raw1.dcm", "raw2.dcm"):
        make_dicom(name, patient="A", PresentationIntentType="FOR PROCESSING")
    make_dicom("spot.dcm", patient="A", PaddleDescription="SPOT")
    first.with_name("rubbish.dcm").write_bytes(b"\1" * 500)
    return first.parent


EXPECTED = FileFlow(
    seen=14,
    duplicates=1,
    extra=(
        FileCount("FOR PROCESSING: raw detector values", 2),
        FileCount("a spot or magnification paddle was used", 1),
    ),
    refused=(FileCount("not a DICOM file", 1),),
    taken=9,
)


def test_seen_are_copies_left_aside_refused_and_taken_each_once(
    study: StudyFolder, folder: Path
) -> None:
    import_images(study, [folder], keep_going=True)
    flow = case_flow(study)
    assert flow.files == EXPECTED
    assert (flow.found, flow.images, flow.open_problems) == (2, 9, 1)
    assert flow.files.taken == len(read_images(study))


def test_a_second_import_of_the_same_files_counts_none_again(
    study: StudyFolder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_images(study, [folder], keep_going=True)
    monkeypatch.chdir(folder.parent)
    import_images(study, [Path(folder.name)], keep_going=True)
    assert file_flow(study) == EXPECTED


def test_images_taken_before_files_were_counted_are_counted_when_they_are_met_again(
    study: StudyFolder, folder: Path
) -> None:
    import_images(study, [folder], keep_going=True)
    study.files_csv.unlink()
    assert file_flow(study) == FileFlow()
    import_images(study, [folder], keep_going=True)
    assert file_flow(study) == EXPECTED


def test_an_import_that_is_refused_or_only_looks_counts_nothing(
    study: StudyFolder, folder: Path
) -> None:
    scan_images(study, [folder])
    with pytest.raises(RefusedFilesError):
        import_images(study, [folder])
    assert file_flow(study) == FileFlow()


def test_no_path_stands_in_the_list(study: StudyFolder, folder: Path) -> None:
    import_images(study, [folder], keep_going=True)
    said = study.files_csv.read_text()
    assert not any(name in said for name in ("A_R-CC", "rubbish", "raw1"))
    assert str(folder) not in said


def test_lists_of_earlier_versions_are_read(study: StudyFolder) -> None:
    study.files_csv.write_text("file,verdict,reason,image\nx-1,extra,a spot view,\n")
    assert read_files(study) == (SeenFile("x-1", "extra", "a spot view"),)
    assert file_flow(study).seen == 1


def test_a_verdict_that_is_none_is_refused(study: StudyFolder) -> None:
    study.files_csv.write_text("file,verdict,reason,image\nx-1,fine,,\n")
    with pytest.raises(BadInputError, match="row 2: expected one of accepted"):
        read_files(study)
