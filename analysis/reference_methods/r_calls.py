"""R calls as reference cases quote them, taken apart into function and arguments.

Only what quotes of this kind hold is understood: names, numbers, strings and nested calls.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RCall:
    """One call; `plain` arguments are in order, `named` ones are (name, text) in order."""

    function: str
    plain: tuple[str, ...]
    named: tuple[tuple[str, str], ...]

    def argument(self, name: str, default: str = "") -> str:
        """Return a named argument's text without quotes."""
        return dict(self.named).get(name, default).strip("'\"")

    def number(self, name: str, default: float) -> float:
        """Return a named argument as a number."""
        text = self.argument(name)
        return float(text) if text else default


def r_call(text: str, function: str) -> RCall | None:
    """Return the first call of a function within a text, None without one.

    Parameters
    ----------
    text
        What was run, as quoted.
    function
        Its name; a package's `NAME::` before it is left aside.
    """
    found = re.search(rf"(?<![\w.]){re.escape(function)}\(", text)
    if found is None:
        return None
    plain: list[str] = []
    named: list[tuple[str, str]] = []
    for part in _arguments(text, found.end()):
        name, equals, value = part.partition("=")
        if equals and re.fullmatch(r"\s*[\w.]+\s*", name) and not value.startswith("="):
            named.append((name.strip(), value.strip()))
        elif part.strip():
            plain.append(part.strip())
    return RCall(function, tuple(plain), tuple(named))


def _arguments(text: str, start: int) -> list[str]:
    """Return what stands between commas of the outermost brackets."""
    depth, begin = 0, start
    parts: list[str] = []
    for place in range(start, len(text)):
        letter = text[place]
        if letter in ")]}" and depth == 0:
            return [*parts, text[begin:place]]
        if letter == "," and depth == 0:
            parts.append(text[begin:place])
            begin = place + 1
        depth += (letter in "([{") - (letter in ")]}")
    return [*parts, text[begin:]]
