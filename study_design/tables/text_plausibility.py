"""How plausible a text is as one that somebody wrote, from 0 to 1: what bytes decode to, judged.

Bytes above 127 are text in many encodings; in the wrong one `Müller` gets a sign in place of its
vowel, or a rare Chinese character swallows an l. Judged are the words that hold such
characters: capitals and signs inside words, vowels and consonants around a letter, letters
that no language has side by side, and how frequent Chinese, Japanese and Korean characters are.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from study_design.tables import frequent_characters

WESTERN = (
    "äöüßé", "àâæçèéêëîïôœùûüÿ", "áéíñóúü", "àèéìòù", "àáâãçéêíóôõúü", "áèéëïóöü",
    "æøåéöü", "åäöéü", "áæðéíóúýþö", "äöõüšž",
)  # fmt: skip
"""Letters beyond English of German, French, Spanish, Italian, Portuguese, Dutch, Danish and
Norwegian, Swedish and Finnish, Icelandic, Estonian."""
CENTRAL = (
    "äöüß", "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ",
)  # fmt: skip
"""Likewise German, Polish, Czech, Slovak, Hungarian, Croatian, Romanian."""

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_WORD = 60
_VOWELS = frozenset("aeiouyæøœå")
_CYRILLIC_VOWELS = frozenset(
    map(chr, (0x430, 0x435, 0x451, 0x438, 0x43E, 0x443, 0x44B, 0x44D, 0x44E, 0x44F))
)
# Typographic signs by their code: quotation marks open before a word and close behind one.
_APOSTROPHE = "\u2019"
_QUOTES = frozenset("\u2018\u2019\u201c\u201d\u201e«»")
_SIGNS = frozenset("\u2013—…°²³±\u00d7§½¼¾·®©™")
_UNITS = frozenset("µªº")  # letters by their kind, signs by their use
# Italian accents stand at the end of a word, and only there.
_AT_THE_END = frozenset("ìò")
_WORDS_OF_ONE = frozenset("àèéáóåö")
# What a letter, character or sign is worth.
_FULL, _KNOWN, _ODD, _RARE, _NONE = 1.0, 0.6, 0.4, 0.15, 0.0
# What a character of a two-byte standard is worth that is not among the frequent ones.
_COMMON, _SELDOM, _OUTSIDE = 0.45, 0.25, 0.05


@dataclass(frozen=True, slots=True)
class Script:
    """What an encoding is used for.

    Attributes
    ----------
    alphabets
        Of languages in Latin letters that are written in it.
    frequent
        Characters that are frequent in its language.
    common_rows, all_rows
        Of the two-byte standard behind it, by lead byte: the common characters, and all of them.
    half_width
        What half-width katakana are worth.
    codec
        By which a character is looked up there.
    """

    alphabets: tuple[str, ...] = ()
    frequent: frozenset[str] = frozenset()
    codec: str = ""
    common_rows: tuple[int, int] = (0, 0)
    all_rows: tuple[int, int] = (0, 0)
    cyrillic: bool = False
    half_width: float = 0.0


LATIN = Script(WESTERN)
CENTRAL_LATIN = Script(CENTRAL)
CYRILLIC = Script(cyrillic=True)
ANY = Script((*WESTERN, *CENTRAL), cyrillic=True)
CHINESE = Script((), frequent_characters.SIMPLIFIED, "gb2312", (0xB0, 0xD7), (0xD8, 0xF7))
TAIWANESE = Script((), frequent_characters.TRADITIONAL, "big5", (0xA4, 0xC6), (0xC9, 0xF9))
JAPANESE = Script(
    (), frequent_characters.JAPANESE, "euc_jp", (0xB0, 0xCF), (0xD0, 0xF4), half_width=0.3
)
# Half-width katakana take two bytes there, which are no chance.
JAPANESE_OF_UNIX = replace(JAPANESE, half_width=0.6)
KOREAN = Script((), frequent_characters.KOREAN, "euc_kr", (0xB0, 0xC8), (0xCA, 0xFD))


def plausibility(text: str, script: Script, bytes_each: int = 1) -> float:
    """Return how plausible the characters beyond ASCII of a text are, 1 where it has none.

    Parameters
    ----------
    bytes_each
        How many bytes one such character takes, of the script's own.
    """
    worth, weight = 0.0, 0
    for line in dict.fromkeys(re.split(r"[\r\n]+", text)):
        if line.isascii():
            continue
        for value, width in _judged(line, script, bytes_each):
            worth += value * width
            weight += width
    return worth / weight if weight else 1.0


def _judged(line: str, script: Script, bytes_each: int) -> Iterable[tuple[float, int]]:
    """Return the worth of each character beyond ASCII, and how many bytes it takes."""
    word_at: dict[int, re.Match[str]] = {}
    for found in _WORD.finditer(line):
        if not found[0].isascii() and len(found[0]) <= _LONGEST_WORD:
            word_at |= dict.fromkeys(range(*found.span()), found)
    for place, character in enumerate(line):
        if character.isascii():
            continue
        word = word_at.get(place)
        if _is_wide(character):
            yield _wide(line, place, script), bytes_each
        elif word is None or character in _UNITS:
            yield _sign(line, place), 1
        elif "CYRILLIC" in unicodedata.name(character, ""):
            yield _cyrillic(word[0], script), 1
        else:
            beside = line[max(0, word.start() - 1) : word.end() + 1]
            yield _letter(word[0], place - word.start(), script) * _of_beside(beside), 1


def _is_wide(character: str) -> bool:
    """Tell whether a character is one of Chinese, Japanese or Korean, or a sign among them."""
    return unicodedata.east_asian_width(character) in "WFH" or "\u3000" <= character <= "\u30ff"


def _letter(word: str, place: int, script: Script) -> float:
    """Return the worth of a Latin letter in its word."""
    letter = word[place]
    if unicodedata.normalize("NFKC", letter) != letter or not letter.isalpha():
        return _NONE
    if not any(letter.casefold() in (*alphabet, "ss") for alphabet in script.alphabets):
        return _RARE
    if _has_odd_capitals(word, place):
        return _NONE
    if len(word) == 1:
        return _FULL if letter.lower() in _WORDS_OF_ONE else _ODD
    if not any(one.isascii() for one in word):
        return _RARE
    beyond = {one.lower() for one in word if not one.isascii()}
    if not any(beyond <= {*alphabet} for alphabet in script.alphabets):
        return _ODD
    return _FULL if _fits_between(word, place) else _ODD


def _of_beside(beside: str) -> float:
    """Return by how much a word with what stands beside it is less worth than others.

    Digits are no part of words, and two letters are soon a word of some language.
    """
    if beside[0].isdigit() or beside[-1].isdigit():
        return 0.0
    return 0.7 if sum(map(str.isalpha, beside)) == len("ab") else 1.0


def _has_odd_capitals(word: str, place: int) -> bool:
    """Tell whether a letter is a capital inside a word, or small among capitals."""
    letter, others = word[place], word[:place] + word[place + 1 :]
    if letter.isupper():
        return place > 0 and any(one.islower() for one in others)
    return letter != "ß" and len(others) > 1 and others.isupper()


def _fits_between(word: str, place: int) -> bool:
    """Tell whether vowels and consonants around a letter are such as words have."""
    before = _is_vowel(word[place - 1]) if place else None
    after = _is_vowel(word[place + 1]) if place + 1 < len(word) else None
    if word[place].lower() in _AT_THE_END and after is not None:
        return False
    if word[place].lower() == "œ" and before:
        return False
    if _is_vowel(word[place]):
        return not (before and after)
    if before is None and after is False:
        return False
    return bool(before or after)


def _is_vowel(letter: str) -> bool:
    """Tell whether a letter, its accents aside, is a vowel."""
    return unicodedata.normalize("NFD", letter.lower())[0] in _VOWELS


def _sign(line: str, place: int) -> float:
    """Return the worth of a sign that is no letter, between what stands beside it."""
    sign = line[place]
    before = line[place - 1] if place else " "
    after = line[place + 1] if place + 1 < len(line) else " "
    if sign in _UNITS:
        return _FULL if before.isdigit() or (sign == "µ" and before == " ") else _NONE
    if before.isalpha() and after.isalpha():
        return _FULL if sign == _APOSTROPHE else _NONE
    if sign == "\u00a0":
        return _FULL if before.isdigit() or after.isdigit() else _KNOWN
    if sign in _QUOTES:
        return 0.8 if before.isalnum() is not after.isalnum() else _ODD
    if sign == "€":
        return _NONE if after.isalpha() else _KNOWN
    return 0.8 if sign in _SIGNS and not after.isalpha() else _RARE * (not after.isalpha())


def _cyrillic(word: str, script: Script) -> float:
    """Return the worth of a Cyrillic letter by its word, which has such letters alone."""
    if not script.cyrillic or any(one.isascii() for one in word):
        return _NONE
    inside = word[1:]
    if not (inside.islower() or word.isupper() or len(word) == 1):
        return _NONE
    small = word.lower()
    if not all("\u0430" <= one <= "\u044f" or one == "\u0451" for one in small):
        return _RARE
    vowels = sum(one in _CYRILLIC_VOWELS for one in small)
    if word.isupper():
        return _KNOWN
    return _FULL if len(word) > 2 and 0.2 <= vowels / len(word) <= 0.7 else _ODD


def _wide(line: str, place: int, script: Script) -> float:
    """Return the worth of a Chinese, Japanese or Korean character."""
    character = line[place]
    beside = line[place - 1 : place] + line[place + 1 : place + 2]
    among_small = any(one.isascii() and one.islower() for one in beside)
    return _of_standard(character, script) * (0.3 if among_small else 1.0)


def _of_standard(character: str, script: Script) -> float:
    """Return how frequent a character is in the script's language."""
    if character in script.frequent or (_is_kana(character) and script.half_width):
        return _FULL
    if "\uff61" <= character <= "\uff9f":
        return script.half_width
    if (
        "\u3000" <= character <= "\u3015"
        or "\uff01" <= character <= "\uff5e"
        or character in "・ー"
    ):
        return 0.8
    try:
        code = character.encode(script.codec) if script.codec else b""
    except UnicodeEncodeError:
        return _OUTSIDE
    lead = code[0] if len(code) > 1 else 0
    if script.common_rows[0] <= lead <= script.common_rows[1]:
        return _COMMON
    return _SELDOM if script.all_rows[0] <= lead <= script.all_rows[1] else _OUTSIDE


def _is_kana(character: str) -> bool:
    """Tell whether a character is a full-width kana."""
    return "\u3041" <= character <= "\u30fe"
