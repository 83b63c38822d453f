r"""Texts of a header as they were typed, whatever character set a writer chose.

Specific Character Set (PS3.3 C.12.1.1.2) names one set, or several between which escape sequences
of ISO 2022 switch (PS3.5 6.1.2.5). Escapes say themselves what follows, so they are obeyed whatever
the header declares, and none is left in a text: the same name comes out of every set alike.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

# Of terminals too, which have parameters.
_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~]?)"
_ESCAPE, _ESCAPE_IN_TEXT = re.compile(_SEQUENCE.encode()), re.compile(_SEQUENCE)
# Bytes that no set of one byte a character has a character for.
_NO_CHARACTER = re.compile("[\x80-\x9f]")
# What a terminal obeys, what is seen by nobody, and what turns the direction of a line.
_UNSEEN = ("Cc", "Cf")

# PS3.3 tables C.12-2 to C.12-5: of a registration number of ISO the codec; 13, 87 and 159 of Japan,
# 58 of China and 149 of Korea may have two bytes a character.
_OF_NUMBER = {
    6: "ascii",
    13: "shift_jis",
    58: "gb18030",
    87: "iso2022_jp",
    100: "cp1252",  # which has all of its characters, and those of writers that know no other
    101: "iso8859_2",
    109: "iso8859_3",
    110: "iso8859_4",
    126: "iso8859_7",
    127: "iso8859_6",
    138: "iso8859_8",
    144: "iso8859_5",
    148: "iso8859_9",
    149: "euc_kr",
    159: "iso2022_jp_2",
    166: "iso8859_11",
    192: "utf_8",
    203: "iso8859_15",
}
# Written by some without their dashes, or by the names that others know them by.
_OF_NAME = {
    "GB18030": "gb18030",
    "GBK": "gbk",
    "GB2312": "gb18030",
    "UTF8": "utf_8",
    "ISO88591": "cp1252",
    "LATIN1": "cp1252",
}
_BY_ESCAPES = {"ascii", "iso2022_jp", "iso2022_jp_2"}


@dataclass(frozen=True, slots=True)
class _Sets:
    """The sets in use: of bytes below 128 (empty: ASCII) and above (empty: not designated)."""

    low: str = ""
    high: str = ""


# Which of the two an escape designates. GB 18030 holds all of GB 2312, and spells its dashes alike.
_LOW = {
    b"(B": "",
    b"(J": "",
    b"$B": "euc_jp",
    b"$@": "euc_jp",
    b"$(B": "euc_jp",
    b"$(D": "jis_x_0212",
    b"$A": "gb18030",
    b"$(A": "gb18030",
    b"$(C": "euc_kr",
}
_HIGH = {
    b")I": "shift_jis",
    b"$)C": "euc_kr",
    b"$)A": "gb18030",
    b"-A": "cp1252",
    b"-B": "iso8859_2",
    b"-C": "iso8859_3",
    b"-D": "iso8859_4",
    b"-F": "iso8859_7",
    b"-G": "iso8859_6",
    b"-H": "iso8859_8",
    b"-L": "iso8859_5",
    b"-M": "iso8859_9",
    b"-T": "iso8859_11",
    b"-b": "iso8859_15",
}


def legible_text(text: str) -> str:
    """Return a text without escape sequences and characters that nobody sees, composed (NFC)."""
    without = _ESCAPE_IN_TEXT.sub("", text)
    seen = (one for one in without if unicodedata.category(one) not in _UNSEEN)
    return unicodedata.normalize("NFC", "".join(seen))


def decoded_text(raw: bytes, character_sets: tuple[str, ...]) -> str:
    r"""Return the bytes of a text as `legible_text`.

    Parameters
    ----------
    character_sets
        The values of Specific Character Set. Bytes that they do not explain are taken for UTF-8 or
        Windows-1252, and one that is no character of either is spelled `%XX`, so that two texts
        never become one.
    """
    codecs = [codec for codec in map(_codec, character_sets) if codec]
    high = next((codec for codec in codecs if codec not in _BY_ESCAPES), "")
    initial = _Sets(high=high)
    return legible_text("".join(_fragments(raw, initial)))


def _codec(said: str) -> str:
    """Return the codec of a defined term, however it is spelled; empty for none known here."""
    term = re.sub(r"[\s_-]", "", said.upper())
    named = (codec for name, codec in _OF_NAME.items() if term.endswith(name))
    number = re.search(r"IR(\d+)$", term)
    return next(named, "") or (_OF_NUMBER.get(int(number[1]), "") if number else "")


def _fragments(raw: bytes, initial: _Sets) -> Iterator[str]:
    """Yield the text between escapes, each part in the sets that hold there."""
    sets, at = initial, 0
    for escape in _ESCAPE.finditer(raw):
        yield _decoded(raw[at : escape.start()], sets)
        sets, at = _switched(sets, escape[0][1:]), escape.end()
    yield _decoded(raw[at:], sets)


def _switched(sets: _Sets, said: bytes) -> _Sets:
    """Return the sets after an escape; one that is not known changes nothing."""
    if said in _LOW:
        return replace(sets, low=_LOW[said])
    return replace(sets, high=_HIGH[said]) if said in _HIGH else sets


def _decoded(raw: bytes, sets: _Sets) -> str:
    """Return bytes without escapes as text."""
    if sets.low:
        runs = re.findall(rb"[\x21-\x7e]{2}|[^\x21-\x7e]+|.", raw, re.DOTALL)
        return "".join(_of_two(run, sets) if len(run) == 2 else _of_high(run, sets) for run in runs)
    return _of_high(raw, sets)


def _of_two(pair: bytes, sets: _Sets) -> str:
    """Return a character of two bytes below 128."""
    if not 0x21 <= pair[0] <= 0x7E:
        return _of_high(pair, sets)
    raised = bytes(byte | 0x80 for byte in pair)
    # EUC-JP tells JIS X 0212 from JIS X 0208 by a byte in front.
    codec, raised = ("euc_jp", b"\x8f" + raised) if sets.low == "jis_x_0212" else (sets.low, raised)
    return _by(codec, raised) or _unexplained(pair)


def _of_high(raw: bytes, sets: _Sets) -> str:
    """Return bytes of ASCII and of the set above 128."""
    if raw.isascii():
        return raw.decode("ascii")
    text = _by(sets.high, raw) if sets.high else None
    if text is None:
        return _unexplained(raw)
    return _NO_CHARACTER.sub(lambda found: f"%{ord(found[0]):02X}", text)


def _by(codec: str, raw: bytes) -> str | None:
    """Return what a codec makes of bytes; None where it does not explain them."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _unexplained(raw: bytes) -> str:
    """Return bytes of no declared set as text that tells them apart."""
    text = _by("utf_8", raw)
    if text is not None:
        return text
    single = (bytes([byte]) for byte in raw)
    return "".join(_by("cp1252", byte) or f"%{byte[0]:02X}" for byte in single)
