"""Which exam and which patient the cases of a table belong to, checked case by case."""

import re
from collections.abc import Callable

import pandas as pd

BREAST, CASE, EXAM = "breast", "case", "exam"
CLUSTERS = ("patient", "exam")
_SIDE = re.compile(r".*[^a-z](l|r|left|right)|.*\d[lr]", re.IGNORECASE)

Refuse = Callable[["pd.Series[bool]", str, str], None]


def clusters_of(cells: pd.DataFrame, refuse: Refuse) -> dict[str, "pd.Series[str]"]:
    """Return exam and patient of every row, as far as the table has these columns.

    A row that leaves one empty takes that of other rows of its case, as an AI system's may.

    Parameters
    ----------
    cells
        The text of the table.
    refuse
        Refuses the first row that is wrong, by column and what was expected.
    """
    found = {}
    for column in CLUSTERS:
        if column not in cells or not (cells[column] != "").any():
            continue
        given = cells[column].where(cells[column] != "")
        known = given.groupby(cells["case"]).transform("first")
        other = given.notna() & (given != known)
        refuse(other, column, _expected("case", cells["case"], known, other))
        refuse(known.isna(), column, f"the {column} of the case, as other cases have one")
        found[column] = known
    if len(found) == len(CLUSTERS):
        first = found["patient"].groupby(found["exam"]).transform("first")
        other = found["patient"] != first
        refuse(other, "patient", _expected("exam", found["exam"], first, other))
    return found


def unit_of(rows: pd.DataFrame, unit: str) -> str:
    """Return what one case of a table is, where an exam has several and they are not told apart."""
    sizes = rows.drop_duplicates("case").groupby("exam")["case"].size()
    if unit not in (EXAM, CASE) or sizes.max() < 2:
        return unit
    sides = rows["case"].map(lambda case: _SIDE.fullmatch(case) is not None)
    return BREAST if sides.all() and sizes.max() == 2 else CASE


def _expected(
    what: str, names: "pd.Series[str]", known: "pd.Series[str]", wrong: "pd.Series[bool]"
) -> str:
    """Return what the first wrong cell should hold."""
    if not wrong.any():
        return ""
    place = int(wrong.to_numpy().argmax())
    return f"{known.iloc[place]} for {what} {names.iloc[place]}, as in other rows of it"
