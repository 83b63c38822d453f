import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from pydicom import dcmread
from typer.testing import CliRunner, Result

from reader_app.commands import exams as exams_commands
from reader_app.commands import files as files_commands
from reader_app.commands.images import register
from study_design.errors import BadInputError
from study_design.images.arriving.import_report import RefusedFilesError
from study_design.images.case_list import cases_of
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

LATER = date(2026, 3, 5)

app = typer.Typer()
register(app)
exams_commands.register(app)
files_commands.register(app)


@pytest.fixture
def study(tmp_path: Path) -> Path:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now).path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Return a manifest of a complete exam and of one without its L-MLO."""
    rows = ["case,laterality,view,path,pixel_spacing_mm"]
    y, x = np.mgrid[:120, :100]
    for number, case in enumerate(("whole", "part")):
        for view in View:
            breast = ((y - 60) / 50) ** 2 + (x / 60) ** 2 < 1
            pixels = np.where(breast, 90 + 10 * number + list(View).index(view), 0)
            name = f"{case}-{view}.png"
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / name)
            rows.append(f"{case},{view.side},{view.projection},{name},0.1")
    path = tmp_path / "manifest.csv"
    path.write_text("\n".join(rows[:-1]))
    return path


def test_json_is_the_contracts_object_and_all_of_standard_output(
    study: Path, manifest: Path
) -> None:
    arguments = ["import", str(study), str(manifest.parent), "--manifest", str(manifest), "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert set(told) == {"imported", "files", "exams", "guesses", "earlier"}
    assert (told["imported"], told["guesses"]) == (True, [])
    assert set(told["files"][0]) == {"path", "verdict", "reason", "exam", "view", "evidence"}
    assert told["files"][0]["evidence"] == [{"tier": "manifest", "says": "R-CC"}]
    assert {file["verdict"] for file in told["files"]} == {"accepted"}
    assert told["exams"] == [
        {
            "case": "part",
            "patient": "P001",
            "slots": {
                "R-CC": "part-R-CC",
                "L-CC": "part-L-CC",
                "R-MLO": "part-R-MLO",
                "L-MLO": None,
            },
            "problems": ["L-MLO is missing"],
        },
        {
            "case": "whole",
            "patient": "P002",
            "slots": {view: f"whole-{view}" for view in View},
            "problems": [],
        },
    ]


def test_the_table_tells_problems_first(study: Path, manifest: Path) -> None:
    arguments = ["import", str(study), str(manifest.parent), "--manifest", str(manifest)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.stdout.index("part") < done.stdout.index("whole")
    assert "L-MLO is missing" in done.stdout
    assert "7 of 7 files taken; 2 exams, 1 with problems." in done.stdout
    again = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "Copies of images of the study: 7." in again.stdout
    assert "Files that need a look" not in again.stdout


def test_copies_are_counted_and_listed_on_request(study: Path, manifest: Path) -> None:
    copy = manifest.parent / "copy.png"
    copy.write_bytes((manifest.parent / "part-R-CC.png").read_bytes())
    lines = manifest.read_text().splitlines()
    (row,) = (line for line in lines if line.startswith("part,R,CC,"))
    lines.append(row.replace("part-R-CC.png", "copy.png"))
    manifest.write_text("\n".join(lines) + "\n")
    arguments = ["import", str(study), "--manifest", str(manifest)]
    CliRunner().invoke(app, arguments, catch_exceptions=False)
    folded = CliRunner().invoke(app, ["files", str(study)], catch_exceptions=False).stdout
    assert "Copies of images of the study: 1. Listed by: crossread files" in folded
    assert "copy.png" not in folded
    assert "copy.png" in CliRunner().invoke(app, ["files", str(study), "--all"]).stdout


def test_two_exams_of_one_patient_are_named(study: Path, tmp_path: Path) -> None:
    exam = render(draw_exam(1, storage=Storage.HUNG), spacing_mm=2.0)
    first, second = tmp_path / "first", tmp_path / "second"
    write_dicom(exam, first)
    for number, file in enumerate(write_dicom(exam, second, study_date=LATER).files):
        dataset = dcmread(file.path)
        dataset.StudyInstanceUID, dataset.SOPInstanceUID = "1.2.4", f"1.2.4.{number}"
        dataset.PixelData = dataset.PixelData[:-2] + b"\x01\x00"  # another acquisition
        dataset.save_as(file.path)
    arguments = ["import", str(study), str(first), str(second)]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "P001 has 2 exams, one patient in the analysis: C001, C002." in done.stdout
    assert "2 exams, 2 with problems" in done.stdout
    folder = StudyFolder(study)
    listed = exams("--reason", "x", folder=study)
    assert "which should be read?" in listed
    assert "Open questions on exams and persons: 1; priors: 0." in listed
    settled = exams("--current", "newest", "--reason", "screening", folder=study)
    (entry,) = cases_of(folder)
    (prior,) = entry.priors
    assert f"{prior.exam}\tprior of {entry.case}\t{prior.days_before} days before" in settled
    assert prior.days_before
    assert f"{prior.exam} is a case of its own again." in exams(
        "--own", prior.exam, "--reason", "both", folder=study
    )
    assert [one.problems for one in cases_of(folder)] == [(), ()]


def exams(*words: str, folder: Path) -> str:
    arguments = ["exams", str(folder), *words, "--by", "Dr A"]
    return CliRunner().invoke(app, arguments, catch_exceptions=False).stdout


def test_a_refused_file_is_an_error_and_still_in_the_json(study: Path, manifest: Path) -> None:
    picture = manifest.parent / "part-R-CC.png"
    arguments = ["import", str(study), str(picture), "--json"]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, RefusedFilesError)
    assert "part-R-CC.png" in str(done.exception)
    told = json.loads(done.stdout)
    assert told["files"][0]["verdict"] == "refused"
    assert (told["imported"], told["exams"]) == (False, [])


def test_a_table_given_as_an_image_is_refused_in_words(study: Path, manifest: Path) -> None:
    done = CliRunner().invoke(app, ["import", str(study), str(manifest), "--json"])
    assert "a text file or table, not an image" in str(done.exception)


def test_what_was_guessed_of_a_manifest_is_told_in_the_json(study: Path, manifest: Path) -> None:
    manifest.write_text(manifest.read_text().replace(",", ";").replace("0.1", "0,1"))
    arguments = ["import", str(study), str(manifest.parent), "--manifest", str(manifest), "--json"]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert json.loads(done.stdout)["guesses"]


def test_a_case_is_excluded_with_its_reason(study: Path, manifest: Path) -> None:
    paths = [str(study), str(manifest.parent), "--manifest", str(manifest)]
    CliRunner().invoke(app, ["import", *paths, "--json"], catch_exceptions=False)
    done = CliRunner().invoke(app, ["exclude", str(study), "part", "--reason", "no L-MLO"])
    assert done.exit_code == 0
    excluded = {
        entry.case: entry.reason for entry in cases_of(StudyFolder(study)) if entry.excluded
    }
    assert excluded == {"part": "no L-MLO"}


def test_an_image_is_placed_or_put_out_of_use_by_a_command(study: Path, manifest: Path) -> None:
    paths = [str(study), str(manifest.parent), "--manifest", str(manifest)]
    CliRunner().invoke(app, ["import", *paths, "--json"], catch_exceptions=False)

    def place(view: str) -> Result:
        arguments = ["place", str(study), "part-R-MLO", "--view", view, "--reason", "marker"]
        return CliRunner().invoke(app, arguments)

    assert place("LMLO").exit_code == 0
    (entry,) = [entry for entry in cases_of(StudyFolder(study)) if entry.case == "part"]
    assert entry.problems == ("R-MLO is missing",)
    assert place("none").exit_code == 0
    assert isinstance(place("XCCL").exception, BadInputError)


def test_a_folder_that_is_no_study_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["import", str(tmp_path), str(tmp_path)])
    assert isinstance(done.exception, BadInputError)
