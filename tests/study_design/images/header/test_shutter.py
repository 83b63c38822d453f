"""Shutters that a header asks for are named where they may hide a part of the picture."""

import pytest
from pydicom.dataset import Dataset

from study_design.images.header.presentation import presentation_of


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    dataset.Rows, dataset.Columns, dataset.PhotometricInterpretation = 160, 120, "MONOCHROME2"
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def rectangle(left: int, right: int, upper: int, lower: int) -> dict[str, object]:
    return {
        "ShutterLeftVerticalEdge": left,
        "ShutterRightVerticalEdge": right,
        "ShutterUpperHorizontalEdge": upper,
        "ShutterLowerHorizontalEdge": lower,
    }


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        (
            {"ShutterShape": "RECTANGULAR", **rectangle(10, 120, 1, 160)},
            "RECTANGULAR (columns 10 to 120, rows 1 to 160)",
        ),
        ({"ShutterShape": "RECTANGULAR"}, "RECTANGULAR"),
        ({"ShutterShape": "CIRCULAR", "RadiusOfCircularShutter": 50}, "CIRCULAR"),
        (
            {"ShutterShape": ["RECTANGULAR", "POLYGONAL"], **rectangle(1, 120, 1, 160)},
            "RECTANGULAR and POLYGONAL (columns 1 to 120, rows 1 to 160)",
        ),
        ({"ShutterShape": "DOE 7"}, "of an unknown shape"),
    ],
)
def test_a_shutter_that_may_hide_something_is_a_doubt(
    attributes: dict[str, object], named: str
) -> None:
    doubts = presentation_of(header(**attributes)).doubts
    assert f"the header asks for a shutter, {named}, which is not applied: all is shown" in doubts


@pytest.mark.parametrize(
    "attributes",
    [{}, {"ShutterShape": ""}, {"ShutterShape": "RECTANGULAR", **rectangle(1, 120, 1, 160)}],
)
def test_a_shutter_that_hides_nothing_is_none(attributes: dict[str, object]) -> None:
    assert not any("shutter" in doubt for doubt in presentation_of(header(**attributes)).doubts)
