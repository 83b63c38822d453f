"""A column is declared once; the file, its dictionary and the frames follow."""

import pytest

from study_design.exchange.leaving import BLIND_TABLES
from study_design.exchange.study_rows import TABLES
from study_design.protocol.plan import PLAN, Assignment
from study_design.tables.column import Column, Kind, Table, not_asked


def test_a_row_has_the_columns_in_their_order() -> None:
    table: Table[int] = Table(
        "squares.csv",
        ("number",),
        (
            Column("number", "a number", lambda one: one, Kind.WHOLE),
            Column("square", "its square", lambda one: one * one, Kind.WHOLE),
            Column("name", "its name", not_asked),
        ),
    )
    assert table.columns == ("number", "square", "name")
    assert table.row(3) == {"number": 3, "square": 9, "name": None}
    assert table.numeric == {"number", "square"}


def test_a_column_of_a_part_is_one_of_the_whole() -> None:
    case = next(column for column in PLAN.declared if column.name == "case")
    cell = Assignment("R1-P1-001", "R1", "junior", "u-a", 1, "u", 1, 1, "C001")
    assert case.through(lambda pair: pair[0]).of((cell, "read")) == "C001"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_column_is_named_once_and_says_what_it_holds(table: Table[object]) -> None:
    assert len(set(table.columns)) == len(table.columns)
    assert set(table.key) <= set(table.columns)
    assert all(column.meaning for column in table.declared)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_a_name_ends_in_its_unit(table: Table[object]) -> None:
    for column in table.declared:
        for unit in ("s", "mm", "px", "min"):
            assert not column.name.endswith(f"_{unit}") or column.unit == unit


def test_who_must_stay_blinded_sees_no_answer_result_or_truth() -> None:
    blind = {table.file for table in BLIND_TABLES}
    assert blind == {"readers.csv", "cases.csv", "schedule.csv", "deviations.csv"}
