"""The `.lrc` files of OR-DBM MRMC and LABMRMC (University of Iowa), which RJafroc reads too.

A title; then, for each reader, a line with the name (the first is followed by the arms in quotation
marks and, for each arm, L or S: larger or smaller ratings are more suspicious), a line for each
case of truth 0 with a rating for each arm and free text, `*`, the same for truth 1, `*`. `#` ends
the file. Cases stand in the same order for every reader; none may be missing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import (
    MrmcRatings,
    RatedCase,
    Reading,
    check_complete,
    check_ratings,
    rating_text,
)
from study_design.foreign_text import read_bounded
from study_design.tables.csv_file import MOST_CSV_BYTES, number, write_atomically
from study_design.tables.text_encoding import decoded

LARGER, SMALLER = ("L", "LARGE"), ("S", "SMALL")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file; `row` counts from 1."""

    row: int
    text: str


def read_lrc(path: Path) -> MrmcRatings:
    """Read an `.lrc` file.

    A case goes by the free text behind its ratings; where that does not tell the cases apart, or
    differs between readers, by its place. Ratings of an arm marked S are turned round, as RJafroc
    does: the largest rating of the file + 1 - rating.

    Raises
    ------
    BadInputError
        With the row: for readers with unequal numbers of cases, a rating that is no number, a
        missing `*` or `#`, and whatever `check_ratings` refuses.
    """
    lines = _lines(path)
    if len(lines) < 5:
        raise _wrong(path, len(lines), "a title, a reader, arms, L or S, and ratings", "the end")
    arms = tuple(name for name in re.findall(r'"([^"]*)"', lines[2].text) if name.strip())
    signs = lines[3].text.upper().split()
    if not arms or len(signs) != len(arms) or set(signs) - {*LARGER, *SMALLER}:
        raise _wrong(path, 4, "L or S for each arm of row 3", lines[3].text)
    blocks = _blocks(path, [lines[1], *lines[4:]])
    cases = _cases(path, blocks, len(arms))
    readings = [
        Reading(block.reader, arm, case.case, rating, line.row)
        for block in blocks
        for case, line in zip(cases, (*block.normal, *block.diseased), strict=True)
        for arm, rating in zip(arms, _ratings(path, line, len(arms)), strict=True)
    ]
    largest = max(reading.rating for reading in readings) if readings else 0.0
    reversed_arms = {arm for arm, sign in zip(arms, signs, strict=True) if sign in SMALLER}
    return check_ratings(
        path.name,
        MrmcRatings(
            lines[0].text,
            cases,
            tuple(
                replace(one, rating=largest + 1 - one.rating) if one.arm in reversed_arms else one
                for one in readings
            ),
        ),
    )


def write_lrc(path: Path, ratings: MrmcRatings) -> None:
    """Write an `.lrc` file; larger ratings are more suspicious.

    Raises
    ------
    BadInputError
        For what `check_ratings` refuses, a missing reading, and names that the lines cannot hold;
        nothing is written.
    """
    check_ratings(path.name, ratings)
    check_complete(path.name, ratings, "OR-DBM MRMC")
    _check_names(path, ratings)
    rated = {(one.reader, one.case, one.arm): one.rating for one in ratings.readings}
    lines = [" ".join(ratings.title.split())]
    for at, reader in enumerate(ratings.readers):
        lines.append(reader)
        if at == 0:
            lines.append(" ".join(f'"{arm}"' for arm in ratings.arms))
            lines.append(" ".join("L" for _ in ratings.arms))
        for truth in (False, True):
            for case in ratings.cases:
                if case.truth is truth:
                    given = (rated[reader, case.case, arm] for arm in ratings.arms)
                    lines.append("   ".join([*map(rating_text, given), case.case]))
            lines.append("*")
    write_atomically(path, ("\n".join([*lines, "#"]) + "\n").encode())


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one reader."""

    reader: str
    row: int
    normal: tuple[_Line, ...]
    diseased: tuple[_Line, ...]


def _lines(path: Path) -> list[_Line]:
    """Return the lines that are not empty; the title may be."""
    try:
        text = decoded(path.name, read_bounded(path, MOST_CSV_BYTES), ours=True).text
    except OSError as error:
        raise BadInputError(
            f"Expected a text file at {path}, got: {error.strerror}. Check the path."
        ) from error
    lines = [_Line(row, line.strip()) for row, line in enumerate(text.splitlines(), start=1)]
    return [line for line in lines if line.text or line.row == 1]


def _blocks(path: Path, lines: Sequence[_Line]) -> tuple[_Block, ...]:
    """Return the readers' lines; all have as many cases of each truth as the first."""
    blocks: list[_Block] = []
    at = 0
    while at < len(lines) and lines[at].text != "#":
        stars = [n for n in range(at + 1, len(lines)) if lines[n].text == "*"][:2]
        if len(stars) < 2:
            raise _wrong(path, lines[-1].row, "* after the cases of each truth", "the end")
        normal, diseased = lines[at + 1 : stars[0]], lines[stars[0] + 1 : stars[1]]
        block = _Block(lines[at].text, lines[at].row, tuple(normal), tuple(diseased))
        first = blocks[0] if blocks else block
        here = (len(block.normal), len(block.diseased))
        if here != (len(first.normal), len(first.diseased)):
            expected = f"{len(first.normal)} and {len(first.diseased)} cases, as the first reader"
            raise _wrong(path, block.row, expected, f"{here[0]} and {here[1]}")
        blocks.append(block)
        at = stars[1] + 1
    if at == len(lines):
        raise _wrong(path, lines[-1].row, "# at the end", lines[-1].text)
    return tuple(blocks)


def _cases(path: Path, blocks: Sequence[_Block], arms: int) -> tuple[RatedCase, ...]:
    """Return the cases by their free text, or by their place."""
    texts = [
        [" ".join(line.text.split()[arms:]) for line in (*block.normal, *block.diseased)]
        for block in blocks
    ]
    if not texts:
        raise _wrong(path, 2, "a reader", "none")
    names = texts[0]
    told = all(names) and len(set(names)) == len(names) and all(one == names for one in texts)
    lines = (*blocks[0].normal, *blocks[0].diseased)
    return tuple(
        RatedCase(names[at] if told else str(at + 1), at >= len(blocks[0].normal), line.row)
        for at, line in enumerate(lines)
    )


def _ratings(path: Path, line: _Line, arms: int) -> list[float]:
    """Return the ratings at the head of a line, one for each arm."""
    words = line.text.split()
    if len(words) < arms:
        raise _wrong(path, line.row, f"{arms} ratings, one for each arm", line.text)
    return [number(word, f"{path.name}, row {line.row}") for word in words[:arms]]


def _check_names(path: Path, ratings: MrmcRatings) -> None:
    """Refuse names that end a block or a quotation, or run over a line."""
    cases = [case.case for case in ratings.cases]
    for name in (*ratings.readers, *ratings.arms, *cases):
        if " ".join(name.split()) != name or name in ("", "*", "#") or '"' in name:
            raise BadInputError(
                f"{path.name}: expected names of single words or words with one space between "
                f"them, without quotation marks, * and #, got {name!r}. Export integers with a key."
            )


def _wrong(path: Path, row: int, expected: str, got: str) -> BadInputError:
    """Return the refusal of a line."""
    return BadInputError(
        f"{path.name}, row {row}: expected {expected}, got {got!r}. Correct the row."
    )
