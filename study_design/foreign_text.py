"""JSON and TOML from files that anybody may have edited: bounded in size, depth and numbers.

Python's own readers take what no file of ours holds: nesting until the stack ends, integers of a
million digits, infinity. Here all of that is a `ValueError` with a short reason, which each door
turns into its own line.
"""

import json
import math
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from study_design.errors import BadInputError
from study_design.plain_text import is_plain, shown

# Whatever stands in a file; its door says what it must be.
Foreign = Any

MOST_BYTES = 256_000_000
MOST_TOML_BYTES = 1_000_000
LARGEST_INTEGER = 2**63 - 1
_DEEPEST = 50
# An escape of JSON that may be half a character.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]|[\xed][\xa0-\xbf]")
_LONGEST_TEXT = 2000


def read_bounded(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the content of a file that is no larger than files of its kind are.

    Raises
    ------
    BadInputError
        Where it is larger.
    OSError
        Where it cannot be read.
    """
    with path.open("rb") as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise BadInputError(
            f"{path.name}: expected a file of at most {most_bytes / 1e6:g} MB, got a larger one. "
            "Check that it is the right file."
        )
    return content


def parsed_json(content: bytes | str) -> Foreign:
    """Return what a JSON file says.

    Raises
    ------
    ValueError
        Where it is no JSON, nested too deeply, or holds a number that nothing is counted in.
    """
    try:
        parsed = json.loads(
            content, parse_int=_integer, parse_float=_finite, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_depth(parsed)
    if _HALF.search(content if isinstance(content, bytes) else content.encode(errors="replace")):
        _each(parsed, "", _refuse_halves)
    return parsed


def parsed_toml(content: bytes) -> dict[str, Foreign]:
    """Return what a TOML file says.

    Raises
    ------
    ValueError
        Where it is no TOML, nested too deeply, or holds text or numbers that no protocol has.
    """
    try:
        parsed = tomllib.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError as error:
        raise ValueError(_first_line(str(error))) from error
    _check_depth(parsed)
    _each(parsed, "", _check_value)
    return parsed


def _integer(text: str) -> int:
    """Return an integer of ordinary size."""
    if len(text) > 20 or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError(f"an integer of {len(text)} digits")
    return int(text)


def _finite(text: str) -> float:
    """Return a number that is finite; Python would read 1e999 as infinity."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"expected a number, got {shown(text)}")
    return value


def _no_number(text: str) -> float:
    """Refuse NaN and Infinity, which JSON does not have."""
    raise ValueError(f"expected a number, got {text}")


def _check_depth(parsed: Foreign) -> None:
    """Refuse what is nested more deeply than any of our files; looks level by level."""
    level: list[Foreign] = [parsed]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(value: Foreign) -> list[Foreign]:
    """Return what a table or list holds directly, of what can hold something itself."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict | list)]


def _each(value: Foreign, key: str, check: Callable[[str, Foreign], None]) -> None:
    """Check every key and value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            check("a key", name)
            _each(inner, name, check)
    elif isinstance(value, list):
        for inner in value:
            _each(inner, key, check)
    else:
        check(key, value)


def _check_value(key: str, value: Foreign) -> None:
    """Refuse text that is not one plain line, and numbers that are none or too large."""
    if isinstance(value, str) and not is_plain(value):
        raise ValueError(f"{key}: one line of text, no control characters, not {shown(value)!r}")
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise ValueError(f"{key}: text of at most {_LONGEST_TEXT} characters, not {len(value)}")
    if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{key}: a number of ordinary size, not an integer of many digits")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{key}: a finite number, not {value}")


def _refuse_halves(_key: str, value: Foreign) -> None:
    """Refuse text that cannot be written down: half of a character of two units."""
    if isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value):
        raise ValueError("half a character")


def _first_line(text: str) -> str:
    """Return the first line of a reason, of bounded length."""
    return text.splitlines()[0][:200] if text else "damaged"
