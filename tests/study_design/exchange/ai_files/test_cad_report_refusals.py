"""Mammography CAD SR that contradicts itself or names what is not known is asked or refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from given_cad_report import (
    of,
    with_scores,
    without_own,
)
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.errors import BadInputError
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AiStatus


def test_scores_of_two_scales_are_never_mixed(desk: Any, edited: Callable[..., Path]) -> None:
    def mix(dataset: Dataset) -> None:
        without_own(dataset)
        unit = of(dataset, "111012")[0].MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]
        unit.CodeValue = "1"

    with pytest.raises(BadInputError, match="one scale of scores, got '0-1' and '0-100'"):
        desk.bring_in(edited(mix))


def test_a_box_outside_the_picture_and_one_that_is_no_number_are_named_by_item(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def spoil(dataset: Dataset) -> None:
        outlines = of(dataset, "111041")
        outlines[0].GraphicData = [float("nan"), 1.0, 2.0, 3.0]
        outlines[1].GraphicData = [280.0, 10.0, 320.0, 40.0]

    path = edited(spoil)
    foreseen = desk.foresee(path)
    first, second = foreseen.problems
    assert str(first).startswith("C001.dcm, item 1.2.1.1.")
    assert "numbers as coordinates" in first.words
    assert "a box inside 300 x 400 pixels, got 280, 10, 40 x 30" in second.words
    with pytest.raises(BadInputError, match=r"and 1 more"):
        desk.bring_in(path)


def test_a_report_without_a_summary_is_refused(desk: Any, edited: Callable[..., Path]) -> None:
    def cut(dataset: Dataset) -> None:
        dataset.ContentSequence = dataset.ContentSequence[:1]

    with pytest.raises(BadInputError, match=r"C001\.dcm: expected one CAD Processing"):
        desk.bring_in(edited(cut))


def test_nothing_found_holds_for_the_images_of_the_library_alone(desk: Any, report: Path) -> None:
    path = report / "C002.dcm"
    dataset = dcmread(path)
    without_own(dataset)
    dataset.save_as(path)
    asking = replace(desk, without_row=None)
    assert asking.foresee(path).results.cases[0].status is AiStatus.NONE
    del dataset.ContentSequence[0].ContentSequence[1:]
    dataset.save_as(path)
    assert (
        "got 1 of 4 images of case C002 alone, without a finding" in asking.foresee(path).question
    )


@pytest.mark.parametrize(
    ("summary", "detected", "line"),
    [
        ("111242", "111222", "expected the findings that the summary tells of, got none"),
        ("111999", "111222", "expected a summary that says whether algorithms succeeded"),
    ],
)
def test_a_summary_that_contradicts_its_findings_or_says_nothing_known_is_refused(
    desk: Any, report: Path, summary: str, detected: str, line: str
) -> None:
    path = report / "C002.dcm"
    dataset = dcmread(path)
    without_own(dataset)
    of(dataset, "111017")[0].ConceptCodeSequence[0].CodeValue = summary
    of(dataset, "111064")[0].ConceptCodeSequence[0].CodeValue = detected
    dataset.save_as(path)
    with pytest.raises(BadInputError, match=line):
        desk.bring_in(path)


@pytest.mark.parametrize(
    ("summary", "detected"),
    [("111241", "111223"), ("111241", "111224"), ("111244", "111222"), ("111245", "111222")],
)
def test_what_failed_in_part_and_shows_no_mark_has_failed(
    desk: Any, report: Path, summary: str, detected: str
) -> None:
    path = report / "C002.dcm"
    dataset = dcmread(path)
    without_own(dataset)
    of(dataset, "111017")[0].ConceptCodeSequence[0].CodeValue = summary
    of(dataset, "111064")[0].ConceptCodeSequence[0].CodeValue = detected
    dataset.save_as(path)
    assert desk.bring_in(path).cases[0].status is AiStatus.FAILED


def test_a_code_that_is_not_known_is_asked_and_a_map_may_say_what_it_stands_for(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def rename(dataset: Dataset) -> None:
        without_own(dataset)
        code = of(dataset, "111059")[-1].ConceptCodeSequence[0]
        code.CodeValue, code.CodingSchemeDesignator = "77", "99MAKER"
        code.CodeMeaning = "Breast border"

    path = edited(rename)
    with pytest.raises(BadInputError, match=r"got 'Breast border' \(77, 99MAKER\)"):
        desk.bring_in(path)
    left_out = ColumnMap().with_type("breast border", Meaning.LEFT_OUT)
    assert len(desk.bring_in(path, column_map=left_out).cases[0].detections) == 1
    kept = ColumnMap().with_type("Breast border", Meaning.OTHER)
    assert len(desk.bring_in(path, column_map=kept).cases[0].detections) == 2


@pytest.mark.parametrize(
    ("kind", "points", "line"),
    [
        ("CIRCLE", [10.0, 10.0], "expected 2 points of a CIRCLE, got 1"),
        ("ELLIPSE", [10.0, 10.0, 20.0, 20.0], "expected 4 points of a ELLIPSE, got 2"),
        ("SPLINE", [10.0, 10.0, 20.0, 20.0], "expected a figure of .*, got SPLINE"),
    ],
)
def test_a_figure_that_cannot_be_placed_is_named(
    desk: Any, edited: Callable[..., Path], kind: str, points: list[float], line: str
) -> None:
    def spoil(dataset: Dataset) -> None:
        outline = of(dataset, "111041")[0]
        outline.GraphicType, outline.GraphicData = kind, points

    with pytest.raises(BadInputError, match=rf"C001\.dcm, item 1\.2.*: {line}"):
        desk.bring_in(edited(spoil))


def test_a_score_in_words_and_a_unit_that_tells_no_scale_are_asked(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def in_words(item: Dataset) -> None:
        item.ValueType, item.TextValue = "TEXT", "high"
        del item.MeasuredValueSequence

    with pytest.raises(BadInputError, match="expected a number as Certainty of Finding, got 'hi"):
        desk.bring_in(edited(with_scores(in_words)))


def test_a_unit_that_tells_no_scale_is_asked_and_a_map_may_say_it(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def odd(item: Dataset) -> None:
        unit = item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]
        unit.CodeValue, unit.CodeMeaning = "{points}", "points"

    path = edited(with_scores(odd))
    with pytest.raises(BadInputError, match=r"a scale like 0-1, got 'the unit \{points\} \(points"):
        desk.bring_in(path)
    assert desk.bring_in(path, column_map=ColumnMap(scale="0-100")).scale == "0-100"


def test_a_figure_outside_every_finding_is_named(desk: Any, edited: Callable[..., Path]) -> None:
    def stray(dataset: Dataset) -> None:
        summary = of(dataset, "111017")[0]
        summary.ContentSequence.append(of(dataset, "111041")[0])

    with pytest.raises(BadInputError, match="expected a figure of a finding, got one of something"):
        desk.bring_in(edited(stray))
