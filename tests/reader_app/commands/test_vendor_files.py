from collections.abc import Callable
from pathlib import Path
from typing import Any

from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv


def test_a_locked_study_gives_its_images_to_a_vendor_and_nothing_else(
    study: StudyFolder, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    out = tmp_path / "vendor"
    done = crossread("export", study.path, "--out", out, "--format", "dicom")
    assert (done.status, done.err) == (0, "")
    assert {path.suffix for path in out.rglob("*") if path.is_file()} == {".dcm", ".csv"}
    assert len(read_csv(out / "manifest.csv").rows) == 4 * 4


def test_images_have_no_reads_to_choose(
    study: StudyFolder, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    out = tmp_path / "vendor"
    done = crossread("export", study.path, "--out", out, "--format", "dicom", "--all")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert not out.exists()
