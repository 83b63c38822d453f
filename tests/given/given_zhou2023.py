"""What tests of `zhou2023` begin with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.papers.zhou2023 import Zhou2023Settings, zhou2023
from analysis.result import PaperPart, PaperTable
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS
from study_design.exchange.read_tables import READS
from study_design.images.case_list import CASES
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE

TYPES = ("mass", "calcification", "asymmetry", "distortion")


N_CASES = 24


def _frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=list(table.columns))
    text = [name for name in frame if name not in table.numeric]
    filled = {name: frame[name].astype(object).where(frame[name].notna(), "") for name in text}
    return frame.assign(**{name: column.astype(str) for name, column in filled.items()})


def _reads(readers: tuple[tuple[str, str], ...]) -> Iterator[dict[str, object]]:
    for reader, group in readers:
        for arm in ("unaided", "aided"):
            for case in range(N_CASES):
                yield {
                    "read": f"{reader}-{arm}-{case}", "step": 1, "reader": reader, "kind": "human",
                    "group": group, "arm": arm, "revealed": int(arm == "aided"), "role": "test",
                    "case": f"C{case}", "status": "final", "period": 1,
                }  # fmt: skip


def _answered(read: dict[str, object], generator: np.random.Generator) -> dict[str, object]:
    case = int(str(read["case"])[1:])
    skill = {"junior": 15, "senior": 30}[str(read["group"])] + 15 * (read["arm"] == "aided")
    right = float(np.clip(30 + skill * (case % 3 == 0) + generator.normal(0, 15), 0, 100))
    left = float(np.clip(30 + generator.normal(0, 15), 0, 100))
    return read | {
        "rating": max(right, left), "rating_right": right, "rating_left": left,
        "birads_right": str(1 + int(right // 20.1)), "birads_left": str(1 + int(left // 20.1)),
        "birads_exam": "3", "reading_s": float(generator.lognormal(5, 0.3)) - skill,
    }  # fmt: skip


def _findings(reads: pd.DataFrame, generator: np.random.Generator) -> Iterator[dict[str, object]]:
    for read in reads.itertuples():
        case = int(read.case[1:])
        seen = generator.random() < {"junior": 0.6, "senior": 0.9}[read.group]
        if case % 3 == 0 and seen:
            for mark, view in enumerate(("R-CC", "R-MLO"), 1):
                yield {
                    "read": read.read, "step": 1, "finding": 1, "mark": mark, "view": view,
                    "image": f"{read.case}-{view}", "types": TYPES[case // 3 % 4],
                    "x_px": 100.0 + generator.normal(0, 10), "y_px": 200.0, "width_px": 0.0,
                    "height_px": 0.0, "rating": float(generator.integers(40, 100)),
                }  # fmt: skip


@dataclass
class Tables:
    """The tables of a study of two groups of two readers in two arms."""

    readers: tuple[tuple[str, str], ...] = (
        ("J1", "junior"), ("J2", "junior"), ("S1", "senior"), ("S2", "senior"),
    )  # fmt: skip
    title: str = "A study"
    simulated: bool = False
    protocol: str = "1"
    data_sha256: str = "d"
    plan_sha256: str = "p"
    arms: tuple[str, ...] = ("unaided", "aided")
    frozen: bool = True
    reads: pd.DataFrame = field(init=False)
    findings: pd.DataFrame = field(init=False)
    detections: pd.DataFrame = field(init=False)
    ai_cases: pd.DataFrame = field(init=False)
    cases: pd.DataFrame = field(init=False)
    reference: pd.DataFrame = field(init=False)
    lesions: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        generator = np.random.default_rng(3)
        rows = [_answered(read, generator) for read in _reads(self.readers)]
        self.reads = _frame(READS, rows)
        self.findings = _frame(FINDINGS, list(_findings(self.reads, generator)))
        views = ("R-CC", "L-CC", "R-MLO", "L-MLO")
        cases = [f"C{case}" for case in range(N_CASES)]
        self.cases = _frame(
            CASES,
            [
                {"case": case, "patient": case, "view": view, "image": f"{case}-{view}",
                 "spacing_mm": 0.5, "excluded": 0}
                for case in cases
                for view in views
            ],
        )  # fmt: skip
        positive = [case for number, case in enumerate(cases) if number % 3 == 0]
        self.reference = _frame(
            REFERENCE,
            [
                {"case": case, "truth": int(case in positive), "breast_left": "normal",
                 "breast_right": "malignant" if case in positive else "benign"}
                for case in cases
            ],
        )  # fmt: skip
        boxes = [
            {"case": case, "lesion": "L1", "view": view, "types": TYPES[place % 4], "x_px": 90.0,
             "y_px": 190.0, "width_px": 20.0, "height_px": 20.0, "malignant": 1}
            for place, case in enumerate(positive)
            for view in ("R-CC", "R-MLO")
        ]  # fmt: skip
        self.lesions = _frame(LESIONS, boxes)
        found = [
            {**box, "system": "DNN", "detection": box["case"], "box": f"{box['case']}{box['view']}",
             "score": 0.4 + place / 100}
            for place, box in enumerate(boxes[4:])
        ]  # fmt: skip
        self.detections = _frame(DETECTIONS, found)
        self.ai_cases = _frame(
            AI_CASES,
            [
                {"system": "DNN", "case": case, "status": "finding" if case in positive else "none",
                 "score_exam": place / 50, "score_right": place / 50, "score_left": 0.1,
                 "scale": "0-1"}
                for place, case in enumerate(cases)
            ],
        )  # fmt: skip


ORDER = ("1", "2", "3", "4", "5")


def part_of(tables: Tables, own: Zhou2023Settings | None = None) -> PaperPart:
    return zhou2023(StudySource(tables, ORDER), AnalysisSettings(quantity="auc", unit="exam"), own)


@pytest.fixture(scope="module")
def part() -> PaperPart:
    return part_of(Tables())


def table(part: PaperPart, name: str) -> PaperTable:
    return next(one for one in part.tables if one.name == f"zhou2023_{name}")
