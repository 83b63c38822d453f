"""Images that come in: grouped, named, placed, stopped and gone on with."""

import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import JPEGLosslessSV1

from study_design.cases.case_import import import_images, scan_images
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.errors import BadInputError
from study_design.images.arriving import image_taking
from study_design.images.arriving.file_flow import FileFlow, file_flow
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.arriving.import_report import (
    FileReport,
    ImportReport,
    ImportStep,
    paths_shown,
)
from study_design.images.case_list import CASES, cases_of, read_images
from study_design.images.image_store import case_images, load_mammogram, load_pixels
from study_design.images.link_file import LinkFile
from study_design.images.messages import Taken, TakeRequest, Verdict
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
CHOOSE = ": choose with crossread place"


def verdicts(report: ImportReport) -> dict[str, str]:
    return {file.path.name: file.verdict.value for file in report.files}


def contents(study: StudyFolder) -> dict[str, bytes]:
    """Return every file of the study and beside it but the lock, which stays and holds nothing."""
    files = [path for path in study.path.parent.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in files if path.name != ".import.lock"}


def problems(report: ImportReport) -> dict[str, tuple[str, ...]]:
    return {exam.case: exam.problems for exam in report.exams}


def test_a_folder_of_exams_is_grouped_by_patient_and_named_without_meaning(
    make_exam: Any, study: StudyFolder, tmp_path: Path
) -> None:
    for patient in ("PAT-1", "PAT-2", "PAT-3"):
        make_exam(patient, folder="malignant" if patient == "PAT-2" else "benign")
    report = import_images(study, [tmp_path / "source"])
    assert [exam.case for exam in report.exams] == ["C001", "C002", "C003"]
    for exam in report.exams:
        assert exam.problems == ()
        assert [slot.image for slot in exam.slots] == [f"{exam.case}-{view}" for view in View]
    table = read_csv(study.cases_csv)
    assert table.columns == CASES.columns
    assert len(table.rows) == 12
    assert {row["exam_role"] for row in table.rows} == {"current"}
    link = LinkFile.read(study)
    assert {link.resolve_case(f"PAT-{n}") for n in (1, 2, 3)} == {"C001", "C002", "C003"}


def test_a_later_import_completes_an_exam_and_goes_on_numbering(
    make_exam: Any, study: StudyFolder
) -> None:
    first, second = make_exam("PAT-1"), make_exam("PAT-2")
    report = import_images(study, first[:3])
    assert report.exams[0].problems == ("L-MLO is missing",)
    report = import_images(study, [*first, *second])
    assert [exam.problems for exam in report.exams] == [(), ()]
    assert [entry.case for entry in cases_of(study)] == ["C001", "C002"]
    assert list(verdicts(report).values()).count("duplicate") == 3
    assert [entry.patient for entry in cases_of(study)] == ["P001", "P002"]


def test_two_exams_of_one_patient_share_the_patient(make_dicom: Any, study: StudyFolder) -> None:
    paths = [
        make_dicom("a.dcm", StudyInstanceUID="1.2.3"),
        make_dicom("b.dcm", StudyInstanceUID="1.2.4"),
    ]
    import_images(study, paths)
    assert {entry.patient for entry in cases_of(study)} == {"P001"}
    with pytest.raises(BadInputError, match="C001, C002"):
        LinkFile.read(study).resolve_case("PAT-1")


