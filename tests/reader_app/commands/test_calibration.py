"""`calibrate`: the table of all scenarios, and a record that is none."""

from pathlib import Path

from typer.testing import CliRunner

from analysis.checks.calibration import scenarios
from reader_app.__main__ import application
from study_design.errors import BadInputError


def test_one_study_of_each_scenario_makes_a_table_and_a_record_to_continue(tmp_path: Path) -> None:
    words = ["calibrate", str(tmp_path / "record"), "--studies", "1", "--seed", "5"]
    first = CliRunner().invoke(application(words), words)
    assert first.exit_code == 0
    assert len((tmp_path / "record").read_text(encoding="utf-8").splitlines()) == len(scenarios())
    assert first.stdout.startswith("16 scenarios, 1 studies of each, seed 5")
    assert "U-statistics, BDG df: difference" in first.stdout
    again = CliRunner().invoke(application(words), words)
    assert again.stdout == first.stdout


def test_a_record_that_is_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "record").write_text("reads\n", encoding="utf-8")
    words = ["calibrate", str(tmp_path / "record")]
    found = CliRunner().invoke(application(words), words)
    assert found.exit_code == 1
    assert isinstance(found.exception, BadInputError)
    assert "line 1" in str(found.exception)
