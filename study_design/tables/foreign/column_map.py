"""The map file: which column of a foreign table holds what, and what its words mean.

One form for AI results, reference sheets, lesions and ratings; a TOML file such as

    schema = 1
    scale = "0-100"
    encoding = "windows-1252"
    decimal = "comma"
    sheet = "Befunde"
    [columns]
    image = "dicom"
    box = "roi"
    score = "confidence"
    types = "class"
    truth = "Dignität"
    [coordinates]
    order = ["x0", "x1", "y0", "y1"]
    unit = "pixels"
    [types]
    "Lump" = "mass"
    [words.truth]
    "B5" = "1"

`unused = ["system"]`, above the sections, names columns that change nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from study_design.errors import BadInputError
from study_design.foreign_text import MOST_TOML_BYTES, parsed_toml, read_bounded
from study_design.plain_text import shown
from study_design.tables.csv_file import AS_FOUND, TableForm, write_atomically
from study_design.tables.foreign.sheet_columns import MEANINGS
from study_design.tables.foreign.type_words import Meaning, TypeWord
from study_design.tables.foreign.units import ScoreScale, Unit
from study_design.tables.number_style import DecimalSign
from study_design.vocabulary import AiStatus

SCHEMA = 1
# The ways in which four numbers make a box.
CORNERS = ("x0", "y0", "x1", "y1")
SIZED = ("x0", "y0", "width", "height")
CENTRED = ("x_centre", "y_centre", "width", "height")
FORMS = (CORNERS, SIZED, CENTRED)
# A circle, as mini-MIAS has it, in three columns.
ROUND = ("x_centre", "y_centre", "radius")


@dataclass(frozen=True, slots=True)
class Columns:
    """The name of the column that holds each thing; empty where the table has none.

    `view` may hold `R-MLO`, or the projection alone beside `laterality`. `box` holds all four
    coordinates in one cell, and may hold several boxes; `score` then holds as many scores.
    `picture_width` and `picture_height` say how large the picture was that the system saw.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    image: str = ""
    case: str = ""
    view: str = ""
    laterality: str = ""
    box: str = ""
    x0: str = ""
    y0: str = ""
    x1: str = ""
    y1: str = ""
    width: str = ""
    height: str = ""
    x_centre: str = ""
    y_centre: str = ""
    radius: str = ""
    picture_width: str = ""
    picture_height: str = ""
    score: str = ""
    types: str = ""
    status: str = ""
    detection: str = ""
    malignancy: str = ""
    birads: str = ""
    morphology: str = ""
    quadrant: str = ""
    depth: str = ""

    @property
    def form(self) -> tuple[str, ...]:
        """Which columns make a box; empty where none do."""
        return next(
            (form for form in (*FORMS, ROUND) if all(getattr(self, one) for one in form)), ()
        )

    @property
    def named(self) -> tuple[str, ...]:
        """The columns of the table that are used."""
        return tuple(name for one in fields(self) if (name := getattr(self, one.name)))


_OF_AI = tuple(one.name for one in fields(Columns))


@dataclass(frozen=True, slots=True)
class Coordinates:
    """How the numbers of a box are to be read.

    Attributes
    ----------
    order
        What the four numbers in a `box` cell are; empty where nobody says it.
    first_pixel
        1 where positions are counted from 1; the left edge of the first pixel is 0 here.
    y_from
        `bottom` where rows are counted upwards from the lower edge of the picture; empty, which
        means the top, where nobody says it.
    stored_per_pixel
        Stored pixels per pixel of the file, where the system saw a reduced picture.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    order: tuple[str, ...] = ()
    first_pixel: Literal[0, 1] = 0
    y_from: Literal["", "top", "bottom"] = ""
    unit: Unit = Unit.PIXELS
    stored_per_pixel: float = 1.0


@dataclass(frozen=True, slots=True)
class ColumnWord:
    """A word in a column of a table and what it stands for, in our words."""

    column: str
    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Everything that a map file says.

    Attributes
    ----------
    scale
        Lowest and highest possible score; empty: guessed from the scores, and said so.
    twins
        An unknown image of a known case and view, such as the FOR PROCESSING twin, counts as the
        study's image of that view.
    sheet_columns
        Of reference sheets, lesions and ratings: our column and the name that it has in the table;
        those that AI results have too, as `case`, stand in `columns`.
    words
        By our column: words of the table and what they stand for there.
    form
        What is said of the file's form.
    unused
        Columns of which somebody said that they change nothing, so that nobody is asked.
    """

    columns: Columns = Columns()
    coordinates: Coordinates = Coordinates()
    types: tuple[TypeWord, ...] = ()
    scale: str = ""
    version: str = ""
    twins: bool = False
    sheet_columns: tuple[tuple[str, str], ...] = ()
    words: tuple[ColumnWord, ...] = ()
    form: TableForm = AS_FOUND
    unused: tuple[str, ...] = ()

    def column_of(self, meaning: str) -> str:
        """Return the name of the column that holds something; empty where nobody said it."""
        if meaning in _OF_AI:
            return str(getattr(self.columns, meaning))
        return dict(self.sheet_columns).get(meaning, "")

    def with_column(self, meaning: str, column: str) -> "ColumnMap":
        """Return the map with another column for a meaning, which is a field of `Columns`."""
        return replace(self, columns=replace(self.columns, **{meaning: column}))

    def with_type(self, word: str, meaning: Meaning) -> "ColumnMap":
        """Return the map with another meaning for a word."""
        others = (entry for entry in self.types if entry.word != word)
        return replace(self, types=(*others, TypeWord(word, meaning)))


