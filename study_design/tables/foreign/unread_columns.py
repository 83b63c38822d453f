"""Columns of AI results that nobody reads, but that may change what the columns read mean.

A score of another name, a second system in one sheet, a unit, a mark that the product hides: each
is asked in one line, until a map file says what it holds, or that it changes nothing (`unused`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from study_design.plain_text import shown
from study_design.tables.foreign.column_map import ColumnMap, Columns
from study_design.tables.foreign.known_columns import guessed_columns
from study_design.tables.foreign.known_words import NOTHING, YES_OR_NO, by_word, plain_word
from study_design.tables.number_style import two_readings

Row = Mapping[str, str]
_FEWEST_TO_DIFFER = 2
_LONGEST_CELL = 40
# What is counted (marks, views, children) seldom goes beyond; a score in percent does.
_MOST_COUNTED, _PERCENT = 10, 100
_YES = by_word(YES_OR_NO)
_OK = ("", "0", "1.0", "ok", "okay", "success", "successful", "done", "completed", "complete",
       "finished", "processed", "passed", "valid", "none", "no error", "no errors")  # fmt: skip
_AS_READ = ("px", "pixel", "pixels", "1", "1.0", "1,0", "0", "0.0", "topleft", "top left", "top",
            "upper left", "false", "no", "none")  # fmt: skip


def _named(words: str) -> re.Pattern[str]:
    """Return what finds one of some words in a header; * stands for how a word goes on."""
    latin = "|".join(one.replace("*", "[a-z]*") for one in words.split() if one.isascii())
    others = "|".join(one for one in words.split() if not one.isascii())
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])" + (f"|{others}" if others else ""))


_SCORE = re.compile(
    "score|confid|konfid|confian|prob(?!lem)|wahrsch|vraisem|suspic|verdacht|likelih|"
    "置信|概率|评分|得分|確信|信頼度|スコア|확률|점수"
)
_SYSTEM = _named(
    "system systems model modell modele models algorithm algorithmus algorithme algo software "
    "product produkt produit vendor vendors manufacturer hersteller fabricant version versions "
    "network checkpoint cad run reader observer 系统 模型 厂商 版本 製品 モデル"
)
_PLACE = _named(
    "unit units einheit einheiten unite unites scale scaling scaled scalefactor factor zoom ratio "
    "resize* resized* downsampl* origin offset* shift* crop* pad padding flip* mirror* rotat* "
    "slice* frame* coordinatesystem 单位 単位 比例"
)
# 1 says that nothing is scaled, and of these that something is done.
_DONE = _named("flip* mirror* rotat* crop* pad padding shift* origin")
_ONE = ("1", "1.0", "1,0")
_SHOWN = _named("shown displayed display visible active valid accepted flagged positive")
_HIDDEN = _named(
    "hidden suppressed deleted removed rejected discarded ignored ignore excluded invalid iscrowd "
    "obsolete duplicate"
)
_ABOVE = _named("threshold")
_ENDED = _named(
    "error* fehler* erreur* fail* exception* message msg reason grund raison warning* status state "
    "outcome processed success abort* remark remarks bemerkung* comment comments note notes "
    "kommentar* 错误 备注 備考 エラー"
)
_EXAM = _named("date datum timepoint prior visit examdate studydate 日期 検査日")
_CORNER = re.compile(r"[xy] ?\d")
_IDENTIFIES = _named(
    "id ids index idx no nr num number total zip code level match row rank age alter width height "
    "rows columns cols area size page year count n patient case accession study series exam uid "
    "image file dicom"
)


@dataclass(frozen=True, slots=True)
class ColumnQuestion:
    """What is asked of a column, in words; `row`: number of the row that shows it, from 0."""

    column: str
    words: str
    row: int = 0


def column_questions(
    header: Sequence[str], rows: Sequence[Row], column_map: ColumnMap
) -> tuple[ColumnQuestion, ...]:
    """Return what is to be asked of columns that are not read, each column once.

    Parameters
    ----------
    header, rows
        Of the table; cells as text.
    column_map
        By which the table is read, its guessed columns too.
    """
    used = (*column_map.columns.named, *column_map.unused)
    free = [column for column in header if column not in used]
    found = {
        one.column: one
        for one in (
            *_per_column(free, rows),
            *_of_two_exams(free, rows, column_map.columns),
            *_scores(header, free, rows, column_map),
        )
    }
    return tuple(found[column] for column in header if column in found)


def end_unsaid(row: Row, column_map: ColumnMap) -> ColumnQuestion | None:
    """Return what is to be asked of a row without a box, for a word may say that it failed."""
    used = (*column_map.columns.named, *column_map.unused)
    for column, text in row.items():
        if column in used or not _ENDED.search(_spaced(column)):
            continue
        if plain_word(text) not in (*_OK, *NOTHING):
            return ColumnQuestion(
                column,
                f"{column}: expected to be told how the system ended on an image without a box, "
                f"got {_cell(text)}. Say in a map file (--map) [columns] status = {_quoted(column)}"
                f' and [words.status] {_quoted(text.strip()[:_LONGEST_CELL])} = "failed" or '
                f'"none", or {_unused(column)}',
            )
    return None


def not_read(header: Sequence[str], column_map: ColumnMap) -> tuple[str, ...]:
    """Return the columns from which nothing is taken."""
    return tuple(column for column in header if column and column not in column_map.columns.named)


def _scores(
    header: Sequence[str], free: Sequence[str], rows: Sequence[Row], column_map: ColumnMap
) -> Iterator[ColumnQuestion]:
    """Ask where the score may stand in a column of another name, or in two."""
    columns = column_map.columns
    chosen = columns.score and columns.score != guessed_columns(header).score
    for column in free:
        if _SCORE.search(_spaced(column)) and not chosen and _texts(rows, column):
            beside = f", beside {columns.score}" if columns.score else ""
            yield _score_question(column, beside, rows)
    if columns.score:
        return
    boxed = [row for row in rows if _has_box(row, columns)]
    lone = (columns.malignancy,) if columns.malignancy not in column_map.unused else ()
    for column in (*free, *(one for one in lone if one)):
        cells = [row.get(column, "") for row in boxed]
        if cells and not _IDENTIFIES.search(_spaced(column)) and _may_be_scores(cells):
            yield _score_question(column, "", boxed)


def _score_question(column: str, beside: str, rows: Sequence[Row]) -> ColumnQuestion:
    """Ask whether a column holds the score."""
    first = next((text for row in rows if (text := row.get(column, ""))), "")
    return ColumnQuestion(
        column,
        "expected the score in a column whose name is known, got it perhaps in "
        f"{column} ({_cell(first)}){beside}. Say in a map file (--map) which column holds it, "
        f"[columns] score = {_quoted(column)}, or {_unused(column)}",
    )


def _per_column(free: Sequence[str], rows: Sequence[Row]) -> Iterator[ColumnQuestion]:
    """Ask of columns that part systems, move boxes or hide them."""
    asks: tuple[Callable[[str, Sequence[Row]], ColumnQuestion | None], ...] = (
        _of_two_systems,
        _of_hidden_boxes,
        _of_places,
    )
    for column in free:
        asked = next((one for ask in asks if (one := ask(column, rows))), None)
        if asked is not None:
            yield asked


def _of_two_systems(column: str, rows: Sequence[Row]) -> ColumnQuestion | None:
    """Ask of a column that names several systems, models or versions."""
    values = _values(rows, column)
    if not _SYSTEM.search(_spaced(column)) or len(values) < _FEWEST_TO_DIFFER:
        return None
    (first, _), (second, row) = list(values.items())[:_FEWEST_TO_DIFFER]
    return ColumnQuestion(
        column,
        f"{column}: expected the results of one system, got {_cell(first)} and {_cell(second)}. "
        f"Bring in a file for each, or say in a map file (--map) {_unused(column)}",
        row,
    )


def _of_hidden_boxes(column: str, rows: Sequence[Row]) -> ColumnQuestion | None:
    """Ask of a column by which a product hides some of its boxes."""
    name = _spaced(column)
    hides, shows = bool(_HIDDEN.search(name)), bool(_SHOWN.search(name) or _ABOVE.search(name))
    if not hides and not shows:
        return None
    marked = _texts(rows, column)
    for number, row in enumerate(rows):
        text = plain_word(row.get(column, ""))
        said, blank = _YES.get(text), text in NOTHING
        if (not blank and said != "0") if hides else (said == "0" or (blank and marked)):
            return ColumnQuestion(
                column,
                f"{column}: expected boxes that the product shows, got "
                f"{_cell(row.get(column, ''))}. "
                "Take out the rows that it hides, or say in a map file (--map) "
                f"{_unused(column)}, and all of them count",
                number,
            )
    return None


def _of_places(column: str, rows: Sequence[Row]) -> ColumnQuestion | None:
    """Ask of a column that says what coordinates count, or has further corners."""
    name = _spaced(column)
    if not _PLACE.search(name) and not _CORNER.fullmatch(name):
        return None
    for number, row in enumerate(rows):
        text = row.get(column, "")
        is_done = plain_word(text) in _ONE and _DONE.search(name)
        unlike = plain_word(text) not in (*NOTHING, *_AS_READ) or is_done
        if unlike or (text and _CORNER.fullmatch(name)):
            return ColumnQuestion(
                column,
                f"{column}: expected all of a box in the columns that are read, got {_cell(text)} "
                "here, which may move it. Say under [coordinates] in a map file (--map) what its "
                "numbers count (unit, stored_per_pixel, first_pixel, y_from), and "
                f"{_unused(column)}",
                number,
            )
    return None


def _of_two_exams(
    free: Sequence[str], rows: Sequence[Row], columns: Columns
) -> Iterator[ColumnQuestion]:
    """Ask of dates where rows that name a case and a view are of two of its exams."""
    if columns.image or not columns.case:
        return
    for column in (one for one in free if _EXAM.search(_spaced(one))):
        first: dict[str, str] = {}
        for number, row in enumerate(rows):
            case, text = row.get(columns.case, ""), row.get(column, "").strip()
            if text and first.setdefault(case, text) != text:
                yield ColumnQuestion(
                    column,
                    f"{column}: expected rows of one exam of {shown(case[:_LONGEST_CELL])}, got "
                    f"{_cell(first[case])} and {_cell(text)}. Keep the rows of the exam that is "
                    f"read, or say in a map file (--map) {_unused(column)}",
                    number,
                )
                break


def _has_box(row: Row, columns: Columns) -> bool:
    """Tell whether something stands where a row has its box."""
    edges = (columns.box,) if columns.box else tuple(getattr(columns, e) for e in columns.form)
    return any(plain_word(row.get(column, "")) not in NOTHING for column in edges)


def _values(rows: Sequence[Row], column: str) -> dict[str, int]:
    """Return the different texts of a column, each with the row where it first stands."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows):
        text = row.get(column, "").strip()
        if plain_word(text) not in NOTHING:
            found.setdefault(text, number)
    return found


