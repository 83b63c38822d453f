# ruff: noqa: RUF001  # letters of other scripts look like Latin ones
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.images.header.character_sets import decoded_text, legible_text

# PS3.5 H to K: names as the standard itself spells them in bytes, and IDs in other sets.
KOREAN = "홍^길동"
IN_SETS = [
    ("Äneas01", ("ISO_IR 100",), "Äneas01".encode("iso8859_1")),
    ("Äneas01", ("", "ISO 2022 IR 100"), b"\x1b-A" + "Äneas01".encode("iso8859_1")),
    ("Äneas01", ("ISO 2022 IR 100", "ISO 2022 IR 144"), "Äneas01".encode("iso8859_1")),
    ("Äneas01", ("ISO_IR 192",), "Äneas01".encode()),
    ("Äneas01", ("ISO_IR 192",), unicodedata.normalize("NFD", "Äneas01").encode()),
    ("Äneas01", (), "Äneas01".encode()),
    ("Äneas01", (), "Äneas01".encode("cp1252")),
    ("Łódź7", ("ISO_IR 101",), "Łódź7".encode("iso8859_2")),
    ("Ĉielo7", ("ISO_IR 109",), "Ĉielo7".encode("iso8859_3")),
    ("Šķēle7", ("ISO_IR 110",), "Šķēle7".encode("iso8859_4")),
    ("Люкс7", ("ISO_IR 144",), "Люкс7".encode("iso8859_5")),
    ("Люкс7", ("", "ISO 2022 IR 144"), b"\x1b-L" + "Люкс7".encode("iso8859_5")),
    ("قباني7", ("ISO_IR 127",), "قباني7".encode("iso8859_6")),
    ("Διον7", ("ISO_IR 126",), "Διον7".encode("iso8859_7")),
    ("שרון7", ("ISO_IR 138",), "שרון7".encode("iso8859_8")),
    ("Çavuş7", ("ISO_IR 148",), "Çavuş7".encode("iso8859_9")),
    ("Œuvre€7", ("ISO_IR 203",), "Œuvre€7".encode("iso8859_15")),
    ("Œuvre€7", ("", "ISO 2022 IR 203"), b"\x1b-b" + "Œuvre€7".encode("iso8859_15")),
    ("นามสกุล7", ("ISO_IR 166",), "นามสกุล7".encode("iso8859_11")),
    ("นามสกุล7", ("", "ISO 2022 IR 166"), b"\x1b-T" + "นามสกุล7".encode("iso8859_11")),
    ("乳腺0008", ("", "ISO 2022 IR 58"), b"\x1b$)A" + "乳腺".encode("gb2312") + b"0008"),
    ("乳腺0008", ("ISO 2022 IR 58",), "乳腺".encode("gb2312") + b"0008"),
    ("乳腺0008", ("GB18030",), "乳腺0008".encode("gb18030")),
    ("乳腺0008", ("GBK",), "乳腺0008".encode("gbk")),
    ("乳腺0008", ("ISO_IR 192",), "乳腺0008".encode()),
    ("乳腺0008", (), b"\x1b$)A" + "乳腺".encode("gb2312") + b"0008"),
    ("乳腺0008", ("ISO_IR 100",), b"\x1b$)A" + "乳腺".encode("gb2312") + b"0008"),
    ("山田^太郎", ("", "ISO 2022 IR 87"), b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"),
    ("山田^太郎", ("ISO 2022 IR 13", "ISO 2022 IR 87"), b"\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"),
    ("ﾔﾏﾀﾞ^ﾀﾛｳ", ("ISO_IR 13",), b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3"),
    ("ﾔﾏﾀﾞ7", ("", "ISO 2022 IR 13"), b"\x1b)I\xd4\xcf\xc0\xde7"),
    ("丂7", ("", "ISO 2022 IR 159"), b"\x1b$(D0!\x1b(B7"),
    (KOREAN, ("", "ISO 2022 IR 149"), b"\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"),
    (KOREAN, ("ISO_IR 149",), "홍^길동".encode("euc_kr")),
    ("PAT-0001", ("", "ISO 2022 IR 87"), b"\x1b(BPAT-0001"),
    ("PAT-0001", ("ISO_IR 192",), b"\x1b(JPAT\x1b(B-0001"),
]


@pytest.mark.parametrize(("text", "sets", "raw"), IN_SETS, ids=[str(s) for _, s, _ in IN_SETS])
def test_a_text_is_the_same_out_of_every_set(text: str, sets: tuple[str, ...], raw: bytes) -> None:
    assert decoded_text(raw, sets) == text


@pytest.mark.parametrize(
    "said", ["ISO_IR 100", "ISO-IR 100", "ISO IR 100", "iso_ir 100", "ISO 8859-1", "ISO_IR_100 "]
)
def test_a_set_is_known_however_its_term_is_spelled(said: str) -> None:
    assert decoded_text("Müller".encode("iso8859_1"), (said,)) == "Müller"


@pytest.mark.parametrize("said", ["ISO_IR 999", "nonsense", "ISO_IR", "\x1b$B"])
def test_a_set_that_nobody_knows_is_passed_over(said: str) -> None:
    assert decoded_text(b"PAT-1", (said,)) == "PAT-1"


def test_a_backslash_within_a_character_of_two_bytes_divides_nothing() -> None:
    assert decoded_text("乗01".encode("gbk"), ("GBK",)) == "乗01"
    assert b"\\" in "乗".encode("gbk")


@pytest.mark.parametrize("raw", [b"\xff\xfe\x81", b"\xff\xfe\x8d", b"\xff\xfe\x90"])
def test_bytes_that_nothing_explains_still_tell_texts_apart(raw: bytes) -> None:
    assert decoded_text(raw, ("ISO_IR 192",)) == f"ÿþ%{raw[2]:02X}"


def test_what_nobody_sees_is_left_out() -> None:
    assert legible_text("\x1b[31mPA\x07T\u200b-\u202e1\r\n\ufeff") == "PAT-1"


@given(st.binary(max_size=40), st.sampled_from([sets for _, sets, _ in IN_SETS]))
def test_no_escape_and_no_control_is_ever_left(raw: bytes, sets: tuple[str, ...]) -> None:
    text = decoded_text(raw, sets)
    assert not any(unicodedata.category(one) == "Cc" for one in text)
