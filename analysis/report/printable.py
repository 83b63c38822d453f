"""Results whose every text can be printed: in Word and SVG files some characters cannot stand."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

Value = TypeVar("Value")

# What XML 1.0 (2.2) does not allow as a character, and lone surrogates, which are none.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(value: Value) -> Value:
    """Return a value with each such character spelled out, wherever it stands in it."""
    return _printable(value)  # type: ignore[return-value]


def _printable(value: object) -> object:
    """Return the same of anything; what needs no change stays the object that it is."""
    if isinstance(value, str):
        return _NOT_XML.sub(_spelled, value) if _NOT_XML.search(value) else value
    if isinstance(value, tuple) and type(value) is tuple:
        new = tuple(_printable(one) for one in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        parts = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        spelled = {name: _printable(part) for name, part in parts.items()}
        changed = {name: one for name, one in spelled.items() if one is not parts[name]}
        return replace(value, **changed) if changed else value
    return value


def _spelled(found: re.Match[str]) -> str:
    """Return a character as Python spells it."""
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