def _texts(rows: Sequence[Row], column: str) -> bool:
    """Tell whether a column holds anything."""
    return any(plain_word(row.get(column, "")) not in NOTHING for row in rows)


def _may_be_scores(cells: Sequence[str]) -> bool:
    """Tell whether numbers may be scores: shares, or whole percent; small counts are none."""
    found = [_number(text) for text in cells]
    numbers = [number for number in found if number is not None]
    if len(numbers) < len(cells):
        return False
    return any(number % 1 for number in numbers) or _MOST_COUNTED < max(numbers) <= _PERCENT


def _number(text: str) -> float | None:
    """Return the number in a cell, by either decimal sign; None where it holds none."""
    readings = two_readings(text)
    return readings.comma if readings.point is None else readings.point


def _spaced(column: str) -> str:
    """Return a header in small letters, its words apart: `isShown_AI` as `is shown ai`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", column)
    return apart.casefold().strip()


def _cell(text: str) -> str:
    """Return what stands in a cell, in short."""
    return repr(shown(text.strip()[:_LONGEST_CELL]))


def _quoted(text: str) -> str:
    """Return a text as TOML spells it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unused(column: str) -> str:
    """Return the line of a map file by which a column changes nothing."""
    return f"unused = [{_quoted(column)}] where it changes nothing"
