"""A study of an older form is verified, frozen, exported and analysed by the commands of today."""

import csv
import math
import zipfile
from collections.abc import Callable, Iterable
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


NUMBERS = ("estimate", "se", "ci_low", "ci_high", "level", "p_adjusted")
# Said in words, or counted anew by a later version without another number coming of it.
TOLD = ("method", "reason", "p", "df")


def subject_of(row: dict[str, str], columns: Iterable[str]) -> tuple[str, ...]:
    """Return what a row of estimates is of."""
    told = (*NUMBERS, *TOLD)
    return tuple(row[name] for name in columns if name not in told and not name.startswith("n_"))


def test_it_is_analysed_to_the_same_numbers(
    crossread: Crossread, old: Path, tmp_path: Path
) -> None:
    answer = crossread("analyse", old / "finished", "--out", tmp_path / "out")
    assert answer.status == 0
    compared = 0
    for file in sorted((old / "finished-analysis" / "tables").glob("*.csv")):
        then, now = rows_of(file), rows_of(tmp_path / "out" / "tables" / file.name)
        columns = list(then[0])
        found: dict[tuple[str, ...], list[dict[str, str]]] = {}
        for row in now:
            found.setdefault(subject_of(row, columns), []).append(row)
        for before in then:
            after = found[subject_of(before, columns)].pop(0)
            # What could not be estimated then may be estimated now; a number stays as it was.
            kept = [column for column in NUMBERS if before.get(column)]
            for column in kept:
                assert same(before[column], after[column]), (file.name, column, before, after)
            compared += len(kept)
            # A test of fewer cases than a test needs is told no more; any other stands as it was.
            if before.get("p") and not after["p"]:
                assert after["reason"].startswith("no test: "), (before, after)
            elif before.get("p"):
                assert same(before["p"], after["p"]), (file.name, before, after)
    assert compared > 1000


def test_it_is_verified_and_says_what_it_lacks(crossread: Crossread, old: Path) -> None:
    for name in ("finished", "open"):
        answer = crossread("verify", old / name)
        assert answer.status == 0
        assert "Note: The record bears no signatures." in answer.out
