"""RJafroc's workbooks are read, written back with the same cells, and refused where it refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import MrmcRatings, RatedCase, Reading
from study_design.exchange.ratings.rjafroc import (
    Design,
    MarkedStudy,
    MarkRow,
    Paradigm,
    TruthRow,
    check_marks,
    roc_ratings,
)
from study_design.exchange.ratings.rjafroc_designs import spelled_out
from study_design.exchange.ratings.rjafroc_workbook import (
    read_marked_study,
    write_marked_study,
    write_roc_workbook,
)

FORMATS = Path(__file__).resolve().parents[4] / ".." / "shared" / "golden" / "formats"
WHO = (("1", "2"), ("1", "2"))
FROC = MarkedStudy(
    Paradigm.FROC,
    Design.CROSSED,
    (TruthRow("1", 0, 0, *WHO), TruthRow("2", 1, 0.3, *WHO), TruthRow("2", 2, 0.7, *WHO)),
    (
        MarkRow("1", "1", "2", 2, 4.5),
        MarkRow("2", "1", "1", 0, -1.5),
        MarkRow("2", "1", "1", 0, 2),
        MarkRow("2", "2", "2", 0, 3),
    ),
)
CASES = (RatedCase("1", truth=False), RatedCase("2", truth=True))


def _ratings(path: Path) -> MrmcRatings:
    """Return the ratings of the workbook of an ROC study."""
    return roc_ratings(path.name, spelled_out(path.name, read_marked_study(path)))


def cells(path: Path, sheet: str) -> list[tuple[str, ...]]:
    """Return the cells of a sheet as a spreadsheet shows them, in no order of rows."""
    book = load_workbook(path, data_only=True)
    (found,) = (one for one in book.worksheets if one.title.upper() == sheet)
    rows = [
        tuple(str(v).replace(" ", "") for v in row if v is not None)
        for row in found.iter_rows(min_row=2, values_only=True)
    ]
    return sorted(row for row in rows if row)


@pytest.mark.parametrize(
    ("name", "paradigm", "design", "marks"),
    [
        ("froc_written_by_openpyxl", Paradigm.FROC, Design.CROSSED, 499),
        ("rjafroc_shipped_Roc", Paradigm.ROC, Design.CROSSED, 1140),
        ("rjafroc_shipped_crossed_modality", Paradigm.ROC, Design.CROSSED_ARMS, 4108),
        ("rjafroc_shipped_frocCr", Paradigm.FROC, Design.CROSSED, 53),
        ("rjafroc_shipped_lroc", Paradigm.LROC, Design.CROSSED, 48),
        ("rjafroc_shipped_split_plot_A", Paradigm.ROC, Design.SPLIT_PLOT_A, 40),
    ],
)
@pytest.mark.filterwarnings("ignore:Unknown extension:UserWarning")
def test_files_of_rjafroc_are_written_back_with_the_same_content(
    tmp_path: Path, name: str, paradigm: Paradigm, design: Design, marks: int
) -> None:
    if not FORMATS.is_dir():
        pytest.skip("the example files are not beside the repository")
    original, path = FORMATS / f"{name}.xlsx", tmp_path / f"{name}.xlsx"
    study = read_marked_study(original)
    assert (study.paradigm, study.design, len(study.marks)) == (paradigm, design, marks)
    write_marked_study(path, study)
    assert read_marked_study(path) == study
    for sheet in ("TRUTH", "TP", "FP"):
        assert cells(path, sheet) == cells(original, sheet)


def test_the_workbook_of_an_roc_study_says_what_its_imrmc_file_says() -> None:
    if not FORMATS.is_dir():
        pytest.skip("the example files are not beside the repository")
    ratings = _ratings(FORMATS / "rjafroc_shipped_Roc.xlsx")
    assert (len(ratings.cases), len(ratings.readers), len(ratings.arms)) == (114, 5, 2)
    with pytest.raises(BadInputError, match=r"expected one rating a case .* got FROC"):
        _ratings(FORMATS / "rjafroc_shipped_frocCr.xlsx")


@pytest.mark.parametrize("nested", [False, True], ids=["crossed", "split plot"])
def test_ratings_come_back_from_a_workbook(tmp_path: Path, nested: bool) -> None:
    readings = tuple(
        Reading(reader, arm, case.case, float(reader) - 1.5)
        for reader in ("1", "2")
        for arm in (("1", "2") if not nested else (reader,))
        for case in CASES
    )
    ratings = MrmcRatings("r", CASES, readings)
    write_roc_workbook(tmp_path / "r.xlsx", ratings)
    found = _ratings(tmp_path / "r.xlsx")
    assert (set(found.cases), set(found.readings)) == (set(CASES), set(readings))
    design = Design.SPLIT_PLOT_A if nested else Design.CROSSED
    assert read_marked_study(tmp_path / "r.xlsx").design is design
    gap = MrmcRatings("r", CASES, readings[:-1])
    with pytest.raises(BadInputError, match=r"got (no rating by reader 2|0)"):
        write_roc_workbook(tmp_path / "gap.xlsx", gap)
    assert not (tmp_path / "gap.xlsx").exists()


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (
            replace(FROC, truth=(TruthRow("A1", 0, 0, *WHO), *FROC.truth)),
            "TRUTH: expected an integer for a case, got A1",
        ),
        (
            replace(FROC, truth=(FROC.truth[0], FROC.truth[2])),
            r"TRUTH: expected lesions 1, 2, \.\.\. of case 2, or 0 for none, got 2",
        ),
        (
            replace(FROC, truth=(*FROC.truth[:2], replace(FROC.truth[2], weight=0.5))),
            "TRUTH: expected weights of case 2 that sum to 1, got 0.8",
        ),
        (
            replace(FROC, marks=(MarkRow("1", "1", "3", 0, 1, row=7),)),
            "FP, row 7: expected a case and lesion of the sheet TRUTH, got case 3",
        ),
        (
            replace(FROC, marks=(MarkRow("1", "1", "2", 3, 1, row=7),)),
            "TP, row 7: expected a case and lesion of the sheet TRUTH, got case 2, lesion 3",
        ),
        (
            replace(FROC, marks=(MarkRow("3", "1", "2", 1, 1, row=7),)),
            "TP, row 7: expected a reader and an arm .* got reader 3, arm 1",
        ),
        (
            replace(FROC, marks=(FROC.marks[0], FROC.marks[0])),
            "TP: expected one rating of a lesion, got a second one",
        ),
        (
            replace(FROC, paradigm=Paradigm.LROC),
            "TRUTH: expected one rating of case 1 by reader 1 in arm 1, .* LROC, got 0",
        ),
    ],
)
def test_what_rjafroc_refuses_is_refused_first(study: MarkedStudy, words: str) -> None:
    assert check_marks("f.xlsx", FROC) is FROC
    with pytest.raises(BadInputError, match=words):
        check_marks("f.xlsx", study)


@pytest.mark.parametrize(
    ("sheet", "row", "words"),
    [
        ("FP", ["1", "1", 1, "high"], "sheet FP, row 5, column 4: expected a number, got 'high'"),
        ("TP", ["1", "1", 2, 1.5, 3], "sheet TP, row 3, column 4: expected an integer, got '1.5'"),
        ("FP", [None, "1", 1, 3], "sheet FP, row 5, column 1: expected a value, got ''"),
    ],
)
def test_a_wrong_cell_of_a_workbook_is_named(
    tmp_path: Path, sheet: str, row: list[str | float | None], words: str
) -> None:
    path = tmp_path / "f.xlsx"
    write_marked_study(path, FROC)
    book = load_workbook(path)
    book[sheet].append(row)
    book.save(path)
    with pytest.raises(BadInputError, match=words):
        read_marked_study(path)


def test_a_file_that_is_no_workbook_of_rjafroc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_text("reader,case", encoding="utf-8")
    with pytest.raises(BadInputError, match="Expected an xlsx workbook"):
        read_marked_study(path)
    Workbook().save(path)
    with pytest.raises(BadInputError, match="expected the sheets TRUTH, TP, FP, got SHEET"):
        read_marked_study(path)
    write_marked_study(path, FROC)
    book = load_workbook(path)
    book["TRUTH"]["F2"] = "ROI"
    book.save(path)
    with pytest.raises(BadInputError, match="expected one of ROC, FROC, LROC, got 'ROI'"):
        read_marked_study(path)
