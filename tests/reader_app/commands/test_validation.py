"""`validate`: every value in a row, the count last, and an exit status that tells."""

import json
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.checks.reference_check import SHIPPED
from reader_app.__main__ import application
from study_design.errors import BadInputError


def run(*words: str) -> tuple[int, list[str], BaseException | None]:
    """Run the command and return its exit status, the lines it printed, and what it refused."""
    found = CliRunner().invoke(application(["validate"]), ["validate", *words])
    return found.exit_code, found.stdout.splitlines(), found.exception


def test_the_shipped_cases_are_all_reproduced() -> None:
    status, lines, _ = run()
    assert status == 0
    assert lines[0].split() == ["case", "quantity", "expected", "got", "difference", "ok"]
    count, _, total, *words = lines[-1].split()
    assert count == total
    assert words == ["values", "reproduced"]


def test_a_falsified_value_fails_and_is_shown(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "shapiro", tmp_path / "shapiro")
    path = tmp_path / "shapiro" / "shapiro_n3.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["expected"]["shapiro"]["statistic.W"] += 0.001
    path.write_text(json.dumps(content), encoding="utf-8")
    status, lines, _ = run(str(tmp_path))
    assert status == 1
    assert lines[-1] == "7 of 8 values reproduced"
    wrong = [line for line in lines if line.endswith("NO")]
    assert len(wrong) == 1
    assert "shapiro_n3" in wrong[0]


def test_a_method_without_an_estimator_is_named_and_fails_only_when_asked_for(
    tmp_path: Path,
) -> None:
    shutil.copytree(SHIPPED / "shapiro", tmp_path / "shapiro")
    path = tmp_path / "shapiro" / "shapiro_n3.json"
    content = json.loads(path.read_text(encoding="utf-8")) | {"method": "tomorrow"}
    path.write_text(json.dumps(content), encoding="utf-8")
    status, lines, _ = run(str(tmp_path))
    assert status == 0
    assert lines[-2].startswith("tomorrow: no such method yet")
    assert "not counted" in lines[-2]
    status, lines, _ = run(str(tmp_path), "--method", "tomorrow", "--method", "shapiro")
    assert status == 1
    assert lines[-1] == "6 of 8 values reproduced"


def test_a_machine_can_read_it() -> None:
    status, lines, _ = run("--method", "delong", "--json")
    content = json.loads("\n".join(lines))
    assert status == 0
    assert content["n_reproduced"] == content["n_values"] == len(content["values"])
    nans = [one for one in content["values"] if one["expected"] == "NaN"]
    assert all(one["got"] == "NaN" and one["ok"] for one in nans)
    assert nans


@pytest.mark.parametrize("words", [["nowhere"], ["--method", "shapirro"]])
def test_what_cannot_be_validated_is_refused_in_one_line(words: list[str]) -> None:
    status, _, error = run(*words)
    assert status == 1
    assert isinstance(error, BadInputError)
    assert "\n" not in str(error)


def test_the_report_counts_what_was_found_and_has_lines_to_sign(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    status, lines, _ = run("--method", "shapiro", "--report", str(page))
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert status == 0
    count, _, total, *_ = lines[-1].split()
    assert f"Reproduced: {count} of {total} values" in text
    assert f'<td>shapiro</td><td class="number">{count}</td> <td class="number">{total}' in text
    assert "shapiro: relative 1e-06 or absolute 1e-12" in text
    assert f"numpy {version('numpy')}" in text
    assert "Performed by" in text
    assert "Values that are not reproduced" not in text


def test_the_report_of_an_installation_that_fails_says_so_and_shows_the_value(
    tmp_path: Path,
) -> None:
    shutil.copytree(SHIPPED / "shapiro", tmp_path / "cases" / "shapiro")
    path = tmp_path / "cases" / "shapiro" / "shapiro_n3.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["expected"]["shapiro"]["statistic.W"] += 0.001
    path.write_text(json.dumps(content), encoding="utf-8")
    page = tmp_path / "report.html"
    status, _, _ = run(str(tmp_path / "cases"), "--report", str(page))
    text = " ".join(page.read_text(encoding="utf-8").split())
    assert status == 1
    assert "NOT reproduced: 7 of 8 values" in text
    shown = text.partition("Values that are not reproduced")[2].partition("<h2>")[0]
    assert "<td>shapiro_n3</td>" in shown


def test_a_report_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    status, _, error = run(
        "--method", "shapiro", "--report", str(tmp_path / "nowhere" / "report.html")
    )
    assert status == 1
    assert isinstance(error, BadInputError)
