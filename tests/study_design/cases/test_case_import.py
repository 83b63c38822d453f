"""Images that come in: grouped, named, placed, stopped and gone on with."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_case_import import problems, verdicts
from pydicom.uid import JPEGLosslessSV1

from study_design.cases.case_import import import_images
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.errors import BadInputError
from study_design.images.case_list import CASES, cases_of, read_images
from study_design.images.image_store import case_images, load_mammogram
from study_design.images.link_file import LinkFile
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


CHOOSE = ": choose with crossread place"


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
