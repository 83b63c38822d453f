"""The encoding of a text file: said by its first bytes, found by what the text would be, or asked.

A spreadsheet writes CSV in the encoding of its country and says nowhere which. All encodings in
which the bytes are text are tried, and the texts are compared: where one is plausible and the
others are not it is taken and named; where two are, nobody can know and the file is refused with
the readings of a word, so that somebody says which.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from study_design.errors import BadInputError
from study_design.plain_text import shown
from study_design.tables.text_plausibility import (
    ANY,
    CENTRAL_LATIN,
    CHINESE,
    CYRILLIC,
    JAPANESE,
    JAPANESE_OF_UNIX,
    KOREAN,
    LATIN,
    TAIWANESE,
    Script,
    plausibility,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and how it was told.

    Attributes
    ----------
    encoding
        As the web names it; empty for UTF-8.
    guessed
        Whether it was found by what the text would be.
    """

    text: str
    encoding: str = ""
    guessed: bool = False

    @property
    def note(self) -> str:
        """What is told of it; nothing of UTF-8."""
        return f"{self.encoding}, guessed" if self.guessed else self.encoding


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding that may be meant.

    Attributes
    ----------
    name
        As the web names it.
    codec
        As Python does.
    expected
        How often it is met among files that do not say, against the most frequent ones.
    """

    name: str
    codec: str
    script: Script
    expected: float = 1.0
    bytes_each: int = 1


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the bytes are in an encoding, and how plausible that is."""

    candidate: _Candidate
    text: str
    worth: float