def test_of_two_images_for_a_slot_neither_fills_it_and_a_person_chooses(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    other = make_dicom("second.dcm", pixels=np.full((64, 64), 900, np.uint16))
    report = import_images(study, [*make_exam(), other])
    told = {file.path.name: file for file in report.files}
    for name, image in (("PAT-1_R-CC.dcm", "C001-R-CC"), ("second.dcm", "C001-X1")):
        assert (told[name].verdict.value, told[name].exam, told[name].view) == (
            "extra",
            "C001",
            None,
        )
        assert told[name].reason.startswith(f"kept as {image}; which image of R-CC is used? It is ")
    assert problems(report) == {
        "C001": (
            "R-CC is missing",
            f"which image of R-CC is used? C001-R-CC is one of several images for R-CC{CHOOSE}",
            f"which image of R-CC is used? C001-X1 is one of several images for R-CC{CHOOSE}",
        )
    }
    assert {image.view for image in case_images(study, "C001")} == set(View) - {View.R_CC}
    stored = {image.image: load_mammogram(study, image.image) for image in read_images(study)}
    assert [stored[name].view for name in ("C001-R-CC", "C001-X1")] == [None, None]
    place_images(study, [ImagePlace("C001-X1", View.R_CC)], by=Actor("C"), why="sharper", now=NOW)
    place_images(study, [ImagePlace("C001-R-CC", None)], by=Actor("C"), why="blurred", now=NOW)
    assert [entry.problems for entry in cases_of(study)] == [()]
    again = import_images(study, [*make_exam(), other])
    assert set(verdicts(again).values()) == {"duplicate"}
    assert problems(again) == {"C001": ()}


def test_a_third_image_for_a_contested_slot_does_not_fill_it(
    make_dicom: Any, study: StudyFolder
) -> None:
    paths = [
        make_dicom(f"{level}.dcm", pixels=np.full((64, 64), level, np.uint16))
        for level in (700, 800, 900)
    ]
    report = import_images(study, paths)
    assert set(verdicts(report).values()) == {"extra"}
    assert [image.view for image in read_images(study)] == [None] * 3


def test_a_later_image_leaves_the_one_that_fills_the_slot_there(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    import_images(study, make_exam())
    other = make_dicom("second.dcm", pixels=np.full((64, 64), 900, np.uint16))
    report = import_images(study, [other])
    asked = "which image of R-CC is used? C001-X1 is a second R-CC beside C001-R-CC"
    assert problems(report) == {"C001": (f"{asked}{CHOOSE}",)}
    assert len(case_images(study, "C001")) == 4


@pytest.mark.parametrize(
    ("attributes", "waits"),
    [
        (
            {"ImageLaterality": "L"},
            "laterality conflict: Image Laterality says L, Patient Orientation says R",
        ),
        (
            {"Laterality": "L", "PatientOrientation": None},
            "laterality conflict: Image Laterality says R, Laterality says L",
        ),
        (
            {"ImageLaterality": None, "PatientOrientation": None},
            "no laterality in the header; the picture shows a right breast if it is stored as it "
            "hangs (a guess)",
        ),
        ({"ViewPosition": None, "PatientOrientation": None}, "no view in the header"),
    ],
    ids=str,
)
def test_an_image_of_no_certain_view_is_kept_and_waits_with_the_reason(
    make_exam: Any, make_dicom: Any, study: StudyFolder, attributes: dict[str, Any], waits: str
) -> None:
    paths = [*make_exam()[1:], make_dicom("doubtful.dcm", **attributes)]
    report = import_images(study, paths)
    told = report.files[-1]
    assert (told.verdict.value, told.view, told.exam) == ("extra", None, "C001")
    missing, waiting = report.exams[0].problems
    assert missing == "R-CC is missing"
    assert waiting.startswith(f"which view is C001-X1? {waits}")
    assert next(slot.image for slot in report.exams[0].slots) is None
    place_images(study, [ImagePlace("C001-X1", View.R_CC)], by=Actor("C"), why="seen", now=NOW)
    assert [entry.problems for entry in cases_of(study)] == [()]


@pytest.mark.parametrize("has_rmlo", [True, False])
def test_a_right_cc_view_that_is_left_unless_turned_is_doubted_beside_an_rmlo_that_is_not(
    make_dicom: Any, study: StudyFolder, *, has_rmlo: bool
) -> None:
    paths = [make_dicom("a.dcm", "R-CC", PatientOrientation=["A", "R"])]
    paths += [make_dicom("b.dcm", "R-MLO")] if has_rmlo else []
    told = import_images(study, paths).files[0]
    assert told.reason.count("laterality conflict: Image Laterality says R") == has_rmlo
    assert (told.view is None) is has_rmlo


@pytest.mark.parametrize("storage", list(Storage))
def test_phantoms_of_every_way_of_storing_come_in_without_a_doubt(
    study: StudyFolder, tmp_path: Path, storage: Storage
) -> None:
    write_dicom(render(draw_exam(1, storage=storage), spacing_mm=1.0), tmp_path / "phantom")
    report = import_images(study, [tmp_path / "phantom"])
    assert {file.verdict.value for file in report.files} == {"accepted"}
    assert [slot.image is None for slot in report.exams[0].slots] == [False] * 4


def test_each_tier_that_says_something_of_a_view_is_recorded(
    make_dicom: Any, study: StudyFolder
) -> None:
    report = import_images(study, [make_dicom("a.dcm", Laterality="R")])
    assert [(one.tier.value, one.says) for one in report.files[0].evidence] == [
        ("View Position", "CC"),
        ("Image Laterality", "R"),
        ("Laterality", "R"),
        ("Patient Orientation", "R-CC"),
    ]


def test_a_manifest_that_outvotes_patient_orientation_hangs_the_image_by_its_picture(
    make_dicom: Any, study: StudyFolder, tmp_path: Path
) -> None:
    attributes = {"ImageLaterality": None, "PatientOrientation": ["A", "FR"]}
    make_dicom("a.dcm", "R-MLO", **attributes)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path\nA,R,MLO,a.dcm\n")
    report = import_images(study, [tmp_path / "source"], manifest=manifest)
    assert "laterality conflict" in report.files[0].reason
    (mammogram,) = case_images(study, "A")
    assert not mammogram.flip_horizontal  # its chest wall lies at the right edge already


def test_one_instance_uid_with_other_pixels_is_refused_by_name(
    make_dicom: Any, study: StudyFolder
) -> None:
    first = make_dicom("a.dcm", SOPInstanceUID="1.2.3")
    other = make_dicom("b.dcm", SOPInstanceUID="1.2.3", pixels=np.full((64, 64), 900, np.uint16))
    report = import_images(study, [first, other], keep_going=True)
    assert report.files[1].verdict.value == "refused"
    assert report.files[1].reason == (
        "the SOP Instance UID of C001-R-CC, but other pixels; find out which of the two is right "
        "and leave the other out"
    )
    later = import_images(study, [other], keep_going=True)
    assert later.files[0].reason == report.files[1].reason


def test_an_image_that_was_only_written_anew_is_a_duplicate(
    make_dicom: Any, study: StudyFolder
) -> None:
    first = make_dicom("a.dcm", SOPInstanceUID="1.2.3")
    anew = make_dicom("b.dcm", SOPInstanceUID="1.2.3", syntax=JPEGLosslessSV1)
    report = import_images(study, [first, anew])
    assert report.files[1].reason == "the same image as C001-R-CC, written anew"
    assert (report.files[1].verdict.value, report.files[1].exam) == ("duplicate", "C001")


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
