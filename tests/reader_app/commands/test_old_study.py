"""A study of an older form is verified, frozen, exported and analysed by the commands of today."""

import csv
import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

FORMS = Path(__file__).parents[2] / "study_design" / "record" / "forms"
Crossread = Callable[..., "object"]


@pytest.fixture(params=["78708db"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with zipfile.ZipFile(FORMS / f"{request.param}.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def same(then: str, now: str) -> bool:
    """Tell whether two cells say the same; the last bits of a number are its processor's."""
    if then == now:
        return True
    try:
        return math.isclose(float(then), float(now), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


def test_it_is_analysed_to_the_same_tables(crossread: Crossread, old: Path, tmp_path: Path) -> None:
    answer = crossread("analyse", old / "finished", "--out", tmp_path / "out")
    assert answer.status == 0
    compared = 0
    for file in sorted((old / "finished-analysis" / "tables").glob("*.csv")):
        then, now = rows_of(file), rows_of(tmp_path / "out" / "tables" / file.name)
        assert len(then) == len(now), file.name
        for before, after in zip(then, now, strict=True):
            for column, cell in before.items():
                assert same(cell, after[column]), (file.name, column, before, after)
                compared += 1
    assert compared > 1000


def test_it_is_verified_and_says_what_it_lacks(crossread: Crossread, old: Path) -> None:
    for name in ("finished", "open"):
        answer = crossread("verify", old / name)
        assert answer.status == 0
        assert "Note: The record bears no signatures." in answer.out
