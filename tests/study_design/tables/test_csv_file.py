"""CSV files come back as they were written, and are understood as other programs write them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.tables.csv_file import number, read_csv, write_atomically, write_csv


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


# Cells come back without outer spaces.
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))).map(str.strip)
rows = st.lists(st.fixed_dictionaries({"name": texts.filter(bool), "note": texts}), max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows)
def test_text_comes_back_as_it_was_written(path: Path, written: list[dict[str, str]]) -> None:
    write_csv(path, ("name", "note"), written)
    table = read_csv(path)
    assert list(table.rows) == written
    assert table.columns == ("name", "note")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_come_back_to_the_last_digit(path: Path, value: float) -> None:
    write_csv(path, ("x_px",), [{"x_px": value}])
    assert number(read_csv(path).rows[0]["x_px"], "here") == value


def test_a_formula_is_escaped_and_a_negative_number_is_not(path: Path) -> None:
    write_csv(path, ("a", "b"), [{"a": "=1+1", "b": -1.5}])
    assert path.read_text() == "a,b\n'=1+1,-1.5\n"
    assert read_csv(path).rows[0]["a"] == "=1+1"


@pytest.mark.parametrize("text", ["'=1", "''+2", "'quoted'", "=", "'"])
def test_text_that_looks_escaped_comes_back_as_it_was(path: Path, text: str) -> None:
    write_csv(path, ("a", "b"), [{"a": text, "b": "x"}])
    assert read_csv(path).rows[0]["a"] == text


def test_truth_values_and_what_is_not_there(path: Path) -> None:
    write_csv(path, ("a", "b", "c", "d"), [{"a": True, "b": False, "c": None, "d": float("nan")}])
    assert path.read_text() == "a,b,c,d\n1,0,,\n"


@pytest.mark.parametrize(
    ("raw", "guesses"),
    [
        ("case,note\nC1,Köln\n".encode("utf-8-sig"), 0),
        ("case;note\r\nC1;Köln\r\n".encode(), 1),
        ("case\tnote\nC1\tKöln\n".encode("utf-16"), 2),
        ('case,note\n\nC1,"Köln"\n,\n'.encode(), 0),
    ],
)
def test_files_of_other_programs_are_understood(path: Path, raw: bytes, guesses: int) -> None:
    path.write_bytes(raw)
    table = read_csv(path)
    assert table.rows == ({"case": "C1", "note": "Köln"},)
    assert len(table.guesses) == guesses


@pytest.mark.parametrize(
    ("encoding", "text"), [("shift_jis", "乳がんの検診"), ("gb18030", "乳腺癌筛查样本")]
)
def test_japanese_and_chinese_encodings_are_guessed_and_named(
    path: Path, encoding: str, text: str
) -> None:
    path.write_bytes(f"case,note\nC1,{text}\n".encode(encoding))
    table = read_csv(path)
    assert table.rows[0]["note"] == text
    assert table.guesses == (f"table.csv: {encoding}, guessed",)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", "expected a header row, got an empty file"),
        (b"a,b,a\n", "expected each column once, got a twice"),
        (b"a,b\n1,2,3\n", "row 2: expected 2 cells, got 3"),
        (b"a,b\n\xff\xff\xff\n", "expected an encoding that can be told"),
        (b"a,b\n\x81\x8d\xff\n", "expected text in UTF-8|an encoding"),
        (b'a,b\n1,"2\n3,4\n', "row 2: .* quotation mark that is not closed"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(path: Path, raw: bytes, line: str) -> None:
    path.write_bytes(raw)
    with pytest.raises(BadInputError, match=line):
        read_csv(path)


def test_a_missing_file_and_a_missing_column_are_named(path: Path) -> None:
    with pytest.raises(BadInputError, match="Expected a CSV file at"):
        read_csv(path)
    path.write_text("case,truth\n")
    with pytest.raises(BadInputError, match=r"got case, truth\. Add rating"):
        read_csv(path).require("case", "rating")


@pytest.mark.parametrize(("text", "value"), [("1,5", 1.5), ("-2.25", -2.25), ("1e3", 1000.0)])
def test_a_decimal_comma_is_a_number(text: str, value: float) -> None:
    assert number(text, "here") == value


@pytest.mark.parametrize("text", ["1,234", "12,345"])
def test_a_comma_with_three_digits_behind_it_is_asked(text: str) -> None:
    with pytest.raises(BadInputError, match=r"known decimal sign, got '1.*--decimal comma"):
        number(text, "here")


def test_rows_are_those_of_the_file(path: Path) -> None:
    path.write_bytes(
        b"sep=;\r\n\r\n# made today\r\ncase;note;;\r\n;;;\r\n"
        b'C1;"two\r\nlines";;\r\n# so\r\nC2;x\r\n'
    )
    table = read_csv(path)
    assert table.columns == ("case", "note")
    assert [row["case"] for row in table.rows] == ["C1", "C2"]
    assert table.places == ((6, 6), (8, 9))
    assert table.guesses == (
        "table.csv: columns separated by ;",
        "table.csv: passed over above the header: row 3 ('# made today')",
        "table.csv: comments passed over below the header: 1 row",
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_ends_of_lines_and_separators_of_all_spreadsheets(
    path: Path, end: str, delimiter: str
) -> None:
    lines = [["case", "x, y; z", "note"], ["C1", "1", "a"], ["C2", "", ""]]
    text = end.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    path.write_bytes(text.encode())
    assert [tuple(row.values()) for row in read_csv(path).rows] == [
        ("C1", "1", "a"),
        ("C2", "", ""),
    ]


def test_row_numbers_without_a_name_are_passed_over_and_other_values_refused(path: Path) -> None:
    path.write_text(",case\n0,C1\n1,C2\n")
    table = read_csv(path)
    assert table.rows == ({"case": "C1"}, {"case": "C2"})
    assert "row numbers without a name" in table.guesses[0]
    path.write_text("case,,truth\nC1,,1\nC2,x,0\n")
    with pytest.raises(BadInputError, match="row 3, column 2: expected a column with a name, got"):
        read_csv(path)


def test_a_title_above_the_header_is_passed_over_and_said(path: Path) -> None:
    path.write_text("Reference standard of 2024,,\n,,\ncase,truth,\nC1,1,\n")
    table = read_csv(path, is_header=lambda cells: "truth" in cells)
    assert table.rows == ({"case": "C1", "truth": "1"},)
    assert table.place(0) == (4, 4)
    assert "row 1 ('Reference standard of 2024')" in table.guesses[0]


@pytest.mark.parametrize("text", ["", "one", "nan", "inf", "1,2,3"])
def test_what_is_no_number_is_named_with_its_place(text: str) -> None:
    with pytest.raises(BadInputError, match=r"sheet, row 2, rating: expected a number, got"):
        number(text, "sheet, row 2, rating")


def test_a_column_of_its_own_is_a_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="has no columns"):
        write_csv(path, ("a",), [{"b": 1}])
    assert not path.exists()


def test_a_write_that_fails_leaves_the_old_file_alone(path: Path) -> None:
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("words", ["乳房肿块疼痛", "钙化", "良性", "北京"])
def test_chinese_of_a_spreadsheet_is_not_taken_for_japanese(path: Path, words: str) -> None:
    path.write_bytes(f"case,symptoms\nC1,{words}\n".encode("gb18030"))
    table = read_csv(path)
    assert table.rows[0]["symptoms"] == words
    assert "gb18030" in table.guesses[0]


def test_japanese_of_a_spreadsheet_is_read_as_such(path: Path) -> None:
    path.write_bytes("case,symptoms\nC1,乳房のしこり\n".encode("shift_jis"))
    assert read_csv(path).rows[0]["symptoms"] == "乳房のしこり"
