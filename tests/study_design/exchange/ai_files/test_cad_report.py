"""Mammography CAD SR: what we write we read, and what other makers write is understood."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType, AiStatus, View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
MASS, CALCIFICATION = AbnormalityType.MASS, AbnormalityType.CALCIFICATION


def boxes(*views: View) -> tuple[DetectionBox, ...]:
    return tuple(
        DetectionBox(f"B{n}", view, f"C001_{view}", Box(10.5 * n, 20.25, 30.0, 40.125))
        for n, view in enumerate(views, start=1)
    )


def everything(scale: str = "0-100") -> SystemResults:
    both = Detection(
        "D1",
        (MASS, CALCIFICATION),
        87.654321,
        boxes(View.R_CC, View.R_MLO),
        malignancy=91.0,
        birads="4C",
        morphology="spiculated",
        quadrant="upper outer",
        depth=0.1 + 0.2,
    )
    one = Detection("D2", (), 3.5, (replace(boxes(View.L_CC)[0], box="B9"),))
    return SystemResults(
        "product",
        "2.1",
        scale,
        True,
        "made by a test",
        (
            CaseResult("C001", AiStatus.FINDING, (both, one), 88.0, 87.5, None, 12.25),
            CaseResult("C002", AiStatus.NONE, score_exam=1.5),
            CaseResult("C003", AiStatus.FAILED),
            CaseResult("C004", AiStatus.NOT_PROCESSED),
        ),
        phantom_trained=True,
    )


@pytest.fixture
def report(desk: Any, tmp_path: Path) -> Path:
    """A folder with the reports of the four cases."""
    write_cad_reports(desk.folder, everything(), tmp_path / "sr", now=NOW)
    return tmp_path / "sr"


@pytest.fixture
def edited(report: Path) -> Callable[[Callable[[Dataset], None]], Path]:
    """Change the report of the first case and return its path."""

    def edit(change: Callable[[Dataset], None]) -> Path:
        path = report / "C001.dcm"
        dataset = dcmread(path)
        change(dataset)
        dataset.save_as(path)
        return path

    return edit


def walk(dataset: Dataset) -> list[Dataset]:
    children = list(dataset.get("ContentSequence") or ())
    return [one for child in children for one in (child, *walk(child))]


def of(dataset: Dataset, code: str) -> list[Dataset]:
    return [
        item
        for item in walk(dataset)
        if item.get("ConceptNameCodeSequence") and item.ConceptNameCodeSequence[0].CodeValue == code
    ]


def without_own(dataset: Dataset) -> None:
    """Take out what only we write: what is left is a report as another maker writes it."""
    for holder in (dataset, *walk(dataset)):
        kept = [
            item
            for item in holder.get("ContentSequence") or ()
            if not item.get("ConceptNameCodeSequence")
            or item.ConceptNameCodeSequence[0].CodingSchemeDesignator != "99CROSSREAD"
        ]
        if "ContentSequence" in holder:
            holder.ContentSequence = kept


def test_every_field_that_is_written_is_read_again(desk: Any, report: Path) -> None:
    read = desk.bring_in(report)
    assert read.cases == everything().cases
    assert (read.system, read.version, read.scale, read.simulated) == (
        "product", "2.1", "0-100", True,
    )  # fmt: skip
    assert read.phantom_trained
    assert read.provenance.endswith("made by a test")


positions = st.integers(0, 150).map(float)
found = st.builds(
    Detection,
    st.just(""),
    st.lists(st.sampled_from(AbnormalityType), unique=True).map(tuple),
    st.floats(0, 10),
    st.lists(st.sampled_from(View), min_size=1, max_size=3, unique=True).map(tuple),
    malignancy=st.none() | st.floats(0, 10),
    birads=st.none() | st.sampled_from(["0", "4C"]),
    morphology=st.text(st.characters(categories=["L", "N"]), max_size=9),
    quadrant=st.just(""),
    depth=st.none() | st.floats(0, 1),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.lists(found, max_size=3), st.none() | st.floats(0, 10), st.data())
def test_written_is_read_whatever_is_found(
    desk: Any, tmp_path: Path, drawn: list[Detection], score: float | None, data: st.DataObject
) -> None:
    number = iter(range(99))
    detections = tuple(
        replace(
            one,
            detection=f"D{n}",
            boxes=tuple(
                DetectionBox(
                    f"B{next(number)}",
                    view,  # type: ignore[arg-type]
                    f"C001_{view}",
                    Box(n + 0.5, *(float(np.float32(data.draw(positions))) for _ in range(3))),
                )
                for view in one.boxes
            ),
        )
        for n, one in enumerate(drawn)
    )
    status = AiStatus.FINDING if detections else AiStatus.NONE
    case = CaseResult("C001", status, detections, score_exam=score)
    others = tuple(CaseResult(name, AiStatus.FAILED) for name in ("C002", "C003", "C004"))
    results = SystemResults("product", "", "0-10", False, "", (case, *others))
    paths = write_cad_reports(desk.folder, results, tmp_path / "sr", now=NOW)
    assert desk.bring_in(*paths).cases == results.cases


@pytest.mark.parametrize("scale", ["0-1", "0-10", "0-100"])
def test_the_unit_tells_the_scale_where_no_text_does(desk: Any, tmp_path: Path, scale: str) -> None:
    one = CaseResult("C001", AiStatus.FINDING, (Detection("D", (MASS,), 0.5, boxes(View.R_CC)),))
    results = replace(everything(scale), cases=(one,))
    (path,) = write_cad_reports(desk.folder, results, tmp_path / "sr", now=NOW)
    dataset = dcmread(path)
    without_own(dataset)
    dataset.save_as(path)
    read = desk.bring_in(path)
    assert read.scale == scale
    assert read.cases[0].detections[0].types == (MASS,)
    assert read.cases[0].score_exam == 0.5


def test_a_score_that_rounds_to_a_longer_number_is_written_and_read(
    desk: Any, tmp_path: Path
) -> None:
    below_ten = 9.999999999999998
    one = CaseResult("C001", AiStatus.NONE, score_exam=below_ten)
    results = replace(everything("0-10"), cases=(one,))
    (path,) = write_cad_reports(desk.folder, results, tmp_path / "sr", now=NOW)
    assert desk.bring_in(path).cases[0].score_exam == below_ten


def with_scores(change: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Return a change of every certainty and probability, as another maker writes them."""

    def changed(dataset: Dataset) -> None:
        without_own(dataset)
        for code in ("111012", "111011", "111047"):
            for item in of(dataset, code):
                change(item)

    return changed


