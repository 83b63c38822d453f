from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from study_design.cases.case_import import import_images
from study_design.cases.doubt_judgement import accept_doubts
from study_design.images.arriving.import_report import ImportReport
from study_design.images.case_list import cases_of
from study_design.images.image_store import case_images
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
PLAIN = np.full((64, 64), 900, np.uint16)
FILM = np.tile(np.arange(64, dtype=np.uint8), (64, 1))


def problems(report: ImportReport) -> dict[str, tuple[str, ...]]:
    return {exam.case: exam.problems for exam in report.exams}


def test_a_view_that_is_only_described_as_another_is_kept_and_asked(
    make_exam: Any, make_dicom: Any, study: StudyFolder
) -> None:
    paths = [make_dicom("a.dcm", SeriesDescription="S/P STEREO BIOPSY 2019"), *make_exam()[1:]]
    report = import_images(study, paths)
    assert {file.verdict.value for file in report.files} == {"accepted"}
    assert report.files[0].reason == "Series Description speaks of a biopsy"
    asked = (
        "is C001-R-CC a plain view in its place? Series Description speaks of a biopsy: look at "
        "it on the Cases page, settle it there or with crossread doubts"
    )
    assert problems(report) == {"C001": (asked,)}
    assert cases_of(study)[0].problems == (asked,)
    accept_doubts(study, ["C001-R-CC"], by=Actor("C"), why="no clip, no needle", now=NOW)
    assert cases_of(study)[0].problems == ()


@pytest.mark.parametrize("first", [True, False])
def test_of_two_images_for_a_slot_the_one_without_a_doubt_fills_it(
    make_exam: Any, make_dicom: Any, study: StudyFolder, *, first: bool
) -> None:
    computed = make_dicom("c.dcm", SeriesDescription="R CC C-View", pixels=PLAIN)
    paths = [computed, *make_exam()] if first else [*make_exam(), computed]
    report = import_images(study, paths)
    (problem,) = report.exams[0].problems
    assert problem == (
        "which image of R-CC is used? C001-X1 is a second R-CC beside C001-R-CC; Series "
        "Description speaks of a view synthesised from tomosynthesis: choose with crossread place"
    )
    told = {file.path.name: file for file in report.files}
    assert told["c.dcm"].image == "C001-X1"


def test_a_digitised_film_of_a_manifest_becomes_a_mammogram_of_the_study(
    make_dicom: Any, study: StudyFolder, tmp_path: Path
) -> None:
    nothing = dict.fromkeys(("ImageLaterality", "ViewPosition", "PatientOrientation"))
    scan = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "Modality": "OT", "StudyInstanceUID": None}
    scan |= {"ImagerPixelSpacing": None, "EstimatedRadiographicMagnificationFactor": None}
    make_dicom("film.dcm", "L-CC", **nothing, **scan, pixels=FILM, BitsStored=8, HighBit=7)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path,pixel_spacing_mm\nF1,L,CC,film.dcm,0.05\n")
    report = import_images(study, [tmp_path / "source"], manifest=manifest)
    assert [(file.verdict.value, file.view) for file in report.files] == [("accepted", View.L_CC)]
    (mammogram,) = case_images(study, "F1")
    assert (mammogram.view, mammogram.spacing_mm) == (View.L_CC, 0.05)
    kept = dcmread(study.images / "F1-L-CC.dcm")
    assert (kept.SOPClassUID, kept.Modality) == ("1.2.840.10008.5.1.4.1.1.1.2", "MG")
    assert problems(report)["F1"][:3] == ("R-CC is missing", "R-MLO is missing", "L-MLO is missing")
