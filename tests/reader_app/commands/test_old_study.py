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


# What an estimate is of, and its numbers; how methods are worded may change, and rows may be added.
SUBJECT = ("quantity", "reader", "group", "readers", "system", "arm", "operating_point", "maximum",
           "stratum", "unit", "item", "hit_rule", "random", "as_in", "minus_reader", "minus_group",
           "minus_readers", "minus_system", "minus_arm", "section", "row", "threshold",
           "false_positive_fraction", "sensitivity")  # fmt: skip
NUMBERS = ("estimate", "se", "ci_low", "ci_high")


def subject_of(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in SUBJECT)


def test_it_is_analysed_to_the_same_numbers(
    crossread: Crossread, old: Path, tmp_path: Path
) -> None:
    answer = crossread("analyse", old / "finished", "--out", tmp_path / "out")
    assert answer.status == 0
    compared = 0
    for file in sorted((old / "finished-analysis" / "tables").glob("*.csv")):
        now = {subject_of(row): row for row in rows_of(tmp_path / "out" / "tables" / file.name)}
        for before in rows_of(file):
            after = now.get(subject_of(before))
            assert after is not None, (file.name, subject_of(before))
            for column in NUMBERS:
                if column in before:
                    assert same(before[column], after[column]), (file.name, column, before, after)
                    compared += 1
    assert compared > 1000


def test_it_is_verified_and_says_what_it_lacks(crossread: Crossread, old: Path) -> None:
    for name in ("finished", "open"):
        answer = crossread("verify", old / name)
        assert answer.status == 0
        assert "Note: The record bears no signatures." in answer.out
