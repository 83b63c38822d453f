from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.phantom.exam import LesionSpec, Storage, draw_exam
from study_design.phantom.render import PhantomImage, RenderedExam, render
from study_design.vocabulary import AbnormalityType, Projection, Side, View

COARSE_MM = 1.0  # quick to render


def image_of(rendered: RenderedExam, view: View) -> PhantomImage:
    return next(image for image in rendered.images if image.view is view)


def inside(box: Box, shape: tuple[int, ...]) -> np.ndarray:
    """Return the pixels that the box touches."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    return (
        (columns + 1 > box.x_px)
        & (columns < box.x_px + box.width_px)
        & (rows + 1 > box.y_px)
        & (rows < box.y_px + box.height_px)
    )


def test_an_exam_is_four_12_bit_images_of_the_promised_size() -> None:
    rendered = render(draw_exam(1))
    assert [image.view for image in rendered.images] == list(View)
    for image in rendered.images:
        assert image.pixels.shape == (900, 700)
        assert image.pixels.dtype == np.uint16
        assert image.pixels.max() < 4096
        air = image.pixels == 0
        assert 0.15 < air.mean() < 0.85
        assert np.median(image.pixels[~air]) > 300


def test_the_same_exam_is_the_same_pixels() -> None:
    first, second = (render(draw_exam(4), spacing_mm=COARSE_MM) for _ in range(2))
    for one, other in zip(first.images, second.images, strict=True):
        assert np.array_equal(one.pixels, other.pixels)
        assert one.boxes == other.boxes


@lru_cache
def normal(seed: int, density: str, storage: Storage) -> RenderedExam:
    exam = draw_exam(seed, lesions=(), density=density, storage=storage)
    return render(exam, spacing_mm=COARSE_MM)


@pytest.mark.parametrize(
    ("kind", "malignant", "storage"),
    [
        *((kind, malignant, Storage.HUNG) for kind in AbnormalityType for malignant in (0, 1)),
        (AbnormalityType.MASS, True, Storage.MIRRORED),
        (AbnormalityType.MASS, True, Storage.ROTATED),
    ],
)
def test_what_a_lesion_changes_lies_in_its_box(
    kind: AbnormalityType, malignant: bool, storage: Storage
) -> None:
    spec = LesionSpec(kind, bool(malignant), side=Side.RIGHT, conspicuity=0.8)
    exam = draw_exam(31, lesions=[spec], density="b", storage=storage)
    without = render(draw_exam(31, lesions=(), density="b", storage=storage), spacing_mm=COARSE_MM)
    for image, plain in zip(render(exam, spacing_mm=COARSE_MM).images, without.images, strict=True):
        change = np.abs(image.pixels.astype(float) - plain.pixels)
        if image.view.side is Side.LEFT:
            assert not change.any()
            assert image.boxes == ()
            continue
        (entry,) = image.boxes
        assert entry.lesion == 1
        touched = inside(entry.box, change.shape)
        assert change.sum() > 0
        assert change[touched].sum() >= 0.97 * change.sum()
        # The box is tight: the change reaches into each half of it.
        rows, columns = np.nonzero((change > 0.1 * change.max()) & touched)
        assert columns.max() - columns.min() > 0.4 * entry.box.width_px
        assert rows.max() - rows.min() > 0.4 * entry.box.height_px


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.7, 1.0, 1.3]))
def test_boxes_lie_inside_the_image(seed: int, spacing_mm: float) -> None:
    for image in render(draw_exam(seed), spacing_mm=spacing_mm).images:
        height, width = image.pixels.shape
        for entry in image.boxes:
            assert entry.box.x_px >= 0
            assert entry.box.y_px >= 0
            assert entry.box.x_px + entry.box.width_px <= width
            assert entry.box.y_px + entry.box.height_px <= height


def test_a_lesion_of_one_projection_has_one_box() -> None:
    spec = LesionSpec(AbnormalityType.ASYMMETRY, side=Side.LEFT, projections=(Projection.MLO,))
    rendered = render(draw_exam(2, lesions=[spec]), spacing_mm=COARSE_MM)
    assert [len(image.boxes) for image in rendered.images] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("storage", "right_cc", "right_mlo"),
    [
        (Storage.HUNG, ("P", "L"), ("P", "FL")),
        (Storage.MIRRORED, ("A", "L"), ("A", "FL")),
        (Storage.ROTATED, ("A", "R"), ("A", "HR")),
    ],
)
def test_patient_orientation_says_how_the_pixels_lie(
    storage: Storage, right_cc: tuple[str, str], right_mlo: tuple[str, str]
) -> None:
    rendered = normal(31, "b", storage)
    assert [image.patient_orientation for image in rendered.images] == [
        right_cc,
        ("A", "R"),
        right_mlo,
        ("A", "FR"),
    ]
    for image in rendered.images:
        breast = image.pixels > 0
        chest_wall_left = breast[:, :20].mean() > breast[:, -20:].mean()
        assert chest_wall_left is np.bool_(image.patient_orientation[0] == "A")
        # The pectoral muscle lies towards the head: bright where the breast meets the chest wall.
        if image.view.projection is Projection.MLO:
            wall = image.pixels[:, :10] if chest_wall_left else image.pixels[:, -10:]
            upper, lower = np.array_split(wall, 2)
            assert (upper.mean() > lower.mean()) is np.bool_("F" in image.patient_orientation[1])


def test_the_ways_of_storing_show_the_same_breast() -> None:
    hung, mirrored, rotated = (
        image_of(normal(31, "b", storage), View.R_MLO).pixels for storage in Storage
    )
    assert np.array_equal(hung, mirrored[:, ::-1])
    assert np.array_equal(hung, rotated[::-1, ::-1])


def test_both_breasts_are_alike_but_not_equal() -> None:
    def blurred(image: PhantomImage) -> np.ndarray:
        height, width = (length // 10 * 10 for length in image.pixels.shape)
        blocks = image.pixels[:height, :width].reshape(height // 10, 10, width // 10, 10)
        return blocks.mean(axis=(1, 3)).ravel()

    def likeness(first: int, second: int) -> float:
        right = image_of(normal(first, "c", Storage.MIRRORED), View.R_CC)
        left = image_of(normal(second, "c", Storage.MIRRORED), View.L_CC)
        return float(np.corrcoef(blurred(right), blurred(left))[0, 1])

    own = [likeness(seed, seed) for seed in range(3)]
    others = [likeness(seed, seed + 1) for seed in range(3)]
    assert np.mean(own) > np.mean(others)
    assert max(own) < 0.999


def test_denser_breasts_are_brighter() -> None:
    means = []
    for density in "abcd":
        pixels = normal(2, density, Storage.MIRRORED).images[0].pixels
        means.append(pixels[pixels > 0].mean())
    assert means == sorted(means)
    assert means[3] > 1.5 * means[0]


@pytest.mark.parametrize("density", "bcd")
def test_power_falls_with_frequency_as_on_real_views(density: str) -> None:
    """1 / f ** beta with beta 2.5 to 3.2 (Burgess 1999), measured in the breast's interior."""
    spacing_mm, side = 0.5, 64
    exam = draw_exam(1, lesions=(), density=density, storage=Storage.MIRRORED)
    pixels = image_of(render(exam, spacing_mm=spacing_mm), View.R_CC).pixels.astype(float)
    power = np.zeros((side, side // 2 + 1))
    for top in range(0, pixels.shape[0] - side, side // 2):
        for left in range(0, pixels.shape[1] - side, side // 2):
            tile = pixels[top : top + side, left : left + side]
            if tile.all():
                window = np.outer(np.hanning(side), np.hanning(side))
                power += np.abs(np.fft.rfft2((tile - tile.mean()) * window)) ** 2
    frequency = np.hypot(
        np.fft.fftfreq(side, spacing_mm)[:, None], np.fft.rfftfreq(side, spacing_mm)[None, :]
    )
    band = (frequency > 0.1) & (frequency < 0.7)
    slope, _ = np.polyfit(np.log(frequency[band]), np.log(power[band]), 1)
    assert 2.5 <= -slope <= 3.2


@pytest.mark.parametrize("spacing_mm", [0.01, 0.0, -1.0, 5.0, float("nan")])
def test_an_impossible_spacing_is_refused(spacing_mm: float) -> None:
    with pytest.raises(BadInputError, match=r"Phantom pixel spacing: expected 0\.05 to 2\.0 mm"):
        render(draw_exam(1, lesions=()), spacing_mm=spacing_mm)
