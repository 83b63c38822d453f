"""TID 1500, SEG and GSPS come in; an independent library writes the objects that are read here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_dicom_products import (
    ABNORMAL,
    ANATOMY,
    MASS,
    THING,
    group,
    measurement_report,
    segmentation,
)
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.exchange.ai_files.sr_items import coded_item
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType, AiStatus, View


def test_measurement_groups_are_detections_joined_by_their_tracking(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    cc, mlo = header("C001_R-CC"), header("C001_R-MLO")
    groups = [group(cc, "lesion 1", 87.5), group(mlo, "lesion 1", 60.0), group(mlo, "other", 5.0)]
    path = measurement_report(tmp_path / "r.dcm", [cc, mlo], groups)
    foreseen = desk.foresee(path)
    assert not foreseen.problems
    both, other = foreseen.results.cases[0].detections
    assert [box.view for box in both.boxes] == [View.R_CC, View.R_MLO]
    assert both.boxes[0].where == Box(40.0, 50.0, 20.0, 20.0)
    assert (both.types, both.score, both.birads) == ((MASS,), 87.5, "4C")
    assert (other.score, foreseen.results.scale) == (5.0, "0-100")
    assert "1 detections have several scores: the highest was taken" in foreseen.warnings
    assert "measurement report (TID 1500) of Maker Product" in foreseen.results.provenance


def test_two_scales_or_two_possible_scores_are_named(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    image = header("C001_R-CC")
    no_unit = codes.UCUM.NoUnits
    groups = [group(image, "a", 50.0), group(image, "b", 0.5, no_unit)]
    path = measurement_report(tmp_path / "r.dcm", [image], groups)
    with pytest.raises(BadInputError, match="expected one scale of scores, got 0-1 and 0-100"):
        desk.bring_in(path)
    dataset = dcmread(path)
    (number,) = [
        item
        for item in dataset.ContentSequence[-1].ContentSequence[0].ContentSequence
        if item.ValueType == "NUM" and "score" in item.ConceptNameCodeSequence[0].CodeMeaning
    ]
    dataset.ContentSequence[-1].ContentSequence[0].ContentSequence.append(number)
    dataset.save_as(path)
    with pytest.raises(BadInputError, match="expected one score, got Abnormality score, Abnorm"):
        desk.bring_in(path)


def test_a_report_without_groups_says_nothing_unless_it_says_so_in_words(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    images = [header(f"C002_{view}") for view in View]
    path = measurement_report(tmp_path / "r.dcm", images, [group(images[0], "a", 1.0)])
    dataset = dcmread(path)
    dataset.ContentSequence[-1].ContentSequence = []
    dataset.save_as(path)
    asking = replace(desk, without_row=None)
    assert "nothing of 4 of 4 cases" in asking.foresee(path).question
    dataset.ContentSequence.append(
        coded_item("CONTAINS", codes.DCM.Finding, Code("N", "99MAKER", "No findings"))
    )
    dataset.save_as(path)
    foreseen = asking.foresee(path)
    assert foreseen.results.cases[0].status is AiStatus.NONE
    del dataset.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    dataset.save_as(path)
    assert "0 of 4" not in asking.foresee(path).question


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_a_segment_gives_a_box_round_its_pixels(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, kind: str
) -> None:
    image = header("C001_L-CC")
    mask = np.zeros((1, 400, 300), np.float64 if kind == "FRACTIONAL" else np.uint8)
    mask[0, 100:140, 20:50] = 0.8 if kind == "FRACTIONAL" else 1
    if kind == "FRACTIONAL":
        mask[0, 0:10, 0:10] = 0.2
    path = segmentation(tmp_path / "s.dcm", image, mask, kind, "mass")
    read = desk.bring_in(path)
    (found,) = read.cases[0].detections
    assert found.boxes[0].where == Box(20.0, 100.0, 30.0, 40.0)
    assert (found.detection, found.types) == ("s/T1", (MASS,))
    assert found.score == pytest.approx(0.8 if kind == "FRACTIONAL" else 1.0, abs=0.002)


def test_a_label_may_be_given_a_meaning(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path
) -> None:
    mask = np.zeros((1, 400, 300), np.uint8)
    mask[0, 1:4, 2:5] = 1
    path = segmentation(tmp_path / "s.dcm", header("C001_L-CC"), mask)
    assert desk.bring_in(path).cases[0].detections[0].types == ()
    words = ColumnMap().with_type("a thing", Meaning.DISTORTION)
    read = desk.bring_in(path, column_map=words)
    assert read.cases[0].detections[0].types == (AbnormalityType.DISTORTION,)


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
def test_an_empty_segment_speaks_of_its_image_and_not_of_the_exam(
    desk: Any, header: Callable[[str], Dataset], tmp_path: Path, kind: str
) -> None:
    asking = replace(desk, without_row=None)
    mask = np.zeros((1, 400, 300), np.float64 if kind == "FRACTIONAL" else np.uint8)
    paths = [
        segmentation(tmp_path / f"{view}.dcm", header(f"C001_{view}"), mask, kind, "mass")
        for view in View
    ]
    for count in (1, 3):
        question = asking.foresee(*paths[:count]).question
        assert f"got {count} of 4 images of case C001 alone, without a finding" in question
    with pytest.raises(BadInputError, match="1 of 4 images of case C001 alone"):
        asking.bring_in(paths[0])
    assert asking.foresee(*paths).results.cases[0].status is AiStatus.NONE


@pytest.mark.parametrize(
    ("category", "code", "label"),
    [
        (ANATOMY, codes.SCT.Breast, "Breast"),
        (ANATOMY, codes.SCT.Skin, "Skin"),
        (ANATOMY, codes.SCT.Nipple, "Nipple"),
        (ANATOMY, codes.SCT.PectoralisMajorMuscle, "Pectoral"),
        (Code("123037004", "SCT", "Anatomical Structure"), THING, "region"),
        (codes.SCT.Tissue, THING, "parenchyma"),
        (ABNORMAL, codes.SCT.Nipple, "x"),
        (ABNORMAL, THING, "pectoral muscle"),
    ],
)
def test_a_part_of_the_breast_is_no_finding_and_says_nothing_of_findings(
    desk: Any,
    header: Callable[[str], Dataset],
    tmp_path: Path,
    category: Code,
    code: Code,
    label: str,
) -> None:
    asking = replace(desk, without_row=None)
    mask = np.ones((1, 400, 300), np.uint8)
    paths = [
        segmentation(tmp_path / f"{view}.dcm", header(f"C001_{view}"), mask, "BINARY", label,
                     category, code)
        for view in View
    ]  # fmt: skip
    foreseen = asking.foresee(*paths)
    assert not foreseen.problems
    assert "4 segments of parts of the breast were left out" in foreseen.warnings
    assert "got nothing of 4 of 4 cases" in foreseen.question
