from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.images.arriving.acceptance import judge
from study_design.images.header.dicom import header_of
from study_design.images.header.presentation import CodeRange, Presentation, presentation_of
from study_design.images.mammogram import VoiFunction, VoiWindow
from study_design.images.messages import Verdict


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


def test_lookup_tables_follow_the_windows_with_names_of_their_own(make_dicom: Any) -> None:
    tables = [lut_item("NORMAL", [0, 9, 255]), lut_item("as Dr Who likes", [255, 9, 0])]
    found = presented(make_dicom, VOILUTSequence=tables, WindowCenterWidthExplanation="NORMAL")
    assert [w.explanation for w in found.windows] == ["NORMAL", "NORMAL LUT", "2 LUT"]
    falling = found.windows[2]
    assert falling.table is not None
    assert falling.table.entries.tolist() == [255, 9, 0]
    assert (falling.centre, falling.width) == (101.0, 3.0)
    assert found.notes == ()


def test_a_falling_lookup_table_without_window_is_accepted_and_shown(make_dicom: Any) -> None:
    path = make_dicom(VOILUTSequence=[lut_item("", [255, 9, 0])], WindowCenter=None)
    dataset = dcmread(path)
    assert judge(header_of(dataset, has_pixels=True)).verdict is Verdict.ACCEPTED
    assert [w.explanation for w in presentation_of(dataset).windows] == ["1 LUT"]


def test_lookup_tables_that_contradict_their_descriptor_are_left_out_and_noted(
    make_dicom: Any,
) -> None:
    short = lut_item("NORMAL", [0, 9, 255])
    short.LUTDescriptor = [4, 100, 8]
    found = presented(make_dicom, VOILUTSequence=[short], ModalityLUTSequence=[short])
    assert len(found.windows) == 1
    assert found.modality_table is None
    assert found.doubts == (
        "a VOI LUT contradicts its descriptor: left out",
        "the Modality LUT contradicts its descriptor: left out",
    )


@pytest.mark.parametrize(("highest", "is_doubted"), [(127, True), (128, False)])
def test_a_lookup_table_that_reaches_half_of_its_greys_is_doubted(
    make_dicom: Any, highest: int, is_doubted: bool
) -> None:
    found = presented(make_dicom, VOILUTSequence=[lut_item("NORMAL", [0, 9, highest])])
    dark = ("a VOI LUT leaves half of its greys unused: shown dark",)
    assert found.doubts == (dark if is_doubted else ())
    assert len(found.windows) == 2


def test_an_unknown_voi_lut_function_is_shown_linear_and_noted(make_dicom: Any) -> None:
    found = presented(make_dicom, VOILUTFunction="CUBIC")
    assert found.windows[0].function is VoiFunction.LINEAR
    assert "an unknown VOI LUT Function: shown as LINEAR" in found.notes


def lut_item(explanation: str, entries: list[int]) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), 100, 8])
    item.add_new("LUTData", "US", entries)
    item.LUTExplanation = explanation
    return item


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
    assert any("contradicts" in doubt for doubt in found.doubts) is is_noted
    assert bool(found.doubts) is is_noted


@pytest.mark.parametrize(
    ("said", "vendor"),
    [
        ("GE MEDICAL SYSTEMS", "GE MEDICAL SYSTEMS"),
        ("ge healthcare", "GE MEDICAL SYSTEMS"),
        ("HOLOGIC, Inc.", "HOLOGIC"),
        ("Siemens Healthineers", "SIEMENS"),
        ("FUJIFILM Corporation", "FUJIFILM"),
        ("MERGE HEALTHCARE", "other"),
        ("General Hospital, ward of J. Doe", "other"),
        ("", ""),
    ],
)
def test_the_maker_comes_from_a_closed_list(make_dicom: Any, said: str, vendor: str) -> None:
    assert presented(make_dicom, Manufacturer=said).vendor == vendor


def test_padding_is_a_range_in_either_order(make_dicom: Any) -> None:
    found = presented(make_dicom, PixelPaddingValue=30, PixelPaddingRangeLimit=0)
    assert found.padding == CodeRange(0, 30)


@pytest.mark.parametrize(
    ("signed", "value", "limit", "padding"),
    [
        (False, 65535, None, CodeRange(65535, 65535)),
        (True, -2000, None, CodeRange(-2000, -2000)),
        (True, 63536, 63540, CodeRange(-2000, -1996)),
    ],
)
def test_padding_is_a_stored_value_also_where_only_its_bits_are_given(
    signed: bool, value: int, limit: int | None, padding: CodeRange
) -> None:
    dataset = Dataset()
    dataset.PixelRepresentation = int(signed)
    for keyword, said in (("PixelPaddingValue", value), ("PixelPaddingRangeLimit", limit)):
        if said is not None:
            dataset.add_new(keyword, "SS" if said < 0 else "US", said)
    assert presentation_of(dataset).padding == padding
