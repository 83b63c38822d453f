"""Every writer of output on a disk that fills up: what was there stays, nothing half is left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from reader_app.commands.vendor_files import export_cad_reports
from study_design.errors import DiskFullError
from study_design.exchange.dicom_export import export_dicom
from study_design.exchange.leaving import unnoted
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.exchange.tidy import export_tables
from study_design.life.audit import audit_study, write_audit
from study_design.life.backup import backup_study, restore_study
from study_design.life.freezing import freeze_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


class SmallDisk(Protocol):
    """A disk of two megabytes."""

    path: Path

    def fill(self, leave_bytes: int) -> None: ...

    @property
    def names(self) -> set[str]: ...


LATER = timedelta(days=60)
Write = Callable[[StudyFolder, Path, datetime], object]


def _audit(folder: StudyFolder, out: Path, now: datetime) -> object:
    return write_audit(audit_study(folder, now=now, report=lambda *_: None), out)


FOLDERS: dict[str, Write] = {
    "tidy": lambda folder, out, _now: export_tables(folder, out),
    "audit": _audit,
    "cad-sr": lambda folder, out, _now: export_cad_reports(folder, out, False, unnoted),
    **{
        form: lambda folder, out, _now, form=form: export_ratings(folder, out, form)
        for form in WRITERS
    },
}


@pytest.fixture
def frozen(read_study: StudyFolder, now: datetime) -> StudyFolder:
    freeze_study(read_study, by=Actor("Coordinator"), now=now + LATER)
    return read_study


def content(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}


@pytest.mark.parametrize("form", FOLDERS)
@pytest.mark.parametrize("leave_bytes", [0, 4096])
def test_an_earlier_output_stays_as_it_was(
    frozen: StudyFolder, small_disk: SmallDisk, now: datetime, form: str, leave_bytes: int
) -> None:
    out = small_disk.path / "out"
    FOLDERS[form](frozen, out, now + LATER)
    before = content(out)
    assert before
    small_disk.fill(leave_bytes)
    with pytest.raises(DiskFullError) as refused:
        FOLDERS[form](frozen, out, now + LATER)
    assert str(small_disk.path) in str(refused.value)
    assert "free" in str(refused.value)
    assert content(out) == before


@pytest.mark.parametrize("form", FOLDERS)
def test_a_new_output_is_not_there_at_all(
    frozen: StudyFolder, small_disk: SmallDisk, now: datetime, form: str
) -> None:
    small_disk.fill(leave_bytes=4096)
    with pytest.raises(DiskFullError):
        FOLDERS[form](frozen, small_disk.path / "out", now + LATER)
    assert small_disk.names == set()


def test_images_backups_and_restored_studies_are_whole_or_not_there(
    frozen: StudyFolder, small_disk: SmallDisk, tmp_path: Path, now: datetime
) -> None:
    small_disk.fill(leave_bytes=100_000)
    with pytest.raises(DiskFullError, match=r"Expected \d.* or more for the images"):
        export_dicom(frozen, small_disk.path / "images")
    with pytest.raises(DiskFullError, match=r"Expected .* for the backup on the disk"):
        backup_study(frozen, small_disk.path / "study.zip")
    backup_study(frozen, tmp_path / "study.zip")
    with pytest.raises(DiskFullError, match=r"Expected .* for the restored study on the disk"):
        restore_study(tmp_path / "study.zip", small_disk.path / "study", by=Actor("C"), now=now)
    assert small_disk.names == set()