def test_a_score_that_is_written_as_text_is_read(desk: Any, edited: Callable[..., Path]) -> None:
    def as_text(item: Dataset) -> None:
        item.ValueType, item.TextValue = "TEXT", "87,5 %"
        del item.MeasuredValueSequence

    read = desk.bring_in(edited(with_scores(as_text)))
    assert read.scale == "0-100"
    assert [found.score for found in read.cases[0].detections] == [87.5, 87.5]


def test_87_without_a_unit_is_on_no_scale_of_0_to_1_and_a_map_may_say_which(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def without_unit(item: Dataset) -> None:
        item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue = "1"

    path = edited(with_scores(without_unit))
    foreseen = desk.foresee(path)
    assert (foreseen.results.scale, foreseen.problems) == ("0-100", ())
    assert any("0-100 was guessed" in words for words in foreseen.warnings)
    assert desk.bring_in(path, column_map=ColumnMap(scale="0-200")).scale == "0-200"


def test_a_report_of_another_maker_gives_boxes_types_and_scores(
    desk: Any, edited: Callable[..., Path]
) -> None:
    path = edited(without_own)
    first, second = desk.bring_in(path).cases[0].detections
    assert first.types == (MASS, CALCIFICATION)
    assert [box.where for box in first.boxes] == [b.where for b in boxes(View.R_CC, View.R_MLO)]
    assert (first.score, first.malignancy) == (87.654321, 91.0)
    assert (second.types, second.score) == ((), 3.5)


def test_retired_codes_mean_what_their_successors_mean(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def retire(dataset: Dataset) -> None:
        without_own(dataset)
        code = of(dataset, "111059")[-1].ConceptCodeSequence[0]
        code.CodeValue, code.CodingSchemeDesignator = "F-01775", "SRT"
        code.CodeMeaning = "Calcification\u200b Cluster"

    (_, second) = desk.bring_in(edited(retire)).cases[0].detections
    assert second.types == (CALCIFICATION,)


def test_what_is_not_for_presentation_is_left_out_and_told(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def hide(dataset: Dataset) -> None:
        without_own(dataset)
        of(dataset, "111056")[-1].ConceptCodeSequence[0].CodeValue = "111152"

    foreseen = desk.foresee(edited(hide))
    assert len(foreseen.results.cases[0].detections) == 1
    assert "1 finding that are not for presentation were left out" in foreseen.warnings


def test_a_centre_alone_is_a_point(desk: Any, edited: Callable[..., Path]) -> None:
    def point(dataset: Dataset) -> None:
        for item in walk(dataset):
            if "ContentSequence" in item:
                item.ContentSequence = [
                    one
                    for one in item.ContentSequence
                    if not one.get("ConceptNameCodeSequence")
                    or one.ConceptNameCodeSequence[0].CodeValue != "111041"
                ]

    found = desk.bring_in(edited(point)).cases[0].detections[1]
    where = boxes(View.L_CC)[0].where
    assert found.boxes[0].where == Box(where.centre.x_px, where.centre.y_px, 0.0, 0.0)


@pytest.mark.parametrize(
    ("summary", "detected", "status"),
    [
        ("111241", "111222", AiStatus.NONE),
        ("111243", "111223", AiStatus.FAILED),
        ("111245", "111224", AiStatus.FAILED),
        ("111245", "111225", AiStatus.NOT_PROCESSED),
    ],
)
def test_failed_is_never_nothing_found(
    desk: Any, report: Path, summary: str, detected: str, status: AiStatus
) -> None:
    path = report / "C002.dcm"
    dataset = dcmread(path)
    without_own(dataset)
    of(dataset, "111017")[0].ConceptCodeSequence[0].CodeValue = summary
    of(dataset, "111064")[0].ConceptCodeSequence[0].CodeValue = detected
    dataset.save_as(path)
    assert desk.bring_in(path).cases[0].status is status


def test_the_twin_of_an_image_is_named_and_taken_only_when_told(
    desk: Any, edited: Callable[..., Path]
) -> None:
    def twin(dataset: Dataset) -> None:
        for item in walk(dataset):
            for reference in item.get("ReferencedSOPSequence") or ():
                reference.ReferencedSOPInstanceUID += ".9"

    path = edited(twin)
    with pytest.raises(BadInputError, match=r"another image of R-CC of case C001.*twins = true"):
        desk.bring_in(path)
    told = replace(desk.source(path).column_map, twins=True)
    foreseen = desk.foresee(path, column_map=told)
    assert not foreseen.problems
    assert foreseen.results.cases[0] == everything().cases[0]
    assert any("FOR PROCESSING" in warning for warning in foreseen.warnings)


def test_two_runs_of_one_exam_are_named(desk: Any, report: Path) -> None:
    dataset = dcmread(report / "C002.dcm")
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    dataset.save_as(report / "again.dcm")
    with pytest.raises(BadInputError, match="one run of the system on case C002"):
        desk.bring_in(report)


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
