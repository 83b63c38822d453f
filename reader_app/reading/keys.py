"""Which key does what in which part of a read; Qt-free, so that keys can be rebound and tested.

A key is named as on its cap (`M`, `4`, `Space`, `Enter`), with `Ctrl+` and `Shift+` before it where
they are held.
"""

from collections.abc import Mapping
from enum import StrEnum

from study_design.vocabulary import AbnormalityType


class Mode(StrEnum):
    """What the keyboard belongs to."""

    GATE = "gate"
    SAVING = "saving"
    OPENING = "opening"
    READING = "reading"
    CARD = "card"
    SUMMARY = "summary"
    PAUSED = "paused"
    FINISHED = "finished"
    ENDED = "ended"


class Command(StrEnum):
    """What a key asks for."""

    OPEN_CASE = "show the case"
    REOPEN = "open the last case again"
    LEAVE = "leave; all is saved"
    NEXT_HANGING_STEP = "next hanging step"
    PREVIOUS_HANGING_STEP = "previous hanging step"
    VENDOR_WINDOW = "next vendor window"
    RESET = "reset view"
    INVERT = "invert"
    ONE_TO_ONE = "pixel for pixel, 1:1"
    TRUE_SIZE = "true size"
    TOGETHER = "left and right together, or apart"
    LENS = "hold: lens, twice 1:1"
    RULER = "ruler: drag or two clicks"
    TYPE = "finding type"
    ONE_VIEW = "seen on one view only"
    LINK = "link the second mark"
    DELETE = "delete mark"
    NEGATIVE = "negative: BI-RADS 1"
    BENIGN = "benign: BI-RADS 2"
    DIGIT = "category or rating"
    RUB_OUT = "take a digit back"
    UNDO = "undo"
    REDO = "redo"
    KEYS = "cheat sheet"
    DENSITY = "density a to d"
    NEXT_FIELD = "next field"
    PREVIOUS_FIELD = "previous field"
    CLOSE_CARD = "close card"
    CANCEL = "cancel; remove rulers"
    SUMMARY = "show all answers"
    VALIDATE = "validate the read"
    BACK = "back to the images"
    TOGGLE_AI = "show or hide AI"
    PAUSE = "pause"
    RESUME = "go on reading"


TYPE_OF_KEY: Mapping[str, AbnormalityType] = {
    "M": AbnormalityType.MASS,
    "C": AbnormalityType.CALCIFICATION,
    "A": AbnormalityType.ASYMMETRY,
    "D": AbnormalityType.DISTORTION,
}
DENSITY_OF_KEY: Mapping[str, str] = {
    "Shift+1": "a",
    "Shift+2": "b",
    "Shift+3": "c",
    "Shift+4": "d",
}

_VIEWING = {
    "W": Command.VENDOR_WINDOW,
    "R": Command.RESET,
    "I": Command.INVERT,
    "Z": Command.ONE_TO_ONE,
    "T": Command.TRUE_SIZE,
    "F": Command.TOGETHER,
    "E": Command.LENS,
    "L": Command.RULER,
    "G": Command.TOGGLE_AI,
    "P": Command.PAUSE,
    "F1": Command.KEYS,
    "Ctrl+Z": Command.UNDO,
    "Ctrl+Shift+Z": Command.REDO,
    "Ctrl+Y": Command.REDO,
}
_TYPING = {
    **dict.fromkeys("0123456789", Command.DIGIT),
    **dict.fromkeys(DENSITY_OF_KEY, Command.DENSITY),
    "Backspace": Command.RUB_OUT,
}
_MARKING = {
    **dict.fromkeys(TYPE_OF_KEY, Command.TYPE),
    "Space": Command.NEXT_HANGING_STEP,
    "Shift+Space": Command.PREVIOUS_HANGING_STEP,
    "X": Command.ONE_VIEW,
    "S": Command.LINK,
    "Delete": Command.DELETE,
}
_FIELDS = {
    "Tab": Command.NEXT_FIELD,
    "Down": Command.NEXT_FIELD,
    "Right": Command.NEXT_FIELD,
    "Shift+Tab": Command.PREVIOUS_FIELD,
    "Up": Command.PREVIOUS_FIELD,
    "Left": Command.PREVIOUS_FIELD,
}

KEYS: Mapping[Mode, Mapping[str, Command]] = {
    Mode.GATE: {
        "Space": Command.OPEN_CASE,
        "Backspace": Command.REOPEN,
        "Escape": Command.LEAVE,
        "F1": Command.KEYS,
    },
    Mode.SAVING: {},
    Mode.OPENING: {},
    Mode.READING: {
        **_VIEWING,
        **_TYPING,
        **_MARKING,
        "N": Command.NEGATIVE,
        "B": Command.BENIGN,
        "Enter": Command.SUMMARY,
        "Escape": Command.CANCEL,
    },
    Mode.CARD: {
        **_VIEWING,
        **_TYPING,
        **_MARKING,
        **_FIELDS,
        "Enter": Command.CLOSE_CARD,
        "Escape": Command.CLOSE_CARD,
    },
    Mode.SUMMARY: {
        **_VIEWING,
        **_TYPING,
        **_FIELDS,
        "N": Command.NEGATIVE,
        "B": Command.BENIGN,
        "Enter": Command.VALIDATE,
        "Escape": Command.BACK,
    },
    Mode.PAUSED: {
        "P": Command.RESUME,
        "Space": Command.RESUME,
        "Escape": Command.LEAVE,
        "F1": Command.KEYS,
    },
    Mode.FINISHED: {
        "Backspace": Command.REOPEN,
        "Escape": Command.LEAVE,
        "F1": Command.KEYS,
    },
    Mode.ENDED: {"Escape": Command.LEAVE},
}


def command_of(mode: Mode, key: str) -> Command | None:
    """Return what a key asks for, None where it means nothing."""
    return KEYS[mode].get(key)
