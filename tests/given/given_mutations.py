"""What damages a file: numbers, words, lines, bytes, by kind and number of the mutant alone."""

import random
import re
from collections.abc import Callable

MOST_BYTES = 2_000_000

Chance = random.Random
Mutation = Callable[[bytearray, Chance], None]

MONSTERS = [
    *(b"1e300", b"-1e300", b"inf", b"-inf", b"nan", b"NaN", b"Infinity", b"1e999", b"1e7", b"0x10"),
    *(b"-1", b"0", b"1e-320", b"9" * 25, b"9" * 400, b"9" * 5000, b"1_000", b"1,5", b"1.234,5"),
    *("\u0661\u0662".encode(), b"", b" ", b"''", b"2147483648", b"9223372036854775808", b"1.5"),
    *(b"true", b"null", b"1979-05-27", b"9999-99-99T00:00:00Z", b"00", b"+"),
]
TEXTS = [
    *(b"\0", b"\x1b[2J", b"\x07", b"\x7f", b"\x85", b"\xc2\x85", b"\xff\xfe", b"\xed\xa0\x80"),
    *("\u202e".encode(), "\u2028".encode(), "\ufeff".encode(), "\U0001f600".encode(), b"\\ud800"),
    *(b"../../etc/passwd", b"C:\\x", b"a/b", b"..", b"con", b"=cmd()", b"x" * 300, b"y" * 200_000),
    *(b'"', b"'", b'""', b"\r", b"\n", b"\t", b";", b",", b"|", b"[", b"]", b"{", b"}", b"#", b"="),
]
NUMBER = re.compile(rb"-?\d+(\.\d+)?([eE]-?\d+)?")
WORD = re.compile(rb"[A-Za-z][A-Za-z_]+")
CELL = re.compile(rb"[^,;\t\r\n]+")


def replace_number(content: bytearray, chance: Chance) -> None:
    """Put a monster in the place of a number."""
    _replace(content, chance, NUMBER, MONSTERS)


def replace_cell(content: bytearray, chance: Chance) -> None:
    """Put odd text or a monster in the place of a cell."""
    _replace(content, chance, CELL, [*TEXTS, *MONSTERS])


def replace_word(content: bytearray, chance: Chance) -> None:
    """Put another word of the file, or odd text, in the place of a word."""
    words = [found[0] for found in WORD.finditer(content)]
    _replace(content, chance, WORD, [*TEXTS, *words[:200]])


def _replace(
    content: bytearray, chance: Chance, what: "re.Pattern[bytes]", by: list[bytes]
) -> None:
    places = list(what.finditer(content))
    if places:
        found = chance.choice(places)
        content[found.start() : found.end()] = chance.choice(by)


def flip(content: bytearray, chance: Chance) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def cut(content: bytearray, chance: Chance) -> None:
    del content[chance.randrange(len(content) + 1) :]


def insert_text(content: bytearray, chance: Chance) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(TEXTS)


def shuffle(content: bytearray, chance: Chance) -> None:
    """Take a piece away, repeat it or put it elsewhere."""
    at = chance.randrange(len(content) + 1)
    piece = bytes(content[at : at + chance.choice((1, 2, 8, 100, 2000))])
    if chance.random() < 0.7:
        del content[at : at + len(piece)]
    if chance.random() < 0.7:
        other = chance.randrange(len(content) + 1)
        content[other:other] = piece


def repeat_line(content: bytearray, chance: Chance) -> None:
    lines = content.splitlines(keepends=True)
    if lines:
        line = chance.choice(lines)
        times = chance.choice((1, 1, 2, 1000))
        content += line * min(times, MOST_BYTES // max(1, len(line)))


def drop_line(content: bytearray, chance: Chance) -> None:
    lines = content.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
        content[:] = b"".join(lines)


def nest(content: bytearray, chance: Chance) -> None:
    """Nest brackets until a reader that follows them runs out of stack."""
    begin, end = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b"(", b")"), (b"[[a", b"]]")))
    depth = chance.choice((60, 1200, 100_000))
    body = begin * depth + b"1" + end * chance.choice((0, depth))
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice((body, b"\nx = " + body + b"\n", b',"x":' + body))


def recode(content: bytearray, chance: Chance) -> None:
    """Write the file as another program would, well or badly."""
    text = bytes(content).decode("utf-8", "replace")
    codec = chance.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "gb18030", "shift_jis"))
    content[:] = chance.choice((b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) + text.encode(
        codec, "replace"
    )
    if chance.random() < 0.5 and content:
        del content[-1:]


def widen(content: bytearray, chance: Chance) -> None:
    """Add columns, quotes that never end, or a line without end."""
    piece = chance.choice((b",x" * 3000, b'"', b";" * 5000, b"z" * 150_000, b"\t" * 2500))
    lines = content.splitlines(keepends=True) or [b""]
    at = 0 if chance.random() < 0.5 else chance.randrange(len(lines))
    lines[at] = lines[at].rstrip(b"\r\n") + piece + b"\n"
    content[:] = b"".join(lines)


def empty(content: bytearray, chance: Chance) -> None:
    content[:] = chance.choice((b"", b"\n", b"\0" * 4096, b"\xef\xbb\xbf", b"{}", b"[]", b"null"))


def numbers_in_bytes(content: bytearray, chance: Chance) -> None:
    """Overwrite a length or a count of a binary file."""
    at = chance.randrange(max(1, len(content) - 8))
    size = chance.choice((1, 2, 4, 8))
    content[at : at + size] = chance.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * size


TEXT = (
    *(replace_number, replace_number, replace_cell, replace_cell, replace_word),
    *(flip, cut, insert_text, shuffle, repeat_line, drop_line, nest, recode, widen, empty),
)
BINARY = (flip, flip, cut, shuffle, numbers_in_bytes, numbers_in_bytes, insert_text, empty)


def mutant(whole: bytes, kind: str, number: int, mutations: tuple[Mutation, ...]) -> bytes:
    chance = random.Random(f"{kind} {number}")
    content = bytearray(whole)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(mutations)(content, chance)
        del content[MOST_BYTES:]
    return bytes(content)
