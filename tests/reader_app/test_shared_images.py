"""Images that were misread once, from the file to the greys of the reading window."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from reader_app.display.display import Look, lookup_table
from study_design.cases.case_import import import_images
from study_design.images.case_list import read_images
from study_design.images.image_store import LoadedImage, load_mammogram, load_pixels
from study_design.images.link_file import LinkFile
from study_design.images.mammogram import Mammogram
from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "images"

Imported = Callable[[str], StudyFolder]


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    """Return a function that imports a file or folder into a study of its own."""

    def imported(name: str) -> StudyFolder:
        if not CASES.is_dir():
            pytest.skip("the images lie beside the repository and are absent here")
        now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
        study = new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)
        import_images(study, [CASES / name])
        return study

    return imported


def only_image(study: StudyFolder) -> LoadedImage:
    (listed,) = read_images(study)
    return load_pixels(study, load_mammogram(study, listed.image))


def stored(image: LoadedImage) -> NDArray[np.int64]:
    return image.codes.astype(np.int64) + image.mammogram.code_offset


def cycled(mammogram: Mammogram) -> list[tuple[float, float, str]]:
    """Return the windows as W goes through them, once round."""
    looks, look = [], Look()
    for _ in mammogram.windows:
        looks.append(look.window_of(mammogram))
        look = look.next_window([mammogram])
    return [(round(one.centre, 4), round(one.width, 4), one.explanation) for one in looks]


def greys(mammogram: Mammogram, look: Look) -> Callable[[int], int]:
    """Return the grey of a stored value."""
    table = lookup_table(mammogram, look.window_of(mammogram), inverted=False)
    return lambda value: int(table[value - mammogram.code_offset])


@pytest.mark.parametrize(
    ("name", "windows"),
    [
        ("01a-decimal-comma.dcm", [(2000.0, 3400.0, "NORMAL")]),
        (
            "01b-decimal-comma-two-windows.dcm",
            [(2000.5, 3400.0, "NORMAL"), (1700.0, 2400.0, "HARDER")],
        ),
        ("04-window-narrower-than-1.dcm", [(0.4884, 0.4151, "window 1")]),
    ],
)
def test_windows_are_those_of_the_header_and_show_tissue_grey(
    imported: Imported, name: str, windows: list[tuple[float, float, str]]
) -> None:
    mammogram = only_image(imported(name)).mammogram
    assert cycled(mammogram) == windows
    assert mammogram.spacing_mm == pytest.approx(0.5)
    grey = greys(mammogram, Look())
    assert abs(grey(2000) - 128) <= 1
    assert grey(100) < 10 < 200 < grey(3207)


def test_a_lookup_table_begins_where_pixel_representation_says(imported: Imported) -> None:
    image = only_image(imported("05-lut-descriptor-ss-unsigned.dcm"))
    (window,) = image.mammogram.windows
    assert window.table is not None
    assert window.table.first == 40000
    table = lookup_table(image.mammogram, window, inverted=False)
    entries = window.table.entries
    assert table[39000] == table[0] == 0
    for value in (42000, 45000, 48828):
        assert table[value] == round(255 * int(entries[value - 40000]) / 4095)
    assert table[image.codes].max() == table[48828] < 200


def test_signed_pixels_in_an_unsigned_frame_are_signed_and_doubted(imported: Imported) -> None:
    study = imported("08-j2k-unsigned-14-header-signed-16.dcm")
    image = only_image(study)
    assert (stored(image).min(), stored(image).max()) == (-1024, 2183)
    assert any("signed pixels" in doubt for doubt in image.mammogram.doubts)
    grey = greys(image.mammogram, Look())
    assert grey(-1024) < 20
    assert abs(grey(2000 - 1024) - 128) <= 1


def test_an_identifier_has_no_escape(imported: Imported) -> None:
    (row,) = LinkFile.read(imported("13c-iso2022-ir58.dcm")).rows
    assert row.original_patient == "乳腺0008"


def test_the_files_of_an_index_are_found_with_their_extension(imported: Imported) -> None:
    images = read_images(imported("14a-dicomdir"))
    assert sorted(str(image.view) for image in images) == ["L-CC", "L-MLO", "R-CC", "R-MLO"]


def test_a_file_with_a_preamble_of_tiff_hangs_as_its_header_says(imported: Imported) -> None:
    mammogram = only_image(imported("tiff-preamble-dual.dcm")).mammogram
    assert (mammogram.flip_horizontal, mammogram.flip_vertical) == (True, True)
    assert cycled(mammogram) == [(2000.0, 3200.0, "NORMAL"), (1900.0, 2300.0, "HARDER")]
    assert mammogram.spacing_mm == pytest.approx(0.25)
