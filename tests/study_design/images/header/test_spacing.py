from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.images.header.spacing import spacing_of


def header(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        # Decimals as text, for pydicom itself writes none that is none.
        values = value if isinstance(value, list) else [value]
        dataset.add_new(keyword, "LO", [str(one) for one in values])
    return dataset


@pytest.mark.parametrize(
    ("attributes", "mm", "source"),
    [
        (
            {"ImagerPixelSpacing": [0.1, 0.1], "EstimatedRadiographicMagnificationFactor": 1.05},
            0.1 / 1.05,
            "Imager Pixel Spacing / magnification 1.05",
        ),
        (
            {
                "ImagerPixelSpacing": [0.1, 0.1],
                "DistanceSourceToDetector": 660,
                "DistanceSourceToPatient": 600,
            },
            0.1 / 1.1,
            "Imager Pixel Spacing / magnification by distances 1.1",
        ),
        (
            {
                "ImagerPixelSpacing": [0.1, 0.1],
                "PixelSpacing": [0.07, 0.07],
                "PixelSpacingCalibrationType": "GEOMETRY",
            },
            0.07,
            "Pixel Spacing, calibrated (geometry)",
        ),
        (
            {"ImagerPixelSpacing": [0.1, 0.1], "PixelSpacing": [0.05, 0.05]},
            0.1,
            "Imager Pixel Spacing, at the detector: magnification not stated",
        ),
        (
            {"NominalScannedPixelSpacing": [0.05, 0.05], "PixelSpacing": [0.04, 0.04]},
            0.05,
            "Nominal Scanned Pixel Spacing, of the film",
        ),
        ({"PixelSpacing": [0.07, 0.07]}, 0.07, "Pixel Spacing, calibration not stated"),
        ({"PixelSpacing": [0.1, 0.2]}, None, "square pixels"),
        ({}, None, "neither"),
    ],
)
def test_the_spacing_is_that_of_the_breast_and_says_its_source(
    attributes: dict[str, Any], mm: float | None, source: str
) -> None:
    spacing = spacing_of(header(**attributes))
    assert spacing.mm == (pytest.approx(mm) if mm else None)
    assert source in spacing.source
    assert spacing.doubt == ""


def test_pixel_spacing_that_is_the_size_of_the_detector_is_not_believed(real_images: Path) -> None:
    path = real_images / "openrem_headers" / "MG-Im-GE_Seno_1_ForPresentation.dcm"
    spacing = spacing_of(dcmread(path, stop_before_pixels=True))
    assert spacing.mm == pytest.approx(0.094090909)
    assert spacing.source == "Imager Pixel Spacing / magnification 1"


def test_the_bar_of_the_real_test_pattern_is_as_long_as_the_picture_says(real_images: Path) -> None:
    path = real_images / "clunie_pixelspacing" / "MG_pixelspacing_test.dcm"
    spacing = spacing_of(dcmread(path, stop_before_pixels=True))
    assert spacing.mm is not None
    # "67 mm, display is accounting for 1.5x geometric magnification (IHE Mammo)": 200 pixels.
    assert round(200 * spacing.mm) == 67
    assert spacing.source == "Imager Pixel Spacing / magnification 1.5"
    # "50 mm, display is assuming the spacing has been calibrated"
    assert spacing.doubt == "Pixel Spacing, calibrated (fiducial) says 0.25 mm, not used"


@pytest.mark.parametrize(
    ("attributes", "mm"),
    [
        ({"ImagerPixelSpacing": ["0,525", "0,525"]}, 0.525),
        ({"ImagerPixelSpacing": ["1,234", "1,234"]}, 1.234),  # no pixel is 1234 mm wide
        ({"PixelSpacing": ["0,07", "0.07"]}, 0.07),
        (
            {
                "ImagerPixelSpacing": ["0.525", "0.525"],
                "EstimatedRadiographicMagnificationFactor": "1,050",
            },
            0.5,
        ),
        (
            {
                "ImagerPixelSpacing": ["0.11", "0.11"],
                "DistanceSourceToDetector": "660,000",
                "DistanceSourceToPatient": "600,000",
            },
            0.1,
        ),
    ],
)
def test_a_decimal_comma_is_read_where_only_it_makes_a_size(
    attributes: dict[str, Any], mm: float
) -> None:
    spacing = spacing_of(header(**attributes))
    assert spacing.mm == pytest.approx(mm)
    assert spacing.doubt == ""


@pytest.mark.parametrize(
    "pair", [["NaN", "0.1"], ["0.1", ""], ["", "0.1"], ["0.1"], [0, 0], [0.1] * 3, ["0.1 mm"] * 2]
)
def test_what_is_no_pair_of_distances_is_named_and_never_half_used(pair: list[Any]) -> None:
    spacing = spacing_of(header(ImagerPixelSpacing=pair, PixelSpacing=[0.07, 0.07]))
    assert (spacing.mm, spacing.source) == (0.07, "Pixel Spacing, calibration not stated")
    assert spacing.doubt == "Imager Pixel Spacing is no pair of distances: not used"


def test_a_magnification_that_is_none_is_named() -> None:
    factor = {"EstimatedRadiographicMagnificationFactor": "0"}
    spacing = spacing_of(header(ImagerPixelSpacing=[0.1, 0.1], **factor))
    assert spacing.mm == 0.1
    assert spacing.doubt == (
        "Estimated Radiographic Magnification Factor is no magnification: not used"
    )
