"""Marks as a workbook: crossed or nested readers, and back as they were."""

from pathlib import Path

import numpy as np
import pytest

from analysis.froc.froc_data import UNMARKED, FalseMarks, FrocStudy, Lesions
from analysis.froc.marked_cases import MatchedMarks
from analysis.marked_workbook import from_marked_workbook
from analysis.rating_grid import GridRow
from analysis.rating_table import AI, CONSENSUS, HUMAN
from reader_app.results.marks_export import marks_workbook
from study_design.exchange.ratings.integer_key import key_path, write_key
from study_design.exchange.ratings.rjafroc import Design
from study_design.exchange.ratings.rjafroc_workbook import write_marked_study

CASES = ("C1", "C2", "C3", "C4", "C5")
ROWS = tuple(
    GridRow(reader, HUMAN, "", arm) for arm in ("unaided", "aided") for reader in ("Ann", "Ben")
)


def _matched(rows: tuple[GridRow, ...] = ROWS, *, unread: bool = False) -> MatchedMarks:
    """Return marks on five cases, of which C2 has two lesions and C4 one."""
    generator = np.random.default_rng(3)
    rating = np.round(generator.normal(70, 10, size=(len(rows), 3)), 1)
    rating[0, 1] = UNMARKED
    curve = np.repeat(np.arange(len(rows)), 2)
    read = np.ones((len(rows), len(CASES)), dtype=bool)
    read[-1, 4] = not unread
    arms = tuple(dict.fromkeys(row.arm for row in rows))
    readers = tuple(sorted({row.reader for row in rows}))
    study = FrocStudy(
        arms,
        readers,
        np.array([arms.index(row.arm) for row in rows]),
        np.array([readers.index(row.reader) for row in rows]),
        Lesions(np.array([1, 1, 3]), np.array([0.5, 0.5, 1.0]), rating),
        FalseMarks(
            curve, np.tile([0, 1], len(rows)), np.round(generator.normal(40, 5, len(curve)), 1)
        ),
        np.arange(len(CASES)),
        read,
    )
    return MatchedMarks(study, rows, CASES, np.arange(len(CASES)))


def _back(path: Path, matched: MatchedMarks) -> MatchedMarks:
    found = marks_workbook(matched, ())
    assert found.study is not None
    write_marked_study(path, found.study)
    write_key(key_path(path), found.key)
    read = from_marked_workbook(path)
    assert read is not None
    return read.marks


def test_a_crossed_study_comes_back_as_it_left(tmp_path: Path) -> None:
    matched = _matched()
    found = marks_workbook(matched, ("a note.",))
    assert found.study is not None
    assert found.study.design is Design.CROSSED
    assert found.notes == ("a note.",)
    assert found.key.cases == ("C1", "C3", "C5", "C2", "C4")  # without a lesion first
    back = _back(tmp_path / "m.xlsx", matched)
    assert [(row.arm, row.reader) for row in back.rows] == [(row.arm, row.reader) for row in ROWS]
    np.testing.assert_array_equal(back.study.lesions.rating, matched.study.lesions.rating)
    np.testing.assert_array_equal(back.study.lesions.weight, matched.study.lesions.weight)
    assert [back.cases[case] for case in back.study.lesions.case] == ["C2", "C2", "C4"]
    assert sorted(back.study.false_marks.rating) == sorted(matched.study.false_marks.rating)


def test_ai_and_consensus_stay_at_home(tmp_path: Path) -> None:
    rows = (
        GridRow("DNN", AI, "", ""),
        *ROWS[:2],
        GridRow("Panel", CONSENSUS, "", "unaided"),
        *ROWS[2:],
    )
    back = _back(tmp_path / "m.xlsx", _matched(rows))
    assert {row.reader for row in back.rows} == {"Ann", "Ben"}


def test_readers_of_one_arm_each_are_a_split_plot(tmp_path: Path) -> None:
    rows = (
        GridRow("Ann", HUMAN, "", "unaided"),
        GridRow("Ben", HUMAN, "", "unaided"),
        GridRow("Cat", HUMAN, "", "aided"),
    )
    found = marks_workbook(_matched(rows), ())
    assert found.study is not None
    assert found.study.design is Design.SPLIT_PLOT_A
    back = _back(tmp_path / "m.xlsx", _matched(rows))
    assert [(row.arm, row.reader) for row in back.rows] == [(row.arm, row.reader) for row in rows]
    assert back.study.read.all()


@pytest.mark.parametrize(
    "matched", [_matched(unread=True), _matched(ROWS[:3])], ids=["a case not read", "an arm short"]
)
def test_what_rjafroc_would_refuse_is_not_written_and_says_why(matched: MatchedMarks) -> None:
    found = marks_workbook(matched, ())
    assert found.study is None
    assert "every reader to read every case in every arm" in found.notes[0]
