"""The scale of scores as a table writes it: `score (%)`, `confidence [0-100]`, `87%`, `8/10`."""

import re
from dataclasses import dataclass, replace

from study_design.errors import BadInputError
from study_design.tables.cells import sheet_rows
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.known_words import NOTHING, plain_word

_PERCENT = re.compile(r"%|(?<![a-z])(?:percent|percentage|pct|prozent|pourcent)(?![a-z])")
_RANGE = re.compile(r"[(\[]?\s*(0|1)\s*(?:-|\u2013|to|\.\.|bis|à)\s*(1|10|100)\s*[)\]]?$")
_OUT_OF = re.compile(r"[(\[]?\s*/\s*(10|100)\s*[)\]]?$")
_SIGNED = re.compile(r"([-+]?[\d.,]+)\s*(%|/\s*100|/\s*10)")
_SCALES = {"%": "0-100", "/100": "0-100", "/10": "0-10"}


@dataclass(frozen=True, slots=True)
class SignedScores:
    """A table whose scores are plain numbers, and the scale that it names; empty where none."""

    table: CsvTable
    scale: str = ""


def scale_in_header(header: str) -> str:
    """Return the scale that a column's name ends with; empty where it names none."""
    name = header.casefold().replace("_", " ").strip()
    if _PERCENT.search(name):
        return "0-100"
    of = _OUT_OF.search(name)
    named = _RANGE.search(name)
    if of or named is None:
        return f"0-{of[1]}" if of else ""
    return f"{named[1]}-{named[2]}"


def without_scale(header: str) -> str:
    """Return a column's name without the scale in it: `score (%)` is `score`."""
    name = header.casefold().replace("_", " ").strip()
    for pattern in (_OUT_OF, _RANGE):
        name = pattern.sub("", name)
    return re.sub(r"[(\[]\s*[)\]]", "", _PERCENT.sub("", name)).strip()


def signed_scores(table: CsvTable, column: str) -> SignedScores:
    """Return a table with `87%` as 87, and the scale that all scores of a column are on.

    Raises
    ------
    BadInputError
        Where some cells have such a sign and others another or none.
    """
    if not column:
        return SignedScores(table)
    rows, scale = [], scale_in_header(column)
    signs: dict[str, str] = {}
    for row in sheet_rows(table):
        text = row.text(column).strip()
        signed = _SIGNED.fullmatch(text)
        if plain_word(text) not in NOTHING:
            found = "".join(signed[2].split()) if signed else ""
            first = next(iter(signs), found)
            signs.setdefault(found, f"{row.place}, {column}: {text!r}")
            if found != first:
                raise BadInputError(
                    f"{row.place}, {column}: expected all scores of the column with one sign, got "
                    f"{text!r} and, in {signs[first]}. Write all of them alike"
                )
        rows.append({**row.cells, column: signed[1] if signed else row.text(column)})
    sign = next(iter(signs), "")
    if not sign:
        return SignedScores(table, scale)
    if scale and scale != _SCALES[sign]:
        raise BadInputError(
            f"{table.name}, {column}: expected scores on the scale {scale} of the header, got "
            f"{signs[sign].partition(': ')[2]}. Write all of them alike"
        )
    return SignedScores(replace(table, rows=tuple(rows)), _SCALES[sign])
