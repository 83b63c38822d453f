"""The reader's own letters for what the keys do, from a small file in the user's settings.

The rest of the program knows the keys of `keys.py` only; what a reader presses is translated here,
and what is written on the screen is translated back. Digits, Space, Enter and the like stay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from reader_app.reading.keys import KEYS, Mode
from study_design.errors import BadInputError
from study_design.foreign_text import MOST_TOML_BYTES, parsed_toml, read_bounded

FILE = "keys.toml"
# What a line of the file names, and the letter that it has without one.
ACTIONS: Mapping[str, str] = {
    "mass": "M",
    "calcification": "C",
    "asymmetry": "A",
    "distortion": "D",
    "one_view": "X",
    "link": "S",
    "negative": "N",
    "benign": "B",
    "ai": "G",
    "pause": "P",
    "window": "W",
    "reset": "R",
    "invert": "I",
    "one_to_one": "Z",
    "true_size": "T",
    "together": "F",
    "lens": "E",
    "ruler": "L",
}


@dataclass(frozen=True, slots=True)
class KeyBindings:
    """Which letter stands for which.

    Attributes
    ----------
    file
        Where a reader may write them down; shown on the cheat sheet.
    moved
        Pairs of a letter of `keys.py` and the letter that is pressed in its place.
    """

    file: Path | None = None
    moved: tuple[tuple[str, str], ...] = ()

    def standard(self, pressed: str) -> str:
        """Return the key of `keys.py` that is meant by one that is pressed, or nothing."""
        for standard, cap in self.moved:
            if pressed == cap:
                return standard
        return "" if any(pressed == standard for standard, _ in self.moved) else pressed

    def cap(self, standard: str) -> str:
        """Return what is pressed for a key of `keys.py`."""
        return next((cap for known, cap in self.moved if known == standard), standard)


STANDARD_KEYS = KeyBindings()


def keys_file() -> Path:
    """Return where the user's own keys are written down, whether or not there are any."""
    return user_config_path("crossread", appauthor=False) / FILE


def read_bindings(path: Path) -> KeyBindings:
    """Return the user's own keys; those of `keys.py` where there is no file.

    Raises
    ------
    BadInputError
        In one line, for the first thing that is wrong: an action that is not known, something that
        is no letter, a letter that two actions share.
    """
    if not path.is_file():
        return KeyBindings(path)
    try:
        wanted = parsed_toml(read_bounded(path, MOST_TOML_BYTES))
    except (OSError, ValueError) as error:
        raise BadInputError(
            f'{path}: expected lines like mass = "K", got: {error}. Correct it or remove the file.'
        ) from error
    for action, cap in wanted.items():
        _check_line(path, action, cap)
    letters = {action: str(wanted.get(action, own)).upper() for action, own in ACTIONS.items()}
    _check_shared(path, letters)
    moved = [(ACTIONS[a], cap) for a, cap in letters.items() if ACTIONS[a] != cap]
    return KeyBindings(path, tuple(moved))


def _check_line(path: Path, action: str, cap: object) -> None:
    """Refuse a line that names no action or no letter."""
    if action not in ACTIONS:
        raise BadInputError(
            f"{path}: expected one of {', '.join(ACTIONS)}, got {action}. Correct or remove it."
        )
    if not (isinstance(cap, str) and len(cap) == 1 and cap.isascii() and cap.isalpha()):
        raise BadInputError(
            f"{path}: expected one letter A to Z for {action}, got {cap!r}. Correct it."
        )


def _check_shared(path: Path, letters: Mapping[str, str]) -> None:
    """Refuse a letter that would do two things."""
    fixed = KEYS[Mode.READING].items()
    taken = {key: str(does) for key, does in fixed if key not in ACTIONS.values()}
    for action, cap in letters.items():
        if cap in taken:
            raise BadInputError(
                f"{path}: expected a letter of its own for {action}, got {cap}, which is the key "
                f"of {taken[cap]}. Choose another one for either."
            )
        taken[cap] = action
