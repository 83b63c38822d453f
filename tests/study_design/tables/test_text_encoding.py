"""Text is read in the encoding that it was written in, or asked about: never as another text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.tables.text_encoding import decoded

GERMAN = ("Müller", "Zürich", "Größe", "Universitätsspital Zürich", "Straße", "MÜLLER", "Mößner")
FRENCH = ("Hôpital général", "bénin", "François", "Hélène", "très bénigne", "été", "à gauche")
SIMPLIFIED = (
    "良性",
    "恶性",
    "乳腺癌筛查样本",
    "乳房肿块疼痛",
    "钙化",
    "北京",
    "王伟",
    "某某医院",
    "李娜;女",
)
TRADITIONAL = ("良性", "惡性", "乳房腫塊", "長庚醫院", "王小明")
JAPANESE = ("良性", "悪性", "乳房のしこり", "構築の乱れ", "山田太郎", "カテゴリー4", "東京大学病院")
KOREAN = ("양성", "악성", "정상", "유방 종괴", "서울대학교병원")
CENTRAL = ("Dvořák", "Łódź", "Jiří", "Wiśniewska Kraków")
RUSSIAN = ("Иванова", "доброкачественное", "Городская больница")
OTHERS = (
    "København",
    "Søren",
    "Skåne",
    "Malmö",
    "5 µm",
    "20°",
    "10\u201320",
    "3 \u00d7 4",
    "\u20ac 5",
)


def file_with(words: str, encoding: str) -> bytes:
    return f"case,note\r\nC1,{words}\r\n".encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        *(("cp1252", words) for words in (*GERMAN, *FRENCH, *OTHERS)),
        *(("iso8859_15", words) for words in (*GERMAN, *FRENCH)),
        *(("mac_roman", words) for words in (*GERMAN, *FRENCH)),
        *(("cp850", words) for words in ("Müller", "Größe", "Hôpital général")),
        *(("cp437", words) for words in ("Müller", "Größe", "Hôpital général")),
        *(("gb18030", words) for words in SIMPLIFIED),
        *(("cp950", words) for words in TRADITIONAL),
        *(("cp932", words) for words in JAPANESE),
        *(("euc_jp", words) for words in JAPANESE[2:]),
        *(("iso2022_jp", words) for words in JAPANESE),
        *(("cp949", words) for words in KOREAN),
        *(("cp1250", words) for words in CENTRAL),
        *(("cp1251", words) for words in RUSSIAN),
        *(("utf-8", words) for words in (*GERMAN, *SIMPLIFIED, *JAPANESE, *RUSSIAN, "é", "20°")),
        *(("utf-16", words) for words in (*GERMAN, *SIMPLIFIED)),
        *(("utf-16-le", words) for words in GERMAN),
        *(("utf-16-be", words) for words in GERMAN),
        *(("utf-32", words) for words in GERMAN),
        *(("utf-8-sig", words) for words in GERMAN),
    ],
)
def test_a_word_alone_tells_its_encoding(encoding: str, words: str) -> None:
    assert decoded("t.csv", file_with(words, encoding)).text == f"case,note\r\nC1,{words}\r\n"


WESTERN = (*GERMAN, *FRENCH, *OTHERS)
BY_COUNTRY = (
    *((encoding, WESTERN) for encoding in ("cp1252", "iso8859_15", "mac_roman", "cp850", "cp437")),
    ("cp1250", (*CENTRAL, *GERMAN)),
    ("cp1251", RUSSIAN),
    ("gb18030", SIMPLIFIED),
    ("cp950", TRADITIONAL),
    ("cp932", JAPANESE),
    ("euc_jp", JAPANESE),
    ("cp949", KOREAN),
)


@pytest.mark.parametrize(("encoding", "spoken"), BY_COUNTRY)
def test_no_word_of_a_country_is_ever_read_as_another(
    encoding: str, spoken: tuple[str, ...]
) -> None:
    for words in spoken:
        try:
            raw = file_with(words, encoding)
        except UnicodeEncodeError:
            continue
        try:
            text = decoded("t.csv", raw).text
        except BadInputError as error:
            text = str(error)
        assert words in text or "expected an encoding that can be told" in text, words


@settings(max_examples=60)
@given(st.lists(st.sampled_from(GERMAN + FRENCH), min_size=4, max_size=8, unique=True))
def test_a_few_words_of_a_spreadsheet_on_any_computer_are_never_asked(words: list[str]) -> None:
    for encoding in ("cp1252", "iso8859_15", "mac_roman", "utf-8", "utf-16"):
        raw = file_with("|".join(words), encoding)
        assert decoded("t.csv", raw).text.strip().split(",")[2].split("|") == words


@pytest.mark.parametrize(
    ("words", "encoding", "said"),
    [
        ("Muñoz", "cp1252", ("'Muñoz' in windows-1252", "'Muńoz' in windows-1250")),
        ("fête", "cp1252", ("'fête'", "'fęte'")),
        ("正常", "euc_jp", ("'正常' in euc-jp", "gb18030")),
    ],
)
def test_what_may_be_two_texts_is_asked_with_both(
    words: str, encoding: str, said: tuple[str, ...]
) -> None:
    with pytest.raises(BadInputError, match="--encoding") as asked:
        decoded("t.csv", file_with(words, encoding))
    assert all(one in str(asked.value) for one in ("t.csv", *said))
    assert (
        decoded("t.csv", file_with(words, encoding), encoding).text.split(",")[2].strip() == words
    )


@pytest.mark.parametrize("said", ["nonsense", "zlib", "rot13", "utf-8"])
def test_an_encoding_that_is_said_must_be_one_and_be_right(said: str) -> None:
    with pytest.raises(BadInputError, match=r"t\.csv: expected"):
        decoded("t.csv", file_with("Müller", "cp1252"), said)


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfa,b\n\xff", b"\xff\xfea", b"a\x00b\x00\x00\x00", b"\x81\x8d\x8f\x90\x9d"]
)
def test_bytes_that_are_no_text_are_refused(raw: bytes) -> None:
    with pytest.raises(BadInputError, match=r"t\.csv: expected"):
        decoded("t.csv", raw)


def test_a_guess_is_named_and_utf_8_is_none() -> None:
    guessed = decoded("t.csv", file_with("Müller", "cp1252"))
    assert guessed.note == "windows-1252, guessed"
    assert decoded("t.csv", file_with("Müller", "utf-8")).note == ""
    assert decoded("t.csv", file_with("Müller", "cp1252"), "latin-1").note == "latin-1"


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused_in_one_line(raw: bytes) -> None:
    try:
        told = decoded("t.csv", raw).note
    except BadInputError as error:
        told = str(error)
    assert told in ("", "UTF-16", "UTF-32") or told.endswith(", guessed") or "expected" in told
