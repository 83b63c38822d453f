"""What the coordinator can do to the chosen exam or view of the Cases page, and by which key."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CaseCommand(StrEnum):
    """An act on the chosen exam or view; that of moving a view into a slot carries its slot."""

    UNDO = "undo"
    EXCLUDE = "exclude"
    ACCEPT_DISPLAY = "accept display"
    TEXT_IS_HARMLESS = "text is harmless"
    BLANK_TEXT = "blank text"


KEYS: Mapping[CaseCommand, str] = MappingProxyType(
    {
        CaseCommand.UNDO: "U",
        CaseCommand.EXCLUDE: "X",
        CaseCommand.ACCEPT_DISPLAY: "R",
        CaseCommand.TEXT_IS_HARMLESS: "H",
        CaseCommand.BLANK_TEXT: "B",
    }
)


def command_of(key: str) -> CaseCommand | None:
    """Return the command of a key; None where it has none."""
    return next((command for command, cap in KEYS.items() if cap == key.upper()), None)


def with_key(words: str, command: CaseCommand) -> str:
    """Return what a button says, with the key that does the same."""
    return f"{words} ({KEYS[command]})"
