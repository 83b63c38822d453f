"""What single cells of a foreign table say, by a column map: words, boxes, scores, a category."""

import math
import re
from collections.abc import Sequence

from study_design.category_words import birads_category
from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import Corners
from study_design.exchange.detection_tables import AI_CASES
from study_design.plain_text import shown
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.column_map import (
    CENTRED,
    ROUND,
    SIZED,
    ColumnMap,
    Columns,
)
from study_design.tables.foreign.type_words import Meaning, meaning_of, plain_word
from study_design.vocabulary import BIRADS_CATEGORIES, AiStatus

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:[eE][-+]?\d+)?|nan|inf", re.IGNORECASE)
_CALL = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*(?=\()")  # as in array([1, 2]) or np.float64(0.5)
_OF_ARRAY = re.compile(r",?\s*dtype=[\w.<>|']+")
_BRACKETS = re.compile(r"\s*[\[({](.*)[\])}]\s*")
# How programs write a cell that holds nothing (R, pandas, spreadsheets).
_NOTHING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "[]")
_STATUSES = {
    "finding": AiStatus.FINDING,
    "failed": AiStatus.FAILED,
    "failure": AiStatus.FAILED,
    "error": AiStatus.FAILED,
    "not processed": AiStatus.NOT_PROCESSED,
    "skipped": AiStatus.NOT_PROCESSED,
}
# The system ran to its end: a finding where there is a box, otherwise nothing found.
_RAN = ("ok", "success", "successful", "succeeded", "done", "processed", "completed", "complete",
        "finished")  # fmt: skip
_OF_EXAM = re.compile(r"score|prob|risk|bi-?rads|result|status|verdict|assessment", re.IGNORECASE)
_OF_PLACE = re.compile(
    r"(?:[xywh]|width|height|left|top|right|bottom)(?![a-z])"
    r"|.*(?:box|roi|coord|rect|poly|contour|segm)",
    re.IGNORECASE,
)


def refuse_without_places(table: CsvTable, columns: Columns) -> None:
    """Refuse scores or verdicts of whole exams or images in words of their own."""
    verdict = next((column for column in table.columns if _OF_EXAM.search(column)), "")
    known = columns.case or columns.image
    placed = any(_OF_PLACE.match(column) for column in table.columns)
    if columns.form or columns.box or placed or not verdict or not known:
        return
    of = "images" if columns.image else "exams"
    for row in sheet_rows(table):
        raise BadInputError(
            f"{row.place}, {verdict}: expected boxes, got {shown(row.text(verdict)[:40])!r}, of "
            f"{of} as a whole. Scores of exams without boxes come in as {AI_CASES.file}: case, "
            "status (finding, none, failed, not_processed), score_exam, score_right, score_left, "
            "scale"
        )


def holds_nothing(text: str) -> bool:
    """Tell whether a cell is empty, or says so."""
    return text.strip().lower() in _NOTHING


def words_in(table: CsvTable, column: str) -> tuple[str, ...]:
    """Return the words in the type column, each once."""
    return tuple(
        dict.fromkeys(word for row in table.rows for word in words_of(row.get(column, "")))
    )


def words_of(text: str) -> list[str]:
    """Return the words of a cell; a list as in Python or JSON counts too."""
    if holds_nothing(text) and plain_word(text) != "none":
        return []
    whole = _BRACKETS.fullmatch(text)
    parts = re.split(r"[+;|]|,(?![^(]*\))", whole[1] if whole else text)
    return [word for part in parts if (word := part.strip(" '\""))]


def meanings_of(row: SheetRow, column_map: ColumnMap) -> tuple[Meaning, ...]:
    """Return what the words in the type cell stand for."""
    column = column_map.columns.types
    words = words_of(row.text(column))
    meanings = [meaning_of(word, column_map.types) for word in words]
    unknown = [word for word, meaning in zip(words, meanings, strict=True) if meaning is None]
    if unknown:
        raise BadInputError(f"{column}: expected words whose meaning is known, got {unknown[0]!r}")
    return tuple(meaning for meaning in meanings if meaning)


