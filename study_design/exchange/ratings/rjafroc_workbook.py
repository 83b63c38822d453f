"""RJafroc's workbooks (xlsx) on disk: the sheets TRUTH, TP and FP, told by name, not by order.

Columns are told by their place, for the headers of shipped files differ. Columns of TRUTH: CaseID,
LesionID, Weight, ReaderID, ModalityID, Paradigm, of which the first two cells say paradigm and
design; where arms are two crossed factors, ReaderID and ModalityID are not there, and TP and FP
have a ModalityID2 behind ModalityID. The oldest form has the first three columns alone: then
everything is crossed.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings
from study_design.exchange.ratings.rjafroc import (
    Design,
    MarkedStudy,
    MarkRow,
    Paradigm,
    TruthRow,
    check_marks,
    roc_study,
)
from study_design.exchange.ratings.rjafroc_designs import check_design, spelled_out
from study_design.tables.csv_file import write_atomically
from study_design.tables.workbook import read_sheets

SHEETS = {"TRUTH": ("TRUTH",), "TP": ("TP", "LL"), "FP": ("FP", "NL")}
TRUTH = ("CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm")
TRUTH_CROSSED_ARMS = ("CaseID", "LesionID", "Weight", "Paradigm")
TRUTH_OLDEST = ("CaseID", "LesionID", "Weight")
# An older name of the crossed design, which RJafroc takes still.
OLD_NAMES = {"CROSSED": "FCTRL"}
Word = TypeVar("Word", Paradigm, Design)


def is_marked_workbook(path: Path) -> bool:
    """Tell whether a file is an xlsx workbook that has a sheet of RJafroc's.

    Raises
    ------
    BadInputError
        Where it is called .xlsx and is no workbook.
    """
    if path.suffix.lower() != ".xlsx":
        return False
    sheets = _sheets(path)
    # Any table may stand on a sheet that is called Truth.
    truth = [str(cell).strip().upper() for cell in next(iter(sheets.get("TRUTH", [])), ())]
    return bool({"TP", "FP"} & sheets.keys()) or TRUTH[0].upper() in truth[:1]


def read_marked_study(path: Path) -> MarkedStudy:
    """Read a workbook as it stands; `spelled_out` has the readers and arms that TRUTH lacks.

    Raises
    ------
    BadInputError
        With sheet and row: for a missing sheet, an empty cell, a cell that is no number where one
        must stand, an unknown paradigm or design, and whatever `check_design` and `check_marks`
        refuse.
    """
    sheets = _sheets(path)
    truth, tp, fp = (_rows(path, name, sheets) for name in SHEETS)
    columns = len(truth[0].cells) if truth else len(TRUTH)
    crossed_arms = columns == len(TRUTH_CROSSED_ARMS)
    paradigm, design = _words(path, truth, columns)
    study = MarkedStudy(
        paradigm,
        design,
        tuple(_truth(row, names_readers=columns >= len(TRUTH)) for row in truth),
        (
            *(_mark(row, lesion=True, crossed_arms=crossed_arms) for row in tp),
            *(_mark(row, lesion=False, crossed_arms=crossed_arms) for row in fp),
        ),
    )
    check_marks(path.name, check_design(path.name, study))
    return spelled_out(path.name, study) if columns == len(TRUTH_OLDEST) else study


def write_marked_study(path: Path, study: MarkedStudy) -> None:
    """Write a workbook; as in every spreadsheet, ratings keep 15 significant digits.

    Raises
    ------
    BadInputError
        For what `check_design` and `check_marks` refuse; nothing is written.
    """
    check_marks(path.name, check_design(path.name, study))
    crossed_arms = study.design is Design.CROSSED_ARMS
    arms = ("ModalityID1", "ModalityID2") if crossed_arms else ("ModalityID",)
    book = Workbook()
    book.remove(book.worksheets[0])
    words = [study.paradigm.value, study.design.value, *[None] * len(study.truth)]
    sheets: dict[str, list[tuple[str | float | None, ...]]] = {
        "TRUTH": [TRUTH_CROSSED_ARMS if crossed_arms else TRUTH],
        "TP": [("ReaderID", *arms, "CaseID", "LesionID", "TP_Rating")],
        "FP": [("ReaderID", *arms, "CaseID", "FP_Rating")],
    }
    for row, word in zip(study.truth, words, strict=False):
        met = () if crossed_arms else (",".join(row.readers), _arms_text(row, study.design))
        sheets["TRUTH"].append((int(row.case), row.lesion, row.weight, *met, word))
    for mark in study.marks:
        head = (mark.reader, mark.arm, *((mark.second_arm,) if crossed_arms else ()))
        lesion = (mark.lesion,) if mark.lesion else ()
        sheet = sheets["TP" if mark.lesion else "FP"]
        sheet.append((*head, int(mark.case), *lesion, mark.rating))
    for name, rows in sheets.items():
        sheet_there = book.create_sheet(name)
        for cells in rows:
            sheet_there.append(cells)
    content = io.BytesIO()
    book.save(content)
    write_atomically(path, content.getvalue())


def write_roc_workbook(path: Path, ratings: MrmcRatings) -> None:
    """Write ratings as the workbook of an ROC study; see `roc_study` for what is refused."""
    write_marked_study(path, roc_study(path.name, ratings))


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a row as text, and where they stand."""

    file: str
    sheet: str
    row: int
    cells: tuple[str, ...]

    def text(self, column: int) -> str:
        """Return a cell that must not be empty; columns count from 0."""
        if not self.cells[column]:
            raise self._wrong(column, "a value")
        return self.cells[column]

    def number(self, column: int) -> float:
        """Return the number in a cell."""
        try:
            value = float(self.text(column))
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise self._wrong(column, "a number")
        return value

    def whole(self, column: int) -> int:
        """Return the integer in a cell."""
        value = self.number(column)
        if value != int(value):
            raise self._wrong(column, "an integer")
        return int(value)

    def names(self, column: int) -> tuple[str, ...]:
        """Return the names in a cell, separated by commas; brackets, which say nesting, go."""
        names = (name.strip().strip("()") for name in self.text(column).split(","))
        return tuple(name for name in names if name)

    def _wrong(self, column: int, expected: str) -> BadInputError:
        return BadInputError(
            f"{self.file}, sheet {self.sheet}, row {self.row}, column {column + 1}: expected "
            f"{expected}, got {self.cells[column]!r}. Correct the cell."
        )


