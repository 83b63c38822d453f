"""Boxes of lesions in stored pixels, whichever four numbers a sheet has for them."""

from collections.abc import Sequence
from dataclasses import replace

from study_design.errors import BadInputError
from study_design.images.case_sheet import CaseSheet
from study_design.tables.cells import SheetRow
from study_design.tables.foreign.column_map import CENTRED, FORMS, SIZED, ColumnMap
from study_design.tables.foreign.sheet_columns import BOX_COLUMNS
from study_design.tables.foreign.units import Unit
from study_design.tables.table_faults import Faults


def with_boxes(
    rows: Sequence[SheetRow], sheet: CaseSheet, column_map: ColumnMap, faults: Faults
) -> tuple[SheetRow, ...]:
    """Return rows with the box in our four columns, in stored pixels."""
    boxed = []
    for row in rows:
        form = next((form for form in FORMS if row.cells.keys() >= {*form}), ())
        try:
            boxed.append(_with_box(row, form, sheet, column_map) if form else row)
        except BadInputError as error:
            faults.add(row.line, error)
            boxed.append(row)
    return tuple(boxed)


def _with_box(
    row: SheetRow, form: Sequence[str], sheet: CaseSheet, column_map: ColumnMap
) -> SheetRow:
    """Return a row with its box in our four columns."""
    empty = [name for name in form if not row.text(name)]
    if len(empty) == len(form):
        return row
    if empty:
        raise row.wrong(empty[0], "a number, as beside it")
    first, second, third, fourth = (row.needed(name) for name in form)
    if form == SIZED:
        box = (first, second, third, fourth)
    elif form == CENTRED:
        box = (first - third / 2, second - fourth / 2, third, fourth)
    else:
        box = (first, second, third - first, fourth - second)
    across, down = _pixels_per_unit(row, sheet, column_map, max(first, second, third, fourth))
    factors = (across, down, across, down)
    cells = {
        name: repr(value * factor)
        for name, value, factor in zip(BOX_COLUMNS, box, factors, strict=True)
    }
    return replace(row, cells={**row.cells, **cells})


def _pixels_per_unit(
    row: SheetRow, sheet: CaseSheet, column_map: ColumnMap, largest: float
) -> tuple[float, float]:
    """Return the stored pixels for one unit of a box, across and down."""
    told = column_map.coordinates
    if told.unit is Unit.PIXELS:
        if 0 < largest <= 1:
            raise BadInputError(
                f"{row.place}: expected a box in pixels, got numbers from 0 to 1. If they are "
                'fractions of the picture, say unit = "fractions" in a map file (--map).'
            )
        return told.stored_per_pixel, told.stored_per_pixel
    view = row.view("view")
    image = sheet.image(row.text("case"), view)
    if image is None:
        raise row.wrong("view", f"a view of case {row.text('case')} for the box")
    return float(image.columns), float(image.rows)
