"""Presentation states as vendors write them: headlines, versions, levels of a map, odd units."""

from typing import Any

import pytest
from given_presentation_state import (
    CALCIFICATION,
    MASS,
    annotation,
    figure,
    headline,
    only,
    outline,
    text,
)
from pydicom.dataset import Dataset

from study_design.exchange.ai_files.annotation_texts import meaning_of_mark, text_scores
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType


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
    assert any("1 outline at a place of the screen" in words for words in foreseen.warnings)


def test_a_line_that_almost_closes_is_an_outline_and_an_open_one_is_asked(foresee: Any) -> None:
    assert only(foresee(annotation([outline(50, 60, 40, gap=3)], []))).score == 1.0
    beside = annotation([outline(50, 60, 40), outline(150, 60, 40, gap=30)], [])
    (problem,) = foresee(beside).problems
    assert "got a line that does not close alone, which may be a mark" in str(problem)


def test_a_headline_without_an_image_of_its_own_stands_on_all(desk: Any, foresee: Any) -> None:
    drawn = annotation([outline(50, 60, 40)], [text("97%", 50, 55)], desk.uid("C001_L-CC"))
    both = ("C001_L-CC", "C001_R-CC")
    assert only(foresee(drawn, annotation([], [headline("Study 13%")]), images=both)).score == 97.0


def test_words_of_outlines_are_offered_for_a_map(foresee: Any) -> None:
    assert foresee(annotation([outline(50, 60, 40)], [text("Knot 97%", 50, 55)])).words == (
        "Knot",
        "AI",
    )


@pytest.mark.parametrize(
    ("drawn", "box"),
    [
        (figure("POINT", [50, 60]), Box(50.0, 60.0, 0.0, 0.0)),
        (figure("CIRCLE", [50, 60, 50, 70]), Box(40.0, 50.0, 20.0, 20.0)),
        (figure("ELLIPSE", [40, 60, 60, 60, 50, 55, 50, 65]), Box(40.0, 55.0, 20.0, 10.0)),
        (figure("INTERPOLATED", [40, 60, 60, 50, 70, 65, 40, 60]), Box(40.0, 50.0, 30.0, 15.0)),
        (
            figure("POLYLINE", [40, 60, 60, 50, 70, 65], GraphicFilled="Y"),
            Box(40.0, 50.0, 30.0, 15.0),
        ),
        (figure("CIRCLE", [0.5, 0.5, 0.5, 0.5625], "DISPLAY"), Box(125.0, 175.0, 50.0, 50.0)),
    ],
)
def test_figures_of_every_type_are_placed(foresee: Any, drawn: Dataset, box: Box) -> None:
    assert only(foresee(annotation([drawn], []))).boxes[0].where == box