def _sheets(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return the cells of each sheet, by its name in capitals."""
    return {name.upper(): rows for name, rows in read_sheets(path).items()}


def _rows(path: Path, name: str, sheets: dict[str, list[tuple[object, ...]]]) -> list[_Row]:
    """Return the rows below the header of a sheet that are not empty."""
    found = next((sheets[one] for one in SHEETS[name] if one in sheets), None)
    if not found:
        raise BadInputError(
            f"{path.name}: expected the sheets {', '.join(SHEETS)}, got {', '.join(sheets)}. "
            f"Add {name}."
        )
    width = sum(cell is not None for cell in found[0])
    whole = ((row, (*cells, *[None] * width)[:width]) for row, cells in enumerate(found[1:], 2))
    return [
        _Row(path.name, name, row, tuple(map(_text, cells)))
        for row, cells in whole
        if any(map(_text, cells))
    ]


def _text(cell: object) -> str:
    """Return a cell as text; a whole number without its `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0")
    return str(cell).strip()


def _words(path: Path, truth: list[_Row], columns: int) -> tuple[Paradigm, Design]:
    """Return paradigm and design; of the oldest form, which states none, the marks tell it."""
    if columns == len(TRUTH_OLDEST):
        return Paradigm.ROC, Design.CROSSED
    words = [row.cells[-1].upper() for row in truth if row.cells[-1]]
    paradigm, design = _word(path, words[:1], Paradigm), _word(path, words[1:2], Design)
    if (design is Design.CROSSED_ARMS) is not (columns == len(TRUTH_CROSSED_ARMS)):
        form = TRUTH_CROSSED_ARMS if design is Design.CROSSED_ARMS else TRUTH
        raise BadInputError(
            f"{path.name}, sheet TRUTH: expected the columns {', '.join(form)} for the design "
            f"{design}, got {columns} columns. Correct the columns or the design."
        )
    return paradigm, design


def _word(path: Path, words: Iterable[str], kind: type[Word]) -> Word:
    """Return the paradigm or the design that TRUTH says."""
    word = next(iter(words), "")
    word = OLD_NAMES.get(word, word)
    if word not in list(kind):
        raise BadInputError(
            f"{path.name}, sheet TRUTH, column Paradigm: expected one of {', '.join(kind)}, got "
            f"{word!r}. The first cell says the paradigm, the second the design."
        )
    return kind(word)


def _truth(row: _Row, *, names_readers: bool) -> TruthRow:
    """Return a row of TRUTH."""
    readers, arms = (row.names(3), row.names(4)) if names_readers else ((), ())
    return TruthRow(row.text(0), row.whole(1), row.number(2), readers, arms, row.row)


def _mark(row: _Row, *, lesion: bool, crossed_arms: bool) -> MarkRow:
    """Return a row of TP or FP."""
    case = 3 if crossed_arms else 2
    return MarkRow(
        row.text(0),
        row.text(1),
        row.text(case),
        row.whole(case + 1) if lesion else 0,
        row.number(case + 1 + lesion),
        row.text(2) if crossed_arms else "",
        row.row,
    )


def _arms_text(row: TruthRow, design: Design) -> str:
    """Return the arms of a case; in brackets where readers are nested within them."""
    arms = ",".join(row.arms)
    return f"({arms})" if design is Design.SPLIT_PLOT_A else arms
