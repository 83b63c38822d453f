"""A number as DICOM's Decimal String: at most 16 characters (PS3.5 6.2)."""

from pydicom.valuerep import format_number_as_ds

_MOST_CHARACTERS = 16
_DIGITS_THAT_FIT = 14


def decimal_string(number: float) -> str:
    """Return a finite number in as many digits as fit.

    pydicom counts the digits before it rounds: 9.999999999999998 becomes 10 with 17 characters.
    """
    told = str(format_number_as_ds(number))
    if len(told) <= _MOST_CHARACTERS:
        return told
    return str(format_number_as_ds(float(f"{number:.{_DIGITS_THAT_FIT - 1}g}")))
