"""The long CSV of MRMCaov and OR-DBM MRMC: `reader,treatment,case,truth,rating`.

The arm's column is called treatment by MRMCaov, modality by OR-DBM MRMC, test in its manual.
"""

from dataclasses import replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import (
    MrmcRatings,
    RatedCase,
    Reading,
    check_complete,
    check_ratings,
    refuse,
)
from study_design.tables.cells import SheetRow, sheet_rows
from study_design.tables.csv_file import AS_FOUND, Cell, CsvTable, TableForm, write_csv
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.mapped_sheet import mapped_sheet
from study_design.tables.foreign.sheet_columns import RATING_SHEET
from study_design.tables.table_file import read_table

ARM_COLUMNS = ("treatment", "modality", "test")
NOT_GIVEN = ("", "na", "nan")
COLUMNS = ("reader", "treatment", "case", "truth", "rating")


def is_long_csv(table: CsvTable) -> bool:
    """Tell whether a table has the five columns of this format and no others."""
    return any(set(table.columns) == _columns(arm) for arm in ARM_COLUMNS)


def read_mrmcaov(path: Path, form: TableForm = AS_FOUND) -> MrmcRatings:
    """Read a long CSV; cases stand in the order in which they first appear.

    A rating that is not given (empty, NA) is a missing reading.

    Raises
    ------
    BadInputError
        With the row: for a cell that is not what its column holds, a case of two truths, and
        whatever `check_ratings` refuses.
    """
    table = read_table(path, form)
    if not is_long_csv(table):
        raise BadInputError(
            f"{path.name}: expected the columns {', '.join(COLUMNS)} (treatment may be called "
            f"modality or test), got {', '.join(table.columns)}. Rename them."
        )
    arm = next(name for name in ARM_COLUMNS if name in table.columns)
    mapped = mapped_sheet(table, [one for one in RATING_SHEET if one.name != "arm"], ColumnMap())
    mapped.faults.refuse()
    cases: dict[str, RatedCase] = {}
    readings = []
    for row in sheet_rows(mapped.table):
        row = replace(row, styles=None)
        case = RatedCase(row.text("case"), row.flag("truth"), row.line)
        if cases.setdefault(case.case, case).truth is not case.truth:
            refuse(path.name, case, "the truth of the rows before", str(int(case.truth)), "Mend it")
        if row.text("rating").lower() not in NOT_GIVEN:
            readings.append(_reading(row, arm))
    return check_ratings(path.name, MrmcRatings(path.stem, tuple(cases.values()), tuple(readings)))


def write_mrmcaov(path: Path, ratings: MrmcRatings) -> None:
    """Write a long CSV.

    Raises
    ------
    BadInputError
        For what `check_ratings` refuses, and readings that are missing, unless cases are nested
        within readers or within arms, the designs that MRMCaov knows; nothing is written.
    """
    check_ratings(path.name, ratings)
    if not _is_nested(ratings):
        check_complete(path.name, ratings, "MRMCaov")
    truth = {case.case: case.truth for case in ratings.cases}
    rows: list[dict[str, Cell]] = [
        {
            "reader": one.reader,
            "treatment": one.arm,
            "case": one.case,
            "truth": truth[one.case],
            "rating": one.rating,
        }
        for one in ratings.readings
    ]
    write_csv(path, COLUMNS, rows)


def _columns(arm: str) -> set[str]:
    """Return the columns of the format where the arm's is called so."""
    return {arm if name == "treatment" else name for name in COLUMNS}


def _reading(row: SheetRow, arm: str) -> Reading:
    """Return the reading in a row."""
    return Reading(
        row.text("reader"), row.text(arm), row.text("case"), row.needed("rating"), row.line
    )


def _is_nested(ratings: MrmcRatings) -> bool:
    """Tell whether cases are nested within readers, or within arms, without a gap.

    Nested within readers: each case has one reader, who rates it in every arm. Nested within arms:
    each case has one arm, in which every reader rates it.
    """
    readers: dict[str, set[str]] = {}
    arms: dict[str, set[str]] = {}
    for one in ratings.readings:
        readers.setdefault(one.case, set()).add(one.reader)
        arms.setdefault(one.case, set()).add(one.arm)
    all_readers, all_arms = set(ratings.readers), set(ratings.arms)
    within_readers = all(len(readers[c]) == 1 and arms[c] == all_arms for c in readers)
    within_arms = all(len(arms[c]) == 1 and readers[c] == all_readers for c in readers)
    return within_readers or within_arms
