"""Presentation states as vendors write them: headlines, versions, levels of a map, odd units."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, GrayscaleSoftcopyPresentationStateStorage

from study_design.exchange.ai_files.annotation_texts import meaning_of_mark, text_scores
from study_design.exchange.detection_import import ForeseenDetections
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType

COLUMNS, ROWS = 300, 400
MASS, CALCIFICATION = AbnormalityType.MASS, AbnormalityType.CALCIFICATION


def outline(x: float, y: float, size: float, units: str = "PIXEL", gap: float = 0.0) -> Dataset:
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y + gap)]
    graphic = Dataset()
    graphic.GraphicAnnotationUnits = units
    graphic.GraphicType, graphic.GraphicFilled = "POLYLINE", "N"
    graphic.GraphicData = [float(value) for corner in corners for value in corner]
    return graphic


def text(words: str, x: float, y: float, units: str = "PIXEL") -> Dataset:
    made = Dataset()
    made.UnformattedTextValue = words
    made.AnchorPoint, made.AnchorPointAnnotationUnits = [x, y], units
    return made


def headline(words: str) -> Dataset:
    made = Dataset()
    made.UnformattedTextValue = words
    made.BoundingBoxTopLeftHandCorner, made.BoundingBoxBottomRightHandCorner = [0, 0], [0.3, 0.1]
    made.BoundingBoxAnnotationUnits = "DISPLAY"
    return made


def annotation(
    outlines: Sequence[Dataset], texts: Sequence[Dataset], image: str | None = None
) -> Dataset:
    made = Dataset()
    made.GraphicLayer = "AI"
    made.GraphicObjectSequence, made.TextObjectSequence = list(outlines), list(texts)
    made.ReferencedImageSequence = [reference(image)] if image else []
    return made


def reference(uid: str) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    made.ReferencedSOPInstanceUID = uid
    return made


@pytest.fixture
def foresee(desk: Any, tmp_path: Path) -> Any:
    """Write a state of the left CC view (and of others) and say what it would bring."""

    def foresee(
        *annotations: Dataset, images: Sequence[str] = ("C001_L-CC",), mirrored: bool = False
    ) -> ForeseenDetections:
        state = Dataset()
        state.file_meta = FileMetaDataset()
        state.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        state.SOPClassUID = GrayscaleSoftcopyPresentationStateStorage
        state.SOPInstanceUID = "1.2.3.4"
        series, area = Dataset(), Dataset()
        series.ReferencedImageSequence = [reference(desk.uid(image)) for image in images]
        state.ReferencedSeriesSequence = [series]
        across = (COLUMNS, 1) if mirrored else (1, COLUMNS)
        area.DisplayedAreaTopLeftHandCorner = [across[0], 1]
        area.DisplayedAreaBottomRightHandCorner = [across[1], ROWS]
        state.DisplayedAreaSelectionSequence = [area]
        state.GraphicAnnotationSequence = list(annotations)
        state.save_as(tmp_path / "state.dcm", enforce_file_format=True)
        return desk.foresee(tmp_path / "state.dcm")  # type: ignore[no-any-return]

    return foresee


def only(foreseen: ForeseenDetections) -> Any:
    """The only detection of a state that is free of problems."""
    assert not foreseen.problems
    (found,) = foreseen.results.cases[0].detections
    return found


def test_a_headline_with_a_version_or_a_date_is_never_the_score_beside_an_outline(
    foresee: Any,
) -> None:
    for words in ("MMG v1.1.7.2", "2024-05-12 10:11", "Exam 13"):
        texts = [headline(words), text("97%", 50, 55)]
        found = only(foresee(annotation([outline(50, 60, 40)], texts)))
        assert found.score == 97.0


@pytest.mark.parametrize(
    ("words", "score", "types"),
    [
        ("#1 Mass\r\n97%", 97.0, (MASS,)),
        ("Lesion 1: 0.97 Mass", 0.97, (MASS,)),
        ("Suspicious mass 97 (12 mm)", 97.0, (MASS,)),
        ("97% BI-RADS 4B Calc.", 97.0, (CALCIFICATION,)),
        ("Mass, calcification 8.5/10", 8.5, (MASS, CALCIFICATION)),
        ("97 BIRADS 4", 97.0, ()),
    ],
)
def test_score_and_types_are_told_from_other_numbers_and_words(
    words: str, score: float, types: tuple[AbnormalityType, ...]
) -> None:
    item = Dataset()
    item.TextObjectSequence = [text(words, 1, 1)]
    (found,) = text_scores(item, 1, None)
    meanings = meaning_of_mark(found.phrases, (), ())
    assert found.value == score
    assert tuple(kind for one in meanings for kind in one.types) == types


def test_a_text_without_a_score_gives_none() -> None:
    item = Dataset()
    item.TextObjectSequence = [text(words, 1, 1) for words in ("v1.1.7", "12 mm", "10:11", "Low")]
    assert not list(text_scores(item, 1, None))


def test_levels_of_a_map_count_as_one_outline(foresee: Any) -> None:
    levels = [outline(60, 70, 10), outline(50, 60, 40), outline(55, 65, 20)]
    foreseen = foresee(annotation(levels, [text("97%", 50, 55)]))
    assert only(foreseen).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)
    assert any("2 outlines inside others" in words for words in foreseen.warnings)
    both = foresee(annotation(levels[:2], [text("97%", 50, 55), text("12%", 61, 71)]))
    assert [one.score for one in both.results.cases[0].detections] == [12.0, 97.0]


def test_one_headline_counts_for_all_outlines_of_its_image_and_it_is_said(foresee: Any) -> None:
    outlines = [outline(50, 60, 40), outline(200, 300, 40)]
    foreseen = foresee(annotation(outlines, [headline("Score 97%")]))
    assert [one.score for one in foreseen.results.cases[0].detections] == [97.0, 97.0]
    assert any("2 outlines share the one score" in words for words in foreseen.warnings)


def test_units_of_the_matrix_are_pixels_and_those_of_the_screen_follow_the_displayed_area(
    foresee: Any,
) -> None:
    matrix = only(foresee(annotation([outline(50, 60, 40, "MATRIX")], [])))
    assert matrix.boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)
    shown = annotation([outline(0.5, 0.25, 0.25, "DISPLAY")], [])
    assert only(foresee(shown)).boxes[0].where == Box(150.0, 100.0, 75.0, 100.0)
    assert only(foresee(shown, mirrored=True)).boxes[0].where == Box(75.0, 100.0, 75.0, 100.0)


def test_frames_of_headlines_are_no_findings(foresee: Any) -> None:
    frame = annotation([outline(0, 0, 0.1, "DISPLAY")], [headline("AI")])
    foreseen = foresee(annotation([outline(50, 60, 40)], []), frame)
    assert only(foreseen).boxes[0].where == Box(50.0, 60.0, 40.0, 40.0)
    assert any("1 outlines at places of the screen" in words for words in foreseen.warnings)


def test_a_line_that_almost_closes_is_an_outline_and_an_open_one_is_told(foresee: Any) -> None:
    assert only(foresee(annotation([outline(50, 60, 40, gap=3)], []))).score == 1.0
    foreseen = foresee(annotation([outline(50, 60, 40, gap=30)], []))
    assert any("1 lines that do not close" in words for words in foreseen.warnings)


def test_a_headline_without_an_image_of_its_own_stands_on_all(desk: Any, foresee: Any) -> None:
    drawn = annotation([outline(50, 60, 40)], [text("97%", 50, 55)], desk.uid("C001_L-CC"))
    both = ("C001_L-CC", "C001_R-CC")
    assert only(foresee(drawn, annotation([], [headline("Study 13%")]), images=both)).score == 97.0


def test_words_of_outlines_are_offered_for_a_map(foresee: Any) -> None:
    assert foresee(annotation([outline(50, 60, 40)], [text("Knot 97%", 50, 55)])).words == (
        "Knot",
        "AI",
    )
