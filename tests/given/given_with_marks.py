"""What tests of `with_marks` begin with."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pytest

from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_settings import FrocSettings
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from analysis.with_marks import with_marks
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS
from study_design.exchange.read_tables import READS
from study_design.images import case_list
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE

CASES = [f"C{number:02}" for number in range(12)]


DISEASED = CASES[:4]


VIEWS = ("R-CC", "R-MLO", "L-CC", "L-MLO")


LESION = {"x_px": 100.0, "y_px": 100.0, "width_px": 40.0, "height_px": 40.0}


AWAY = {"x_px": 400.0, "y_px": 400.0, "width_px": 40.0, "height_px": 40.0}


SETTINGS = AnalysisSettings(unit="exam")


def frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=list(table.columns))
    text = [name for name in found if name not in table.numeric]
    filled = {name: found[name].astype(object).where(found[name].notna(), "") for name in text}
    return found.assign(**{name: column.astype(str) for name, column in filled.items()})


@dataclass
class Study:
    """Three readers in two arms and an AI, on 4 exams with a lesion on two views and 8 without.

    Reader A finds everything; B misses the first lesion when unaided; C puts a false mark on the
    first normal exam, above all else. The AI finds two lesions and has one false mark.
    """

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
        reads = [
            {"read": f"{reader}-{arm}-{case}", "step": 1, "reader": reader, "kind": "human",
             "arm": arm, "revealed": int(arm == "aided"), "role": "test", "case": case,
             "status": "final", "period": 1, "rating": 50.0 + 10 * (case in DISEASED)}
            for reader in "ABC" for arm in self.arms for case in CASES
        ]  # fmt: skip
        self.reads = frame(READS, reads)
        marks = [mark for read in reads for mark in self.marks_of(read)]
        self.findings = frame(FINDINGS, marks)
        images = [
            {"case": case, "patient": case, "exam": case, "exam_role": "current", "view": view,
             "image": f"{case}-{view}", "spacing_mm": 0.1, "excluded": 0}
            for case in CASES for view in VIEWS
        ]  # fmt: skip
        self.cases = frame(case_list.CASES, images)
        truth = [{"case": case, "truth": int(case in DISEASED)} for case in CASES]
        self.reference = frame(REFERENCE, truth)
        lesions = [
            {"case": case, "lesion": "L1", "view": view, "types": "mass", "malignant": 1, **LESION}
            for case in DISEASED for view in VIEWS[:2]
        ]  # fmt: skip
        self.lesions = frame(LESIONS, lesions)
        boxes = [(case, "R-CC", 0.9, LESION) for case in DISEASED[:2]]
        boxes.append((CASES[-1], "L-CC", 0.5, AWAY))
        self.detections = frame(
            DETECTIONS,
            [
                {"system": "DNN", "case": case, "view": view, "detection": f"D{case}",
                 "box": f"B{case}", "types": "mass", "score": score, **box}
                for case, view, score, box in boxes
            ],
        )  # fmt: skip
        with_box = {case for case, *_ in boxes}
        self.ai_cases = frame(
            AI_CASES,
            [
                {"system": "DNN", "case": case, "scale": "0-1", "score_exam": 0.1,
                 "status": "finding" if case in with_box else "none"}
                for case in CASES
            ],
        )  # fmt: skip

    def marks_of(self, read: dict[str, object]) -> list[dict[str, object]]:
        case, reader = read["case"], read["reader"]
        bare = {"read": read["read"], "step": 1, "types": "mass", "finding": 1}
        missed = reader == "B" and read["arm"] == "unaided" and case == DISEASED[0]
        if case in DISEASED and not missed:
            return [
                {**bare, "mark": place, "view": view, "rating": 70.0, **LESION}
                for place, view in enumerate(VIEWS[:2], 1)
            ]
        if reader == "C" and case == CASES[4]:
            return [{**bare, "mark": 1, "view": "L-CC", "rating": 90.0, **AWAY}]
        return []


def result_of(study: Study, settings: AnalysisSettings = SETTINGS) -> AnalysisResult:
    own = FrocSettings(figures=(FrocFigure.WAFROC, FrocFigure.MAX_LLF))
    plain = analyse(from_study(study, settings), settings)
    return with_marks(plain, StudySource(study), settings, own)


def value(result: AnalysisResult, quantity: str, **of: str) -> Estimate:
    (found,) = [
        one
        for one in result.select(quantity)
        if dict(one.subjects[0].items()) == {"target": "malignant", **of}
    ]
    return found


@pytest.fixture(scope="module")
def result() -> AnalysisResult:
    return result_of(Study())
