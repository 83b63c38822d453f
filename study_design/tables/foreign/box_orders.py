"""In which order a table keeps four numbers of a box in one cell, where its name or origin says it.

EMBED writes ymin, xmin, ymax, xmax (README of EMBED_Open_Data, ROI_coords), and so does the object
detection of TensorFlow (detection_boxes). torchvision and MMDetection write xmin, ymin, xmax, ymax
in `boxes` or `bboxes` beside `scores` and `labels`. Names such as bbox_xywh or box (x, y, w, h) say
it. What nothing says is asked: four numbers may be two corners, or a corner or a centre and a size.
"""

import re
from collections.abc import Sequence

from study_design.errors import BadInputError
from study_design.plain_text import shown
from study_design.tables.cells import SheetRow
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.column_map import CENTRED, CORNERS, SIZED, ColumnMap
from study_design.tables.foreign.known_columns import SHORT_ORDERS, plain_header
from study_design.tables.foreign.units import Unit

ROWS_FIRST = ("y0", "x0", "y1", "x1")
_BY_NAME = {"roicoords": ROWS_FIRST, "detectionboxes": ROWS_FIRST}
_SHORT = {
    "xyxy": CORNERS,
    "ltrb": CORNERS,
    "yxyx": ROWS_FIRST,
    "tlbr": ROWS_FIRST,
    "xxyy": ("x0", "x1", "y0", "y1"),
    "yyxx": ("y0", "y1", "x0", "x1"),
    "xywh": SIZED,
    "ltwh": SIZED,
    "cxcywh": CENTRED,
}
_EDGES = {
    "x0": "xmin x0 left x1 colmin mincol",
    "y0": "ymin y0 top y1 rowmin minrow",
    "x1": "xmax x1 right x2 colmax maxcol",
    "y1": "ymax y1 bottom y2 rowmax maxrow",
    "width": "w width",
    "height": "h height",
    "x_centre": "cx xc xcenter xcentre centerx centrex",
    "y_centre": "cy yc ycenter ycentre centery centrey",
}
_CORNER = {"x": "x0", "y": "y0"}
_OTHER_UNITS = re.compile(r"(?<![a-z])(?:mm|cm|millim\w*|centim\w*)(?![a-z])")
_PERCENT = re.compile(r"(?<![a-z])(?:percent\w*|pct|prozent|pourcent\w*)(?![a-z])")


def order_beside(column: str, header: Sequence[str]) -> tuple[str, ...]:
    """Return what the four numbers in a column are, by its name or by the columns beside it."""
    names = {plain_header(one) for one in header}
    of_detector = plain_header(column) in ("boxes", "bboxes") and {"scores", "labels"} <= names
    return known_order(column) or (CORNERS if of_detector else ())


def refuse_units(table: CsvTable, column_map: ColumnMap) -> None:
    """Refuse coordinates whose header says that they count neither pixels nor fractions.

    Raises
    ------
    BadInputError
        Naming the column.
    """
    columns, unit = column_map.columns, column_map.coordinates.unit
    edges = (columns.box,) if columns.box else tuple(getattr(columns, e) for e in columns.form)
    for column in edges:
        name = re.sub(r"[\W_]*%[\W_]*", " percent ", column.casefold()).replace("_", " ")
        found = _OTHER_UNITS.search(name)
        percent = _PERCENT.search(name) and unit is not Unit.FRACTIONS
        if column and (found or percent):
            raise BadInputError(
                f"{table.name}, {column}: expected coordinates in pixels or in fractions of the "
                f"picture, got {'millimetres' if found else 'percent'}. "
                + (
                    "Convert them, and rename the column"
                    if found
                    else 'Say unit = "fractions" and stored_per_pixel = 0.01 under [coordinates] '
                    "of a map file (--map)"
                )
            )


def where_rows_begin(row: SheetRow, column: str) -> str:
    """Return how it is asked from where rows are counted, as of a circle nobody knows."""
    return (
        f"{row.place}, {column}: expected to be told from where rows are counted: from the top, or "
        'from the bottom as in mini-MIAS (y_from = "top" or y_from = "bottom" under [coordinates] '
        f"of a map file), got only {shown(row.text(column)[:40])}"
    )


def known_order(column: str) -> tuple[str, ...]:
    """Return what the four numbers in a column are; empty where neither name nor origin says it."""
    plain = plain_header(column)
    if plain in _BY_NAME:
        return _BY_NAME[plain]
    for short in sorted(SHORT_ORDERS, key=len, reverse=True):
        if plain.endswith(short) or plain.startswith(short):
            return _SHORT[short]
    words = [plain_header(one) for one in re.split(r"[\s,;|/()\[\]{}-]+", column)]
    named = [one for one in words if one]
    return _spelt(named[-4:]) if len(named) >= 4 else ()


def _spelt(words: list[str]) -> tuple[str, ...]:
    """Return an order that four words spell, such as xmin ymin xmax ymax; empty for others."""
    if "x2" in words:  # x1 is the left edge beside x2
        words = [{"x1": "xmin", "y1": "ymin"}.get(word, word) for word in words]
    else:
        words = [{"x1": "xmax", "y1": "ymax"}.get(word, word) for word in words]
    found = tuple(
        _CORNER.get(word)
        or next((edge for edge, names in _EDGES.items() if word in names.split()), "")
        for word in words
    )
    complete = any(sorted(found) == sorted(form) for form in (CORNERS, SIZED, CENTRED))
    return found if complete else ()
