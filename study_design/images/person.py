"""Whether two headers name one person: by name, birth date and sex, each of which may be silent.

Hospitals write one name in many ways: MÜLLER and Mueller, ANNA MARIA and Anna-Maria, with and
without a title or a second name, in letters and in characters. What is only written otherwise is
the same here; what differs is asked. Nothing decides by itself who is who.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa"})
# Dates that stand for none in headers of other programs.
_NO_DATES = ("00000000", "00010101", "19000101", "19700101", "99991231")
_MOST_NUMBERS_OF_ONE_PERSON = 3
_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """What a header says of a patient; empty where it says nothing.

    Attributes
    ----------
    name
        As DICOM writes it: family^given^middle^prefix^suffix, in up to three scripts.
    birth_date
        Eight digits.
    sex
        M, F or O.
    """

    name: str = ""
    birth_date: str = ""
    sex: str = ""

    @property
    def is_known(self) -> bool:
        """Whether name and birth date are there, and are not those of everybody."""
        named = any(len(re.findall(r"\w+", script)) > 1 for script in _scripts(self.name))
        return named and self.has_birth_date

    @property
    def has_birth_date(self) -> bool:
        """Whether there is a birth date, and none that stands for an unknown one."""
        return len(self.birth_date) == 8 and self.birth_date not in _NO_DATES


NOBODY = Person()


def differing(one: Person, other: Person) -> tuple[str, ...]:
    """Return in which of name, birth date and sex two headers contradict each other."""
    born = one.has_birth_date and other.has_birth_date
    sexes = {one.sex.upper(), other.sex.upper()}
    found = (
        ("name", not _may_be_one_name(one.name, other.name)),
        ("birth date", born and one.birth_date != other.birth_date),
        ("sex", sexes == {"F", "M"}),
    )
    return tuple(what for what, differs in found if differs)


def is_one(one: Person, other: Person) -> bool:
    """Tell whether two headers name the same person: name and birth date are there and agree."""
    same_day = one.birth_date == other.birth_date
    return same_day and one.is_known and other.is_known and not differing(one, other)


def groups_of(persons: Iterable[tuple[str, Person]]) -> tuple[tuple[str, ...], ...]:
    """Return the exams that may be of one person each, in the order of their names.

    An exam of which the headers say little goes with the first group that it does not contradict.

    Parameters
    ----------
    persons
        The name of each exam and what one of its headers says.
    """
    groups: list[list[tuple[str, Person]]] = []
    for exam, person in sorted(persons, key=lambda pair: (-_known_fields(pair[1]), pair[0])):
        fitting = (g for g in groups if not any(differing(person, known) for _, known in g))
        home = next(fitting, None)
        if home is None:
            groups.append([(exam, person)])
        else:
            home.append((exam, person))
    return tuple(sorted(tuple(sorted({exam for exam, _ in group})) for group in groups))


def may_be_numbers_of_one(numbers: Iterable[str]) -> bool:
    """Tell whether so many Patient IDs may be one person's; more bear a name made for everybody."""
    return 1 < len(set(numbers)) <= _MOST_NUMBERS_OF_ONE_PERSON


def _known_fields(person: Person) -> int:
    """Return how much a header says of a patient."""
    return any(_scripts(person.name)) + person.has_birth_date + bool(person.sex)


def _may_be_one_name(one: str, other: str) -> bool:
    """Tell whether two names agree in every script that both are written in."""
    both = zip(_scripts(one), _scripts(other), strict=False)
    return all(_agree(mine, yours) for mine, yours in both if mine and yours)


@lru_cache(maxsize=8 * _MOST_NAMES)
def _agree(one: str, other: str) -> bool:
    """Tell whether two names of one script are one, written otherwise or in more words."""
    return any(
        "".join(mine) == "".join(yours) or _within(mine, yours) or _within(yours, mine)
        for mine, yours in itertools.product(_foldings(one), _foldings(other))
    )


def _within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    """Tell whether each word stands among others; a single letter stands for a word."""
    return all(
        any(word == known or (_is_initial(word) and known.startswith(word)) for known in many)
        for word in few
    )


def _is_initial(word: str) -> bool:
    """Tell whether a word is one letter."""
    return len(word) == 1 and word.isalpha()


@lru_cache(maxsize=_MOST_NAMES)
def _scripts(name: str) -> tuple[str, ...]:
    """Return a name as it is written in letters, in characters and by sound; empty where not."""
    parts = ("^".join(part.split("^")[:3]) for part in name.split("="))
    return tuple(part if re.search(r"\w", part) else "" for part in parts)


@lru_cache(maxsize=_MOST_NAMES)
def _foldings(script: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a name without accents, in both ways in which umlauts are written."""
    lowered = unicodedata.normalize("NFC", script.replace("_", " ")).casefold()
    both = (lowered, lowered.translate(_UMLAUTS))
    return tuple(tuple(re.findall(r"\w+", _bare(spelled))) for spelled in both)


def _bare(text: str) -> str:
    """Return a text without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
