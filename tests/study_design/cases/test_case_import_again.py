"""Images met again, exams of several days, imports that are stopped and go on."""

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_case_import import problems, verdicts

from study_design.cases.case_import import import_images, scan_images
from study_design.images.arriving import image_taking
from study_design.images.arriving.file_flow import FileFlow, file_flow
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.arriving.import_report import (
    FileReport,
    ImportStep,
    paths_shown,
)
from study_design.images.case_list import cases_of, read_images
from study_design.images.image_store import case_images, load_pixels
from study_design.images.messages import Taken, TakeRequest, Verdict
from study_design.study_folder import StudyFolder


def contents(study: StudyFolder) -> dict[str, bytes]:
    """Return every file of the study and beside it but the lock, which stays and holds nothing."""
    files = [path for path in study.path.parent.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if path.name != ".import.lock"}


@pytest.mark.parametrize(
    ("lossy", "grey_levels", "verdict"),
    [("01", 1, "duplicate"), ("01", -1, "duplicate"), ("01", 2, "refused"), ("00", 1, "refused")],
)
def test_lossy_pixels_that_another_decoder_rounded_otherwise_are_the_same_image(
    make_dicom: Any, study: StudyFolder, lossy: str, grey_levels: int, verdict: str
) -> None:
    """An archive of another processor has decompressed what came compressed before."""
    pixels = np.full((64, 64), 900, np.uint16)
    first = make_dicom("a.dcm", SOPInstanceUID="1.2.3", pixels=pixels, LossyImageCompression=lossy)
    pixels = pixels.copy()
    pixels[5, 7] = 900 + grey_levels
    again = make_dicom("b.dcm", SOPInstanceUID="1.2.3", pixels=pixels)
    together = import_images(study, [first, again], keep_going=True)
    later = import_images(study, [again], keep_going=True)
    assert [report.files[-1].verdict.value for report in (together, later)] == [verdict] * 2
    (kept,) = case_images(study, "C001")
    assert load_pixels(study, kept).codes[5, 7] == 900


def test_lossy_pixels_rounded_otherwise_are_the_same_pixels_for_a_filled_slot(
    make_dicom: Any, study: StudyFolder
) -> None:
    pixels = np.full((64, 64), 900, np.uint16)
    import_images(study, [make_dicom("a.dcm", pixels=pixels, LossyImageCompression="01")])
    again = make_dicom("b.dcm", pixels=pixels + 1, LossyImageCompression="01")
    (told,) = import_images(study, [again]).files
    assert (told.verdict.value, told.reason) == ("duplicate", "the same pixels as C001-R-CC")


def test_one_study_uid_with_images_of_two_dates_is_named(
    make_dicom: Any, study: StudyFolder
) -> None:
    paths = [
        make_dicom("a.dcm", "R-CC", AcquisitionDate="20240102"),
        make_dicom("b.dcm", "L-CC", AcquisitionDate="20250102"),
    ]
    report = import_images(study, paths)
    assert report.exams[0].problems[0] == (
        "images of C001 are of several dates under one Study Instance UID, 366 days apart: is it "
        "one exam? Settle it with crossread exams"
    )


def test_one_study_of_two_patients_is_named_on_both_exams(
    make_dicom: Any, study: StudyFolder
) -> None:
    views = {"PAT-1": "R-CC", "PAT-01": "L-CC"}
    paths = [
        make_dicom(f"{patient}.dcm", view, patient=patient, StudyInstanceUID="1.2.3")
        for patient, view in views.items()
    ]
    told = problems(scan_images(study, paths))
    words = "C001 and C002 have different Patient IDs, but share a Study Instance UID: one person"
    assert all(told[case][0].startswith(words) for case in ("C001", "C002"))


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    discs = [tmp_path / disc / "IM1" for disc in ("a", "b")]
    shown = paths_shown(FileReport(path, Verdict.REFUSED) for path in discs)
    assert [Path(shown[path]) for path in discs] == [Path("a/IM1"), Path("b/IM1")]
    assert paths_shown([FileReport(discs[0], Verdict.REFUSED)]) == {discs[0]: "IM1"}
    assert paths_shown([]) == {}


