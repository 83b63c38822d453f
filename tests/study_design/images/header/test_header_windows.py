from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from study_design.images.header.header_windows import HeaderWindows, header_windows
from study_design.images.header.spelled_number import spelled_number
from study_design.images.mammogram import VoiFunction, VoiWindow

LINEAR, EXACT = VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT


def found(centres: Any, widths: Any, **attributes: Any) -> HeaderWindows:
    dataset = Dataset()
    dataset.BitsStored, dataset.PixelRepresentation = 12, 0
    # As text, for pydicom itself writes nothing that breaks its rules.
    said = {"WindowCenter": centres, "WindowWidth": widths, **attributes}
    for keyword, value in said.items():
        dataset.add_new(keyword, "LO", value)
    return header_windows(dataset)


def pairs(windows: HeaderWindows) -> list[tuple[float, float, str]]:
    return [(one.centre, one.width, one.explanation) for one in windows.windows]


@pytest.mark.parametrize(
    ("centres", "widths", "kept", "left_out"),
    [
        (["NaN", "1700"], ["3400", "2400"], [(1700, 2400, "HARDER")], "1 {}: its centre is no"),
        (["2000", "1700"], ["inf", "2400"], [(1700, 2400, "HARDER")], "1 {}: its width is no"),
        (["2000", ","], ["3400", "2400"], [(2000, 3400, "NORMAL")], "2 {}: its centre is no"),
        (["", "1700"], ["3400", "2400"], [(1700, 2400, "HARDER")], "1 {}: its centre is empty"),
        (["2000", "1700"], ["3400"], [(2000, 3400, "NORMAL")], "2 {}: its width is empty"),
        (["2000"], ["3400", "2400"], [(2000, 3400, "NORMAL")], "2 {}: its centre is empty"),
        (["2000", "1700"], ["0", "2400"], [(1700, 2400, "HARDER")], "1 {}: its width is 0"),
        (["2000", "1700"], ["3400", "-5"], [(2000, 3400, "NORMAL")], "2 {}: its width is -5"),
        (["2000", "1700"], ["0.5", "2400"], [(1700, 2400, "HARDER")], "1 {}: its width 0.5 is"),
        (["2000", "1,700"], ["3400", "2400"], [(2000, 3400, "NORMAL")], "2 {}: its centre may be"),
    ],
)
def test_a_bad_value_takes_its_own_pair_out_and_no_other(
    centres: list[str], widths: list[str], kept: list[tuple[float, float, str]], left_out: str
) -> None:
    windows = found(centres, widths, WindowCenterWidthExplanation=["NORMAL", "HARDER"])
    assert pairs(windows) == kept
    (note,) = windows.notes
    assert note.startswith("window " + left_out.format("of the header is left out"))
    assert windows.doubts == ()


def test_a_pair_without_any_value_is_left_out_silently_and_keeps_its_place() -> None:
    windows = found(["2000", "", "1700"], ["3400", "", "2400"])
    assert pairs(windows) == [(2000, 3400, "window 1"), (1700, 2400, "window 3")]
    assert windows.notes == ()


def test_commas_are_decimal_where_that_is_certain() -> None:
    windows = found(["2000,5", "350,000"], ["3400", "700,000"])
    assert pairs(windows) == [(2000.5, 3400, "window 1"), (350, 700, "window 2")]
    assert windows.notes == ()


@pytest.mark.parametrize("said", [("NaN", "3400"), (",", "3400"), ("2000", "0"), ("1,7", "-1")])
def test_where_no_pair_is_a_window_a_doubt_says_why(said: tuple[str, str]) -> None:
    windows = found(*said)
    assert windows.windows == ()
    (doubt,) = windows.doubts
    assert doubt.startswith("no window of the header can be shown (window 1: its ")


@pytest.mark.parametrize("said", [("", ""), ("2000", ""), ("", "3400")])
def test_half_a_window_is_none(said: tuple[str, str]) -> None:
    assert found(*said) == HeaderWindows(())


def test_windows_of_values_in_small_steps_are_exact() -> None:
    windows = found(["0.488", "0.4"], ["0.415", "1.2"], RescaleSlope="0.000244")
    assert windows.windows == (
        VoiWindow(0.488, 0.415, EXACT, "window 1"),
        VoiWindow(0.4, 1.2, EXACT, "window 2"),
    )
    assert windows.notes == ("a window narrower than 1 cannot be LINEAR: shown as LINEAR_EXACT",)


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
def test_the_other_functions_take_any_width_above_0(function: str) -> None:
    windows = found(["2000", "1700"], ["0.5", "0"], VOILUTFunction=function)
    assert windows.windows == (VoiWindow(2000, 0.5, VoiFunction(function), "window 1"),)
    assert windows.notes == ("window 2 of the header is left out: its width is 0",)


@pytest.mark.parametrize("said", ["linear exact", "Linear_Exact", " LINEAR-EXACT "])
def test_a_function_is_known_however_it_is_spelled(said: str) -> None:
    assert found("2000", "3400", VOILUTFunction=said).windows[0].function is EXACT


def test_a_name_stands_at_the_place_of_its_window() -> None:
    names = ["", "HARDER", "of Dr Who"]
    windows = found(["1", "2", "3", "4"], ["5", "6", "7", "8"], WindowCenterWidthExplanation=names)
    assert [one.explanation for one in windows.windows] == [
        "window 1",
        "HARDER",
        "window 3",
        "window 4",
    ]


def test_a_list_without_end_is_cut() -> None:
    windows = found([str(centre) for centre in range(1000, 1100)], ["3400"] * 100)
    assert len(windows.windows) == 32
    assert windows.notes == ("100 windows in the header: the first 32 are shown",)


SAID = st.sampled_from(
    ["2000", "1700,5", "NaN", "inf", ",", "", "0", "-5", "0.5", "1,700", "3400", "words", "1e400"]
)


@given(st.lists(SAID, min_size=1, max_size=5), st.lists(SAID, min_size=1, max_size=5))
def test_a_window_is_always_the_pair_at_its_own_place(
    centres: list[str], widths: list[str]
) -> None:
    windows = found(centres, widths)
    for window in windows.windows:
        place = int(window.explanation.removeprefix("window ")) - 1
        assert window.centre in spelled_number(centres[place]).readings
        assert window.width in spelled_number(widths[place]).readings
        assert window.width > 0
    said = any(centres) and any(widths)
    assert bool(windows.windows or windows.notes or windows.doubts) is bool(said)
