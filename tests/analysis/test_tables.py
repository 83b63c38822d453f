"""What comes through the door, and what is refused at it."""

from pathlib import Path

import pytest
from given_tables import HEADER, written
from openpyxl import Workbook

from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from study_design.errors import BadInputError
from study_design.tables.table_faults import BadTableError


def test_the_four_columns_are_enough(tmp_path: Path) -> None:
    table = from_csv(written(tmp_path / "t.csv", HEADER, "R1,A,1,80", "R1,B,0.0,10,"[:-1]))
    assert table.arms == ("",)
    assert list(table.rows["kind"]) == ["human", "human"]
    assert list(table.rows["truth"]) == [1, 0]
    assert table.clustered_by is None


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["reader,case,rating", "R1,A,3"], ["Add truth"]),
        ([HEADER], ["no row"]),
        ([HEADER, "R1,A,1,5", "R1,B,2,5"], ["row 3", "truth", "'2'"]),
        ([HEADER, "R1,A,,5"], ["row 2", "truth", "0 or 1"]),
        ([HEADER, "R1,A,1,high"], ["row 2", "rating", "a number", "'high'"]),
        ([HEADER, "R1,A,1,inf"], ["row 2", "rating", "a number"]),
        ([HEADER, "R1,A,1,"], ["expected ratings"]),
        ([HEADER, ",A,1,5"], ["row 2", "reader"]),
        ([HEADER, "R1,A,1,5", "R1,B,0,5", "R1,A,1,6"], ["row 4", "second", "row 2", "case A"]),
        ([HEADER, "R1,A,1,5", "R2,A,0,5"], ["row 3", "truth", "case A"]),
        ([HEADER + ",kind", "R1,A,1,5,robot"], ["row 2", "kind", "human, ai"]),
        ([HEADER + ",group", "R1,A,1,5,x", "R1,B,1,5,y"], ["row 3", "group", "reader R1"]),
        ([HEADER + ",time_s", "R1,A,1,5,-3"], ["row 2", "time_s", "0 or more"]),
        ([HEADER, "R1,A,1,50", 'R1,B,0,"1,234"'], ["row 3", "rating", "'1,234'", "--decimal"]),
        ([HEADER, "R1,A,1,2.5", "R1,B,0,1.5", 'R1,C,0,"3,5"'], ["row 4", "rating", "decimal sign"]),
        ([HEADER + ",birads", "R1,A,1,5,4d"], ["row 2", "birads", "4A", "'4d'"]),
        ([HEADER + ",Reading time", "R1,A,1,5,1.5"], ["row 2", "Reading time", "with its unit"]),
        ([HEADER, "R1,A,1,85%", "R1,B,0,0.4"], ["row 3", "rating", "a number with %"]),
        (
            [HEADER + ",arm", "R1,A,1,5,x", "R1,B,1,5", "R1,C,0,4,x"],
            ["row 3", "arm", "as in other rows of readers"],
        ),
    ],
)
def test_bad_input_is_refused_in_one_line_with_its_place(
    tmp_path: Path, lines: list[str], words: list[str]
) -> None:
    with pytest.raises(BadInputError) as refusal:
        from_csv(written(tmp_path / "ratings.csv", *lines))
    text = str(refusal.value)
    assert "\n" not in text
    for word in ("ratings.csv", *words):
        assert word in text


def test_a_missing_rating_is_left_out_and_counted(tmp_path: Path) -> None:
    table = from_csv(written(tmp_path / "t.csv", HEADER, "R1,A,1,NA", "R1,B,0,", "R1,C,1,3"))
    assert list(table.rows["case"]) == ["C"]
    assert any("rating by a reader, left out: 2" in note for note in table.notes)


def test_all_that_is_wrong_with_a_table_is_told_at_once(tmp_path: Path) -> None:
    lines = [HEADER + ",birads", "", "R1,A,2,5,4a", ",B,0,high,4x", "R2,A,1,6,"]
    with pytest.raises(BadTableError) as refusal:
        from_csv(written(tmp_path / "t.csv", *lines))
    assert [line.split(": expected")[0] for line in refusal.value.lines] == [
        "t.csv, row 3, truth",
        "t.csv, row 4, rating",
        "t.csv, row 4, birads",
    ]


SPELLINGS = ("4a", "4A", "BI-RADS 4A", " 4(a) ", "IVa", "Category 4a", "birads-4a")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_readers_who_agree_agree_however_they_spell_a_category(
    tmp_path: Path, spelling: str
) -> None:
    header = HEADER + ",birads"
    rows = [f"R1,C{n},{n % 2},{n},{('2', '4A', '4b', '5')[n % 4]}" for n in range(12)]
    told = {"2": "BI-RADS 2", "4A": spelling, "4b": "4B", "5": "5.0"}
    rows += [f"R2,C{n},{n % 2},{n},{told[('2', '4A', '4b', '5')[n % 4]]}" for n in range(12)]
    table = from_csv(written(tmp_path / "t.csv", header, *rows))
    result = analyse(table, AnalysisSettings())
    kappas = [one for one in result.estimates if one.quantity == "kappa"]
    assert [one.estimate for one in kappas] == [pytest.approx(1.0)] * len(kappas)
    assert kappas


def test_words_thousands_and_units_of_a_spreadsheet_are_read_and_said(tmp_path: Path) -> None:
    lines = [
        "Leser;Fall;Dignität;Bewertung;BI-RADS;Lesezeit (min)",
        "R1;A;bösartig;1.234,5;4a;1,5",
        "R1;B;gutartig;999;II;2",
    ]
    path = tmp_path / "t.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    table = from_csv(path)
    rows = table.rows.set_index("case")
    assert rows["rating"].to_dict() == {"A": 1234.5, "B": 999.0}
    assert rows["truth"].to_dict() == {"A": 1, "B": 0}
    assert rows["birads"].to_dict() == {"A": "4A", "B": "2"}
    assert rows["time_s"].to_dict() == {"A": 90.0, "B": 120.0}
    told = "\n".join(table.notes)
    for said in ("windows-1252, guessed", "'Leser' as reader", "'gutartig' as 0", "'II' as 2"):
        assert said in told


def test_a_workbook_of_ratings_is_analysed_as_its_csv(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["Ratings"], [], ["reader", "case", "truth", "rating"],
                ["R1", "A", True, 80.5], ["R1", "B", False, 10]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    table = from_csv(tmp_path / "t.xlsx")
    assert table.rows[["case", "truth", "rating"]].to_numpy().tolist() == [
        ["A", 1, 80.5],
        ["B", 0, 10.0],
    ]


def test_decimal_commas_and_other_columns_are_understood(tmp_path: Path) -> None:
    lines = ["reader;case;truth;rating;density;exam", "R1;A;1;0,5;c;E1", "R1;B;0;0,25;a;E1"]
    table = from_csv(written(tmp_path / "t.csv", *lines))
    assert list(table.rows["rating"]) == [0.5, 0.25]
    assert table.strata == ("density",)
    assert table.clustered_by == "exam"


def test_ratings_that_are_there_twice_are_all_counted(tmp_path: Path) -> None:
    rows = [f"R,C{case},{case % 2},{case}" for case in range(60)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["reader,case,truth,rating", *rows, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"and 20 more\.$") as refused:
        from_csv(path)
    told = str(refused.value)
    assert "row 62, reader, arm, case: expected one rating for reader R, case C0" in told
    assert "got a second one (the first stands in row 2)" in told
