"""What no file of ours holds is refused with a reason, whatever Python's readers would take."""

import json
from pathlib import Path

import pytest

from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json, parsed_toml, read_bounded


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 1000 + "1" + "}" * 1000, "nested too deeply"),
        ("[" * 60 + "]" * 60, "nested too deeply"),
        ("9" * 5000, "an integer of 5000 digits"),
        ("9223372036854775808", "an integer of 19 digits"),
        ("1e999", "expected a number, got 1e999"),
        ("[NaN]", "expected a number, got NaN"),
        ('{"a": -Infinity}', "expected a number, got -Infinity"),
        ('"\\ud800"', "half a character"),
        ("", "Expecting value"),
    ],
)
def test_json_that_cannot_be_meant_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parsed_json(text)
    with pytest.raises(ValueError, match=reason):
        parsed_json(text.encode())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\xed\xa0\x80", b"\xff", b'"\xff"'])
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed_json(content)


def test_ordinary_json_comes_as_it_is() -> None:
    whole = {"a": [1, -2.5, None, True, "Müller 王 \U0001f600"], "b": {"c": 2**63 - 1}}
    assert parsed_json(json.dumps(whole)) == whole
    assert parsed_json(json.dumps(whole, ensure_ascii=False).encode()) == whole


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "[" * 60 + "]" * 60, "nested too deeply"),
        ("a = " + "9" * 5000, "digits"),
        ("a = 9223372036854775808", "a: a number of ordinary size"),
        ("a = inf", "a: a finite number"),
        ("a = nan", "a: a finite number"),
        ('a = "x\\u001b[2J"', "a: one line of text"),
        ('a = """x\ny"""', "a: one line of text"),
        ('"a\\u202e" = 1', "a key: one line of text"),
        ('[b]\na = ["' + "x" * 3000 + '"]', "a: text of at most 2000 characters, not 3000"),
        ("a = 1979-99-99", "."),
        ("a", "."),
    ],
)
def test_toml_that_cannot_be_meant_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        parsed_toml(text.encode())
    assert len(str(refused.value)) < 300


def test_toml_may_begin_with_a_byte_order_mark() -> None:
    assert parsed_toml("\ufeffa = 1".encode()) == {"a": 1}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    with path.open("wb") as stream:
        stream.truncate(10_000_000_000)  # sparse: it takes no room on the disk
    with pytest.raises(BadInputError, match=r"study\.toml: expected a file of at most 1 MB"):
        read_bounded(path, 1_000_000)