def status_of(row: SheetRow, column_map: ColumnMap, *, has_box: bool = False) -> AiStatus | None:
    """Return what the status cell says, by the words of a map first; None where it is empty."""
    columns = column_map.columns
    text = plain_word(row.text(columns.status))
    for entry in column_map.words:
        if columns.status and entry.column == "status" and plain_word(entry.word) == text:
            return AiStatus(entry.meaning)
    if holds_nothing(text) and text != "none":
        return None
    if text in _RAN:
        return AiStatus.FINDING if has_box else AiStatus.NONE
    status = _STATUSES.get(text) or (AiStatus.NONE if text in ("none", "no finding") else None)
    if status is None:
        raise wrong_cell(
            row,
            columns.status,
            f"one of {', '.join(AiStatus)} (or [words.status] of a map file says which it is)",
        )
    return status


def corners_of(row: SheetRow, column_map: ColumnMap) -> list[Corners]:
    """Return the boxes in a row; none where all cells are empty."""
    columns = column_map.columns
    if columns.box:
        order = column_map.coordinates.order
        text = row.text(columns.box)
        numbers = [] if holds_nothing(text) else _numbers(text)
        if numbers is None or len(numbers) % 4:
            raise wrong_cell(row, columns.box, "four numbers a box")
        return [_ordered(order, numbers[start : start + 4]) for start in range(0, len(numbers), 4)]
    if all(holds_nothing(row.text(getattr(columns, one))) for one in columns.form):
        return []
    values = [row.number(getattr(columns, one)) for one in columns.form]
    numbers = [math.nan if value is None else value for value in values]
    corners = _ordered(columns.form, numbers)
    upwards = column_map.coordinates.y_from == "bottom" and corners.y0 > corners.y1
    return [Corners(corners.x0, corners.y1, corners.x1, corners.y0) if upwards else corners]


def _ordered(order: tuple[str, ...], numbers: Sequence[float]) -> Corners:
    """Return a box of four numbers in some order."""
    value = dict(zip(order, numbers, strict=True))
    if set(order) == set(SIZED):
        return Corners.sized(value["x0"], value["y0"], value["width"], value["height"])
    if set(order) == set(CENTRED):
        width, height = value["width"], value["height"]
        left, top = value["x_centre"] - width / 2, value["y_centre"] - height / 2
        return Corners.sized(left, top, width, height)
    if order == ROUND:
        x, y, radius = value["x_centre"], value["y_centre"], value["radius"]
        return Corners(x - radius, y - radius, x + radius, y + radius)
    return Corners(value["x0"], value["y0"], value["x1"], value["y1"])


def scores_of(row: SheetRow, columns: Columns, boxes: int) -> list[float | None]:
    """Return a score for each box of a row: as many as there are, or one for all."""
    text = row.text(columns.score)
    if holds_nothing(text):
        return [None] * boxes
    if not columns.box:
        return [row.needed(columns.score)]
    numbers = _numbers(text) or []
    if len(numbers) not in (1, boxes) or not all(map(math.isfinite, numbers)):
        raise wrong_cell(row, columns.score, f"a number, or {boxes} for as many boxes")
    return list(numbers) if len(numbers) == boxes else [*numbers] * boxes


def _numbers(text: str) -> list[float] | None:
    """Return the numbers in a cell such as `[[1, 2, 3, 4]]`; None where it holds other words."""
    words = re.split(r"[\s;|\[\](){}'\"]+", _spaced(text).strip())
    numbers = [word for word in words if word]
    if not all(_NUMBER.fullmatch(word) for word in numbers):
        return None
    return [float(number.replace(",", ".")) for number in numbers]


def _spaced(text: str) -> str:
    """Return a list with blanks for its commas; where blanks separate, commas are decimal."""
    plain = _OF_ARRAY.sub("", _CALL.sub("", text))
    return plain if ";" in plain else plain.replace(",", " ")


def number_of(row: SheetRow, column: str) -> float | None:
    """Return the number in a cell; None where it is empty."""
    return None if holds_nothing(row.text(column)) else row.number(column)


def birads_of(row: SheetRow, column: str) -> str | None:
    """Return a category, which may be written `BI-RADS 4A`; None where the cell is empty."""
    text = row.text(column)
    if holds_nothing(text):
        return None
    category = birads_category(text)
    if category is None:
        raise wrong_cell(row, column, f"one of {', '.join(BIRADS_CATEGORIES)}")
    return category


def wrong_cell(row: SheetRow, column: str, expected: str) -> BadInputError:
    """Return the refusal of a cell."""
    return BadInputError(f"{column}: expected {expected}, got {row.text(column)!r}")
