import datetime as dt
import json
import shutil
from pathlib import Path

import pydicom
import pytest
from filelock import FileLock

from study_design.cases.case_import import import_images
from study_design.errors import BadInputError
from study_design.exchange.reference_sheet import read_lesions
from study_design.exchange.truth_import import import_truth
from study_design.life.new_study import new_study
from study_design.phantom.exam_set import ExamSetSettings, write_exam_set
from study_design.phantom.mixes import Mix, draw_mixed_exam
from study_design.record.actor import Actor
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import View

NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
SETTINGS = ExamSetSettings(seed=7, spacing_mm=1.0, mix=Mix.TRAINING)
EXAMS = 2


def quietly(*_: object) -> None:
    """Report nothing."""


@pytest.fixture(scope="module")
def exam_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms") / "set"
    write_exam_set(folder, SETTINGS, EXAMS, quietly)
    return folder


def test_what_is_written_comes_into_a_study_without_a_complaint(
    exam_set: Path, tmp_path: Path
) -> None:
    study = new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=NOW)
    report = import_images(study, [], manifest=exam_set / "manifest.csv")
    assert [exam.case for exam in report.exams] == ["PHANTOM-0007", "PHANTOM-0008"]
    assert [exam.problems for exam in report.exams] == [(), ()]
    assert [file.reason for file in report.files] == [""] * 8
    imported = import_truth(
        study, exam_set / "reference.csv", exam_set / "lesions.csv", resolve=lambda _: None
    )
    # What the exams are trained on says more of a lesion than a reference standard holds.
    unused = "lesions.csv: columns not used: 'quadrant', 'depth'"
    assert (imported.cases, imported.notes, imported.warnings) == (EXAMS, (unused,), ())
    drawn = [draw_mixed_exam(seed, Mix.TRAINING) for seed in (7, 8)]
    assert imported.lesions == sum(len(exam.lesions) for exam in drawn) > 0
    assert {(lesion.case, lesion.types) for lesion in read_lesions(study)} == {
        (f"PHANTOM-{exam.seed:04d}", (lesion.type,)) for exam in drawn for lesion in exam.lesions
    }


def test_every_table_says_where_in_the_breast_and_the_set_says_it_is_simulated(
    exam_set: Path,
) -> None:
    manifest = read_csv(exam_set / "manifest.csv")
    assert len(manifest.rows) == 4 * EXAMS
    assert {row["simulated"] for row in manifest.rows} == {"1"}
    assert [row["laterality"] + "-" + row["view"] for row in manifest.rows] == [*View] * EXAMS
    assert {row["patient"] for row in manifest.rows} == {"PHANTOM-0007", "PHANTOM-0008"}
    header = pydicom.dcmread(exam_set / manifest.rows[0]["path"], stop_before_pixels=True)
    assert (header.PatientID, header.SyntheticData) == ("PHANTOM-0007", "YES")
    assert json.loads((exam_set / "phantoms.json").read_text())["simulated"] is True
    for file, words in (("lesions.csv", "types"), ("distractors.csv", "kind")):
        table = read_csv(exam_set / file).require("case", "view", words, "quadrant", "depth")
        assert table.rows
        assert all(row["quadrant"] and float(row["depth"]) > 0 for row in table.rows)


def test_an_interrupted_set_goes_on_with_what_is_missing(exam_set: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(exam_set, folder)
    kept = [path.stat() for path in sorted((folder / "dicom" / "7").iterdir())]
    shutil.rmtree(folder / "dicom" / "8")
    half = folder / "dicom" / ".8.part"
    half.mkdir()
    (half / "PHANTOM-0008-1.dcm").write_bytes(b"cut off")
    seen = []
    write_exam_set(folder, SETTINGS, EXAMS, lambda *step: seen.append(step))
    assert seen == [("Draw phantom exams", done, EXAMS) for done in (1, 2)]
    now = [path.stat() for path in sorted((folder / "dicom" / "7").iterdir())]
    assert [(stat.st_ino, stat.st_mtime_ns) for stat in now] == [
        (stat.st_ino, stat.st_mtime_ns) for stat in kept
    ]
    assert not half.exists()
    for file in ("dicom/8/PHANTOM-0008-1.dcm", "manifest.csv", "lesions.csv"):
        assert (folder / file).read_bytes() == (exam_set / file).read_bytes()


def test_a_set_made_otherwise_is_not_mixed_in(exam_set: Path) -> None:
    other = ExamSetSettings(seed=8, spacing_mm=1.0, mix=Mix.TRAINING)
    with pytest.raises(BadInputError, match="Choose another folder or the same settings"):
        write_exam_set(exam_set, other, EXAMS, quietly)


def test_two_runs_do_not_fill_one_set_at_once(tmp_path: Path) -> None:
    write_exam_set(tmp_path / "set", SETTINGS, 0, quietly)
    with (
        FileLock(tmp_path / "set" / ".phantoms.lock"),
        pytest.raises(BadInputError, match=r"no other run that fills .*set, got one under way"),
    ):
        write_exam_set(tmp_path / "set", SETTINGS, 1, quietly)
    assert not (tmp_path / "set" / "dicom").exists()


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(BadInputError, match="new or empty folder"):
        write_exam_set(tmp_path, SETTINGS, 1, quietly)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_impossible_spacing_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Phantom pixel spacing"):
        write_exam_set(tmp_path / "set", ExamSetSettings(1, spacing_mm=9.0), 1, quietly)
    assert not (tmp_path / "set").exists()
