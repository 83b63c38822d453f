"""An import to a disk that fills up says so: no sound file is called damaged, nothing is kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from study_design.cases.case_import import import_images
from study_design.errors import DiskFullError
from study_design.images.case_list import read_images
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


class SmallDisk(Protocol):
    """A disk of two megabytes."""

    path: Path

    def fill(self, leave_bytes: int) -> None: ...


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exam")
    write_dicom(render(draw_exam(5, lesions=()), spacing_mm=0.5), folder)
    return folder


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("leave_bytes", [8192, 200_000, 400_000, 500_000])
def test_a_full_disk_is_told_as_that_and_the_study_is_as_it_was(
    small_disk: SmallDisk, exam: Path, leave_bytes: int, keep_going: bool
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    study: StudyFolder = new_study(
        small_disk.path / "S", template="zhou2023", by=Actor("C"), now=now, simulated=True
    )
    small_disk.fill(leave_bytes)
    with pytest.raises(DiskFullError) as refused:
        import_images(study, [exam], keep_going=keep_going)
    assert str(small_disk.path) in str(refused.value)
    assert "free" in str(refused.value)
    assert read_images(study) == ()
    assert not list(study.images.iterdir())
    assert not list(study.path.glob(".import-*"))


def test_pixels_are_stored_as_numpy_stores_them(locked_study: StudyFolder, tmp_path: Path) -> None:
    path = locked_study.cache / "C001_R-CC.npy"
    np.save(tmp_path / "again.npy", np.load(path))
    assert path.read_bytes() == (tmp_path / "again.npy").read_bytes()
