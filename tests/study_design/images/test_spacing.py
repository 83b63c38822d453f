from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.images.spacing import spacing_of


def header(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
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
        ({"ImagerPixelSpacing": [0, 0]}, None, "neither"),
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
