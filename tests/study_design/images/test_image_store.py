import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from study_design.cases.case_import import import_images
from study_design.errors import ImageError
from study_design.images.image_store import (
    case_images,
    codes_sha256,
    load_mammogram,
    load_pixels,
    write_image,
)
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

CODES = np.arange(60 * 50, dtype=np.uint16).reshape(60, 50)
AIR = CODES % 7 == 0


@pytest.fixture
def stored(study: StudyFolder) -> Mammogram:
    mammogram = Mammogram(
        image="C001-R-CC",
        case="C001",
        view=View.R_CC,
        rows=60,
        columns=50,
        bits_stored=12,
        sha256=codes_sha256(CODES),
        windows=(VoiWindow(100.0, 50.0),),
        spacing_mm=0.1,
    )
    write_image(study, mammogram, CODES, AIR)
    return mammogram


def test_an_image_comes_back_as_it_was_written(study: StudyFolder, stored: Mammogram) -> None:
    assert load_mammogram(study, "C001-R-CC") == stored
    loaded = load_pixels(study, stored)
    np.testing.assert_array_equal(loaded.codes, CODES)
    np.testing.assert_array_equal(loaded.air, AIR)
    assert not loaded.codes.flags.writeable
    assert not loaded.air.flags.writeable


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("flip_horizontal", True),
        ("low_is_bright", True),
        ("spacing_mm", 0.2),
        ("sha256", "0" * 64),
        ("facts_sha256", None),
        ("note", "added"),
    ],
)
def test_a_changed_fact_is_never_shown(
    study: StudyFolder, stored: Mammogram, fact: str, value: object
) -> None:
    path = study.cache / f"{stored.image}.json"
    facts = json.loads(path.read_bytes())
    path.write_text(json.dumps({**facts, fact: value}))
    with pytest.raises(ImageError, match="Case C001 could not be shown: the file is damaged"):
        load_mammogram(study, stored.image, stored.case)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{"])
def test_facts_that_are_no_facts_are_told_in_the_readers_words(
    study: StudyFolder, stored: Mammogram, content: bytes
) -> None:
    (study.cache / f"{stored.image}.json").write_bytes(content)
    with pytest.raises(ImageError, match="Case C001 could not be shown: the file is damaged"):
        load_mammogram(study, stored.image, stored.case)


@pytest.mark.parametrize("suffix", ["npy", "air"])
@pytest.mark.parametrize("place", [0, -1])
def test_one_flipped_byte_is_never_shown(
    study: StudyFolder, stored: Mammogram, suffix: str, place: int
) -> None:
    path = study.cache / f"C001-R-CC.{suffix}"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ImageError) as caught:
        load_pixels(study, stored)
    assert str(caught.value) == (
        "Case C001 could not be shown: the file is damaged. Your earlier reads are saved. "
        "Please call the coordinator."
    )


@pytest.mark.parametrize("suffix", ["npy", "air"])
def test_a_file_cut_short_or_missing_is_told_in_the_readers_words(
    study: StudyFolder, stored: Mammogram, suffix: str
) -> None:
    path = study.cache / f"C001-R-CC.{suffix}"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ImageError, match="the file is damaged"):
        load_pixels(study, stored)
    path.unlink()
    with pytest.raises(ImageError, match="a file is missing"):
        load_pixels(study, stored)


def test_a_case_whose_facts_were_changed_is_not_shown(make_exam: Any, study: StudyFolder) -> None:
    import_images(study, make_exam())
    views = [mammogram.view for mammogram in case_images(study, "C001")]
    assert views == list(View)
    path = study.cache / "C001-L-CC.json"
    path.write_text(path.read_text().replace('"L-CC"', '"R-CC"'))
    with pytest.raises(ImageError, match="Case C001 could not be shown: the file is damaged"):
        case_images(study, "C001")
    path.unlink()
    with pytest.raises(ImageError, match="Case C001 could not be shown: a file is missing"):
        case_images(study, "C001")
    with pytest.raises(ImageError, match="C077"):
        case_images(study, "C077")


def test_reading_needs_no_dicom_library_and_no_codec() -> None:
    program = (
        "import sys, study_design.images.image_store;"
        "print(sorted({'pydicom', 'imagecodecs', 'scipy', 'PIL'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "head",
    [
        b"{'descr': '<u2', 'fortran_order': False, 'shape': (60, 50), \n",
        b"{'descr': '<u2', 'shape': " + b"(" * 5000 + b"\n",
        b"{'descr': '<u2', 'fortran_order': False, 'shape': (60000000, 50000000), }\n",
        b"{'descr': '|O', 'fortran_order': False, 'shape': (60, 50), }\n",
        b"\xff\xfe\n",
        b"",
    ],
)
def test_a_header_that_is_none_is_damage(
    study: StudyFolder, stored: Mammogram, head: bytes
) -> None:
    path = study.cache / f"{stored.image}.npy"
    length = len(head).to_bytes(2, "little")
    path.write_bytes(b"\x93NUMPY\x01\x00" + length + head + path.read_bytes()[-6000:])
    with pytest.raises(ImageError, match="the file is damaged"):
        load_pixels(study, stored)
