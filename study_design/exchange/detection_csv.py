"""AI results as two CSV tables, in the form of an export: detections.csv and ai_cases.csv."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.system_facts import facts_beside
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import OURS, CsvTable, read_csv
from study_design.tables.table_file import read_table
from study_design.vocabulary import AiStatus, Side

DEFAULT_SCALE = "0-1"


@dataclass(frozen=True, slots=True)
class DetectionTables:
    """What the tables say of one system, and what had to be guessed."""

    results: SystemResults
    warnings: tuple[str, ...]


def read_detection_tables(paths: Sequence[Path], system: str) -> DetectionTables:
    """Read the results of a system from detections.csv and, where there is one, ai_cases.csv.

    A row without `system` counts as the system's. Whether results are simulated, and where they
    come from, is told by ai_systems.json beside the table. Without ai_cases.csv the scale is 0-1,
    and exam and breasts get the highest score of their boxes.

    Parameters
    ----------
    paths
        The tables in any order; a file ai_cases.csv beside a single table is taken too.

    Raises
    ------
    BadInputError
        Where a table or column is missing, a cell wrong, or no row is the system's.
    """
    boxes, cases = _tables(paths)
    warnings = [*boxes.guesses, *(cases.guesses if cases else ())]
    box_rows = _rows_of(boxes, system, warnings)
    case_rows = _rows_of(cases, system, warnings) if cases else []
    found = _detections(box_rows)
    if cases is None:
        warnings.append(
            f"no {AI_CASES.file}: scale {DEFAULT_SCALE}; the score of exam and breast is the "
            "highest score of their boxes"
        )
        results = tuple(_highest(case, detections) for case, detections in found.items())
    else:
        results = _case_results(case_rows, found, boxes.path.name)
    texts = {row.text("version") for row in (*box_rows, *case_rows)} - {""}
    if len(texts) > 1:
        raise BadInputError(
            f"{boxes.path.name}: expected one version of {system}, got {', '.join(sorted(texts))}."
        )
    scales = {row.text("scale") for row in case_rows} - {""}
    if len(scales) > 1:
        raise BadInputError(
            f"{AI_CASES.file}: expected one scale, got {', '.join(sorted(scales))}."
        )
    facts = facts_beside(boxes.path, system)
    imported = f"imported from {', '.join(path.name for path in paths)}"
    return DetectionTables(
        SystemResults(
            system,
            version=texts.pop() if texts else "",
            scale=scales.pop() if scales else DEFAULT_SCALE,
            simulated=facts.simulated,
            provenance=f"{facts.provenance} ({imported})" if facts.provenance else imported,
            cases=results,
            phantom_trained=facts.phantom_trained,
        ),
        tuple(warnings),
    )


def _tables(paths: Sequence[Path]) -> tuple[CsvTable, CsvTable | None]:
    """Tell the two tables apart by their columns."""
    tables = [read_table(path, OURS) for path in paths]
    cases = [table for table in tables if "status" in table.columns]
    boxes = [table for table in tables if "status" not in table.columns]
    if cases and not boxes:  # scores of exams alone
        beside = cases[0].path.with_name(DETECTIONS.file)
        boxes = [read_csv(beside) if beside.is_file() else CsvTable(beside, DETECTIONS.columns, ())]
    if len(boxes) != 1 or len(cases) > 1:
        raise BadInputError(
            "Expected one JSON file, or detections.csv and perhaps ai_cases.csv, got "
            f"{', '.join(path.name for path in paths)}. Name the files of one system."
        )
    beside = boxes[0].path.with_name(AI_CASES.file)
    if not cases and len(paths) == 1 and beside.is_file():
        cases = [read_csv(beside)]
    boxes[0].require("case", "view", "x_px", "y_px", "width_px", "height_px", "score")
    return boxes[0], cases[0].require("case", "status") if cases else None


def _rows_of(table: CsvTable, system: str, warnings: list[str]) -> list[SheetRow]:
    """Return the rows of a system; say so where there are others."""
    rows = list(sheet_rows(table))
    own = [row for row in rows if row.text("system") in ("", system)]
    if rows and not own:
        others = sorted({row.text("system") for row in rows})
        raise BadInputError(
            f"{table.path.name}: expected rows of {system}, got {', '.join(others)}. "
            "Correct --system or the column."
        )
    if len(own) < len(rows):
        warnings.append(f"{table.path.name}: {len(rows) - len(own)} rows of other systems left out")
    return own


def _detections(rows: Sequence[SheetRow]) -> dict[str, tuple[Detection, ...]]:
    """Return the detections by case; boxes that share a detection's name belong together."""
    cases: dict[str, dict[str, Detection]] = {}
    names: set[str] = set()
    for place, row in enumerate(rows, start=1):
        case = row.text("case")
        box = _box(row, place)
        if box.box in names:
            raise row.wrong("box", "each box once")
        names.add(box.box)
        found = _detection(row, row.text("detection") or f"D{place}", box)
        of_case = cases.setdefault(case, {})
        known = of_case.get(found.detection)
        if known is not None and replace(known, boxes=()) != replace(found, boxes=()):
            raise row.wrong("detection", "the same type and score in all boxes of a detection")
        boxes = (*known.boxes, box) if known else (box,)
        of_case[found.detection] = replace(found, boxes=boxes)
    return {case: tuple(found.values()) for case, found in cases.items()}


def _box(row: SheetRow, place: int) -> DetectionBox:
    """Return the box in a row."""
    where = row.box()
    if where is None:
        raise row.wrong("x_px", "a number")
    return DetectionBox(row.text("box") or f"B{place}", row.view("view"), row.text("image"), where)


def _detection(row: SheetRow, name: str, box: DetectionBox) -> Detection:
    """Return the detection in a row, with the row's box."""
    return Detection(
        detection=name,
        types=row.types("types"),
        score=row.needed("score"),
        boxes=(box,),
        malignancy=row.number("malignancy"),
        birads=row.birads("birads"),
        morphology=row.text("morphology"),
        quadrant=row.text("quadrant"),
        depth=row.number("depth"),
    )


def _case_results(
    rows: Sequence[SheetRow], found: dict[str, tuple[Detection, ...]], boxes_file: str
) -> tuple[CaseResult, ...]:
    """Return what ai_cases.csv says of each case, with its detections."""
    results = tuple(
        CaseResult(
            case=row.text("case"),
            status=row.word("status", AiStatus),
            detections=found.get(row.text("case"), ()),
            score_exam=row.number("score_exam"),
            score_right=row.number("score_right"),
            score_left=row.number("score_left"),
            seconds=row.number("seconds"),
        )
        for row in rows
    )
    unknown = sorted(set(found) - {result.case for result in results})
    if unknown:
        raise BadInputError(
            f"{boxes_file}: expected cases that {AI_CASES.file} names, got {unknown[0]!r}. "
            "Add its row there."
        )
    return results


def _highest(case: str, detections: tuple[Detection, ...]) -> CaseResult:
    """Return a case with the highest scores of its boxes as scores of exam and breasts."""

    def highest(*sides: Side) -> float | None:
        scores = [d.score for d in detections if any(box.view.side in sides for box in d.boxes)]
        return max(scores, default=None)

    return CaseResult(
        case,
        AiStatus.FINDING,
        detections,
        score_exam=highest(*Side),
        score_right=highest(Side.RIGHT),
        score_left=highest(Side.LEFT),
    )
