"""A table of ratings from whatever file another program wrote, told by the file's form."""

from pathlib import Path

from study_design.exchange.ratings.imrmc import read_imrmc
from study_design.exchange.ratings.integer_key import with_names
from study_design.exchange.ratings.lrc import read_lrc
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings, rating_text
from study_design.exchange.ratings.mrmcaov import is_long_csv, read_mrmcaov
from study_design.exchange.ratings.rjafroc import roc_ratings
from study_design.exchange.ratings.rjafroc_designs import notes_on_design, spelled_out
from study_design.exchange.ratings.rjafroc_workbook import is_marked_workbook, read_marked_study
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.found_columns import names_columns
from study_design.tables.foreign.mapped_sheet import MappedSheet, mapped_sheet
from study_design.tables.foreign.sheet_columns import RATING_SHEET
from study_design.tables.table_file import read_table

READERS = {".imrmc": read_imrmc, ".lrc": read_lrc}
COLUMNS = ("reader", "arm", "case", "truth", "rating")
NEEDED = ("reader", "case", "truth", "rating")


def read_rating_table(path: Path, column_map: ColumnMap | None = None) -> MappedSheet:
    """Return ratings as a table of text cells with reader, arm, case, truth and rating.

    `.imrmc`, `.lrc`, RJafroc's workbooks and tables of just the five columns of MRMCaov are read as
    such, under their original names where the key of an export stands beside them; any other file
    is a table, CSV or workbook, in our columns or in those that a map names.

    Raises
    ------
    BadInputError
        For what is wrong with the file, with its row.
    """
    column_map = column_map or ColumnMap()
    read = READERS.get(path.suffix.lower())
    if read is None and is_marked_workbook(path):
        study = read_marked_study(path)
        ratings = with_names(path, roc_ratings(path.name, spelled_out(path.name, study)))
        return MappedSheet(_as_table(path, ratings), (), tuple(notes_on_design(study)))
    if read is not None:
        return MappedSheet(_as_table(path, with_names(path, read(path))), (), ())
    needed = [column for column in RATING_SHEET if column.name in NEEDED]
    table = read_table(
        path, column_map.form, lambda cells: names_columns(cells, needed, column_map)
    )
    if is_long_csv(table) and table.rows:
        ratings = with_names(path, read_mrmcaov(path, column_map.form))
        return MappedSheet(_as_table(path, ratings), (), table.guesses)
    return mapped_sheet(table, RATING_SHEET, column_map)


def _as_table(path: Path, ratings: MrmcRatings) -> CsvTable:
    """Return the ratings as rows of text."""
    truth = {case.case: str(int(case.truth)) for case in ratings.cases}
    rows = tuple(
        {
            "reader": one.reader,
            "arm": one.arm,
            "case": one.case,
            "truth": truth[one.case],
            "rating": rating_text(one.rating),
        }
        for one in ratings.readings
    )
    return CsvTable(path, COLUMNS, rows)
