"""Text that may be printed and stored as a name: no control character, nothing that turns lines.

A name with the escape of a terminal in it could hide a line of a report or forge one; one with a
control character cannot be written into a Word file or an XML file at all.
"""

import re
import unicodedata

from study_design.errors import BadInputError

# Marks that reorder what follows on the screen, and separators of lines and paragraphs.
_TURNS = "\u2028\u2029\u202a-\u202e\u2066-\u2069"
# Lone surrogates stand for bytes of a file name that are no text.
_NOT_PLAIN = re.compile(f"[\x00-\x1f\x7f-\x9f{_TURNS}\ud800-\udfff]")
_LONGEST = 40


def is_plain(text: str) -> bool:
    """Tell whether a text is one line without control characters."""
    return _NOT_PLAIN.search(text) is None


def refuse_control(text: str, what: str) -> str:
    """Return a text as it is, or refuse one that is not plain.

    Raises
    ------
    BadInputError
        Naming `what` and the first character that it must not hold.
    """
    found = _NOT_PLAIN.search(text)
    if found is None:
        return text
    name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}").lower()
    raise BadInputError(
        f"{what}: expected one line of text without control characters, got {name} in "
        f"{shown(text)!r}. Remove it."
    )


def escaped(text: str) -> str:
    """Return lines of text with every character spelled out that a terminal might obey."""
    return _NOT_IN_LINES.sub(lambda found: spelled(found[0]), text)


def shown(text: str) -> str:
    """Return the beginning of a text that may be long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


_NOT_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNS}\ud800-\udfff]")


def spelled(character: str) -> str:
    """Return a character as Python spells it."""
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
