"""Ratings go out to iMRMC, OR-DBM MRMC and MRMCaov and come back as they were, or are refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.exchange.ratings.imrmc import read_imrmc, write_imrmc
from study_design.exchange.ratings.integer_key import (
    key_of,
    key_path,
    numbered,
    with_names,
    write_key,
)
from study_design.exchange.ratings.lrc import read_lrc, write_lrc
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings, RatedCase, Reading
from study_design.exchange.ratings.mrmcaov import read_mrmcaov, write_mrmcaov

SHIPPED = Path(__file__).with_name("files")  # of iMRMC, whose examples are CC0
FORMATS = Path(__file__).resolve().parents[4] / ".." / "shared" / "golden" / "formats"
Read = Callable[[Path], MrmcRatings]
Write = Callable[[Path, MrmcRatings], None]
IMRMC, LRC, LONG = (read_imrmc, write_imrmc), (read_lrc, write_lrc), (read_mrmcaov, write_mrmcaov)
HEAD = ["free text", "BEGIN DATA:", "-1,a,truth,0", "-1,b,truth,1"]
LRC_HEAD = ["title", "R1", '"1" "2"', "L L"]


def crossed(*ratings: float) -> MrmcRatings:
    """Two readers, two arms and two cases; the first ratings are given, the others are 1."""
    cases = (RatedCase("17 left, new", truth=False), RatedCase("#4", truth=True))
    keys = [(r, a, c.case) for r in ("Ann", "truth") for a in ("with AI", '"no" AI') for c in cases]
    values = (*ratings, *[1.0] * (len(keys) - len(ratings)))
    return MrmcRatings(
        "A study", cases, tuple(Reading(*k, v) for k, v in zip(keys, values, strict=True))
    )


def content(ratings: MrmcRatings) -> tuple[set[RatedCase], set[Reading]]:
    """What a table says, whatever the order of its rows."""
    return set(ratings.cases), set(ratings.readings)


@pytest.mark.parametrize(
    ("name", "form", "cases", "readings"),
    [
        ("imrmc_not_fully_crossed.imrmc", IMRMC, 100, 1069),
        ("imrmc_shipped_input.imrmc", IMRMC, 80, 800),
        ("roc_vandyke.imrmc", IMRMC, 114, 1140),
        ("roc_vandyke.lrc", LRC, 114, 1140),
        ("roc_vandyke_ordbm.csv", LONG, 114, 1140),
    ],
)
def test_files_of_the_other_programs_are_written_back_with_the_same_content(
    tmp_path: Path, name: str, form: tuple[Read, Write], cases: int, readings: int
) -> None:
    read, write = form
    shipped = SHIPPED / name
    if not shipped.is_file() and not FORMATS.is_dir():
        pytest.skip("the example files are not beside the repository")
    ratings = read(shipped if shipped.is_file() else FORMATS / name)
    assert (len(ratings.cases), len(ratings.readings)) == (cases, readings)
    write(tmp_path / name, ratings)
    assert content(read(tmp_path / name)) == content(ratings)


def test_the_three_forms_of_one_study_say_the_same() -> None:
    if not FORMATS.is_dir():
        pytest.skip("the example files are not beside the repository")
    long = read_mrmcaov(FORMATS / "roc_vandyke_ordbm.csv")
    assert content(read_imrmc(FORMATS / "roc_vandyke.imrmc")) == content(long)
    by_place = sorted((r.reader, r.arm, r.rating) for r in long.readings)
    lrc = read_lrc(FORMATS / "roc_vandyke.lrc")
    assert sorted((r.reader, r.arm, r.rating) for r in lrc.readings) == by_place


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=8, max_size=8))
def test_any_rating_and_any_name_comes_back_through_integers_and_their_key(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    ratings, out = crossed(*values), tmp_path_factory.mktemp("formats")
    key = key_of(ratings)
    for name, (read, write) in (("r.imrmc", IMRMC), ("r.lrc", LRC), ("r.csv", LONG)):
        write(out / name, numbered(ratings, key))
        write_key(key_path(out / name), key)
        assert content(with_names(out / name, read(out / name))) == content(ratings)


def test_a_missing_reading_goes_to_imrmc_and_is_refused_for_the_others(tmp_path: Path) -> None:
    whole = numbered(crossed(), key_of(crossed()))
    gap = MrmcRatings(whole.title, whole.cases, whole.readings[:-1])
    write_imrmc(tmp_path / "r.imrmc", gap)
    assert content(read_imrmc(tmp_path / "r.imrmc")) == content(gap)
    for write in (write_lrc, write_mrmcaov):
        with pytest.raises(BadInputError, match=r"no rating by reader 2, arm 2, case 2"):
            write(tmp_path / "r", gap)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(("read", "write"), [IMRMC, LRC])
def test_titles_in_the_encoding_of_another_computer_are_read(
    tmp_path: Path, read: Read, write: Write
) -> None:
    path = tmp_path / "r.txt"
    whole = numbered(crossed(), key_of(crossed()))
    write(path, replace(whole, title="Universitätsspital Zürich"))
    path.write_bytes(path.read_text("utf-8").encode("cp1252"))
    assert content(read(path)) == content(whole)


@pytest.mark.parametrize(
    "cells",
    [
        [("R1", "m", "a"), ("R1", "n", "a"), ("R2", "m", "b"), ("R2", "n", "b")],
        [("R1", "m", "a"), ("R2", "m", "a"), ("R1", "n", "b"), ("R2", "n", "b")],
    ],
    ids=["within readers", "within arms"],
)
def test_nested_cases_are_no_missing_readings_to_mrmcaov(
    tmp_path: Path, cells: list[tuple[str, str, str]]
) -> None:
    cases = (RatedCase("a", truth=False), RatedCase("b", truth=True))
    nested = MrmcRatings("nested", cases, tuple(Reading(*cell, 2.5) for cell in cells))
    write_mrmcaov(tmp_path / "r.csv", nested)
    assert content(read_mrmcaov(tmp_path / "r.csv")) == content(nested)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["R1,a,m,1", "R1,a,m,2"], "row 6: expected one rating .* second one beside row 5"),
        (["R1,c,m,1"], "row 5: expected a case with truth, got c"),
        (["R1,a,m"], "row 5: expected readerID,caseID,modalityID,score"),
        (["R1,a,x,m,1"], "row 5: .*no commas"),
        (["R1,a,m,high"], "row 5, score: expected a number, got 'high'"),
        (["R1,a,m,inf"], "row 5, score: expected a number, got 'inf'"),
        (["-1,a,truth,1", "R1,a,m,1"], "row 5: expected the truth of each case once, got a"),
        (["-1,c,truth,2", "R1,a,m,1"], "row 5, score: expected a truth of 0 or 1, got 2"),
        ([], "expected readings, got none"),
    ],
)
def test_a_wrong_row_of_an_imrmc_file_is_named(tmp_path: Path, rows: list[str], words: str) -> None:
    path = tmp_path / "r.imrmc"
    path.write_text("\n".join([*HEAD, *rows]), encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_imrmc(path)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["-1,a,truth,0", "R1,a,m,1"], "expected a line 'BEGIN DATA:'"),
        (["NR:2", *HEAD, "R1,a,m,1"], "expected NR:1, which the rows have, got NR:2"),
        ([*HEAD[:3], "R1,a,m,1"], "got none of truth 1"),
    ],
)
def test_an_imrmc_file_that_contradicts_itself_is_refused(
    tmp_path: Path, lines: list[str], words: str
) -> None:
    path = tmp_path / "r.imrmc"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_imrmc(path)


def test_names_that_a_file_cannot_hold_are_refused_before_it_is_written(tmp_path: Path) -> None:
    for write, words in ((write_imrmc, "without commas"), (write_lrc, "without quotation marks")):
        with pytest.raises(BadInputError, match=words):
            write(tmp_path / "r", crossed())
    cases = (RatedCase("a", truth=False), RatedCase("b", truth=True))
    with pytest.raises(BadInputError, match="which mean the truth, got truth"):
        write_imrmc(tmp_path / "r", MrmcRatings("", cases, (Reading("truth", "m", "a", 1),)))
    with pytest.raises(BadInputError, match="a title that is free text"):
        write_imrmc(tmp_path / "r", MrmcRatings("NR:4", cases, (Reading("R", "m", "a", 1),)))
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (LRC_HEAD, "row 4: expected a title"),
        ([*LRC_HEAD[:3], "L Q", "1 2", "*", "3 4", "*", "#"], "row 4: expected L or S"),
        ([*LRC_HEAD, "1", "*", "3 4", "*", "#"], "row 5: expected 2 ratings"),
        ([*LRC_HEAD, "1 b", "*", "3 4", "*", "#"], "row 5: expected a number, got 'b'"),
        ([*LRC_HEAD, "1 2", "*", "3 4", "#"], r"row 8: expected \* after"),
        ([*LRC_HEAD, "1 2", "*", "3 4", "*"], "row 8: expected # at the end"),
        (
            [*LRC_HEAD, "1 2", "*", "3 4", "*", "R2", "1 2", "*", "*", "#"],
            "row 9: expected 1 and 1 cases, as the first reader, got '1 and 0'",
        ),
    ],
)
def test_a_wrong_row_of_an_lrc_file_is_named(tmp_path: Path, lines: list[str], words: str) -> None:
    path = tmp_path / "r.lrc"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_lrc(path)


def test_ratings_of_which_smaller_ones_are_suspicious_are_turned_round(tmp_path: Path) -> None:
    path = tmp_path / "r.lrc"
    path.write_text("\n".join([*LRC_HEAD[:3], "L S", "1 5", "*", "4 2", "*", "#"]))
    given = [(one.arm, one.case, one.rating) for one in read_lrc(path).readings]
    assert given == [("1", "1", 1), ("2", "1", 1), ("1", "2", 4), ("2", "2", 4)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["R1,m,a,0,1", "R1,n,a,1,1"], "row 3: expected the truth of the rows before, got 1"),
        (["R1,m,a,2,1"], r"row 2, truth: expected 1 or 0 \(malignant or benign\), got '2'"),
        (["R1,m,a,0,x"], "row 2, rating: expected a number, got 'x'"),
    ],
)
def test_a_wrong_row_of_a_long_csv_is_named(tmp_path: Path, rows: list[str], words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\n".join(["reader,test,case,truth,rating", *rows]), encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_mrmcaov(path)


def test_a_csv_without_the_five_columns_is_no_long_csv(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("reader,case,truth,rating\nR1,a,0,1\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="got reader, case, truth, rating"):
        read_mrmcaov(path)


def test_a_key_of_another_file_is_refused(tmp_path: Path) -> None:
    ratings, path = crossed(), tmp_path / "r.imrmc"
    write_imrmc(path, numbered(ratings, key_of(ratings)))
    key_path(path).write_text("kind,integer,original\nreader,1,Ann\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"expected each reader in the key file .* got 2"):
        with_names(path, read_imrmc(path))
    key_path(path).write_text("kind,integer,original\nreader,2,Ann\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"row 2: .*got reader 2"):
        with_names(path, read_imrmc(path))
