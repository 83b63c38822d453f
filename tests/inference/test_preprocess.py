import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.breast_outline import triangle_threshold
from inference.prepared import Frame
from inference.preprocess import StoredView, picture_view, prepare
from inference.resampling import resampled
from inference.system import Preparation
from study_design.errors import ImageError
from study_design.geometry import Box, iou
from study_design.images.header.orientation import flips_for
from study_design.phantom.exam import LesionSpec, Storage, draw_exam
from study_design.phantom.render import PhantomImage, render
from study_design.vocabulary import AbnormalityType, Side, View

MASS = LesionSpec(AbnormalityType.MASS, malignant=True, conspicuity=0.9)


def _stored(image: PhantomImage, *, low_is_bright: bool = False) -> StoredView:
    flips = flips_for(image.view, image.patient_orientation, None)
    assert flips is not None
    codes = image.pixels.max() - image.pixels if low_is_bright else image.pixels
    horizontal = flips.horizontal != (image.view.side is Side.RIGHT)
    return StoredView(
        image.view, "i", codes, low_is_bright, horizontal, flips.vertical, image.spacing_mm
    )


@given(
    frame=st.builds(
        Frame,
        rows=st.integers(1, 5000),
        columns=st.integers(1, 5000),
        flip_horizontal=st.booleans(),
        flip_vertical=st.booleans(),
        left_px=st.floats(-500, 4000),
        top_px=st.floats(-500, 4000),
        scale=st.floats(0.05, 4.0),
    ),
    box=st.builds(
        Box,
        st.floats(-100, 5000),
        st.floats(-100, 5000),
        st.floats(0, 2000),
        st.floats(0, 2000),
    ),
)
def test_boxes_return_to_stored_pixels_through_every_frame(frame: Frame, box: Box) -> None:
    back = frame.to_stored(frame.to_prepared(box))
    for name in ("x_px", "y_px", "width_px", "height_px"):
        assert getattr(back, name) == pytest.approx(getattr(box, name), abs=1e-6)


@pytest.mark.parametrize("crop", [True, False])
def test_every_storage_of_an_exam_is_prepared_to_the_same_picture(crop: bool) -> None:
    wanted = Preparation(0.75, crop_to_breast=crop)
    exams = [
        render(draw_exam(11, lesions=[MASS], storage=storage), spacing_mm=0.5)
        for storage in Storage
    ]
    for images in zip(*(exam.images for exam in exams), strict=True):
        views = [prepare(_stored(image), wanted) for image in images]
        for view, image in zip(views, images, strict=True):
            np.testing.assert_allclose(view.pixels, views[0].pixels, atol=2e-6)
            assert view.nipple == views[0].nipple
            for marked, first in zip(image.boxes, images[0].boxes, strict=True):
                prepared = view.frame.to_prepared(marked.box)
                same = views[0].frame.to_prepared(first.box)
                assert iou(prepared, same) > 1 - 1e-9


def test_a_mass_stands_out_where_its_prepared_box_says() -> None:
    seen = 0
    for image in render(draw_exam(5, lesions=[MASS], density="a"), spacing_mm=0.5).images:
        view = prepare(_stored(image), Preparation(0.5))
        for marked in image.boxes:
            box = view.frame.to_prepared(marked.box)
            row, column = int(box.centre.y_px), int(box.centre.x_px)
            inside = view.pixels[row - 2 : row + 3, column - 2 : column + 3].mean()
            assert inside > np.median(view.pixels[view.breast])
            seen += 1
    assert seen == 2


def test_polarity_does_not_matter() -> None:
    image = render(draw_exam(3), spacing_mm=0.5).images[0]
    bright = prepare(_stored(image), Preparation(1.0))
    inverted = prepare(_stored(image, low_is_bright=True), Preparation(1.0))
    np.testing.assert_array_equal(bright.pixels, inverted.pixels)


def test_grey_runs_from_percentile_5_to_95_of_the_breast_and_air_is_black() -> None:
    view = prepare(_stored(render(draw_exam(8), spacing_mm=0.5).images[2]), Preparation(0.5))
    inside = view.pixels[view.breast]
    assert (inside < 1e-6).mean() == pytest.approx(0.05, abs=0.002)
    assert (inside > 1).mean() == pytest.approx(0.05, abs=0.002)
    assert not view.pixels[~view.breast].any()


