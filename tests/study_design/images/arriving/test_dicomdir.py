from collections.abc import Callable
from pathlib import Path

import pytest

from study_design.images.arriving.dicomdir import MediaIndexError, is_media_index, referenced_files

DICOM = bytes(128) + b"DICM"


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


# What an index says of a file, and where the file lies.
ODD_NAMES = {
    "A/IM1": "A/IM1.dcm",
    "B/IM1": "b/im1.DCM;1",
    "C/IM1.DCM": "C/IM1",
    "D/IM1.DCM": "D/im1.ima",
    "E/IM1": "E/IM1.;1",
    "F/IM1.;1": "F/IM1",
    "./G/IM1": "G/IM1",
    "/H//IM1": "H/IM1",
    "D:/I/IM1": "I/IM1",
    "J/1.2.3": "J/1.2.3.dcm",
    "K/IM 1": "K/IM 1.dcm",
}


@pytest.mark.parametrize("divided_by", ["parts", "/"])
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS", "ignore:The value length")
def test_files_are_found_by_their_names_with_another_extension_or_divider(
    make_index: Callable[..., Path], divided_by: str
) -> None:
    index = make_index(dict.fromkeys(ODD_NAMES), divided_by=divided_by)
    for file in (*ODD_NAMES.values(), "J/1.2.4.dcm"):
        (index.parent / file).parent.mkdir(exist_ok=True)
        (index.parent / file).write_bytes(DICOM)
    found = referenced_files(index)
    assert [str(one.path.relative_to(index.parent)) for one in found] == list(ODD_NAMES.values())
    assert all(one.exists for one in found)


def test_of_several_files_of_a_name_the_one_that_is_dicom_is_meant(
    make_index: Callable[..., Path],
) -> None:
    index = make_index({"IM1": None, "IM2": None})
    for name, content in (("IM1.txt", b"words"), ("IM1.dcm", DICOM), ("IM1.xml", b"<a/>")):
        (index.parent / name).write_bytes(content)
    for name in ("IM2.dcm", "IM2.ima"):  # nothing tells which
        (index.parent / name).write_bytes(DICOM)
    found = referenced_files(index)
    assert [(one.path.name, one.exists) for one in found] == [("IM1.dcm", True), ("IM2", False)]


@pytest.mark.parametrize(
    "name", ["DICOMDIR", "dicomdir", "DICOMDIR.", "DICOMDIR;1", "DICOMDIR.dcm"]
)
def test_an_index_is_known_by_its_name(name: str) -> None:
    assert is_media_index(Path(name))
    assert not is_media_index(Path("DICOMDIR.txt"))