def test_what_belongs_to_an_exam_is_left_beside_it_and_what_does_not_is_named(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    attributes = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.11.1", "Modality": "PR"}
    state = make_dicom("state.pr", **attributes, PixelData=None)
    special = make_dicom("special.dcm", ViewPosition="XCCL")
    stray = make_dicom("stray.pr", patient="PAT-9", **attributes, PixelData=None)
    report = import_images(study, [*make_exam(), state, special, stray])
    told = {file.path.name: (file.verdict.value, file.exam) for file in report.files}
    assert told["state.pr"] == ("extra", "C001")
    assert told["special.dcm"] == ("extra", "C001")
    assert told["stray.pr"] == ("extra", "")
    assert "no mammogram of its exam" in report.files[-1].reason
    assert problems(report) == {"C001": ()}
    later = import_images(study, [state])
    assert (later.files[0].verdict.value, later.files[0].exam) == ("extra", "C001")


def test_an_import_repeated_changes_nothing_and_reports_its_exams_again(
    make_exam: Any, study: StudyFolder
) -> None:
    paths = make_exam()[:3]
    first = import_images(study, paths)
    before = contents(study)
    again = import_images(study, paths)
    assert again.exams == first.exams
    assert {(file.verdict.value, file.exam) for file in again.files} == {("duplicate", "C001")}
    assert contents(study) == before


def test_a_stopped_import_keeps_what_it_has_and_the_next_decodes_only_the_rest(
    make_exam: Any, study: StudyFolder
) -> None:
    paths = [path for number in (1, 2, 3) for path in make_exam(f"PAT-{number}")]
    seen: list[ImportStep] = []
    report = import_images(study, paths, progress=seen.append, stop=lambda: len(seen) >= 12 + 5)
    assert (len(report.files), report.not_reached) == (5, 7)
    assert len(read_images(study)) == 5
    assert [exam.case for exam in report.exams if not exam.problems] == ["C001"]
    with_time = {path: path.stat().st_mtime_ns for path in study.cache.iterdir()}
    report = import_images(study, paths)
    assert list(verdicts(report).values()).count("duplicate") == 5
    assert problems(report) == dict.fromkeys(("C001", "C002", "C003"), ())
    assert {path: path.stat().st_mtime_ns for path in with_time} == with_time


def test_a_killed_import_has_kept_the_exams_before_the_last_and_the_next_goes_on(
    make_exam: Any, study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_taking, "KEPT_AT_ONCE", 4)
    paths = [path for patient in "ABC" for path in make_exam(patient)]

    def kill(step: ImportStep) -> None:
        if (step.act, step.done) == ("pixels", 10):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_images(study, paths, keep_going=True, progress=kill)
    assert len(read_images(study)) == 8
    assert {case.problems for case in cases_of(study)} == {()}
    import_images(study, paths, keep_going=True)
    assert len(read_images(study)) == 12
    assert file_flow(study) == FileFlow(seen=12, taken=12)


def test_a_decoder_that_dies_loses_the_file_it_reads_and_no_other(
    make_exam: Any, study: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, paths = GuardedWorker.take, make_exam()

    def dies_at_the_third(worker: GuardedWorker, request: TakeRequest, megapixels: float) -> Taken:
        if request.path != paths[2] or worker.process_id is None:
            return take(worker, request, megapixels)
        os.kill(worker.process_id, signal.SIGKILL)
        with monkeypatch.context() as patch:
            # Asked before anybody notices that it is dead.
            patch.setattr(GuardedWorker, "_running", lambda worker: worker._process)
            return take(worker, request, megapixels)

    monkeypatch.setattr(GuardedWorker, "take", dies_at_the_third)
    report = import_images(study, paths, keep_going=True)
    assert [file.verdict.value for file in report.files].count("refused") == 1
    assert "stopped the decoder" in report.files[2].reason
    assert len(read_images(study)) == 3


def test_an_import_stopped_at_its_headers_keeps_nothing(make_exam: Any, study: StudyFolder) -> None:
    seen: list[ImportStep] = []
    report = import_images(study, make_exam(), progress=seen.append, stop=lambda: len(seen) == 2)
    assert report.not_reached == 2
    assert read_images(study) == ()


def test_a_look_at_the_headers_tells_the_exams_and_their_problems_and_keeps_nothing(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    other = make_dicom("second.dcm", patient="PAT-2", pixels=np.full((64, 64), 9, np.uint16))
    paths = [*make_exam("PAT-1"), *make_exam("PAT-2")[:3], other]
    before = contents(study)
    seen = scan_images(study, paths)
    assert contents(study) == before
    assert not seen.is_imported
    taken = import_images(study, paths)
    assert [(exam.case, exam.patient) for exam in seen.exams] == [
        (exam.case, exam.patient) for exam in taken.exams
    ]
    complete, doubtful = sorted(seen.exams, key=lambda exam: len(exam.problems))
    assert complete.problems == ()
    assert doubtful.problems[:2] == ("R-CC is missing", "L-MLO is missing")
    assert doubtful.problems == next(e for e in taken.exams if e.problems).problems
    assert set(verdicts(scan_images(study, paths)).values()) == {"duplicate"}
