"""Text in the pixels is found where a program draws it, and phantoms without text show none."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pydicom import dcmread

from study_design.images.found_text import TextBox, may_identify
from study_design.images.pixels.breast import find_breast
from study_design.images.pixels.burned_in import find_text
from study_design.phantom.exam import draw_exam
from study_design.phantom.render import render

Pixels = NDArray[np.uint16]
NAME = "DOE^JANE 19550312"
# A place in air and one over tissue of the phantom's left CC view, 900 rows x 700 columns.
IN_AIR, ON_TISSUE = (430, 40), (60, 450)


@pytest.fixture(scope="module")
def phantoms() -> list[Pixels]:
    return [image.pixels for seed in (0, 1) for image in render(draw_exam(seed)).images]


@pytest.fixture(scope="module")
def left_cc() -> Pixels:
    return next(i.pixels for i in render(draw_exam(0)).images if i.view.value == "L-CC")


def drawn(pixels: Pixels, text: str, at: tuple[int, int], size_px: int, code: float) -> Pixels:
    """Return the pixels with text over them, its edges smoothed."""
    canvas = Image.new("L", (pixels.shape[1], pixels.shape[0]))
    ImageDraw.Draw(canvas).text(at, text, fill=255, font=ImageFont.load_default(size_px))
    share = np.asarray(canvas) / 255.0
    written: Pixels = np.round(pixels * (1 - share) + code * share).astype(np.uint16)
    return written


def text_of(pixels: Pixels, *, low_is_bright: bool = False) -> tuple[TextBox, ...]:
    air = find_breast(pixels, low_is_bright=low_is_bright).air
    return find_text(pixels, air, low_is_bright=low_is_bright)


def covered(boxes: tuple[TextBox, ...], changed: NDArray[np.bool_]) -> float:
    """Return the share of the changed pixels that lie within the boxes."""
    inside = np.zeros_like(changed)
    for box in boxes:
        inside[box.y_px : box.y_px + box.height_px, box.x_px : box.x_px + box.width_px] = True
    return float(inside[changed].mean())


def test_phantoms_without_text_show_none(phantoms: list[Pixels]) -> None:
    assert [text_of(pixels) for pixels in phantoms] == [()] * len(phantoms)


@pytest.mark.parametrize("size_px", [10, 16, 24, 48])
@pytest.mark.parametrize("brightness", [0.1, 0.3, 1.0])
def test_text_in_air_is_found_whatever_its_size_and_brightness(
    left_cc: Pixels, size_px: int, brightness: float
) -> None:
    code = brightness * left_cc.max()
    pixels = drawn(left_cc, NAME[: 300 // size_px], IN_AIR, size_px, code)
    assert covered(text_of(pixels), pixels != left_cc) > 0.95


@pytest.mark.parametrize("size_px", [16, 24])
@pytest.mark.parametrize("white", [True, False])
def test_text_over_tissue_is_found_where_it_is_white_or_black(
    left_cc: Pixels, size_px: int, white: bool
) -> None:
    code = left_cc.max() if white else left_cc.min()
    pixels = drawn(left_cc, "DOE^JANE", ON_TISSUE, size_px, code)
    assert covered(text_of(pixels), pixels != left_cc) > 0.8


def test_text_on_a_negative_is_found(left_cc: Pixels) -> None:
    negative = (4095 - left_cc).astype(np.uint16)
    assert text_of(negative, low_is_bright=True) == ()
    pixels = drawn(negative, NAME, IN_AIR, 16, 1000)
    assert covered(text_of(pixels, low_is_bright=True), pixels != negative) > 0.95


def test_text_turned_upright_is_found(left_cc: Pixels) -> None:
    turned = np.rot90(drawn(left_cc, NAME, IN_AIR, 16, 3000)).copy()
    changed = np.rot90(drawn(left_cc, NAME, IN_AIR, 16, 3000) != left_cc)
    air = np.rot90(find_breast(left_cc, low_is_bright=False).air)
    assert covered(find_text(turned, air, low_is_bright=False), changed) > 0.95


def test_a_blank_picture_has_no_text() -> None:
    blank = np.full((200, 150), 7, dtype=np.uint16)
    assert find_text(blank, np.ones_like(blank, dtype=bool), low_is_bright=False) == ()


@pytest.mark.parametrize("view", ["L-CC", "R-CC", "R-MLO"])
def test_the_burned_in_markers_of_real_views_are_found(real_images: Path, view: str) -> None:
    pixels = np.asarray(Image.open(real_images / "nyu_breast_density" / f"{view}.png"))
    (box,) = text_of(pixels.astype(np.uint16))
    # The marker lies in the upper right corner of 2000 x 2600 pixels.
    assert box.x_px > 1600
    assert box.y_px + box.height_px < 250


def test_a_lead_marker_is_found_though_the_header_says_no(real_images: Path) -> None:
    dataset = dcmread(real_images / "omama" / "GE_LCC_DHJ5JE9QXAV0.dcm")
    assert dataset.BurnedInAnnotation == "NO"
    assert text_of(dataset.pixel_array, low_is_bright=dataset.PhotometricInterpretation[-1] == "1")


@pytest.mark.parametrize("size_px", [12, 16, 24, 40])
@pytest.mark.parametrize("marker", ["R-CC", "LMLO"])
def test_a_lead_marker_is_not_taken_for_a_name(left_cc: Pixels, marker: str, size_px: int) -> None:
    boxes = text_of(drawn(left_cc, marker, IN_AIR, size_px, float(left_cc.max())))
    assert boxes
    assert not may_identify(boxes)


@pytest.mark.parametrize("size_px", [10, 16, 24, 32])
@pytest.mark.parametrize("identity", [NAME, "SMITH ANNA", "1955-03-12", "ID 40021877"])
def test_a_name_a_date_or_a_number_may_identify(
    left_cc: Pixels, identity: str, size_px: int
) -> None:
    at = (IN_AIR[0], IN_AIR[1]) if size_px < 24 else (330, 40)
    assert may_identify(text_of(drawn(left_cc, identity, at, size_px, float(left_cc.max()))))


def test_text_that_runs_down_is_counted_as_text_that_runs_along(left_cc: Pixels) -> None:
    along = drawn(left_cc, NAME, IN_AIR, 16, float(left_cc.max()))
    down, air = np.rot90(along), np.rot90(find_breast(along, low_is_bright=False).air)
    assert may_identify(find_text(np.ascontiguousarray(down), air, low_is_bright=False))


def test_a_box_drawn_by_hand_may_identify() -> None:
    assert may_identify([TextBox(1, 2, 3, 4)])
    assert not may_identify([])