def test_the_nipple_is_found_within_a_centimetre() -> None:
    for seed in range(3):
        exam = draw_exam(seed)
        for image in render(exam, spacing_mm=0.5).images:
            true = exam.plane(image.view.side, image.view.projection).nipple
            view = prepare(_stored(image), Preparation(0.5))
            assert view.nipple is not None
            assert view.frame.left_px == 0.0
            x_mm = view.nipple.x_px * 0.5
            y_mm = view.nipple.y_px * 0.5 + view.frame.top_px * 0.5
            assert np.hypot(x_mm - true.x_mm, y_mm - true.y_mm) < 10


def test_the_longer_side_of_the_breast_gets_the_pixels_asked_for() -> None:
    image = render(draw_exam(4), spacing_mm=0.5).images[0]
    view = prepare(_stored(image), Preparation(None, longest_px=160))
    assert max(view.pixels.shape) == 160


def test_shrinking_keeps_the_mean_and_enlarging_keeps_a_ramp() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 4096, (60, 90)).astype(np.uint16)
    small = resampled(picture, 1 / 3)
    assert small.shape == (20, 30)
    np.testing.assert_allclose(small[4, 7], picture[12:15, 21:24].mean(), rtol=1e-5)
    assert small.mean() == pytest.approx(picture.mean(), rel=1e-5)
    ramp = np.broadcast_to(np.arange(10, dtype=np.uint16) * 100, (4, 10))
    large = resampled(ramp, 2.0)
    np.testing.assert_allclose(np.diff(large[3])[2:-2], 50, atol=1e-3)


def test_the_triangle_threshold_parts_a_dark_peak_from_a_long_tail() -> None:
    rng = np.random.default_rng(1)
    air, tissue = rng.normal(10, 2, 20_000), rng.uniform(40, 200, 8_000)
    threshold = triangle_threshold(np.concatenate([air, tissue]).astype(np.float32))
    assert 14 < threshold < 45
    assert triangle_threshold(np.full((3, 3), 7.0, np.float32)) == pytest.approx(7.0, abs=1)


def test_a_picture_without_header_is_turned_by_its_chest_wall() -> None:
    image = next(
        image
        for image in render(draw_exam(2, storage=Storage.MIRRORED), spacing_mm=0.5).images
        if image.view is View.R_CC
    )
    mirrored = np.ascontiguousarray(image.pixels[:, ::-1])
    views = [
        prepare(picture_view(codes, view=View.R_CC, image="i", spacing_mm=0.5), Preparation(1.0))
        for codes in (image.pixels, mirrored)
    ]
    np.testing.assert_allclose(views[0].pixels, views[1].pixels, atol=2e-6)


def test_a_system_that_needs_spacing_refuses_a_picture_without() -> None:
    image = render(draw_exam(2), spacing_mm=1.0).images[0]
    view = picture_view(image.pixels, view=image.view, image="p.png", spacing_mm=None)
    with pytest.raises(ImageError, match=r"pixel spacing of p\.png"):
        prepare(view, Preparation(0.5))


def test_a_speck_keeps_its_brightness_on_coarse_pixels_where_that_is_asked_for() -> None:
    codes = np.random.default_rng(0).integers(800, 1200, (200, 120), dtype=np.uint16)
    codes[:, 100:] = 0
    codes[101, 51] = 1600
    stored = StoredView(View.L_CC, "i", codes, False, False, False, 0.25)
    averaged = prepare(stored, Preparation(0.5, crop_to_breast=False)).pixels
    kept = prepare(stored, Preparation(0.5, crop_to_breast=False, keep_specks=True)).pixels
    tissue = kept[:, :49].ravel(), averaged[:, :49].ravel()
    brightest = [int(np.argmax(each)) for each in tissue]
    assert brightest[0] == 50 * 49 + 25
    # Beside the usual spread of tissue, the speck stands out further than its mean does.
    stands_out = [(each[50 * 49 + 25] - np.median(each)) / np.ptp(each) for each in tissue]
    assert stands_out[0] > stands_out[1]


@pytest.mark.parametrize("shape", [(161, 101), (160, 100), (7, 5)])
def test_keeping_specks_moves_no_pixel(shape: tuple[int, int]) -> None:
    codes = np.linspace(500, 1500, shape[0] * shape[1]).reshape(shape).astype(np.uint16)
    stored = StoredView(View.L_CC, "i", codes, False, False, False, 0.2)
    plain = Preparation(0.5, crop_to_breast=False)
    kept = Preparation(0.5, crop_to_breast=False, keep_specks=True)
    assert prepare(stored, kept).frame == prepare(stored, plain).frame
    assert prepare(stored, kept).pixels.shape == prepare(stored, plain).pixels.shape
