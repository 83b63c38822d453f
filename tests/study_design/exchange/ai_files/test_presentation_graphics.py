"""Graphics of presentation states: turned, compound, on the screen, in overlay planes."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from given_presentation_state import (
    CALCIFICATION,
    COLUMNS,
    MASS,
    ROWS,
    annotation,
    figure,
    headline,
    only,
    outline,
    text,
)
from pydicom.dataset import Dataset

from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AiStatus, View


def test_a_picture_turned_on_the_screen_is_turned_back(foresee: Any) -> None:
    def turn(state: Dataset) -> None:
        state.ImageRotation = 90
        area = state.DisplayedAreaSelectionSequence[0]
        # The screen's upper left is the picture's lower left.
        area.DisplayedAreaTopLeftHandCorner = [1, ROWS]
        area.DisplayedAreaBottomRightHandCorner = [COLUMNS, 1]

    corners = [0.0, 0.0, 0.25, 0.0, 0.25, 0.5, 0.0, 0.5, 0.0, 0.0]
    found = only(foresee(annotation([figure("POLYLINE", corners, "DISPLAY")], []), change=turn))
    # A quarter across the screen is a quarter up the picture; half down it is half across.
    assert found.boxes[0].where == Box(0.0, 300.0, 150.0, 100.0)


def compound(
    kind: str, points: Sequence[float] = (10, 10, 50, 60), units: str = "PIXEL", **more: Any
) -> Dataset:
    made = Dataset()
    made.CompoundGraphicType, made.CompoundGraphicInstanceID = kind, 1
    made.CompoundGraphicUnits, made.GraphicDimensions = units, 2
    made.NumberOfGraphicPoints = len(points) // 2
    made.GraphicData = [float(value) for value in points]
    for keyword, value in more.items():
        setattr(made, keyword, value)
    return made


def with_compound(drawn: Dataset, *plain: Dataset) -> Dataset:
    made = annotation(plain, [])
    made.CompoundGraphicSequence = [drawn]
    return made


def turned(angle: float, about: Sequence[float]) -> dict[str, Any]:
    return {"RotationAngle": angle, "RotationPoint": list(about)}


@pytest.mark.parametrize(
    ("drawn", "box"),
    [
        (compound("RECTANGLE"), Box(10.0, 10.0, 40.0, 50.0)),
        (compound("RECTANGLE", [50, 60, 10, 10]), Box(10.0, 10.0, 40.0, 50.0)),
        (compound("ELLIPSE"), Box(10.0, 10.0, 40.0, 50.0)),
        (compound("ELLIPSE", [0.1, 0.1, 0.5, 0.6], "DISPLAY"), Box(30.0, 40.0, 120.0, 200.0)),
        (compound("CROSSHAIR", [50, 60]), Box(50.0, 60.0, 0.0, 0.0)),
        (compound("MULTILINE", [10, 10, 50, 10, 50, 60, 10, 11]), Box(10.0, 10.0, 40.0, 50.0)),
        (compound("RECTANGLE", **turned(90, [30, 35])), Box(5.0, 15.0, 50.0, 40.0)),
        (compound("RECTANGLE", **turned(360, [0, 0])), Box(10.0, 10.0, 40.0, 50.0)),
        (compound("ELLIPSE", **turned(270, [30, 35])), Box(5.0, 15.0, 50.0, 40.0)),
    ],
)
def test_a_compound_graphic_that_goes_round_something_is_an_outline(
    foresee: Any, drawn: Dataset, box: Box
) -> None:
    where = only(foresee(with_compound(drawn))).boxes[0].where
    got = (where.x_px, where.y_px, where.width_px, where.height_px)
    assert got == pytest.approx((box.x_px, box.y_px, box.width_px, box.height_px))


@pytest.mark.parametrize("angle", [45, 315])
def test_a_turned_rectangle_is_wider_than_the_ellipse_in_it(foresee: Any, angle: float) -> None:
    square = [40, 60, 80, 100]
    for kind, side in (("RECTANGLE", 40 * 2**0.5), ("ELLIPSE", 40.0)):
        drawn = with_compound(compound(kind, square, **turned(angle, [60, 80])))
        where = only(foresee(drawn)).boxes[0].where
        assert (where.width_px, where.height_px) == pytest.approx((side, side))
        assert (where.x_px, where.y_px) == pytest.approx((60 - side / 2, 80 - side / 2))


@pytest.mark.parametrize(
    ("drawn", "line"),
    [
        (annotation([figure("CIRCLE", [1, 1])], []), "expected 2 points of a CIRCLE, got 1"),
        (annotation([figure("ELLIPSE", [1, 1, 2, 2])], []), "expected 4 points of a ELLIPSE"),
        (annotation([figure("RECTANGLE", [1, 1, 9, 9])], []), "a figure of .*, got RECTANGLE"),
        (annotation([figure("POINT", [1, 1], "INCH")], []), "expected units of .*, got INCH"),
        (
            annotation([figure("POLYLINE", [1, 1, 2, 2], NumberOfGraphicPoints=3)], []),
            "expected 3 points, as it says, got 2",
        ),
        (annotation([figure("POLYLINE", [1, 1, 2, 2, 3])], []), "points in a plane, got 5"),
        (
            annotation([figure("POINT", [1, 1, 2], GraphicDimensions=3)], []),
            "points in a plane, got 3 numbers",
        ),
        (with_compound(compound("ARROW")), "the compound graphic ARROW alone, which may be a"),
        (with_compound(compound("RULER")), "the compound graphic RULER alone"),
        (with_compound(compound("MULTILINE")), "the compound graphic MULTILINE alone"),
        (with_compound(compound("INFINITELINE", [9, 9])), "graphic INFINITELINE alone"),
        (with_compound(compound("STAR")), "a compound graphic of RECTANGLE, .*, got STAR"),
        (with_compound(compound("")), "a compound graphic of RECTANGLE, .*, got none"),
        (with_compound(compound("RECTANGLE", [1, 1])), "expected 2 points of a RECTANGLE, got 1"),
        (with_compound(compound("ELLIPSE", units="INCH")), "expected units of .*, got INCH"),
        (
            with_compound(compound("RECTANGLE", **turned(30, [0, 0]))),
            "upright or turned about its middle, got 30 degrees about another point",
        ),
        (
            annotation([figure("POLYLINE", [0.1, 0.1, 0.2, 0.2], "DISPLAY")], []),
            "a line that does not close alone",
        ),
        (annotation([outline(50, 60, 40, gap=30)], []), "a line that does not close alone"),
        (annotation([], [text("97%", 50, 55)]), "the text '97' alone"),
        (annotation([], [text("Mass", 50, 55)]), "the text 'Mass' alone"),
    ],
)
def test_what_is_not_understood_is_named_and_never_nothing_found(
    foresee: Any, drawn: Dataset, line: str
) -> None:
    for without_row in (None, WithoutRow.NONE):
        (problem,) = foresee(drawn, without_row=without_row).problems
        assert re.search(line, str(problem))
        assert str(problem).startswith("state.dcm: ")


def test_a_compound_graphic_that_is_drawn_by_a_figure_too_is_that_figure(foresee: Any) -> None:
    plain = outline(50, 60, 40)
    plain.CompoundGraphicInstanceID = 1
    drawn = with_compound(compound("RECTANGLE"), plain)
    assert only(foresee(drawn)).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)


LINES = [
    # at the outline's edge, within its reach, from its middle, far from it
    (figure("POLYLINE", [5, 5, 50, 60]), True),
    (figure("POLYLINE", [5, 5, 20, 40]), True),
    (figure("POLYLINE", [70, 80, 290, 390]), True),
    (figure("POLYLINE", [200, 300, 240, 380]), False),
    (compound("ARROW", [95, 80, 290, 390]), True),
    (compound("ARROW", [290, 390, 95, 80]), False),  # its head is first
    (compound("RULER", [50, 60, 90, 100]), True),
    (compound("RULER", [200, 300, 240, 380]), False),
]


@pytest.mark.parametrize(("line", "is_its_own"), LINES)
def test_a_line_that_ends_at_an_outline_is_its_own_and_another_one_is_asked(
    foresee: Any, line: Dataset, is_its_own: bool
) -> None:
    plain = [outline(50, 60, 40)]
    is_plain = "GraphicType" in line
    drawn = annotation([*plain, line], []) if is_plain else with_compound(line, *plain)
    foreseen = foresee(drawn)
    if is_its_own:
        assert only(foreseen).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)
        assert "1 line that does not close (arrow, ruler) was left out" in foreseen.warnings
    else:
        (problem,) = foreseen.problems
        assert re.search('alone, which may be a mark. .*"line" = "left out"', str(problem))
        told = foresee(drawn, column_map=ColumnMap().with_type("line", Meaning.LEFT_OUT))
        assert only(told).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)


def test_a_line_on_the_screen_beside_marks_in_the_picture_is_told(foresee: Any) -> None:
    line = figure("POLYLINE", [0.1, 0.1, 0.9, 0.1], "DISPLAY")
    foreseen = foresee(annotation([outline(50, 60, 40), line], []))
    assert only(foreseen).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)
    told = "1 line at a place of the screen, not of the picture, was left out"
    assert told in foreseen.warnings


def test_a_line_or_a_text_that_somebody_leaves_out_leaves_the_case_open(foresee: Any) -> None:
    words = ColumnMap().with_type("line", Meaning.LEFT_OUT).with_type("text", Meaning.LEFT_OUT)
    for drawn in (annotation([outline(50, 60, 40, gap=30)], []), annotation([], [text("a", 1, 1)])):
        foreseen = foresee(drawn, column_map=words)
        assert not foreseen.problems
        assert [one.case for one in foreseen.unsaid] == ["C001", "C002", "C003", "C004"]


def test_an_image_without_a_drawing_is_asked_and_one_that_says_so_is_free_of_findings(
    foresee: Any,
) -> None:
    four = [f"C001_{view}" for view in View]
    bare = foresee(images=four)
    assert "4 images on which nothing is drawn are not said to be free" in bare.warnings[0]
    assert "nothing of 4 of 4 cases" in bare.question
    said = foresee(annotation([], [headline("No findings")]), images=four)
    assert said.results.cases[0].status is AiStatus.NONE
    three = foresee(annotation([], [headline("No findings")]), images=four[:3])
    assert "3 of 4 images of case C001 alone" in three.question


def overlay(bits: np.ndarray, group: int = 0x6000, layer: str = "AI") -> Callable[..., None]:
    def add(state: Dataset) -> None:
        packed = np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()
        state.add_new((group, 0x0010), "US", bits.shape[0])
        state.add_new((group, 0x0011), "US", bits.shape[1])
        state.add_new((group, 0x0040), "CS", "G")
        state.add_new((group, 0x0050), "SS", [1, 1])
        state.add_new((group, 0x0100), "US", 1)
        state.add_new((group, 0x0102), "US", 0)
        if layer:
            state.add_new((group, 0x1001), "CS", layer)
        state.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))

    return add


def two_shapes() -> np.ndarray:
    bits = np.zeros((ROWS, COLUMNS), bool)
    bits[100:140, 50:90] = True
    bits[200:210, 20] = bits[200, 20:60] = True
    return bits


@pytest.mark.parametrize("layer", ["AI", ""])
def test_an_overlay_plane_is_asked_and_read_where_somebody_says_what_it_stands_for(
    foresee: Any, layer: str
) -> None:
    draw = overlay(two_shapes(), layer=layer)
    asked = foresee(change=draw)
    (problem,) = asked.problems
    assert (
        "overlay 6000: expected figures, got a picture of 2 shapes, the first at 50, 100, 40 x"
        in (str(problem))
    )
    assert "overlay" in asked.words
    words = ColumnMap().with_type("overlay", Meaning.MASS)
    read = foresee(change=draw, column_map=words).results.cases[0]
    assert [found.boxes[0].where for found in read.detections] == [
        Box(50.0, 100.0, 40.0, 40.0),
        Box(20.0, 200.0, 40.0, 10.0),
    ]
    assert {found.types for found in read.detections} == {(MASS,)}
    left_out = ColumnMap().with_type("overlay", Meaning.LEFT_OUT)
    assert "nothing of 4 of 4 cases" in foresee(change=draw, column_map=left_out).question


def test_a_shutter_and_an_empty_plane_are_no_marks_and_a_plane_of_the_image_or_a_curve_is_named(
    foresee: Any,
) -> None:
    def shutter(state: Dataset) -> None:
        overlay(two_shapes())(state)
        state.ShutterShape, state.ShutterOverlayGroup = "BITMAP", 0x6000

    assert not foresee(change=shutter).problems
    assert not foresee(change=overlay(np.zeros((ROWS, COLUMNS), bool))).problems

    def elsewhere(state: Dataset) -> None:
        state.add_new((0x6002, 0x1001), "CS", "AI")

    assert "overlay 6002: expected its bits" in str(foresee(change=elsewhere).problems[0])

    def curve(state: Dataset) -> None:
        state.add_new((0x5000, 0x3000), "OW", b"\0\0")

    assert "got a curve" in str(foresee(change=curve).problems[0])


def test_a_word_beside_an_outline_tells_its_type_without_a_number_too(foresee: Any) -> None:
    drawn = annotation([outline(50, 60, 40)], [text("Calcification", 50, 55)])
    assert only(foresee(drawn)).types == (CALCIFICATION,)
