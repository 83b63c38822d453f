"""Foreign tables, CSV or JSON records, read by a column map.

Every row is read; what is wrong with a row is noted with its place and the next one is read.
"""

import re
from dataclasses import dataclass, replace

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files.mapped_cells import (
    birads_of,
    corners_of,
    holds_nothing,
    meanings_of,
    number_of,
    scores_of,
    status_of,
    words_in,
    wrong_cell,
)
from study_design.exchange.ai_files.reported import (
    Corners,
    PictureSize,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.plain_text import shown
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.box_orders import order_beside
from study_design.tables.foreign.column_map import ColumnMap, Columns
from study_design.tables.foreign.known_columns import guessed_columns
from study_design.tables.foreign.type_words import Meaning
from study_design.tables.foreign.view_words import view_of
from study_design.vocabulary import AbnormalityType, AiStatus

NUMBERS_OF_A_BOX = 4
# Categories that go with a row without a box.
_UNSUSPICIOUS = (None, "1", "2")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MAY_BE_SCORE = re.compile(r"score|confid|prob|suspic|likelih", re.IGNORECASE)
_MAY_BE_BOX = re.compile(
    r"box|roi|coord|rect|region|poly|contour|segm|mark|det|pred|lesion|find|annot", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Row:
    """What one row reports."""

    boxes: tuple[ReportedBox, ...] = ()
    case: ReportedCase | None = None
    left_out: bool = False


def map_for(table: CsvTable, given: ColumnMap) -> ColumnMap:
    """Return a map with columns: those of a map file, otherwise guessed by their names.

    Where nobody says the order of four numbers in a cell, the column's name or origin may.
    """
    columns = given.columns if given.columns != Columns() else guessed_columns(table.columns)
    coordinates = given.coordinates
    if columns.box and not coordinates.order:
        coordinates = replace(coordinates, order=order_beside(columns.box, table.columns))
    return replace(given, columns=columns, coordinates=coordinates)


def lacking(column_map: ColumnMap) -> str:
    """Return what a map does not say and must; empty where it suffices."""
    columns = column_map.columns
    if not columns.image and not (columns.case and columns.view):
        return "image, or case and view"
    if not columns.form and not columns.box:
        return "x0, y0, x1, y1 (or x0, y0, width, height; or box)"
    return ""


def read_mapped_table(table: CsvTable, column_map: ColumnMap) -> ReportedRun:
    """Return what a table reports.

    Raises
    ------
    BadInputError
        Where the map lacks what is needed, names a column that the table has not, or nobody says
        what the four numbers in a cell are.
    """
    lack = lacking(column_map)
    if lack:
        raise BadInputError(
            f"{table.path.name}: expected columns for {lack}, got {', '.join(table.columns)}"
        )
    table.require(*column_map.columns.named)
    _ask_for_order(table, column_map)
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems: list[Problem] = []
    left_out = 0
    for row in sheet_rows(table):
        try:
            read = _row(row, column_map)
        except BadInputError as error:
            problems.append(
                Problem(*_place_and_words(row, error), _image_if_named(row, column_map))
            )
            continue
        boxes += read.boxes
        cases += [read.case] if read.case else []
        left_out += read.left_out
    return ReportedRun(
        "table",
        (table.path,),
        tuple(boxes),
        tuple(cases),
        version=column_map.version,
        scale=column_map.scale,
        provenance=f"imported from {table.path.name}",
        words=words_in(table, column_map.columns.types),
        problems=tuple(problems),
        warnings=(
            *table.guesses,
            *(
                (f"{table.path.name}: {counted(left_out, 'row')} left out by their type",)
                * bool(left_out)
            ),
        ),
    )


def refuse_other_score(table: CsvTable, column_map: ColumnMap) -> None:
    """Refuse to count every box alike where a column that nobody mapped may hold its score.

    Raises
    ------
    BadInputError
        Naming the column.
    """
    for column in table.columns:
        free = column not in column_map.columns.named and not column_map.columns.score
        if free and _MAY_BE_SCORE.search(column) and any(row.get(column) for row in table.rows):
            raise BadInputError(
                f"{table.path.name}: expected the score in a column whose name is known, got it "
                f"perhaps in {column}. Say in a map file which column holds what"
            )


def _ask_for_order(table: CsvTable, column_map: ColumnMap) -> None:
    """Refuse four numbers in a cell of which nobody says what they are."""
    column = column_map.columns.box
    if not column or column_map.coordinates.order:
        return
    for row in sheet_rows(table):
        if not holds_nothing(row.text(column)):
            raise BadInputError(
                f"{row.place}, {column}: expected to be told what the four numbers of a box are: "
                "left, top, right, bottom; left, top, width, height; or centre and size (order in "
                '[coordinates] of a map file, such as ["x0", "y0", "width", "height"]), got only '
                f"{shown(row.text(column)[:40])}"
            )


def _place_and_words(row: SheetRow, error: BadInputError) -> tuple[str, str]:
    """Return where a row stands and what is wrong there."""
    place = row.place
    return place, str(error).removeprefix(place).lstrip(",: ")


def _row(row: SheetRow, column_map: ColumnMap) -> _Row:
    """Return what a row reports, or refuse it."""
    columns = column_map.columns
    on = _image(row, column_map)
    meanings = meanings_of(row, column_map)
    status = status_of(row, columns)
    if meanings and all(meaning is Meaning.LEFT_OUT for meaning in meanings):
        return _Row(left_out=True)
    corners = corners_of(row, column_map)
    if not corners:
        status = status or _without_box(row, columns, meanings)
        if status is AiStatus.NONE:
            _refuse_unread(row, columns)
        return _Row(case=ReportedCase(f"{row.file}, row {row.line}", on, status))
    if status in (AiStatus.FAILED, AiStatus.NOT_PROCESSED, AiStatus.NONE):
        raise wrong_cell(row, columns.status, "no box beside such a status")
    scores = scores_of(row, columns, len(corners))
    # As many words as boxes, in a list: each word is of its box.
    each = len(meanings) == len(corners) > 1
    of_boxes = [(meaning,) for meaning in meanings] if each else [meanings] * len(corners)
    return _Row(
        tuple(
            _box(row, column_map, on, (corner, score), _types(said))
            for corner, score, said in zip(corners, scores, of_boxes, strict=True)
            if Meaning.LEFT_OUT not in said
        )
    )


def _types(meanings: tuple[Meaning, ...]) -> tuple[AbnormalityType, ...]:
    """Return the types that words stand for, each once."""
    return tuple(dict.fromkeys(kind for meaning in meanings for kind in meaning.types))


def _without_box(row: SheetRow, columns: Columns, meanings: tuple[Meaning, ...]) -> AiStatus:
    """Return what a row without a box says: nothing found, unless it speaks of an abnormality."""
    if Meaning.NO_FINDING in meanings:
        return AiStatus.NONE
    score = row.text(columns.score)
    suspicious = not holds_nothing(row.text(columns.malignancy)) or (
        birads_of(row, columns.birads) not in _UNSUSPICIOUS
    )
    if meanings or columns.status or suspicious or not holds_nothing(score.strip("[]() ")):
        raise BadInputError("expected a box, got empty cells")
    return AiStatus.NONE


def _refuse_unread(row: SheetRow, columns: Columns) -> None:
    """Refuse to say nothing found where a column that nobody mapped may hold a box."""
    for column, text in row.cells.items():
        if column in columns.named or not _MAY_BE_BOX.search(column):
            continue
        if len(_NUMBER.findall(text)) >= NUMBERS_OF_A_BOX:
            raise BadInputError(
                f"{column}: expected the boxes in {columns.box or ', '.join(columns.named)}, got "
                f"numbers here: {text[:40]!r}. Say in a map file which column holds them"
            )


def _box(
    row: SheetRow,
    column_map: ColumnMap,
    on: ReportedImage,
    found: tuple[Corners, float | None],
    types: tuple[AbnormalityType, ...],
) -> ReportedBox:
    """Return one box of a row."""
    columns = column_map.columns
    coordinates = column_map.coordinates
    scale = coordinates.stored_per_pixel
    corners = found[0].moved(-float(coordinates.first_pixel))
    return ReportedBox(
        row.place,
        on,
        corners.scaled(scale, scale),
        found[1],
        types,
        unit=coordinates.unit,
        from_bottom=coordinates.y_from == "bottom",
        detection=row.text(columns.detection),
        malignancy=number_of(row, columns.malignancy),
        birads=birads_of(row, columns.birads),
        morphology=row.text(columns.morphology),
        quadrant=row.text(columns.quadrant),
        depth=number_of(row, columns.depth),
    )


def _image_if_named(row: SheetRow, column_map: ColumnMap) -> ReportedImage | None:
    """Return which view a row with something wrong is about; None where that is wrong too."""
    try:
        return _image(row, column_map)
    except BadInputError:
        return None


def _image(row: SheetRow, column_map: ColumnMap) -> ReportedImage:
    """Return which view a row is about."""
    columns = column_map.columns
    view = view_of(row.text(columns.view), row.text(columns.laterality))
    if columns.view and not columns.image and view is None:
        raise wrong_cell(row, columns.view, "a view such as R-CC")
    name = re.split(r"[/\\]", row.text(columns.image))[-1]
    if columns.image and not name:
        raise wrong_cell(row, columns.image, "an image")
    width, height = row.number(columns.picture_width), row.number(columns.picture_height)
    size = PictureSize(width, height) if width and height else None
    case = row.text(columns.case) if view is not None or not columns.image else ""
    return ReportedImage(name, case, view if columns.case else None, size)
