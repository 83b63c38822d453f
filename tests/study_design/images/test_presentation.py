from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.images.acceptance import judge
from study_design.images.dicom import header_of
from study_design.images.mammogram import VoiFunction, VoiWindow
from study_design.images.messages import Verdict
from study_design.images.presentation import CodeRange, Presentation, presentation_of


def presented(make_dicom: Any, **attributes: Any) -> Presentation:
    return presentation_of(dcmread(make_dicom(**attributes), stop_before_pixels=True))


def test_a_window_without_function_is_linear(make_dicom: Any) -> None:
    assert presented(make_dicom).windows == (VoiWindow(2000, 1500, VoiFunction.LINEAR, "window 1"),)


def test_all_windows_are_kept_in_order_with_their_names(make_dicom: Any) -> None:
    windows = presented(
        make_dicom,
        WindowCenter=[2000, 2100, 1900],
        WindowWidth=[1000, 0, 1200],
        VOILUTFunction="SIGMOID",
        WindowCenterWidthExplanation=["NORMAL", "HARDER", "as Dr Who likes"],
    ).windows
    assert windows == (
        VoiWindow(2000, 1000, VoiFunction.SIGMOID, "NORMAL"),
        VoiWindow(1900, 1200, VoiFunction.SIGMOID, "window 3"),
    )


def test_a_file_without_window_is_noted(make_dicom: Any) -> None:
    found = presented(make_dicom, WindowCenter=None)
    assert found.windows == ()
    assert "no window in the header: the full range is shown" in found.notes


@pytest.mark.parametrize("vr", ["US", "OW"])
@pytest.mark.parametrize("is_falling", [False, True])
@pytest.mark.parametrize("has_window", [False, True])
def test_a_lookup_table_without_window_is_noted_and_a_falling_one_refused(
    make_dicom: Any, vr: str, *, is_falling: bool, has_window: bool
) -> None:
    entries = [4095, 2000, 0] if is_falling else [0, 2000, 4095]
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [3, 0, 12])
    data = entries if vr == "US" else np.array(entries, "<u2").tobytes()
    table.add_new("LUTData", vr, data)
    window = {} if has_window else {"WindowCenter": None}
    dataset = dcmread(make_dicom(VOILUTSequence=[table], **window))
    note = "only a VOI LUT, which is not applied yet: shown full range"
    assert (note in presentation_of(dataset).notes) is not has_window
    judgement = judge(header_of(dataset, has_pixels=True))
    is_refused = is_falling and not has_window
    assert judgement.verdict is (Verdict.REFUSED if is_refused else Verdict.ACCEPTED)
    assert ("shown as a negative" in judgement.reason) is is_refused


@pytest.mark.parametrize(
    ("attributes", "mm", "source"),
    [
        ({}, 0.1 / 1.05, "Imager Pixel Spacing / magnification 1.05"),
        (
            {"EstimatedRadiographicMagnificationFactor": None, "PixelSpacing": [0.05, 0.05]},
            0.1,
            "Imager Pixel Spacing, magnification not stated",
        ),
        (
            {
                "ImagerPixelSpacing": None,
                "PixelSpacing": [0.07, 0.07],
                "PixelSpacingCalibrationType": "GEOMETRY",
            },
            0.07,
            "Pixel Spacing, calibrated (geometry)",
        ),
        (
            {"ImagerPixelSpacing": None, "PixelSpacing": [0.07, 0.07]},
            0.07,
            "Pixel Spacing, calibration not stated",
        ),
        ({"ImagerPixelSpacing": [0.1, 0.2]}, None, "square"),
        ({"ImagerPixelSpacing": [0, 0]}, None, "neither"),
    ],
)
def test_the_spacing_is_that_of_the_breast_and_says_its_source(
    make_dicom: Any, attributes: dict[str, Any], mm: float | None, source: str
) -> None:
    spacing = presented(make_dicom, **attributes).spacing
    assert spacing.mm == (pytest.approx(mm) if mm else None)
    assert source in spacing.source


@pytest.mark.parametrize(
    ("photometric", "shape", "low_is_bright", "is_noted"),
    [
        ("MONOCHROME1", "INVERSE", True, False),
        ("MONOCHROME2", "IDENTITY", False, False),
        ("MONOCHROME1", "IDENTITY", True, True),
        ("MONOCHROME2", "INVERSE", False, True),
    ],
)
def test_photometric_interpretation_wins_and_a_conflict_is_noted(
    make_dicom: Any, photometric: str, shape: str, low_is_bright: bool, is_noted: bool
) -> None:
    found = presented(make_dicom, PhotometricInterpretation=photometric, PresentationLUTShape=shape)
    assert found.low_is_bright is low_is_bright
    assert any("contradicts" in note for note in found.notes) is is_noted


@pytest.mark.parametrize(
    ("said", "vendor"),
    [
        ("GE MEDICAL SYSTEMS", "GE MEDICAL SYSTEMS"),
        ("ge healthcare", "GE MEDICAL SYSTEMS"),
        ("HOLOGIC, Inc.", "HOLOGIC"),
        ("Siemens Healthineers", "SIEMENS"),
        ("FUJIFILM Corporation", "FUJIFILM"),
        ("General Hospital, ward of J. Doe", "other"),
        ("", ""),
    ],
)
def test_the_maker_comes_from_a_closed_list(make_dicom: Any, said: str, vendor: str) -> None:
    assert presented(make_dicom, Manufacturer=said).vendor == vendor


def test_padding_is_a_range_in_either_order(make_dicom: Any) -> None:
    found = presented(make_dicom, PixelPaddingValue=30, PixelPaddingRangeLimit=0)
    assert found.padding == CodeRange(0, 30)


def test_the_real_test_pattern_is_measured_in_the_breasts_plane(real_images: Path) -> None:
    path = real_images / "clunie_pixelspacing" / "MG_pixelspacing_test.dcm"
    spacing = presentation_of(dcmread(path, stop_before_pixels=True)).spacing
    # 0.5 mm at the detector, magnified 1.5 times: its 100 mm line is 67 mm long.
    assert spacing.mm == pytest.approx(0.5 / 1.5)
