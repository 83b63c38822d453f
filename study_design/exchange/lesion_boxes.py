"""Boxes of lesions in stored pixels, whichever numbers a sheet has for them, a circle too."""

from collections.abc import Sequence
from dataclasses import replace

from study_design.errors import BadInputError
from study_design.images.case_list import CaseImage
from study_design.images.case_sheet import CaseSheet
from study_design.tables.cells import SheetRow
from study_design.tables.foreign.box_orders import where_rows_begin
from study_design.tables.foreign.column_map import (
    CENTRED,
    FORMS,
    ROUND,
    SIZED,
    ColumnMap,
    Coordinates,
)
from study_design.tables.foreign.sheet_columns import BOX_COLUMNS
from study_design.tables.foreign.units import Unit
from study_design.tables.table_faults import Faults


def with_boxes(
    rows: Sequence[SheetRow], sheet: CaseSheet, column_map: ColumnMap, faults: Faults
) -> tuple[SheetRow, ...]:
    """Return rows with the box in our four columns, in stored pixels."""
    boxed = []
    told = column_map.coordinates
    asked = False
    for row in rows:
        form = _form(row, told)
        try:
            if form == ROUND and not told.y_from and row.text("y_centre"):
                if not asked:
                    faults.add(row.line, where_rows_begin(row, "y_centre"))
                asked = True
                form = ()
            boxed.append(_with_box(row, form, sheet, column_map) if form else row)
        except BadInputError as error:
            faults.add(row.line, error)
            boxed.append(row)
    return tuple(boxed)


def _form(row: SheetRow, told: Coordinates) -> tuple[str, ...]:
    """Return the columns that make a box; ours need none, unless a map says what they count."""
    columns = row.cells.keys()
    form = next((form for form in (*FORMS, ROUND) if columns >= {*form}), ())
    counts_other = replace(told, order=()) != Coordinates()
    return BOX_COLUMNS if not form and counts_other and columns >= {*BOX_COLUMNS} else form


def _with_box(
    row: SheetRow, form: Sequence[str], sheet: CaseSheet, column_map: ColumnMap
) -> SheetRow:
    """Return a row with its box in our four columns."""
    empty = [name for name in form if not row.text(name)]
    if len(empty) == len(form):
        return row
    if empty:
        raise row.wrong(empty[0], "a number, as beside it")
    numbers = [row.needed(name) for name in form]
    told = column_map.coordinates
    x, y, width, height = _upright(form, numbers, upwards=told.y_from == "bottom")
    if told.unit is Unit.PIXELS and 0 < max(numbers) <= 1:
        raise BadInputError(
            f"{row.place}: expected a box in pixels, got numbers from 0 to 1. If they are "
            'fractions of the picture, say unit = "fractions" in a map file (--map).'
        )
    across = down = told.stored_per_pixel
    if told.unit is Unit.FRACTIONS:
        image = _image(row, sheet)
        across, down = across * image.columns, down * image.rows
    x, y = (x - told.first_pixel) * across, (y - told.first_pixel) * down
    width, height = width * across, height * down
    if told.y_from == "bottom":
        y = _image(row, sheet).rows - y - height
    box = zip(BOX_COLUMNS, map(repr, (x, y, width, height)), strict=True)
    return replace(row, cells={**row.cells, **dict(box)})


def _upright(
    form: Sequence[str], numbers: Sequence[float], *, upwards: bool
) -> tuple[float, float, float, float]:
    """Return the smaller x and y, width and height; upwards an upper edge is the greater y."""
    if form == ROUND:
        x, y, radius = numbers
        return x - radius, y - radius, 2 * radius, 2 * radius
    first, second, third, fourth = numbers
    if form in (SIZED, BOX_COLUMNS):
        return first, second, third, fourth
    if form == CENTRED:
        return first - third / 2, second - fourth / 2, third, fourth
    if upwards and second > fourth:
        second, fourth = fourth, second
    return first, second, third - first, fourth - second


def _image(row: SheetRow, sheet: CaseSheet) -> CaseImage:
    """Return the image that a box lies on, or refuse."""
    image = sheet.image(row.text("case"), row.view("view"))
    if image is None:
        raise row.wrong("view", f"a view of case {row.text('case')} for the box")
    return image