@dataclass(frozen=True, slots=True)
class _MapFile:
    """The form of the TOML file."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: int
    columns: dict[str, str] = field(default_factory=dict)
    coordinates: Coordinates = Coordinates()
    types: dict[str, Meaning] | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    scale: str = ""
    version: str = ""
    twins: bool = False
    unused: tuple[str, ...] = ()
    encoding: str = ""
    decimal: DecimalSign | None = None
    sheet: str = ""


def read_column_map(path: Path) -> ColumnMap:
    """Read a map file.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is wrong.
    """
    try:
        content = parsed_toml(read_bounded(path, MOST_TOML_BYTES))
    except OSError as error:
        raise BadInputError(f"Expected a map file at {path}, got: {error.strerror}.") from error
    except ValueError as error:
        raise BadInputError(f"{path.name}: expected TOML, got: {error}.") from error
    try:
        file = _form().validate_python(content)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in problem["loc"])
        raise BadInputError(f"{path.name}: {place}: {problem['msg']}. Correct it.") from error
    _check(file, path.name)
    return ColumnMap(
        Columns(**{name: one for name, one in file.columns.items() if name in _OF_AI}),
        file.coordinates,
        tuple(TypeWord(word, meaning) for word, meaning in (file.types or {}).items()),
        file.scale,
        file.version,
        file.twins,
        tuple((name, one) for name, one in file.columns.items() if name not in _OF_AI and one),
        tuple(
            ColumnWord(column, word, meaning)
            for column, meanings in file.words.items()
            for word, meaning in meanings.items()
        ),
        TableForm(file.encoding, file.decimal, file.sheet),
        file.unused,
    )


def write_column_map(path: Path, column_map: ColumnMap) -> None:
    """Write a map file; what is as usual is left out."""
    lines = [f"schema = {SCHEMA}"]
    lines += [
        f"{key} = {_toml(getattr(column_map, key))}"
        for key in ("scale", "version", "twins", "unused")
        if getattr(column_map, key)
    ]
    lines += [
        f"{key} = {_toml(getattr(column_map.form, key))}"
        for key in ("encoding", "decimal", "sheet")
        if getattr(column_map.form, key)
    ]
    lines += _section("columns", column_map.columns, Columns())
    if column_map.sheet_columns and column_map.columns == Columns():
        lines += ["", "[columns]"]
    lines += [f"{name} = {_toml(one)}" for name, one in column_map.sheet_columns]
    lines += _section("coordinates", column_map.coordinates, Coordinates())
    if column_map.types:
        lines += ["", "[types]"]
        lines += [f"{_toml(one.word)} = {_toml(one.meaning.value)}" for one in column_map.types]
    for column in dict.fromkeys(one.column for one in column_map.words):
        lines += ["", f"[words.{column}]"]
        lines += [
            f"{_toml(one.word)} = {_toml(one.meaning)}"
            for one in column_map.words
            if one.column == column
        ]
    write_atomically(path, ("\n".join(lines) + "\n").encode())


@cache
def _form() -> TypeAdapter[_MapFile]:
    """Return the form of the file; built once, on first use."""
    return TypeAdapter(_MapFile)


def _check(file: _MapFile, name: str) -> None:
    """Refuse a map that cannot be followed."""
    order = file.coordinates.order
    if file.schema != SCHEMA:
        raise BadInputError(f"{name}: expected schema {SCHEMA}, got {file.schema}. Correct it.")
    if order and not any(sorted(order) == sorted(form) for form in FORMS):
        raise BadInputError(
            f"{name}: expected the order of {' or '.join(', '.join(form) for form in FORMS)}, got "
            f"{', '.join(order)}. Correct it."
        )
    if file.coordinates.stored_per_pixel <= 0:
        raise BadInputError(f"{name}: expected stored_per_pixel above 0. Correct it.")
    unknown = [name for name in (*file.columns, *file.words) if name not in (*_OF_AI, *MEANINGS)]
    if unknown:
        raise BadInputError(
            f"{name}: columns.{shown(unknown[0])}: expected one of "
            f"{', '.join(dict.fromkeys((*MEANINGS, *_OF_AI)))}. Correct it."
        )
    wrong = [
        f"words.status.{shown(word)}: expected one of {', '.join(AiStatus)}, got {shown(meaning)!r}"
        for word, meaning in file.words.get("status", {}).items()
        if meaning not in tuple(AiStatus)
    ]
    if wrong:
        raise BadInputError(f"{name}: {wrong[0]}. Correct it.")
    if file.scale and ScoreScale.of(file.scale) is None:
        raise BadInputError(f"{name}: expected a scale like 0-1, got {file.scale!r}. Correct it.")


def _section(name: str, values: Columns | Coordinates, usual: Columns | Coordinates) -> list[str]:
    """Return a section of the file with what differs from the usual; none where nothing does."""
    keys = [one.name for one in fields(values)]
    changed = [key for key in keys if getattr(values, key) != getattr(usual, key)]
    lines = [f"{key} = {_toml(getattr(values, key))}" for key in changed]
    return ["", f"[{name}]", *lines] if lines else []


def _toml(value: str | float | bool | Sequence[str]) -> str:
    """Return a value as TOML; its strings, numbers and lists are spelt as in JSON."""
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return f"[{', '.join(_toml(one) for one in value)}]"
