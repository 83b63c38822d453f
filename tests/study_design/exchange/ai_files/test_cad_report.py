"""Mammography CAD SR: what we write we read, and what other makers write is understood."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_cad_report import (
    CALCIFICATION,
    MASS,
    NOW,
    boxes,
    everything,
    of,
    walk,
    with_scores,
    without_own,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.vocabulary import AbnormalityType, AiStatus, View


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
