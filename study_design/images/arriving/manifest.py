"""A manifest: which case, breast and view each picture shows, as a table that somebody wrote.

CSV in any form or an xlsx workbook with `case,laterality,view,path[,pixel_spacing_mm,mirrored,
exam_role,exam,days_before]`, under these names or the usual ones. Its case names are used inside
the study as they stand, so they must not identify anybody. `exam_role` settles which exams of a
patient are read: `current`, or `prior` to the exam of their case.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.images.case_list import CURRENT, PRIOR
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import AS_FOUND, TableForm, whole_number
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.found_columns import names_columns
from study_design.tables.foreign.mapped_sheet import mapped_sheet
from study_design.tables.foreign.sheet_columns import MANIFEST_SHEET
from study_design.tables.foreign.view_words import view_of
from study_design.tables.table_faults import Faults
from study_design.tables.table_file import read_table
from study_design.vocabulary import View

MANIFEST_COLUMNS = ("case", "laterality", "view", "path")
_MOST_DAYS_BEFORE = 36525
# A name that begins with a dot is hidden, one that ends with it loses it on Windows.
_CASE_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,64}(?<!\.)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a manifest says of a file; None where it says nothing.

    Attributes
    ----------
    exam
        The exam within the case: that of the case itself, or a prior.
    days_before
        Days from a prior to the current exam.
    role_is_said
        Whether it says of the exam that it is read, or a prior.
    """

    case: str
    view: View
    spacing_mm: float | None = None
    mirrored: bool | None = None
    exam: str = ""
    days_before: int | None = None
    role_is_said: bool = False


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A row of a manifest.

    Attributes
    ----------
    path
        As it is written there.
    place, row
        Where the row stands, for errors, and its number.
    """

    path: str
    claim: Claim
    place: str
    row: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """The rows of a manifest in which nothing is wrong, what is wrong with others, and notes."""

    rows: tuple[ManifestRow, ...]
    notes: tuple[str, ...]
    faults: Faults


def read_manifest(path: Path, form: TableForm = AS_FOUND) -> Manifest:
    """Return what a manifest says of each picture; `form` is what somebody says of its file.

    Raises
    ------
    BadInputError
        Where it is no table, lacks a column, or lists no picture.
    """
    needed = [column for column in MANIFEST_SHEET if column.name in MANIFEST_COLUMNS]
    own = ColumnMap()
    table = read_table(path, form, lambda cells: names_columns(cells, needed, own))
    mapped = mapped_sheet(table, MANIFEST_SHEET, own)
    mapped.table.require(*MANIFEST_COLUMNS)
    if not table.rows:
        raise BadInputError(f"{path.name}: expected a row for each image, got none.")
    rows = []
    for row in sheet_rows(mapped.table):
        if mapped.faults.has(row.line):
            continue
        try:
            claim = _claim(replace(row, styles=None))
        except BadInputError as error:
            mapped.faults.add(row.line, error)
            continue
        rows.append(ManifestRow(row.text("path"), claim, row.place, row.line))
    return Manifest(tuple(rows), (*table.guesses, *mapped.notes), mapped.faults)


def _claim(row: SheetRow) -> Claim:
    """Return what a row of a manifest says."""
    case = row.text("case")
    if not _CASE_NAME.fullmatch(case):
        raise BadInputError(
            f"{row.place}: expected a case name of letters, digits, '.', '_' and '-' (at most 64, "
            f"no dot at either end), got {case!r}. Rename the case."
        )
    if not row.text("path"):
        raise BadInputError(f"{row.place}: expected a file at '', got none. Check it.")
    view = view_of(row.text("view"), row.text("laterality"))
    if view is None:
        raise BadInputError(
            f"{row.place}: expected laterality R or L and view CC or MLO, got "
            f"{row.text('laterality')!r} and {row.text('view')!r}. Correct the row."
        )
    spacing_mm = row.number("pixel_spacing_mm")
    if spacing_mm is not None and not 0.001 <= spacing_mm <= 10:
        raise row.wrong("pixel_spacing_mm", "mm between 0.001 and 10")
    mirrored = row.flag("mirrored") if row.text("mirrored") else None
    exam, days_before = _exam(row)
    return Claim(case, view, spacing_mm, mirrored, exam, days_before, bool(row.text("exam_role")))


def _exam(row: SheetRow) -> tuple[str, int | None]:
    """Return the exam that a row of a manifest is of, and by how many days it is a prior."""
    case, role, days = row.text("case"), row.text("exam_role").lower(), row.text("days_before")
    if role not in {"", CURRENT, PRIOR}:
        raise row.wrong("exam_role", f"{CURRENT} or {PRIOR}")
    if role != PRIOR:
        if days:
            raise BadInputError(
                f"{row.place}, days_before: expected it of a prior alone, got {days!r}. Write "
                f"{PRIOR} under exam_role, or empty the cell."
            )
        return case, None
    where = f"{row.place}, days_before"
    count = whole_number(days, where, 1, _MOST_DAYS_BEFORE) if days else None
    exam = row.text("exam") or "-".join(filter(None, (case, PRIOR, days)))
    if not _CASE_NAME.fullmatch(exam) or exam == case:
        raise BadInputError(
            f"{row.place}, exam: expected a name of the prior of letters, digits, '.', '_' and "
            f"'-', other than that of its case, got {exam!r}. Rename it."
        )
    return exam, count
