import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from study_design.images.arriving.file_kind import FileKind, file_kind, kind_of
from study_design.images.arriving.sources import is_plain_text
from study_design.images.arriving.zip_archive import is_archive

PREAMBLES = {
    "nothing": b"",
    "TIFF, little endian": b"II*\0\x08\0\0\0",
    "TIFF, big endian": b"MM\0*\0\0\0\x08",
    "BigTIFF, little endian": b"II+\0\x08\0\0\0",
    "BigTIFF, big endian": b"MM\0+\0\x08\0\0",
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "ZIP": b"PK\x03\x04\x14\0\0\0",
    "gzip": b"\x1f\x8b\x08\0",
    "PDF": b"%PDF-1.4\n",
    "text": b"This is an image of the hospital.\n" * 3,
    "a program": b"MZ\x90\0",
    "DICOM without preamble": b"\x08\0\x05\0CS\x0a\0ISO_IR 100",
}


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES.keys())
def test_a_file_with_the_prefix_of_dicom_is_dicom_whatever_its_preamble(preamble: bytes) -> None:
    assert kind_of(preamble.ljust(128, b"\0")[:128] + b"DICM") is FileKind.DICOM


@pytest.mark.parametrize(
    "form", [{"format": "PNG"}, {"format": "TIFF"}, {"format": "TIFF", "big_tiff": True}], ids=str
)
def test_a_picture_is_known_by_how_it_begins(tmp_path: Path, form: dict[str, Any]) -> None:
    Image.fromarray(np.zeros((40, 40), np.uint8)).save(tmp_path / "picture", **form)
    assert file_kind(tmp_path / "picture") is FileKind.PICTURE


@pytest.mark.parametrize("start", [b"", b"II", b"\x08\0\x05\0CS", b"DICM", b"\0" * 127 + b"DICM"])
def test_what_begins_otherwise_is_neither(start: bytes) -> None:
    assert kind_of(start) is FileKind.OTHER


def test_a_dicom_file_is_neither_an_archive_nor_text_whatever_stands_in_front(
    make_dicom: Any, tmp_path: Path
) -> None:
    content = make_dicom().read_bytes()
    path = tmp_path / "image.zip"
    path.write_bytes(b"PK\x03\x04".ljust(128, b"\0") + content[128:])
    assert not is_archive(path)
    path.write_bytes(b"words and no byte that text has not ".ljust(128) + b"DICM")
    assert not is_plain_text(path)
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("image.dcm", content)
    assert is_archive(path)
    assert not is_archive(tmp_path)
