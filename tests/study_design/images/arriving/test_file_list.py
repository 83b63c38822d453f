"""Every verdict and reason stays with the study: for whoever opens it, after whatever imports."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from study_design.cases.case_erasure import erase_case
from study_design.cases.case_import import import_images
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.images.arriving import image_keeping
from study_design.images.arriving.file_flow import read_files
from study_design.images.arriving.file_list import kept_files, left_out
from study_design.images.arriving.file_names import discard_names, read_names
from study_design.images.arriving.import_report import UNKEPT, RefusedFilesError
from study_design.images.case_list import read_images
from study_design.images.messages import Verdict
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.secrets import FOLDER_VARIABLE
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

MakeExam = Callable[..., list[Path]]


@pytest.fixture
def folder(make_exam: MakeExam, make_dicom: Any) -> Path:
    """An exam, one of its files twice, a raw image and rubbish: seven files."""
    first, *_ = make_exam("A")
    shutil.copy(first, first.with_name("copy.dcm"))
    make_dicom("raw.dcm", patient="A", PresentationIntentType="FOR PROCESSING")
    first.with_name("rubbish.dcm").write_bytes(b"\1" * 500)
    return first.parent


def told(study: StudyFolder) -> dict[str, tuple[str, str, str, str | None]]:
    return {
        file.path.name: (file.verdict.value, file.reason, file.exam, file.view)
        for file in kept_files(study)
    }


def test_what_an_import_told_of_its_files_is_told_again_later(
    study: StudyFolder, folder: Path
) -> None:
    report = import_images(study, [folder], keep_going=True)
    said = {f.path.name: (f.verdict.value, f.reason, f.exam, f.view) for f in report.files}
    assert told(StudyFolder(study.path)) == said
    assert {verdict for verdict, *_ in said.values()} == {
        "accepted",
        "extra",
        "refused",
        "duplicate",
    }
    assert [file.path for file in kept_files(study)] == [file.path for file in report.files]
    assert left_out(study) == 2  # the raw image and the rubbish; a copy is in the study


def test_a_later_import_updates_what_it_meets_and_loses_nothing(
    study: StudyFolder, folder: Path, make_exam: MakeExam, make_dicom: Any
) -> None:
    import_images(study, [folder], keep_going=True)
    before = told(study)
    make_dicom("rubbish.dcm", patient="A", PaddleDescription="SPOT")
    others = make_exam("B", "other")
    import_images(study, [folder / "rubbish.dcm", *others])
    after = told(study)
    assert after.pop("rubbish.dcm")[:2] != before.pop("rubbish.dcm")[:2]
    assert {name: after[name] for name in before} == before
    assert {after[path.name][0] for path in others} == {"accepted"}


def test_an_import_that_is_refused_is_told_too_until_one_is_kept(
    study: StudyFolder, folder: Path
) -> None:
    with pytest.raises(RefusedFilesError):
        import_images(study, [folder])
    assert told(study)["rubbish.dcm"][:2] == ("refused", "not a DICOM file")
    assert told(study)["A_R-CC.dcm"][:2] == ("refused", UNKEPT)
    import_images(study, [folder], keep_going=True)
    assert told(study)["A_R-CC.dcm"][0] == "accepted"
    with pytest.raises(RefusedFilesError):
        import_images(study, [folder])
    assert told(study)["A_R-CC.dcm"][0] == "accepted"


def test_a_program_killed_before_its_images_count_loses_no_reason(
    study: StudyFolder, make_exam: MakeExam, make_dicom: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_exam("A")
    path = make_dicom("again.dcm", "R-CC", patient="A").parent

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(image_keeping, "write_images", killed)
        with pytest.raises(KeyboardInterrupt):
            import_images(study, [path], keep_going=True)
    assert read_images(study) == ()
    import_images(study, [path], keep_going=True)
    interrupted = told(study)
    assert len(read_images(study)) == 5
    waiting = [reason for _, reason, *_ in interrupted.values() if "one of several" in reason]
    assert len(waiting) == 2
    import_images(study, [path], keep_going=True)
    assert told(study) == interrupted


def test_a_view_that_a_person_has_placed_since_is_told(
    study: StudyFolder, make_exam: MakeExam, make_dicom: Any
) -> None:
    files = make_exam("A")
    import_images(study, files[1:])
    late = make_dicom("late.dcm", "R-CC", patient="A", ViewPosition=None, PatientOrientation=None)
    (report,) = import_images(study, [late]).files
    assert (report.verdict, report.view) == (Verdict.EXTRA, None)
    place = ImagePlace(report.image, View("R-CC"))
    place_images(
        study, [place], by=Actor("Dr A"), why="marker", now=datetime(2026, 11, 2, tzinfo=UTC)
    )
    placed = ("accepted", "placed as R-CC by hand", report.exam, "R-CC")
    assert told(study)["late.dcm"] == placed
    place = ImagePlace(report.image, None)
    place_images(
        study, [place], by=Actor("Dr A"), why="blurred", now=datetime(2026, 11, 3, tzinfo=UTC)
    )
    unused = ("extra", f"kept as {report.image}; not used: blurred", report.exam, None)
    assert told(study)["late.dcm"] == unused


def test_an_object_that_came_before_its_exam_belongs_to_it_once_that_is_there(
    study: StudyFolder, make_exam: MakeExam, make_companions: Callable[..., list[Path]]
) -> None:
    files = make_exam("A")
    names = ("tomosynthesis", "structured report")
    first, second = make_companions(files[0], names)
    import_images(study, [first, second])
    assert {file.exam for file in kept_files(study)} == {""}
    assert all("no mammogram of its exam" in file.reason for file in kept_files(study))
    uid = dcmread(first).StudyInstanceUID
    assert uid not in study.files_csv.read_text()
    import_images(study, files)
    assert {file.exam for file in kept_files(study)} == {"C001"}
    assert not any("no mammogram of its exam" in file.reason for file in kept_files(study))
    report = import_images(study, [first, *files[:1]])
    assert told(study)[first.name][1:3] == (report.files[0].reason, "C001")


def test_paths_lie_sealed_beside_the_study_for_the_account_that_imported(
    study: StudyFolder, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_images(study, [folder], keep_going=True)
    sealed = study.file_names
    assert sealed.parent == study.path.parent
    assert sealed.stat().st_mode & 0o077 == 0
    assert not any(name in sealed.read_bytes() for name in (b"rubbish", b"A_R-CC"))
    for file in study.path.rglob("*.csv"):
        assert "A_R-CC" not in file.read_text()
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "another account"))
    reasons = [file.reason for file in kept_files(study)]
    assert "not a DICOM file" in reasons
    assert {file.path.name for file in kept_files(study)} == {
        f"file of row {row}" for row in range(2, 9)
    }
    sealed.write_bytes(sealed.read_bytes()[:-1])
    assert len(kept_files(study)) == 7


def test_paths_go_where_a_patient_withdraws_and_the_rest_stays(
    study: StudyFolder, folder: Path, make_exam: MakeExam
) -> None:
    import_images(study, [folder], keep_going=True)
    import_images(study, make_exam("B", "other"))
    rows = {seen.file: seen for seen in read_files(study)}
    signature = Signature(Actor("Dr A"), "consent withdrawn", datetime(2026, 11, 2, tzinfo=UTC))
    erase_case(study, "C001", signature)
    assert {rows[file].exam for file in read_names(study)} == {"", "C002"}
    assert len(kept_files(study)) == len(rows)
    discard_names(study)
    assert not study.file_names.exists()
    assert len(kept_files(study)) == len(rows)
