"""Foreign tables, CSV or JSON records, read by a column map.

Every row is read; what is wrong with a row is noted with its place and the next one is read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files.mapped_cells import (
    birads_of,
    corners_of,
    holds_nothing,
    meanings_of,
    number_of,
    refuse_without_places,
    scores_of,
    status_of,
    words_in,
    wrong_cell,
)
from study_design.exchange.ai_files.reported import (
    Beside,
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
from study_design.tables.foreign.box_orders import order_beside, refuse_units, where_rows_begin
from study_design.tables.foreign.column_map import ROUND, ColumnMap, Columns
from study_design.tables.foreign.known_columns import guessed_columns
from study_design.tables.foreign.score_signs import signed_scores
from study_design.tables.foreign.type_words import Meaning
from study_design.tables.foreign.unread_columns import (
    column_questions,
    end_unsaid,
    not_read,
)
from study_design.tables.foreign.view_words import projection_of, side_of, view_of
from study_design.vocabulary import AbnormalityType, AiStatus

NUMBERS_OF_A_BOX = 4
MOST_NAMED = 8
MOST_COLUMNS = 20
PERCENT = "0-100"
# Categories that go with a row without a box.
_UNSUSPICIOUS = (None, "1", "2")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
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
        refuse_without_places(table, column_map.columns)
        raise BadInputError(
            f"{table.path.name}: expected columns for {lack}, got "
            f"{', '.join(shown(column[:40]) for column in table.columns[:MOST_COLUMNS])}"
        )
    table.require(*column_map.columns.named)
    refuse_units(table, column_map)
    _ask_for_order(table, column_map)
    _ask_where_rows_begin(table, column_map)
    signed = signed_scores(table, column_map.columns.score)
    table = signed.table
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems = list(_asked(table, column_map))
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
        scale=column_map.scale or signed.scale,
        provenance=f"imported from {table.path.name}",
        words=words_in(table, column_map.columns.types),
        problems=(*problems, *_beyond_header(table, column_map, signed.scale, boxes)),
        warnings=(
            *table.guesses,
            *_not_read(table, column_map),
            *(
                (f"{table.path.name}: {counted(left_out, 'row')} left out by their type",)
                * bool(left_out)
            ),
        ),
    )


def _asked(table: CsvTable, column_map: ColumnMap) -> Iterator[Problem]:
    """Name columns that nobody reads and that may change what the others mean."""
    places = [row.place for row in sheet_rows(table)]
    for question in column_questions(table.columns, table.rows, column_map):
        place = places[question.row] if places else table.name
        yield Problem(place, question.words)


def _not_read(table: CsvTable, column_map: ColumnMap) -> tuple[str, ...]:
    """Return which columns give nothing, in one line."""
    columns = not_read(table.columns, column_map)
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    named = ", ".join(shown(column[:40]) for column in columns[:MOST_NAMED])
    return (f"{table.name}: columns not read: {named}{more}",) if columns else ()


def _beyond_header(
    table: CsvTable, column_map: ColumnMap, scale: str, boxes: Sequence[ReportedBox]
) -> Iterator[Problem]:
    """Name scores that are all below 1 where the table writes percent."""
    scores = [box.score for box in boxes if box.score is not None]
    below = scores and max(scores) <= 1 and any(score % 1 for score in scores)
    if scale == PERCENT and not column_map.scale and below:
        yield Problem(
            table.name,
            f"expected scores of 0 to 100, as {column_map.columns.score} says, got {scores[0]:g} "
            'and none above 1. Say scale = "0-1" or scale = "0-100" in a map file',
        )


def _ask_where_rows_begin(table: CsvTable, column_map: ColumnMap) -> None:
    """Refuse circles of which nobody says whether rows are counted from top or bottom."""
    if column_map.columns.form != ROUND or column_map.columns.box or column_map.coordinates.y_from:
        return
    column = column_map.columns.y_centre
    for row in sheet_rows(table):
        if not holds_nothing(row.text(column)):
            raise BadInputError(where_rows_begin(row, column))


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
    if meanings and all(meaning is Meaning.LEFT_OUT for meaning in meanings):
        return _Row(left_out=True)
    corners = corners_of(row, column_map)
    status = status_of(row, column_map, has_box=bool(corners))
    if not corners:
        inferred = status is None and Meaning.NO_FINDING not in meanings
        status = status or _without_box(row, columns, meanings)
        if status is AiStatus.NONE:
            _refuse_unread(row, columns)
        if inferred and (unsaid := end_unsaid(row.cells, column_map)):
            raise BadInputError(unsaid.words)
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
    by_image = bool(columns.image)
    case = row.text(columns.case) if view is not None or not by_image else ""
    return ReportedImage(
        name,
        case,
        view if columns.case or by_image else None,
        size,
        beside=Beside(
            row.text(columns.case),
            side_of(row.text(columns.laterality)),
            projection_of(row.text(columns.view)),
        )
        if by_image
        else None,
    )
