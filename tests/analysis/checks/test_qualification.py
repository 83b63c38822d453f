"""The report that qualifies an installation: what it counts, names and refuses to hide."""

import json
import shutil
from pathlib import Path

import pytest

from analysis.checks.qualification import qualification_page, qualify
from analysis.checks.reference_check import SHIPPED, check


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for method in ("shapiro", "diagnostic2x2"):
        shutil.copytree(SHIPPED / method, tmp_path / "cases" / method)
    return tmp_path / "cases"


def _falsify(folder: Path) -> None:
    path = folder / "shapiro" / "shapiro_n3.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["expected"]["shapiro"] = {"statistic.W": 0.5, "p.value": 0.5}
    path.write_text(json.dumps(content), encoding="utf-8")


def test_every_case_stands_below_its_method_with_its_counts(folder: Path) -> None:
    found = check(folder)
    report = qualify(found, folder)
    assert [one.method for one in report.methods] == ["diagnostic2x2", "shapiro"]
    assert sum(one.values for one in report.methods) == found.n_values
    assert all(one.reproduced == one.values for one in report.methods)
    shapiro = report.methods[1]
    assert [one.words for one in shapiro.tolerances] == ["relative 1e-06 or absolute 1e-12"]
    assert [len(one.tolerances) for one in report.methods] == [0, 1]
    assert report.failed == ()
    assert any(one.startswith("numpy ") for one in report.versions)


def test_cases_that_were_not_asked_for_are_not_in_the_report(folder: Path) -> None:
    report = qualify(check(folder, ["shapiro"]), folder)
    assert [one.method for one in report.methods] == ["shapiro"]


def test_what_is_not_reproduced_is_listed_and_the_page_says_so(folder: Path) -> None:
    sound = qualification_page(qualify(check(folder), folder))
    _falsify(folder)
    report = qualify(check(folder), folder)
    page = qualification_page(report)
    assert {one.case for one in report.failed} == {"shapiro_n3"}
    assert "verdict failed" in page
    assert "verdict failed" not in sound


def test_the_checksum_tells_other_cases_apart(folder: Path) -> None:
    before = qualify(check(folder), folder).checksum
    assert qualify(check(folder), folder).checksum == before
    _falsify(folder)
    assert qualify(check(folder), folder).checksum != before


def test_the_shipped_cases_are_those_of_the_program() -> None:
    report = qualify(check(None, ["shapiro"]))
    assert report.checksum == qualify(check(SHIPPED, ["shapiro"]), SHIPPED).checksum
