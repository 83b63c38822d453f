"""What a column may hold and how its cells are understood: words, numbers with units, categories.

A door turns the text of a cell into the text that our own tables have, or into none where it is not
understood. Nothing is ever turned into something else that it might be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from study_design.category_words import birads_category
from study_design.tables.foreign.known_words import (
    BREASTS,
    DENSITIES,
    FLAGS,
    KINDS,
    METHODS,
    RECEPTORS,
    Word,
    by_word,
    plain_word,
)
from study_design.tables.foreign.known_words import YES_OR_NO as YES_OR_NO_WORDS
from study_design.tables.foreign.type_words import Meaning, TypeWord, meaning_of
from study_design.vocabulary import BIRADS_CATEGORIES, AbnormalityType

_LONGEST_NUMBER = 60
_WITH_UNIT = re.compile(r"(.*?[\d.,])\s*([^\d\s.,+\-][^\d]*)")
_PLAIN_ZERO = re.compile(r"([01])[.,]0+")


@dataclass(frozen=True, slots=True)
class TextDoor:
    """Any text; what stands for nothing in a column of names is empty.

    Attributes
    ----------
    may_be_nothing
        Whether `NA` and the like are kept, as in remarks.
    """

    keeps_nothing: bool = True


@dataclass(frozen=True, slots=True)
class WordDoor:
    """A closed list of words.

    Attributes
    ----------
    expected
        What may stand there, for errors.
    understand
        Returns our word for a text; None where it is not known.
    """

    expected: str
    understand: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class NumberDoor:
    """Numbers, with or without their unit.

    Attributes
    ----------
    units
        By how much a number with a unit is multiplied, by the unit's plain name.
    never_mixed
        Units that all cells have or none.
    needs_unit
        Whether a number counts only where its header or its cell says the unit, for it may be in
        another.
    """

    units: Mapping[str, float] = field(default_factory=dict)
    never_mixed: Sequence[str] = ()
    needs_unit: bool = False


Door = TextDoor | WordDoor | NumberDoor


def _words(expected: str, lists: Mapping[Word, str]) -> WordDoor:
    """Return the door of a list of words."""
    known = by_word(lists)
    return WordDoor(expected, lambda text: known.get(plain_word(text)))


def _flags(lists: Mapping[str, str], words: str) -> WordDoor:
    """Return the door of words that say 1 or 0, named by two of them."""
    known = by_word(lists)

    def understand(text: str) -> str | None:
        zeros = _PLAIN_ZERO.fullmatch(text.strip())
        return zeros[1] if zeros else known.get(plain_word(text))

    return WordDoor(f"1 or 0 ({words})", understand)


FLAG = _flags(FLAGS, "malignant or benign")
YES_OR_NO = _flags(YES_OR_NO_WORDS, "yes or no")
BREAST = _words(f"one of {', '.join(BREASTS)}", BREASTS)
DENSITY = _words("one of a, b, c, d", DENSITIES)
RECEPTOR = _words("one of positive, negative, unknown", RECEPTORS)
METHOD = _words("one of pathology, imaging, follow-up", METHODS)
KIND = _words("one of human, ai, consensus, simulated", KINDS)
CATEGORY = WordDoor(f"one of {', '.join(BIRADS_CATEGORIES)}", birads_category)
TEXT = TextDoor()
NAME = TextDoor(keeps_nothing=False)
NUMBER = NumberDoor()
PIXELS = NumberDoor(dict.fromkeys(("px", "pixel", "pixels", "像素", "ピクセル"), 1.0))
MILLIMETRES = NumberDoor(
    {"mm": 1.0, "millimetre": 1.0, "millimeter": 1.0, "毫米": 1.0, "cm": 10.0, "centimetre": 10.0,
     "centimeter": 10.0, "厘米": 10.0},
    needs_unit=True,
)  # fmt: skip
MONTHS = NumberDoor(
    dict.fromkeys(("months", "month", "mo", "monate", "monat", "mois", "个月", "月", "か月"), 1.0)
    | dict.fromkeys(("years", "year", "y", "jahre", "jahr", "ans", "an", "年"), 12.0),
    needs_unit=True,
)
SECONDS = NumberDoor(
    dict.fromkeys(("s", "sec", "second", "seconds", "sek", "sekunden", "secondes", "秒"), 1.0)
    | dict.fromkeys(("min", "mins", "minutes", "minuten", "分", "分钟"), 60.0)
    | {"ms": 0.001},
    needs_unit=True,
)
RATING = NumberDoor({"%": 1.0, "percent": 1.0, "prozent": 1.0, "pct": 1.0}, ("%", "percent"))


def types_door(own: tuple[TypeWord, ...] = ()) -> WordDoor:
    """Return the door of types of abnormality, several joined by +; `own` words go first."""

    def understand(text: str) -> str | None:
        words = [word.strip(" '\"[]") for word in re.split(r"[+;/|,、]", text)]
        meanings = [meaning_of(word, own) for word in words if word]
        if not all(one is Meaning.OTHER or (one and one.types) for one in meanings):
            return None
        kinds = [kind for one in meanings if one for kind in one.types]
        return "+".join(dict.fromkeys(kinds)) or None

    return WordDoor(f"{', '.join(AbnormalityType)}, several joined by +", understand)


def unit_of(text: str, units: Mapping[str, float]) -> tuple[str, str]:
    """Return the number and the plain unit in a text; the unit is empty where there is none."""
    short = len(text) <= _LONGEST_NUMBER
    found = _WITH_UNIT.fullmatch(text.strip()) if short else None
    unit = plain_word(found[2]).rstrip(".") if found else ""
    return (found[1], unit) if found and unit in units else (text, "")
