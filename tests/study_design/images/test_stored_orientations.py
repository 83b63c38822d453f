"""However a picture is stored, turned or mirrored, it hangs right and its places stay its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reader_app.coordinator.view_picture import view_picture
from reader_app.display.display_hanging import HungPoint, hung_point, stored_point
from reader_app.display.display_pyramid import build_picture
from study_design.cases.case_import import import_images
from study_design.geometry import Point
from study_design.images.case_list import cases_of, read_images
from study_design.images.image_store import case_images, load_pixels
from study_design.study_folder import StudyFolder

MakeDicom = Callable[..., Path]

HANGING = {
    "R-CC": ("P", "L"),
    "L-CC": ("A", "R"),
    "R-MLO": ("P", "FL"),
    "L-MLO": ("A", "FR"),
}
OPPOSITE = str.maketrans("APLRFH", "PARLHF")
STORED = [(turned, across, down) for turned in (0, 1) for across in (0, 1) for down in (0, 1)]
# Codes that no other pixel has, and where they hang, as shares of width and height.
MARKED = {3901: (0.62, 0.45), 3902: (0.70, 0.58), 3903: (0.66, 0.36)}


def hung_pixels(view: str) -> NDArray[np.uint16]:
    """Return a breast as it hangs, with three marked pixels in the tissue."""
    rows, columns = 160, 120
    y, x = np.mgrid[:rows, :columns]
    inside = ((y - rows / 2) / (0.4 * rows)) ** 2 + ((columns - x) / (0.6 * columns)) ** 2 < 1
    noise = np.random.default_rng(3).integers(800, 3000, (rows, columns))
    pixels = np.where(inside, noise, 0).astype(np.uint16)
    for code, (across, down) in MARKED.items():
        pixels[int(down * rows), int(across * columns)] = code
    return pixels if view.startswith("R") else pixels[:, ::-1].copy()


def stored(
    pixels: NDArray[np.uint16], orientation: tuple[str, str], way: tuple[int, int, int]
) -> tuple[NDArray[np.uint16], list[str]]:
    """Return a picture and its Patient Orientation, stored in one of the eight ways."""
    turned, across, down = way
    along_columns, along_rows = orientation
    if across:
        pixels, along_columns = pixels[:, ::-1], along_columns.translate(OPPOSITE)
    if down:
        pixels, along_rows = pixels[::-1], along_rows.translate(OPPOSITE)
    if turned:
        return pixels.T.copy(), [along_rows, along_columns]
    return pixels.copy(), [along_columns, along_rows]


@pytest.mark.parametrize("way", STORED, ids=str)
@pytest.mark.parametrize("view", HANGING)
def test_a_view_stored_in_any_of_eight_ways_hangs_right_and_keeps_its_stored_pixels(
    study: StudyFolder, make_dicom: MakeDicom, view: str, way: tuple[int, int, int]
) -> None:
    hung = hung_pixels(view)
    pixels, orientation = stored(hung, HANGING[view], way)
    path = make_dicom(view=view, pixels=pixels, PatientOrientation=orientation)
    import_images(study, [path])
    (listed,) = read_images(study)
    if "L-CC" in view and "L" in "".join(orientation):
        # A right breast by its orientation: a person decides.
        assert listed.waits
        return
    (mammogram,) = case_images(study, "C001")
    assert (mammogram.rows, mammogram.columns) == pixels.shape
    assert mammogram.doubts == ()
    assert mammogram.mirrored is (sum(way) % 2 == 1)
    loaded = load_pixels(study, mammogram)
    assert np.array_equal(loaded.codes, pixels)
    finest = build_picture(mammogram, loaded.codes, loaded.air).levels[0]
    for code in MARKED:
        ((row, column),) = np.argwhere(hung == code)
        assert np.argwhere(finest == code).tolist() == [[row, column]]
        at = stored_point(mammogram, HungPoint(column + 0.5, row + 0.5))
        assert pixels[int(at.y_px), int(at.x_px)] == code
        assert hung_point(mammogram, at) == HungPoint(column + 0.5, row + 0.5)
    shown = view_picture(study, mammogram.image, (), 1000)
    assert shown.greys.shape == hung.shape
    assert cases_of(study)[0].problems == tuple(
        f"{other} is missing" for other in HANGING if other != view
    )


def test_a_box_of_stored_pixels_of_a_picture_on_its_side_frames_the_same_tissue(
    study: StudyFolder, make_dicom: MakeDicom
) -> None:
    hung = hung_pixels("R-CC")
    pixels, orientation = stored(hung, HANGING["R-CC"], (1, 0, 1))
    import_images(study, [make_dicom(pixels=pixels, PatientOrientation=orientation)])
    (mammogram,) = case_images(study, "C001")
    for code in MARKED:
        ((stored_row, stored_column),) = np.argwhere(pixels == code)
        ((row, column),) = np.argwhere(hung == code)
        place = hung_point(mammogram, Point(stored_column + 0.5, stored_row + 0.5))
        assert (place.x_hung, place.y_hung) == (column + 0.5, row + 0.5)


def test_a_picture_on_its_side_with_a_tag_that_says_upright_is_doubted(
    study: StudyFolder, make_dicom: Any
) -> None:
    pixels, _ = stored(hung_pixels("R-CC"), HANGING["R-CC"], (1, 0, 0))
    import_images(study, [make_dicom(pixels=pixels)])
    problems = cases_of(study)[0].problems
    assert any("the chest wall in the picture disagree" in problem for problem in problems)
