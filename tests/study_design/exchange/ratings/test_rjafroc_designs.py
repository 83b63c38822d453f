"""The designs of RJafroc's workbooks: held against TRUTH, and spelled out where it names nobody."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings
from study_design.exchange.ratings.rating_file import read_rating_table
from study_design.exchange.ratings.rjafroc import (
    Design,
    MarkedStudy,
    MarkRow,
    Paradigm,
    TruthRow,
    roc_ratings,
)
from study_design.exchange.ratings.rjafroc_designs import check_design, notes_on_design, spelled_out
from study_design.exchange.ratings.rjafroc_workbook import (
    read_marked_study,
    write_marked_study,
)

FORMATS = Path(__file__).resolve().parents[4] / ".." / "shared" / "golden" / "formats"
READERS, ARMS = ("1", "2"), ("1", "2")
CROSSED = (TruthRow("1", 0, 0, READERS, ARMS, 2), TruthRow("2", 1, 1, READERS, ARMS, 3))
# Two cases of each reader, in both arms.
IN_READERS = tuple(
    TruthRow(str(10 * int(reader) + lesion), lesion, float(lesion), (reader,), ARMS, 2 + place)
    for place, (reader, lesion) in enumerate((r, n) for r in READERS for n in (0, 1))
)
IN_ARMS = tuple(
    TruthRow(str(1 + lesion), lesion, float(lesion), (f"{arm}a", f"{arm}b"), (arm,), 2 + place)
    for place, (arm, lesion) in enumerate((a, n) for a in ARMS for n in (0, 1))
)


def _roc(path: Path) -> MrmcRatings:
    """Return the ratings of the workbook of an ROC study."""
    return roc_ratings(path.name, spelled_out(path.name, read_marked_study(path)))


def _rated(truth: tuple[TruthRow, ...]) -> tuple[MarkRow, ...]:
    """Return one rating of each case by everybody who met it."""
    return tuple(
        MarkRow(reader, arm, row.case, row.lesion, float(len(reader) + 10 * row.lesion))
        for row in sorted(truth, key=lambda row: not row.lesion)
        for reader in row.readers
        for arm in row.arms
    )


@pytest.mark.parametrize(
    ("design", "truth"),
    [
        (Design.CROSSED, CROSSED),
        (Design.SPLIT_PLOT_A, IN_ARMS),
        (Design.SPLIT_PLOT_C, IN_READERS),
    ],
)
def test_a_workbook_of_each_design_is_read_as_it_was_written(
    design: Design, truth: tuple[TruthRow, ...], tmp_path: Path
) -> None:
    study = MarkedStudy(Paradigm.ROC, design, truth, _rated(truth))
    write_marked_study(tmp_path / "w.xlsx", study)
    assert read_marked_study(tmp_path / "w.xlsx") == study
    ratings = _roc(tmp_path / "w.xlsx")
    assert len(ratings.readings) == len(study.marks)
    assert not read_rating_table(tmp_path / "w.xlsx").notes


@pytest.mark.parametrize(
    ("design", "truth", "words"),
    [
        (
            Design.CROSSED,
            IN_READERS,
            "row 4: expected readers 1, for the design is FCTRL, got 2",
        ),
        (
            Design.CROSSED,
            (CROSSED[0], replace(CROSSED[1], arms=("1",))),
            "row 3: expected arms 1,2, for the design is FCTRL, got 1",
        ),
        (
            Design.SPLIT_PLOT_C,
            (*IN_READERS, replace(IN_READERS[0], readers=("2",), row=9)),
            "row 9: expected case 10 with one reader, for the design is SPLIT-PLOT-C, got 1,2",
        ),
        (
            Design.SPLIT_PLOT_C,
            CROSSED,
            "row 2: expected case 1 with one reader, for the design is SPLIT-PLOT-C, got 1,2",
        ),
        (
            Design.SPLIT_PLOT_C,
            (*IN_READERS[:3], replace(IN_READERS[3], arms=("2",))),
            "row 5: expected arms 1,2, for the design is SPLIT-PLOT-C, got 2",
        ),
        (
            Design.SPLIT_PLOT_A,
            CROSSED,
            "row 2: expected one arm a row, for the design is SPLIT-PLOT-A, got 1,2",
        ),
        (
            Design.SPLIT_PLOT_A,
            tuple(replace(row, readers=READERS) for row in IN_ARMS),
            "row 4: expected reader 1 in one arm, 1, for the design is SPLIT-PLOT-A, got 2",
        ),
        (
            Design.SPLIT_PLOT_A,
            (*IN_ARMS[:3], replace(IN_ARMS[3], readers=("2a",))),
            "row 5: expected readers 2a,2b in arm 2, for the design is SPLIT-PLOT-A, got 2a",
        ),
        (
            Design.SPLIT_PLOT_A,
            IN_ARMS[:3],
            "row 3: expected case 2 once in each of 2 arms, for the design is SPLIT-PLOT-A, got 1",
        ),
    ],
)
def test_a_truth_sheet_that_contradicts_its_design_is_refused_by_row(
    design: Design, truth: tuple[TruthRow, ...], words: str
) -> None:
    study = MarkedStudy(Paradigm.FROC, design, truth, ())
    with pytest.raises(BadInputError, match=f"^w.xlsx, sheet TRUTH, {words}. Correct the row"):
        check_design("w.xlsx", study)


def test_a_contradiction_without_a_row_or_a_name_says_none() -> None:
    truth = tuple(replace(row, row=0) for row in CROSSED)
    study = MarkedStudy(Paradigm.FROC, Design.CROSSED, (truth[0], replace(truth[1], arms=())), ())
    with pytest.raises(BadInputError, match=r"sheet TRUTH: expected arms 1,2, .*, got none"):
        check_design("w.xlsx", study)


def _factorial(paradigm: Paradigm = Paradigm.ROC) -> MarkedStudy:
    """Return ratings in two levels of one factor by two of another."""
    truth = tuple(replace(row, readers=(), arms=()) for row in CROSSED)
    marks = tuple(
        replace(mark, arm=first, second_arm=second)
        for first in ("film", "digital")
        for second in ("low", "high")
        for mark in _rated(tuple(replace(row, arms=("1",)) for row in CROSSED))
    )
    return MarkedStudy(paradigm, Design.CROSSED_ARMS, truth, marks)


def test_two_crossed_factors_of_arms_become_their_combinations(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    write_marked_study(path, _factorial())
    ratings = _roc(path)
    assert ratings.arms == ("film / low", "film / high", "digital / low", "digital / high")
    assert len(ratings.readings) == 2 * 2 * 2 * 2
    (note,) = read_rating_table(path).notes
    assert "two crossed factors (film, digital; low, high)" in note
    assert "means over the levels of a factor are not computed" in note


def test_the_marks_tell_the_paradigm_of_crossed_factors(tmp_path: Path) -> None:
    study = _factorial()
    twice = replace(study, marks=(*study.marks, replace(study.marks[-1], lesion=0)))
    for other in (twice, replace(study, marks=study.marks[1:])):
        assert spelled_out("w.xlsx", other).paradigm is Paradigm.FROC
        assert any("taken as FROC" in note for note in notes_on_design(other))
    stated = _factorial(Paradigm.FROC)
    assert spelled_out("w.xlsx", stated).paradigm is Paradigm.FROC
    assert not any("taken as FROC" in note for note in notes_on_design(stated))
    write_marked_study(tmp_path / "w.xlsx", twice)
    with pytest.raises(BadInputError, match=r"expected one rating a case .* got FROC"):
        _roc(tmp_path / "w.xlsx")


def test_crossed_factors_are_refused_where_nobody_knows_who_read_what() -> None:
    study = _factorial()
    lacking = replace(
        study,
        marks=tuple(
            one for one in study.marks
            if (one.reader, one.arm, one.second_arm) != ("2", "film", "high")
        ),
    )  # fmt: skip
    with pytest.raises(BadInputError, match="got none by reader 2 in arm film / high"):
        spelled_out("w.xlsx", lacking)
    with pytest.raises(BadInputError, match="expected ROC or FROC with FCTRL-X-MOD, got LROC"):
        spelled_out("w.xlsx", _factorial(Paradigm.LROC))


@pytest.mark.parametrize(("column", "word"), [(6, "FCTRL-X-MOD"), (4, "FCTRL")])
def test_columns_that_do_not_fit_the_design_are_refused(
    column: int, word: str, tmp_path: Path
) -> None:
    path = tmp_path / "w.xlsx"
    crossed = MarkedStudy(Paradigm.ROC, Design.CROSSED, CROSSED, _rated(CROSSED))
    write_marked_study(path, crossed if column == 6 else _factorial())
    book = load_workbook(path)
    book["TRUTH"].cell(3, column).value = word
    book.save(path)
    with pytest.raises(BadInputError, match=f"for the design {word}, got {column} columns"):
        read_marked_study(path)


def _oldest(path: Path, marks: tuple[MarkRow, ...]) -> Path:
    """Write a workbook whose TRUTH has three columns."""
    write_marked_study(path, MarkedStudy(Paradigm.FROC, Design.CROSSED, CROSSED, marks))
    book = load_workbook(path)
    book["TRUTH"].delete_cols(4, 3)
    book.save(path)
    return path


def test_the_oldest_form_is_crossed_and_its_marks_tell_the_paradigm(tmp_path: Path) -> None:
    marks = _rated(CROSSED)
    found = read_marked_study(_oldest(tmp_path / "w.xlsx", marks))
    assert found == MarkedStudy(Paradigm.ROC, Design.CROSSED, CROSSED, marks)
    assert not tuple(notes_on_design(found))
    more = (*marks, replace(marks[-1], rating=5.0))
    assert read_marked_study(_oldest(tmp_path / "w.xlsx", more)).paradigm is Paradigm.FROC
    with pytest.raises(BadInputError, match=r"got none by reader 1 in arm 2\. Add ReaderID"):
        read_marked_study(_oldest(tmp_path / "w.xlsx", (marks[0], marks[3])))


def test_a_workbook_without_cases_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "TRUTH"  # type: ignore[union-attr]
    book["TRUTH"].append(["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"])
    for name in ("TP", "FP"):
        book.create_sheet(name).append(["ReaderID", "ModalityID", "CaseID"])
    book.save(tmp_path / "w.xlsx")
    with pytest.raises(BadInputError, match="expected one of ROC, FROC, LROC, got ''"):
        read_marked_study(tmp_path / "w.xlsx")


@pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")
def test_the_shipped_study_of_two_factors_has_eight_arms_and_eleven_readers() -> None:
    if not FORMATS.is_dir():
        pytest.skip("the example files are not beside the repository")
    name = "rjafroc_shipped_crossed_modality.xlsx"
    found = spelled_out(name, read_marked_study(FORMATS / name))
    assert (found.paradigm, found.design) == (Paradigm.FROC, Design.CROSSED)
    assert len(found.truth[0].arms) == 8
    assert len(found.truth[0].readers) == 11
    assert {one.arm for one in found.marks} == set(found.truth[0].arms)
