"""Attributes of a DICOM dataset read without trust: what makes no sense counts as absent."""

import struct
from collections.abc import Iterable

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue

from study_design.images.header.character_sets import decoded_text, legible_text
from study_design.images.header.spelled_number import SpelledNumber, spelled_number

# PS3.5 6.1.2.2; what such an attribute may be said to be, None where that is not said.
_IN_CHARACTER_SETS = {"LO", "SH", "PN", "UC", "ST", "LT", "UT"}
_HOLDS_TEXT = {*_IN_CHARACTER_SETS, "UN", "OB", "CS", "AE", None}


def text(dataset: Dataset, keyword: str) -> str:
    """Return an attribute's first value as text without blanks around; empty where absent."""
    return next(iter(texts(dataset, keyword)), "")


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Return all values of an attribute as text, decoded by the character sets of the file."""
    raw = _raw_text(dataset, keyword)
    if raw is None:
        return tuple(legible_text(str(value)).strip() for value in _values(dataset, keyword))
    said = decoded_text(raw.replace(b"\0", b""), _character_sets(dataset)).strip()
    return tuple(value.strip() for value in said.split("\\")) if said else ()


def _raw_text(dataset: Dataset, keyword: str) -> bytes | None:
    """Return the bytes of an attribute to which character sets apply; None where there are none.

    pydicom keeps them until somebody asks for the value, and decodes some escapes not at all.
    """
    try:
        element = dataset.get_item(keyword)
    except (KeyError, ValueError):
        return None
    if not isinstance(element, RawDataElement) or not isinstance(element.value, bytes):
        return None
    is_text = {element.VR, dictionary_VR(keyword)} & _IN_CHARACTER_SETS
    return element.value if is_text and element.VR in _HOLDS_TEXT else None


def _character_sets(dataset: Dataset) -> tuple[str, ...]:
    """Return Specific Character Set, as far as the dataset itself has it."""
    return tuple(str(value) for value in _values(dataset, "SpecificCharacterSet"))


def spelled_numbers(dataset: Dataset, keyword: str) -> tuple[SpelledNumber, ...]:
    """Return each of an attribute's values as its writer spelled it, in its place.

    Empty values stay, but for those at the end.
    """
    found = [spelled_number(said) for value in _values(dataset, keyword) for said in _parts(value)]
    while found and found[-1].is_empty:
        found.pop()
    return tuple(found)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """Return an attribute's values as numbers; none where one of them is no certain number.

    So a value never takes another's place.
    """
    found = [spelled.value for spelled in spelled_numbers(dataset, keyword)]
    certain = tuple(value for value in found if value is not None)
    return certain if len(certain) == len(found) else ()


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return an attribute's first value as a number; None where it is no certain one."""
    spelled = spelled_numbers(dataset, keyword)
    return spelled[0].value if spelled else None


def integer(dataset: Dataset, keyword: str, default: int = 0) -> int:
    """Return an attribute's first number as a whole one."""
    value = number(dataset, keyword)
    return default if value is None else int(value)


def words(dataset: Dataset, keyword: str) -> tuple[int, ...]:
    """Return the 16 bit words of an attribute, which a file holds as numbers or as bytes."""
    values = tuple(_values(dataset, keyword))
    if values and isinstance(values[0], bytes):
        order = ">" if dataset.original_encoding[1] is False else "<"
        data = values[0]
        return struct.unpack(f"{order}{len(data) // 2}H", data[: len(data) // 2 * 2])
    integers = tuple(value for value in values if type(value) is int)
    # Tables have thousands of them.
    if len(integers) == len(values):
        return integers
    return tuple(int(value) for value in numbers(dataset, keyword))


def items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Return the items of a sequence; empty where it is absent or no sequence."""
    return tuple(item for item in _values(dataset, keyword) if isinstance(item, Dataset))


def _parts(value: object) -> list[str]:
    """Return a value as text; bytes, where a file calls numbers so, as the values within them."""
    return value.decode("latin-1").split("\\") if isinstance(value, bytes) else [str(value)]


def _values(dataset: Dataset, keyword: str) -> Iterable[object]:
    """Return the values of an attribute, none where it is absent, empty or unreadable."""
    try:
        value = dataset.get(keyword)
    except (ValueError, TypeError, ArithmeticError, NotImplementedError, BytesLengthException):
        return ()
    if value is None or value == "":
        return ()
    if isinstance(value, MultiValue | list | tuple):
        return value
    is_sequence = not isinstance(value, str | bytes) and hasattr(value, "__getitem__")
    return list(value) if is_sequence else (value,)
