r"""A number of a header as its writer spelled it, for many do not know DICOM's way.

A Decimal String has a point (PS3.5 6.2) and `\` divides several; some writers put a comma for the
point, or between groups of three digits. What is certain is read; `1,700` may be 1.7 or 1700, and
only what the number is for can tell.
"""

import math
import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# A comma, with digits before it; none need follow.
_COMMA = re.compile(r"[+-]?\d+,\d*([eE][+-]?\d+)?", re.ASCII)
_POINTS_THEN_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d*", re.ASCII)
_COMMAS_THEN_POINT = re.compile(
    r"[+-]?\d{1,3}(,\d{3})+\.\d*|[+-]?[1-9]\d{0,2}(,\d{3}){2,}", re.ASCII
)
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SpelledNumber:
    """One value of an attribute that should be a number.

    Attributes
    ----------
    readings
        The finite numbers that it can be: none where it makes no sense, two where it is ambiguous.
    is_empty
        Nothing stands there.
    is_plain
        Written as DICOM asks.
    """

    readings: tuple[float, ...]
    is_empty: bool = False
    is_plain: bool = True

    @property
    def value(self) -> float | None:
        """The number where it is certain."""
        return self.readings[0] if len(self.readings) == 1 else None

    def within(self, low: float, high: float) -> float | None:
        """Return the number, where only one of its readings lies in a range or it is certain."""
        if len(self.readings) < 2:
            return self.value
        inside = [reading for reading in self.readings if low <= reading <= high]
        return inside[0] if len(inside) == 1 else None

    @property
    def fault(self) -> str:
        """Why it is no number that is certain, in words; of the text itself nothing but digits."""
        if len(self.readings) > 1:
            return "may be {:g} or {:g}".format(*self.readings)
        return "is empty" if self.is_empty else "is no number"


def spelled_number(said: str) -> SpelledNumber:
    """Return what a value can be, blanks around it left out."""
    text = said.strip("\0 \t\r\n")
    if not text:
        return SpelledNumber((), is_empty=True)
    if _PLAIN.fullmatch(text):
        return _finite((text,), is_plain=True)
    if _ONE_GROUP.fullmatch(text):
        return _finite((text.replace(",", "."), text.replace(",", "")), is_plain=False)
    if _COMMA.fullmatch(text):
        return _finite((text.replace(",", "."),), is_plain=False)
    if _POINTS_THEN_COMMA.fullmatch(text):
        return _finite((text.replace(".", "").replace(",", "."),), is_plain=False)
    if _COMMAS_THEN_POINT.fullmatch(text):
        return _finite((text.replace(",", ""),), is_plain=False)
    return SpelledNumber((), is_plain=False)


def _finite(texts: tuple[str, ...], *, is_plain: bool) -> SpelledNumber:
    """Return the readings that are finite."""
    readings = tuple(value for value in map(float, texts) if math.isfinite(value))
    return SpelledNumber(readings, is_plain=is_plain)
