"""The reader's own letters: what they mean, and which files are refused in one line."""

from pathlib import Path

import pytest

from reader_app.reading.key_bindings import ACTIONS, STANDARD_KEYS, KeyBindings, read_bindings
from reader_app.reading.keys import KEYS, Mode
from study_design.errors import BadInputError


def bindings(tmp_path: Path, text: str) -> KeyBindings:
    path = tmp_path / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return read_bindings(path)


def test_without_a_file_every_key_is_itself(tmp_path: Path) -> None:
    keys = read_bindings(tmp_path / "keys.toml")
    assert keys.moved == STANDARD_KEYS.moved == ()
    assert (keys.standard("M"), keys.cap("M"), keys.file) == ("M", "M", tmp_path / "keys.toml")


def test_a_letter_that_moved_means_what_it_stands_for_and_the_old_one_nothing(
    tmp_path: Path,
) -> None:
    keys = bindings(tmp_path, 'mass = "k"\n')
    assert (keys.standard("K"), keys.standard("M"), keys.standard("C")) == ("M", "", "C")
    assert keys.cap("M") == "K"
    assert keys.standard("Ctrl+Z") == "Ctrl+Z"


def test_two_letters_may_be_swapped(tmp_path: Path) -> None:
    keys = bindings(tmp_path, 'mass = "C"\ncalcification = "M"\n')
    assert (keys.standard("C"), keys.standard("M")) == ("M", "C")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mass = "C"', "expected a letter of its own for calcification, got C, which is .* mass"),
        ('mess = "K"', "expected one of mass, .* got mess"),
        ('mass = "Space"', "expected one letter A to Z for mass, got 'Space'"),
        ("mass = 4", "expected one letter A to Z for mass, got 4"),
        ("mass: K", "expected lines like mass"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInputError, match=said) as refused:
        bindings(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_every_action_is_a_letter_that_does_something_while_reading() -> None:
    assert set(ACTIONS.values()) <= set(KEYS[Mode.READING])
    assert len(set(ACTIONS.values())) == len(ACTIONS)
