"""Numbers as spreadsheets of any country write them: decimal point or comma, thousands parted.

`1,234` is 1.234 in one country and 1234 in another. What a cell leaves open its column may settle
(`0,5` and `12,25` have a decimal comma), or else the other columns of the file, for a spreadsheet
writes all of them alike; where nothing settles it somebody must say. A point with three digits
behind it is a decimal point in files whose columns are parted by commas, as every program writes
them; beside semicolons and tabs it is as open as the comma.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


class DecimalSign(StrEnum):
    """Which sign stands before the decimals of a number."""

    POINT = "point"
    COMMA = "comma"

    @property
    def sign(self) -> str:
        """The sign itself."""
        return "." if self is DecimalSign.POINT else ","


class Typed(str):
    """The text of a number that a spreadsheet held as a number: its point is a decimal point."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class TwoReadings:
    """A number under either decimal sign; None where it is none under that sign."""

    point: float | None
    comma: float | None

    @property
    def is_open(self) -> bool:
        """Whether the two signs give two numbers."""
        return self.point is not None and self.comma is not None and self.point != self.comma

    @property
    def settles(self) -> DecimalSign | None:
        """Which sign it has for sure; None where it has none, or may have either."""
        if self.point is not None and self.comma is None:
            return DecimalSign.POINT
        return DecimalSign.COMMA if self.comma is not None and self.point is None else None

    def by(self, sign: DecimalSign | None) -> float | None:
        """Return the number by a sign; without one only where both readings agree."""
        if sign is not None:
            return self.point if sign is DecimalSign.POINT else self.comma
        known = {value for value in (self.point, self.comma) if value is not None}
        return known.pop() if len(known) == 1 else None


# Full-width signs, the minus of typography, spaces of other widths, the apostrophe of typography.
_PLAIN = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"\u2212": "-", "\u2019": "'"}
    | dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
)
# Every group of thousands is parted by the same sign; the first has no zero in front.
_GROUPED = r"[1-9]\d{{0,2}}(?:(?P<{name}>[{signs}])\d{{3}})(?:(?P={name})\d{{3}})*"
_LONGEST = 400
_PARTS = r"(?P<sign>[+-]?)(?:(?P<grouped>{grouped})(?:{decimal}\d+)?|{plain})"


def _pattern(decimal: str, group: str) -> re.Pattern[str]:
    """Return the form of numbers with a decimal sign and a sign between thousands."""
    grouped = _GROUPED.format(name="by", signs=f"{group} '")
    plain = rf"(?:\d+(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    whole = _PARTS.format(grouped=grouped, decimal=decimal, plain=plain)
    return re.compile(whole, re.ASCII)


_POINT = _pattern(r"\.", ",")
_COMMA = _pattern(",", ".")


@lru_cache(maxsize=65536, typed=True)
def two_readings(text: str) -> TwoReadings:
    """Return what a text is under either decimal sign.

    Full-width digits, a minus of typography, no-break spaces and apostrophes between thousands
    are understood; digits of other scripts, dates, ranges and fractions are no numbers.
    """
    if len(text) > _LONGEST:
        return TwoReadings(None, None)
    if isinstance(text, Typed):
        return TwoReadings(*(_value(_POINT, text, "."),) * 2)
    plain = text.translate(_PLAIN).strip()
    return TwoReadings(_value(_POINT, plain, "."), _value(_COMMA, plain, ","))


def settled(texts: Iterable[str]) -> frozenset[DecimalSign]:
    """Return the decimal signs that some texts have for sure; two where they contradict."""
    return frozenset(sign for text in set(texts) if (sign := two_readings(text).settles))


@dataclass(frozen=True, slots=True)
class NumberStyles:
    """The decimal sign of each column of a table.

    Attributes
    ----------
    said
        What somebody said of the whole file.
    commas_part_columns
        Whether the file's columns are parted by commas.
    """

    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, str]]
    stated: DecimalSign | None = None
    commas_part_columns: bool = True
    _known: dict[str, DecimalSign | None] = field(default_factory=dict, repr=False, compare=False)
    _most: dict[str, DecimalSign] = field(default_factory=dict, repr=False, compare=False)

    def number(self, text: str, column: str) -> float | None:
        """Return the number in a cell of a column; None where it is none, or is open."""
        readings = two_readings(text)
        value = readings.by(self._sign(column) if readings.is_open else None)
        return value if value is not None and self._agrees(readings, column) else None

    def contradicts(self, text: str, column: str) -> bool:
        """Tell whether a number has another decimal sign than the others of its column."""
        return not self._agrees(two_readings(text), column)

    def _agrees(self, readings: TwoReadings, column: str) -> bool:
        """Tell whether a number has the decimal sign that was said, or else its column's."""
        if readings.settles is None:
            return True
        return readings.settles is (self.stated or self._usual(column))

    def _usual(self, column: str) -> DecimalSign:
        """Return the decimal sign that most numbers of a column have which have one for sure."""
        if column not in self._most:
            counts = Counter(two_readings(row.get(column, "")).settles for row in self.rows)
            self._most[column] = max(DecimalSign, key=lambda sign: counts[sign])
        return self._most[column]

    def _sign(self, column: str) -> DecimalSign | None:
        """Return the decimal sign of a column's open numbers; None where nothing settles it."""
        if column not in self._known:
            self._known[column] = self.stated or self._found(column)
        return self._known[column]

    def _found(self, column: str) -> DecimalSign | None:
        """Return the decimal sign by the column, else by the file's other numbers."""
        own = self._settled(column)
        if own:
            return next(iter(own)) if len(own) == 1 else None
        others = frozenset(sign for name in self.columns for sign in self._of_numbers(name))
        if len(others) == 1:
            return next(iter(others))
        open_ones = [text for text in self._texts(column) if two_readings(text).is_open]
        by_point = self.commas_part_columns and not any("," in text for text in open_ones)
        return DecimalSign.POINT if by_point and not others else None

    def _settled(self, column: str) -> frozenset[DecimalSign]:
        """Return the decimal signs that cells of a column have for sure."""
        return settled(self._texts(column))

    def _of_numbers(self, column: str) -> frozenset[DecimalSign]:
        """Return the decimal signs of a column that holds nothing but numbers."""
        texts = self._texts(column)
        readings = [two_readings(text) for text in texts]
        if any(one.point is None and one.comma is None for one in readings):
            return frozenset()
        return settled(texts)

    def _texts(self, column: str) -> set[str]:
        """Return what stands in a column, each text once."""
        return {text for row in self.rows if (text := row.get(column, ""))}


def _value(pattern: re.Pattern[str], text: str, decimal: str) -> float | None:
    """Return the finite number that a text is in a form; None where it is none."""
    found = pattern.fullmatch(text)
    if found is None:
        return None
    if found["by"]:
        text = text.replace(found["by"], "")
    value = float(text.replace(decimal, "."))
    return value if math.isfinite(value) else None