_CANDIDATES = (
    _Candidate("utf-8", "utf-8", ANY, 1.1),
    _Candidate("windows-1252", "cp1252", LATIN),
    _Candidate("iso-8859-15", "iso8859_15", LATIN, 0.95),
    _Candidate("windows-1250", "cp1250", CENTRAL_LATIN, 0.9),
    _Candidate("windows-1251", "cp1251", CYRILLIC, 0.9),
    _Candidate("macintosh", "mac_roman", LATIN, 0.8),
    _Candidate("cp850", "cp850", LATIN, 0.75),
    _Candidate("cp437", "cp437", LATIN, 0.7),
    _Candidate("gb18030", "gb18030", CHINESE, 1.0, 2),
    _Candidate("big5", "cp950", TAIWANESE, 1.0, 2),
    _Candidate("shift_jis", "cp932", JAPANESE, 1.0, 2),
    _Candidate("euc-jp", "euc_jp", JAPANESE_OF_UNIX, 0.95, 2),
    _Candidate("euc-kr", "cp949", KOREAN, 1.0, 2),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# How much more plausible one text must be than another, and how plausible at all.
_MARGIN = 0.15
_LEAST = 0.5
# UTF-8 that is long, or not of two bytes alone, is none by chance; other UTF-8 rarely is.
_CERTAIN, _BY_CHANCE = 2.0, 0.7
# More than this tells no more of the encoding.
_JUDGED_BYTES = 60_000
# Other controls than tab and ends of lines, and private characters, are in no table.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffe\uffff]")
_SWITCH_TO_JAPANESE = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")
_TOKEN = re.compile(r"[^\s,;|\"]+")


def decoded(name: str, raw: bytes, said: str = "", *, ours: bool = False) -> Decoded:
    """Return the text in the bytes of a file.

    Parameters
    ----------
    name
        The file's, for errors.
    said
        The encoding, where somebody said it.
    ours
        A file that this program wrote, in UTF-8, though somebody may have saved it otherwise.

    Raises
    ------
    BadInputError
        Where the bytes are not the text that they are said to be, or may be several texts.
    """
    if said:
        return Decoded(_by(name, raw, said, "somebody said"), said)
    for mark, codec, shown_as in _MARKS:
        if raw.startswith(mark):
            text = _by(name, raw, codec, "its first bytes say")
            return Decoded(text.removeprefix("\ufeff"), shown_as)
    if b"\x00" in raw:
        return _without_mark(name, raw)
    if raw.isascii():
        return _of_ascii(name, raw)
    if ours:
        try:
            return Decoded(raw.decode())
        except UnicodeDecodeError:
            pass
    return _found(name, raw)


def _of_ascii(name: str, raw: bytes) -> Decoded:
    """Return the text in bytes below 128, which may switch to Japanese and back."""
    if _SWITCH_TO_JAPANESE.search(raw):
        return Decoded(_by(name, raw, "iso2022_jp", "its escapes say"), "iso-2022-jp")
    return Decoded(raw.decode("ascii"))


def _by(name: str, raw: bytes, codec: str, who: str) -> str:
    """Return the text in an encoding, or refuse."""
    try:
        if not codecs.lookup(codec)._is_text_encoding:
            raise LookupError(codec)
        return raw.decode(codec)
    except LookupError as error:
        raise BadInputError(
            f"{name}: expected an encoding such as {', '.join(c.name for c in _CANDIDATES[:3])}, "
            f"gb18030 or shift_jis, got {codec!r}. Correct --encoding."
        ) from error
    except ValueError as error:
        raise BadInputError(
            f"{name}: expected text in {codec.upper()}, as {who}, got something else. Save it as "
            "CSV UTF-8."
        ) from error


def _without_mark(name: str, raw: bytes) -> Decoded:
    """Return UTF-16 without a mark, told by where its zero bytes stand."""
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    codec = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        text = "\x00"
    if min(even, odd) or _NO_TEXT.search(text):
        raise BadInputError(
            f"{name}: expected text, got bytes that are none. Check that it is the right file, and "
            "save it as CSV UTF-8."
        )
    return Decoded(text, codec, guessed=True)


def _found(name: str, raw: bytes) -> Decoded:
    """Return the text in the only encoding in which it is plausible."""
    readings = _readings(raw)
    if not readings:
        raise BadInputError(
            f"{name}: expected text in UTF-8, got bytes that are text in no encoding in use. Save "
            "it as CSV UTF-8."
        )
    best = readings[0]
    others = [one for one in readings[1:] if one.text != best.text]
    utf8 = best.candidate.codec == "utf-8"
    clear = all(_is_clearer(best, other) for other in others)
    if best.worth < _LEAST or not clear:
        raise BadInputError(_question(name, [best, *others]))
    text = _by(name, raw, best.candidate.codec, "most of it says")
    return Decoded(text) if utf8 else Decoded(text, best.candidate.name, guessed=True)


def _is_clearer(best: _Reading, other: _Reading) -> bool:
    """Tell whether one reading is clearly the more plausible, by the words that differ.

    Where both take one byte a character, words stand at the same places.
    """
    if best.worth - other.worth >= _MARGIN:
        return True
    if (best.candidate.bytes_each, other.candidate.bytes_each) != (1, 1):
        return False
    pairs = zip(_words(best.text), _words(other.text), strict=False)
    differing = list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    if not differing:
        return False
    mine, theirs = (
        one.candidate.expected * plausibility("\n".join(words), one.candidate.script)
        for one, words in zip((best, other), zip(*differing, strict=True), strict=True)
    )
    return mine - theirs >= _MARGIN


def _readings(raw: bytes) -> list[_Reading]:
    """Return what the bytes may be, the most plausible first; the first of equal ones first."""
    judged = raw
    if len(raw) > _JUDGED_BYTES:
        lines = [line for line in re.split(rb"(?<=[\r\n])", raw) if not line.isascii()]
        judged = b"".join(dict.fromkeys(lines))[:_JUDGED_BYTES]
        judged = judged[: max(judged.rfind(b"\n"), judged.rfind(b"\r")) + 1] or judged
    found = []
    for candidate in _CANDIDATES:
        try:
            raw.decode(candidate.codec)
            text = judged.decode(candidate.codec)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            worth = plausibility(text, candidate.script, candidate.bytes_each)
            if candidate.codec == "utf-8":
                least = 0.0 if _mixes_scripts(text) else _BY_CHANCE
                worth = _CERTAIN if _is_no_chance(text) else max(worth, least)
            found.append(_Reading(candidate, text, worth * candidate.expected))
    return sorted(found, key=lambda reading: -reading.worth)


def _is_no_chance(text: str) -> bool:
    """Tell whether text in UTF-8 can hardly be text in another encoding."""
    beyond = [one for one in text if not one.isascii()]
    return len(beyond) > 16 or any(ord(one) > 0x7FF for one in beyond)


def _mixes_scripts(text: str) -> bool:
    """Tell whether a word has letters of several scripts, as Latin and Armenian."""
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word}
        if len(scripts - {"CJK", "HIRAGANA", "KATAKANA"}) > 1:
            return True
    return False


def _question(name: str, readings: list[_Reading]) -> str:
    """Return what is to be asked of a file that may be several texts."""
    columns = [_words(reading.text) for reading in readings]
    place = _first_difference(columns)
    told: dict[str, str] = {}
    for reading, words in zip(readings, columns, strict=True):
        if place < len(words):
            told.setdefault(words[place], f"{shown(words[place])!r} in {reading.candidate.name}")
    return (
        f"{name}: expected an encoding that can be told, got text that is "
        f"{' or '.join(list(told.values())[:3])}. Say which it is (--encoding "
        f"{readings[0].candidate.name}), or save it as CSV UTF-8."
    )


def _words(text: str) -> list[str]:
    """Return the words of a text that are not ASCII alone."""
    return [word for word in _TOKEN.findall(text) if not word.isascii()]


def _first_difference(columns: list[list[str]]) -> int:
    """Return which word is the first that the two most plausible readings spell differently."""
    pairs = enumerate(zip(columns[0], columns[min(1, len(columns) - 1)], strict=False))
    return next((place for place, (one, other) in pairs if one != other), 0)
