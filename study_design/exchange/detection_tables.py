"""The columns of detections.csv and ai_cases.csv: what AI systems say of boxes and of cases."""

from collections.abc import Iterator
from dataclasses import dataclass

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.tables.column import Column, Kind, Table
from study_design.tables.shared_columns import (
    box_columns,
    case_column,
    types_column,
    view_column,
)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """What a system says of a case."""

    results: SystemResults
    case: CaseResult


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box of a detection of a system."""

    results: SystemResults
    case: str
    found: Detection
    box: DetectionBox


DETECTIONS: Table[BoxRow] = Table(
    "detections.csv",
    ("system", "box"),
    (
        Column("system", "AI system", lambda row: row.results.system),
        Column("version", "its version", lambda row: row.results.version),
        case_column(lambda row: row.case),
        view_column(lambda row: row.box.view.value),
        Column("image", "image of the case that shows the view", lambda row: row.box.image),
        Column(
            "detection",
            "detection; boxes of one detection share it",
            lambda row: row.found.detection,
        ),
        Column("box", "box", lambda row: row.box.box),
        types_column(lambda row: row.found.types),
        *box_columns(lambda row: row.box.where),
        Column(
            "score",
            "score of the detection on the system's own scale",
            lambda row: row.found.score,
            Kind.NUMBER,
        ),
        Column(
            "malignancy",
            "score of malignancy, where the system gives one of its own",
            lambda row: row.found.malignancy,
            Kind.NUMBER,
        ),
        Column("birads", "category that the system suggests", lambda row: row.found.birads),
        Column("morphology", "shape, margin and distribution", lambda row: row.found.morphology),
        Column("quadrant", "quadrant or region of the breast", lambda row: row.found.quadrant),
        Column(
            "depth",
            "0 at the nipple, 1 at the pectoral muscle",
            lambda row: row.found.depth,
            Kind.NUMBER,
        ),
    ),
)

AI_CASES: Table[CaseRow] = Table(
    "ai_cases.csv",
    ("system", "case"),
    (
        Column("system", "AI system", lambda row: row.results.system),
        Column("version", "its version", lambda row: row.results.version),
        case_column(lambda row: row.case.case),
        Column(
            "status", "finding, none, failed or not_processed", lambda row: row.case.status.value
        ),
        Column("score_exam", "score of the exam", lambda row: row.case.score_exam, Kind.NUMBER),
        Column(
            "score_right",
            "score of the right breast",
            lambda row: row.case.score_right,
            Kind.NUMBER,
        ),
        Column(
            "score_left", "score of the left breast", lambda row: row.case.score_left, Kind.NUMBER
        ),
        Column(
            "scale", "lowest and highest possible score, e.g. 0-1", lambda row: row.results.scale
        ),
        Column(
            "seconds",
            "seconds that the system took",
            lambda row: row.case.seconds,
            Kind.NUMBER,
            "s",
        ),
    ),
)


def box_rows(results: SystemResults) -> Iterator[BoxRow]:
    """Return the boxes of a system, detection by detection."""
    for case in results.cases:
        for found in case.detections:
            for box in found.boxes:
                yield BoxRow(results, case.case, found, box)


def case_rows(results: SystemResults) -> Iterator[CaseRow]:
    """Return what a system says of each case."""
    return (CaseRow(results, case) for case in results.cases)
