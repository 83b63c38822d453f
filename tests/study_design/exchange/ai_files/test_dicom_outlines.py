"""Segments and outlines that must be asked about, and objects of others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_dicom_products import (
    ANATOMY,
    MASS,
    THING,
    equipment,
    group,
    hd,
    label,
    measurement_report,
    segmentation,
)
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType

SHARED = Path(__file__).resolve().parents[4] / ".." / "shared" / "data" / "images" / "dicom_sr_seg"


@pytest.mark.parametrize(
    ("category", "code", "line"),
    [
        (ANATOMY, codes.SCT.Mass, "got 'lump' in the category 'Anatomical Structure'"),
        (Code("9", "99MAKER", "Region"), THING, r"got 'thing' \(1, 99MAKER\)"),
    ],
)
def test_a_segment_of_which_type_and_category_disagree_or_say_nothing_is_asked(
    desk: Any,
    header: Callable[[str], Dataset],
    tmp_path: Path,
    category: Code,
    code: Code,
    line: str,
) -> None:
    mask = np.zeros((1, 400, 300), np.uint8)
    mask[0, 1:4, 2:5] = 1
    image = header("C001_L-CC")
    path = segmentation(tmp_path / "s.dcm", image, mask, "BINARY", "lump", category, code)
    foreseen = desk.foresee(path)
    assert "lump" in foreseen.words
    with pytest.raises(BadInputError, match=rf"s\.dcm, frame 1: segment 1: .*{line}"):
        desk.bring_in(path)
    words = ColumnMap().with_type("lump", Meaning.MASS)
    assert desk.bring_in(path, column_map=words).cases[0].detections[0].types == (MASS,)


def test_what_is_nowhere_half_likely_is_told_and_a_share_of_a_pixel_is_no_score(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    mask = np.full((1, 400, 300), 0.25)
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask, "FRACTIONAL", "mass")
    faint = "1 segments that are nowhere half likely count as not there"
    assert faint in desk.foresee(path).warnings
    mask[0, 10:20, 10:20] = 0.75
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask, "FRACTIONAL", "mass")
    dataset = dcmread(path)
    dataset.SegmentationFractionalType = "OCCUPANCY"
    dataset.save_as(path)
    assert desk.bring_in(path).cases[0].detections[0].score == 1.0


def test_a_region_outside_every_group_and_one_in_millimetres_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    image = header("C001_R-CC")
    path = measurement_report(tmp_path / "r.dcm", [image], [group(image, "a", 50.0)])
    dataset = dcmread(path)
    of_group = dataset.ContentSequence[-1].ContentSequence[0].ContentSequence
    region = next(item for item in of_group if item.ValueType == "SCOORD")
    dataset.ContentSequence.append(region)
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="a region in a measurement group, got one outside"):
        desk.bring_in(path)
    del dataset.ContentSequence[-1]
    region.ValueType = "SCOORD3D"
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="in pixels of an image, got one in millimetres"):
        desk.bring_in(path)


def state(path: Path, images: list[Dataset], annotations: list[Any], layers: list[Any]) -> Path:
    made = hd.pr.GrayscaleSoftcopyPresentationState(
        images,
        content_label="AI",
        graphic_annotations=annotations,
        graphic_layers=layers,
        **equipment(),
    )
    made.save_as(path)
    return path


def outline(x: float, y: float, size: float) -> Any:
    corners = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return hd.pr.GraphicObject("POLYLINE", np.array(corners), "PIXEL")


@pytest.fixture
def layer() -> Any:
    return hd.pr.GraphicLayer(
        "MASSES", 1, "Mass", hd.color.CIELabColor(l_star=50.0, a_star=20.0, b_star=-10.0)
    )


def test_outlines_take_the_scores_that_stand_beside_them(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image, other = header("C001_L-CC"), header("C001_R-CC")
    annotation = hd.pr.GraphicAnnotation(
        [image],
        layer,
        graphic_objects=[
            outline(10, 20, 30),
            outline(100, 200, 40),
            hd.pr.GraphicObject("POLYLINE", np.array([[5.0, 5.0], [90.0, 90.0]]), "PIXEL"),
        ],
        text_objects=[label("Calc 12.5%", 145, 240), label("No 1: 87 %", 12, 15)],
    )
    path = state(tmp_path / "p.dcm", [image, other], [annotation], [layer])
    read = desk.bring_in(path)
    mass, calc = read.cases[0].detections
    assert (mass.boxes[0].where, mass.score) == (Box(10.0, 20.0, 30.0, 30.0), 87.0)
    assert (calc.boxes[0].where, calc.score) == (Box(100.0, 200.0, 40.0, 40.0), 12.5)
    assert mass.types == (MASS,)
    assert calc.types == (AbnormalityType.CALCIFICATION,)
    assert (read.scale, read.version) == ("0-100", "1.0")


def test_a_colour_may_be_given_a_meaning(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    annotation = hd.pr.GraphicAnnotation([image], layer, graphic_objects=[outline(10, 20, 30)])
    path = state(tmp_path / "p.dcm", [image], [annotation], [layer])
    assert desk.foresee(path).results.cases[0].detections[0].types == (MASS,)
    words = ColumnMap().with_type("colour 50 20 -10", Meaning.ASYMMETRY)
    found = desk.foresee(path, column_map=words).results.cases[0].detections[0]
    assert found.types == (AbnormalityType.ASYMMETRY,)


def test_two_states_of_one_image_and_places_on_the_screen_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    annotation = hd.pr.GraphicAnnotation([image], layer, graphic_objects=[outline(10, 20, 30)])
    first = state(tmp_path / "a.dcm", [image], [annotation], [layer])
    second = state(tmp_path / "b.dcm", [image], [], [layer])
    with pytest.raises(BadInputError, match=r"b\.dcm: expected one run of the system on 1\.2"):
        desk.bring_in(first, second)
    dataset = dcmread(first)
    dataset.GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicAnnotationUnits = "DISPLAY"
    del dataset.DisplayedAreaSelectionSequence
    dataset.save_as(first)
    with pytest.raises(BadInputError, match="expected units PIXEL, got DISPLAY"):
        desk.bring_in(first)


def test_kinds_are_not_mixed_and_other_objects_are_refused(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, layer: Any
) -> None:
    image = header("C001_L-CC")
    one = state(tmp_path / "a.dcm", [image], [], [layer])
    mask = np.ones((1, 400, 300), np.uint8)
    two = segmentation(tmp_path / "b.dcm", image, mask)
    with pytest.raises(BadInputError, match="objects of one kind, got presentation state"):
        desk.bring_in(one, two)
    with pytest.raises(BadInputError, match=r"C001_L-CC\.dcm: expected results of an AI .* MG"):
        desk.bring_in(desk.folder.images / "C001_L-CC.dcm")
    (tmp_path / "x.csv").write_text("a\n")
    with pytest.raises(BadInputError, match=r"a\.dcm \(DICOM\) and x\.csv"):
        desk.bring_in(one, tmp_path / "x.csv")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("highdicom_sr_document.dcm", "item 1.8.1: expected a code .*, got 'Spinal cord'"),
        ("highdicom_seg_image_cr_binary.dcm", "expected an image of the study, got 1.3"),
    ],
)
def test_objects_of_others_are_read_and_what_is_foreign_is_named(
    desk: Any, name: str, line: str
) -> None:
    foreseen = desk.foresee(SHARED / name)
    assert len(foreseen.problems) == 1
    with pytest.raises(BadInputError, match=line):
        desk.bring_in(SHARED / name)
