from pathlib import Path

import pytest

from study_design.images.arriving.work_folder import ImportRunningError, work_folder
from study_design.study_folder import StudyFolder


def test_one_import_at_a_time(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "STUDY")
    with work_folder(folder) as work:
        with (
            pytest.raises(ImportRunningError, match="Wait until it has ended"),
            work_folder(folder),
        ):
            pass
        assert work.is_dir()
    with work_folder(folder) as again:
        assert again.is_dir()


def test_nothing_is_left_of_an_import_that_failed_or_crashed(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "STUDY")
    (folder.path / ".import-crashed" / "unpacked").mkdir(parents=True)

    def fail() -> None:
        with work_folder(folder) as work:
            (work / "half").write_bytes(b"1")
            raise OSError

    with pytest.raises(OSError, match=r"^$"):
        fail()
    assert list(folder.path.glob(".import-*")) == []
