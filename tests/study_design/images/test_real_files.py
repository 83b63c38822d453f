"""What becomes of every real file beside the repository; the command's JSON says the same."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from study_design.cases.case_import import import_images, scan_images
from study_design.study_folder import StudyFolder

FILM = "a secondary capture (digitised film or a screenshot)"
PICTURE = "a picture without a DICOM header"

# Verdict, view, and how the reason begins.
EXPECTED = {
    "MG_pixelspacing_test.dcm": ("extra", None, "a special view (magnified 1.5 times)"),
    "highdicom_seg_image_cr_binary.dcm": ("extra", None, "a segmentation"),
    "highdicom_sr_document.dcm": ("extra", None, "a structured report"),
    "GH133_GE_RMLO_jpegll.dcm": ("accepted", "R-MLO", ""),
    "License.txt": ("extra", None, "a text file"),
    "OutOfBoundsOverlay_Siemens_stereo_jpegll.dcm": ("extra", None, "a stereo view"),
    "L-CC.png": ("refused", None, PICTURE),
    "L-MLO.png": ("refused", None, PICTURE),
    "R-CC.png": ("refused", None, PICTURE),
    "R-MLO.png": ("refused", None, PICTURE),
    "LICENSE": ("extra", None, "a text file"),
    "GE_LCC_DHJ5JE9QXAV0.dcm": ("accepted", "L-CC", ""),
    "MG-Im-GE_Seno_1_ForPresentation.dcm": ("refused", None, "1 x 2 pixels"),
    "MG-Im-GE_Seno_1_ForProcessing.dcm": ("extra", None, "FOR PROCESSING"),
    "MG1_J2KI.dcm": ("refused", None, FILM),
}


@pytest.fixture(scope="module")
def told(real_images: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the command prints of all files."""
    study = tmp_path_factory.mktemp("real") / "STUDY"
    crossread = [sys.executable, "-m", "reader_app"]
    subprocess.run([*crossread, "new", str(study), "--template", "zhou2023"], check=True)
    done = subprocess.run(
        [*crossread, "import", str(study), str(real_images), "--keep-going", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_every_real_file_gets_the_right_verdict_with_a_reason(told: dict[str, Any]) -> None:
    names = {Path(file["path"]).name for file in told["files"]}
    assert names == set(EXPECTED)
    for file in told["files"]:
        verdict, view, reason = EXPECTED[Path(file["path"]).name]
        assert (file["verdict"], file["view"]) == (verdict, view)
        assert file["reason"].startswith(reason)
        assert bool(file["exam"]) is (verdict == "accepted")


def test_the_tiers_of_the_real_views_agree(told: dict[str, Any]) -> None:
    for file in told["files"]:
        says = {one["says"] for one in file["evidence"]}
        if file["verdict"] == "accepted":
            assert all(set(said.split("-")) <= set(file["view"].split("-")) for said in says)
            assert len(file["evidence"]) >= 3


def test_the_functions_say_what_the_command_says(
    told: dict[str, Any], real_images: Path, study: StudyFolder
) -> None:
    foreseen = scan_images(study, [real_images])
    report = import_images(study, [real_images], keep_going=True)
    printed = [(file["path"], file["verdict"], file["view"]) for file in told["files"]]
    for one in (foreseen, report):
        assert [(str(f.path), f.verdict.value, f.view) for f in one.files] == printed
    assert [exam.case for exam in report.exams] == [exam["case"] for exam in told["exams"]]
    assert [list(exam.problems) for exam in report.exams] == [
        exam["problems"] for exam in told["exams"]
    ]
