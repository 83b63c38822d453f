"""A small study on disk, as import would leave it, and what tests do with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.columns import CASES
from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.exchange.csv_file import Cell, write_csv
from study_design.exchange.detection_json import write_system_results
from study_design.geometry import Box
from study_design.protocol.new_study import new_study
from study_design.readers import ReaderProfile, add_reader
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, AiStatus, ReaderKind, View

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def case_rows(case: str, views: tuple[View, ...] = tuple(View)) -> list[dict[str, Cell]]:
    return [
        {
            "case": case,
            "patient": f"P{case[1:]}",
            "exam": f"E{case[1:]}",
            "exam_role": "current",
            "view": view.value,
            "image": f"{case}_{view.value}",
            "sha256": "0" * 64,
            "rows": 400,
            "columns": 300,
            "spacing_mm": 0.5,
            "mirrored": False,
            "excluded": False,
        }
        for view in views
    ]


def case_one_result() -> CaseResult:
    box = DetectionBox("B1", View.R_CC, "C001_R-CC", Box(10.0, 20.0, 30.5, 40.25))
    found = Detection("D1", (AbnormalityType.MASS,), 0.875, (box,), depth=0.5)
    return CaseResult("C001", AiStatus.FINDING, (found,), score_exam=0.875, score_right=0.875)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def write_cases() -> Callable[..., None]:
    """Write cases.csv from rows, or complete cases from names."""

    def write(folder: StudyFolder, cases: list[str], *more: dict[str, Cell]) -> None:
        rows = [row for case in cases for row in case_rows(case)]
        write_csv(folder.cases_csv, CASES.columns, [*rows, *more])

    return write


@pytest.fixture
def system_results() -> SystemResults:
    others = (CaseResult("C002", AiStatus.NONE), CaseResult("C003", AiStatus.FAILED))
    return SystemResults("demo", "1.0", "0-1", True, "made by a test", (case_one_result(), *others))


@pytest.fixture
def study(
    tmp_path: Path, write_cases: Callable[..., None], system_results: SystemResults
) -> StudyFolder:
    """Four cases, a junior and a senior simulated reader, one system; nothing planned yet."""
    folder = new_study(
        tmp_path / "study", template="zhou2023", by="Coordinator", now=NOW, simulated=True
    )
    write_cases(folder, ["C001", "C002", "C003", "C004"])
    for name, group in (("junior1", "junior"), ("senior1", "senior")):
        add_reader(folder, ReaderProfile(name, ReaderKind.SIMULATED, group, years=2.0))
    write_system_results(folder.detections / "demo.json", system_results)
    return folder
