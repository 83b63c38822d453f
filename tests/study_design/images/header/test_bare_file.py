import io
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
)

from study_design.cases.case_import import import_images
from study_design.images.arriving.acceptance import judge
from study_design.images.arriving.worker import compare
from study_design.images.header.bare_file import read_until
from study_design.images.header.dicom import read_header
from study_design.images.messages import CompareRequest, Verdict
from study_design.images.pixels.decode import decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

PREAMBLE_BYTES = 132


def without_preamble(content: bytes) -> bytes:
    return content[PREAMBLE_BYTES:]


def _meta_end(content: bytes) -> int:
    """Return where the file meta information ends, as its first element tells."""
    (length,) = struct.unpack_from("<I", content, PREAMBLE_BYTES + 8)
    return PREAMBLE_BYTES + 12 + int(length)


def without_meta(content: bytes) -> bytes:
    return content[_meta_end(content) :]


def without_transfer_syntax(content: bytes) -> bytes:
    """Return a file whose meta information holds its version only."""
    version = b"\x02\0\x01\0OB\0\0\x02\0\0\0\0\x01"
    return content[:PREAMBLE_BYTES] + version + content[_meta_end(content) :]


@pytest.mark.parametrize(
    ("cut", "syntax"),
    [
        (without_preamble, ImplicitVRLittleEndian),
        (without_preamble, ExplicitVRLittleEndian),
        (without_preamble, ExplicitVRBigEndian),
        (without_preamble, DeflatedExplicitVRLittleEndian),
        (without_preamble, JPEGLSLossless),
        (without_meta, ImplicitVRLittleEndian),
        (without_meta, ExplicitVRLittleEndian),
        (without_meta, ExplicitVRBigEndian),
        (without_meta, JPEGLSLossless),
        (without_transfer_syntax, ImplicitVRLittleEndian),
        (without_transfer_syntax, ExplicitVRLittleEndian),
        (without_transfer_syntax, JPEGLSLossless),
    ],
)
def test_a_file_that_lacks_its_beginning_gives_the_same_view_and_pixels(
    make_dicom: Any, cut: Callable[[bytes], bytes], syntax: UID
) -> None:
    path = make_dicom(view="L-MLO", syntax=syntax)
    bare = path.with_name("bare")
    bare.write_bytes(cut(path.read_bytes()))
    judgement = judge(read_header(bare))
    assert (judgement.verdict, judgement.view) == (Verdict.ACCEPTED, View.L_MLO)
    np.testing.assert_array_equal(
        decode_dicom(open_pixels(bare)).codes, decode_dicom(open_pixels(path)).codes
    )


@pytest.mark.parametrize("start", [b"\x02\0\x00", b"\x08\0\x05\0Zz", b"hello there", b"\x08\0" * 9])
def test_what_only_resembles_a_first_attribute_is_no_dicom_file(start: bytes) -> None:
    with pytest.raises(InvalidDicomError):
        read_until(io.BytesIO(start + b"\xff" * 200))


def test_a_file_without_preamble_becomes_an_image_and_is_shown_beside_it(
    make_dicom: Any, study: StudyFolder
) -> None:
    path = make_dicom()
    path.write_bytes(without_preamble(path.read_bytes()))
    assert import_images(study, [path]).files[0].verdict is Verdict.ACCEPTED
    changes = compare(CompareRequest(path, study.images / "C001-R-CC.dcm"))
    assert "PatientName" in {change.attribute for change in changes}
