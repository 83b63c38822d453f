"""What tests of `cad_report` begin with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.exchange.ai_files.cad_report_writer import write_cad_reports
from study_design.geometry import Box
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


def with_scores(change: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Return a change of every certainty and probability, as another maker writes them."""

    def changed(dataset: Dataset) -> None:
        without_own(dataset)
        for code in ("111012", "111011", "111047"):
            for item in of(dataset, code):
                change(item)

    return changed
