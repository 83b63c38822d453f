"""Integers in the place of names, for programs that take nothing else, and the key between them."""

from dataclasses import dataclass, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings, RatedCase, Reading
from study_design.exchange.ratings.rjafroc import MarkedStudy
from study_design.tables.csv_file import read_csv, write_csv

COLUMNS = ("kind", "integer", "original")


@dataclass(frozen=True, slots=True)
class IntegerKey:
    """The names behind the integers 1, 2, ... of each kind, in that order."""

    readers: tuple[str, ...]
    arms: tuple[str, ...]
    cases: tuple[str, ...]


def key_of(ratings: MrmcRatings) -> IntegerKey:
    """Return the key that numbers readers, arms and cases in the order of the ratings."""
    return IntegerKey(ratings.readers, ratings.arms, tuple(case.case for case in ratings.cases))


def numbered(ratings: MrmcRatings, key: IntegerKey) -> MrmcRatings:
    """Return the ratings with integers in the place of names."""
    readers, arms, cases = (
        {name: str(number) for number, name in enumerate(names, start=1)}
        for names in (key.readers, key.arms, key.cases)
    )
    return _renamed(ratings, readers, arms, cases)


def named(ratings: MrmcRatings, key: IntegerKey, source: str) -> MrmcRatings:
    """Return the ratings with the names that the integers stand for.

    Raises
    ------
    BadInputError
        For the first integer that the key does not hold; `source` is the ratings' file.
    """
    readers, arms, cases = (
        {str(number): name for number, name in enumerate(names, start=1)}
        for names in (key.readers, key.arms, key.cases)
    )
    for kind, names, used in (
        ("reader", readers, ratings.readers),
        ("arm", arms, ratings.arms),
        ("case", cases, [case.case for case in ratings.cases]),
    ):
        lacking = next((one for one in used if one not in names), None)
        if lacking is not None:
            raise _not_in_key(source, kind, lacking)
    return _renamed(ratings, readers, arms, cases)


def key_path(path: Path) -> Path:
    """Return where the key of a file of ratings stands: beside it."""
    return path.with_name(f"{path.name}.key.csv")


def write_key(path: Path, key: IntegerKey) -> None:
    """Write a key as a table of kind, integer and original name."""
    kinds = (("reader", key.readers), ("arm", key.arms), ("case", key.cases))
    write_csv(
        path,
        COLUMNS,
        [
            {"kind": kind, "integer": number, "original": name}
            for kind, names in kinds
            for number, name in enumerate(names, start=1)
        ],
    )


def read_key(path: Path) -> IntegerKey:
    """Read a key.

    Raises
    ------
    BadInputError
        Where a row's kind is not reader, arm or case, or the integers do not run from 1.
    """
    names: dict[str, list[str]] = {"reader": [], "arm": [], "case": []}
    for line, row in enumerate(read_csv(path).require(*COLUMNS).rows, start=2):
        known = names.get(row["kind"])
        if known is None or row["integer"] != str(len(known) + 1):
            raise BadInputError(
                f"{path.name}, row {line}: expected reader, arm or case, each numbered 1, 2, ..., "
                f"got {row['kind']} {row['integer']}. Take the key as it was exported."
            )
        known.append(row["original"])
    return IntegerKey(tuple(names["reader"]), tuple(names["arm"]), tuple(names["case"]))


def with_names(path: Path, ratings: MrmcRatings) -> MrmcRatings:
    """Return the ratings of a file under their names, where a key stands beside the file."""
    beside = key_path(path)
    return named(ratings, read_key(beside), path.name) if beside.is_file() else ratings


def marked_with_names(path: Path, study: MarkedStudy) -> MarkedStudy:
    """Return the marks of a workbook under their names, where a key stands beside it.

    Raises
    ------
    BadInputError
        For the first integer that the key does not hold.
    """
    beside = key_path(path)
    if not beside.is_file():
        return study
    key = read_key(beside)
    readers, arms, cases = (
        _Names(kind, {str(number): name for number, name in enumerate(names, start=1)}, path.name)
        for kind, names in (("reader", key.readers), ("arm", key.arms), ("case", key.cases))
    )
    return replace(
        study,
        truth=tuple(
            replace(
                row,
                case=cases[row.case],
                readers=tuple(readers[one] for one in row.readers),
                arms=tuple(arms[one] for one in row.arms),
            )
            for row in study.truth
        ),
        marks=tuple(
            replace(one, reader=readers[one.reader], arm=arms[one.arm], case=cases[one.case])
            for one in study.marks
        ),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """The names behind integers, and the file that has them."""

    kind: str
    names: dict[str, str]
    source: str

    def __getitem__(self, integer: str) -> str:
        """Return a name, or refuse an integer that the key does not hold."""
        if integer not in self.names:
            raise _not_in_key(self.source, self.kind, integer)
        return self.names[integer]


def _not_in_key(source: str, kind: str, integer: str) -> BadInputError:
    """Return the refusal of an integer without a name."""
    return BadInputError(
        f"{source}: expected each {kind} in the key file beside it, got {integer}. Put the right "
        "key file there, or take it away."
    )


def _renamed(
    ratings: MrmcRatings, readers: dict[str, str], arms: dict[str, str], cases: dict[str, str]
) -> MrmcRatings:
    """Return the ratings under other names."""
    return MrmcRatings(
        ratings.title,
        tuple(RatedCase(cases[one.case], one.truth, one.row) for one in ratings.cases),
        tuple(_reading(one, readers, arms, cases) for one in ratings.readings),
    )


def _reading(
    one: Reading, readers: dict[str, str], arms: dict[str, str], cases: dict[str, str]
) -> Reading:
    """Return a reading under other names."""
    return replace(one, reader=readers[one.reader], arm=arms[one.arm], case=cases[one.case])
