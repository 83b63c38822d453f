"""No name steers a terminal, forges a line or breaks a document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.plain_text import escaped, is_plain, refuse_control

STEERING = [
    "\x1b[2J",
    "\x9b2J",
    "a\rb",
    "a\nb",
    "\x00",
    "\x7f",
    "\u202etxt",
    "\u2028",
    "\udc80",
    "\t",
]


@pytest.mark.parametrize("text", STEERING)
def test_a_name_that_steers_is_refused_in_one_plain_line(text: str) -> None:
    assert not is_plain(text)
    with pytest.raises(BadInputError, match=r"^title: expected one line of text") as refused:
        refuse_control(text, "title")
    assert is_plain(str(refused.value))


@pytest.mark.parametrize("text", ["", "Müller", "王", "a b", "\xa0", "a-b_c.1", "\U0001f600", "é"])
def test_names_of_all_languages_are_taken(text: str) -> None:
    assert refuse_control(text, "title") == text


@given(st.text(st.characters()))
def test_what_is_printed_holds_nothing_to_obey(text: str) -> None:
    lines = escaped(text).replace("\n", "").replace("\t", "")
    assert is_plain(lines)
    lines.encode()  # and can be written everywhere
