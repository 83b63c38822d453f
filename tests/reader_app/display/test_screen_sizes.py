"""Widths of screens that a person has measured."""

from pathlib import Path

import pytest

from reader_app.display.screen_sizes import read_screen_widths
from study_design.errors import BadInputError


def test_a_measured_width_is_found_by_the_name_of_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "screens.toml"
    file.write_text('"DELL U3223QE" = 697\n', encoding="utf-8")
    assert read_screen_widths(file) == {"DELL U3223QE": 697.0}


def test_without_the_file_nothing_was_measured(tmp_path: Path) -> None:
    assert read_screen_widths(tmp_path / "screens.toml") == {}


@pytest.mark.parametrize("width", ["0", "-3.0", '"597"', "true", "[597]"])
def test_what_is_no_width_is_refused_by_its_screen(tmp_path: Path, width: str) -> None:
    file = tmp_path / "screens.toml"
    file.write_text(f'"LEFT" = {width}\n', encoding="utf-8")
    with pytest.raises(BadInputError, match="expected the lit width of LEFT in mm"):
        read_screen_widths(file)


def test_a_width_that_is_no_finite_number_is_refused_by_its_screen(tmp_path: Path) -> None:
    file = tmp_path / "screens.toml"
    file.write_text('"LEFT" = nan\n', encoding="utf-8")
    with pytest.raises(BadInputError, match="LEFT: a finite number, not nan"):
        read_screen_widths(file)


def test_what_is_no_toml_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "screens.toml"
    file.write_text("LEFT: 597", encoding="utf-8")
    with pytest.raises(BadInputError, match="expected lines like"):
        read_screen_widths(file)
