"""A table of ratings from whatever file another program wrote, told by the file's form."""

from pathlib import Path

from study_design.exchange.csv_file import CsvTable, read_csv
from study_design.exchange.imrmc import read_imrmc
from study_design.exchange.integer_key import with_names
from study_design.exchange.lrc import read_lrc
from study_design.exchange.mrmc_ratings import MrmcRatings, rating_text
from study_design.exchange.mrmcaov import is_long_csv, read_mrmcaov
from study_design.exchange.rjafroc_workbook import read_roc_workbook

READERS = {".imrmc": read_imrmc, ".lrc": read_lrc, ".xlsx": read_roc_workbook}
COLUMNS = ("reader", "arm", "case", "truth", "rating")


def read_rating_table(path: Path) -> CsvTable:
    """Return ratings as a table of text cells with reader, arm, case, truth and rating.

    `.imrmc`, `.lrc`, RJafroc's `.xlsx` and CSV files of just the five columns of MRMCaov are read
    as such, under their original names where the key of an export stands beside them; any other
    file is a CSV as it is.

    Raises
    ------
    BadInputError
        For what is wrong with the file, with its row.
    """
    read = READERS.get(path.suffix.lower())
    if read is not None:
        return _as_table(path, with_names(path, read(path)))
    table = read_csv(path)
    if is_long_csv(table) and table.rows:
        return _as_table(path, with_names(path, read_mrmcaov(path)))
    return table


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
