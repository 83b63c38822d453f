from collections.abc import Callable
from pathlib import Path

import pytest

from study_design.images.dicomdir import MediaIndexError, referenced_files


def test_files_are_found_whatever_the_case_and_the_version_numbers(
    make_index: Callable[..., Path],
) -> None:
    index = make_index({"IMAGES/IM1": b"1", "IMAGES/IM2": b"2"})
    folder = index.parent / "IMAGES"
    (folder / "IM1").rename(folder / "im1")
    (folder / "IM2").rename(folder / "IM2.;1")
    folder.rename(index.parent / "images")
    found = referenced_files(index)
    assert [reference.path.name for reference in found] == ["im1", "IM2.;1"]
    assert all(reference.exists for reference in found)


def test_a_reference_out_of_the_folder_counts_as_not_there(
    make_index: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"1")
    with pytest.warns(UserWarning, match="Invalid value for VR CS"):
        index = make_index({"../secret": None})
    (reference,) = referenced_files(index)
    assert not reference.exists
    assert reference.path.parent == tmp_path / "disc"


@pytest.mark.parametrize("content", [b"", b"no index", b"\0" * 128 + b"DICM\x02\0\xff\xff"])
def test_a_damaged_index_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "DICOMDIR").write_bytes(content)
    with pytest.raises(MediaIndexError, match="damaged index"):
        referenced_files(tmp_path / "DICOMDIR")
