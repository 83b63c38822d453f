"""The door for RJafroc's workbooks of marks: what is true of each case, and who marked what.

The marks come matched to lesions, so no place is needed. The ratings of whole cases, the highest
marks, are analysed as any table's.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.arm_order import usual_order
from analysis.froc.marked_cases import MatchedMarks
from analysis.froc.marked_table import TabledMarks, highest_marks, matched_of_table
from analysis.rating_table import COLUMNS, HUMAN, RatingTable
from analysis.tables import provenance_of
from study_design.errors import BadInputError
from study_design.exchange.ratings.integer_key import marked_with_names
from study_design.exchange.ratings.rjafroc import MarkedStudy, Paradigm
from study_design.exchange.ratings.rjafroc_designs import notes_on_design, spelled_out
from study_design.exchange.ratings.rjafroc_workbook import is_marked_workbook, read_marked_study

HIGHEST = (
    "Ratings of cases are their highest marks; a case without any is rated below all marks. A case "
    "of the workbook stands for an image."
)


@dataclass(frozen=True, slots=True, eq=False)
class MarkedWorkbook:
    """The ratings of cases, and the marks that they come from."""

    ratings: RatingTable
    marks: MatchedMarks


def from_marked_workbook(path: Path) -> MarkedWorkbook | None:
    """Read a workbook of marks (FROC); None of any other file.

    Two crossed factors of arms become one, whose arms are their combinations.

    Raises
    ------
    BadInputError
        With sheet and row, for what RJafroc would refuse; where nobody has marked anything.
    """
    if not is_marked_workbook(path):
        return None
    stated = read_marked_study(path)
    study = spelled_out(path.name, stated)
    if study.paradigm is not Paradigm.FROC:
        return None
    if not study.marks:
        raise BadInputError(f"{path.name}: expected marks in TP or FP, got none. Read cases first.")
    tabled = _tabled(marked_with_names(path, study))
    rows = highest_marks(tabled).assign(
        kind=HUMAN, group="", time_s=float("nan"), period="", birads=""
    )
    rows = rows.assign(exam=rows["case"], cluster=rows["case"])[list(COLUMNS)]
    table = RatingTable(
        rows,
        path.name,
        tabled.arms,
        notes=(*notes_on_design(stated), HIGHEST),
        title=path.stem,
        provenance=provenance_of(path),
    )
    return MarkedWorkbook(table, matched_of_table(tabled))


def _tabled(study: MarkedStudy) -> TabledMarks:
    """Return a workbook's rows as tables; weights that are all 0 stand for equal ones."""
    lesions = pd.DataFrame(
        [(row.case, str(row.lesion), row.weight) for row in study.truth if row.lesion],
        columns=["case", "lesion", "weight"],
    ).drop_duplicates(["case", "lesion"], ignore_index=True)
    by_case = lesions.groupby("case")["weight"]
    equal = by_case.transform("sum") == 0
    total = by_case.transform("sum").where(~equal, by_case.transform("size"))
    lesions["weight"] = lesions["weight"].where(~equal, 1.0) / total
    met = pd.DataFrame(
        [
            (reader, arm, row.case)
            for row in study.truth
            for arm in row.arms
            for reader in row.readers
        ],
        columns=["reader", "arm", "case"],
    ).drop_duplicates(ignore_index=True)
    met = met.sort_values(["arm", "reader"], kind="stable", ignore_index=True)
    marks = pd.DataFrame(
        [
            (one.reader, one.arm, one.case, str(one.lesion) if one.lesion else "", one.rating)
            for one in study.marks
        ],
        columns=["reader", "arm", "case", "lesion", "rating"],
    )
    return TabledMarks(lesions, met, marks, usual_order(tuple(dict.fromkeys(met["arm"]))))
