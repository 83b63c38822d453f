"""A number as DICOM's Decimal String: at most 16 characters (PS3.5 6.2)."""

from pydicom.valuerep import format_number_as_ds

_MOST_CHARACTERS = 16
_DIGITS_THAT_FIT = 14
_MOST_WHOLE = 1e15


def decimal_string(number: float) -> str:
    """Return a finite number in as many digits as fit.

    pydicom counts the digits before it rounds: 9.999999999999998 becomes 10 with 17 characters.
    """
    told = str(format_number_as_ds(number))
    if len(told) <= _MOST_CHARACTERS:
        return told
    return str(format_number_as_ds(float(f"{number:.{_DIGITS_THAT_FIT - 1}g}")))


def shortest_decimal(number: float) -> str:
    """Return a finite number as `decimal_string`, a whole one without a point.

    Some attributes demand that: 180, not 180.0.
    """
    whole = number.is_integer() and abs(number) < _MOST_WHOLE
    return str(int(number)) if whole else decimal_string(number)
