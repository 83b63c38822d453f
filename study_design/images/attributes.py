"""Attributes of a DICOM dataset read without trust: what makes no sense counts as absent."""

import math
import struct
from collections.abc import Iterable

from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue


def text(dataset: Dataset, keyword: str) -> str:
    """Return an attribute's first value as text without blanks around; empty where absent."""
    return next(iter(texts(dataset, keyword)), "")


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    """Return all values of an attribute as text."""
    return tuple(str(value).strip("\0 ") for value in _values(dataset, keyword))


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """Return the finite numbers among an attribute's values."""
    found = []
    for value in _values(dataset, keyword):
        try:
            found.append(float(str(value)))
        except ValueError:
            continue
    return tuple(value for value in found if math.isfinite(value))


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return an attribute's first number."""
    return next(iter(numbers(dataset, keyword)), None)


def integer(dataset: Dataset, keyword: str, default: int = 0) -> int:
    """Return an attribute's first number as a whole one."""
    value = number(dataset, keyword)
    return default if value is None else int(value)


def words(dataset: Dataset, keyword: str) -> tuple[int, ...]:
    """Return the 16 bit words of an attribute, which a file holds as numbers or as bytes."""
    data = next(iter(_values(dataset, keyword)), None)
    if not isinstance(data, bytes):
        return tuple(int(value) for value in numbers(dataset, keyword))
    order = ">" if dataset.original_encoding[1] is False else "<"
    return struct.unpack(f"{order}{len(data) // 2}H", data[: len(data) // 2 * 2])


def items(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Return the items of a sequence; empty where it is absent or no sequence."""
    return tuple(item for item in _values(dataset, keyword) if isinstance(item, Dataset))


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
