"""Workbooks of marks at the door: matched as they say, rated by their highest marks."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.reader_froc import froc_foms, froc_values
from analysis.marked_workbook import MarkedWorkbook, from_marked_workbook
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import Design
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from analysis.with_marks import with_tabled_marks
from study_design.errors import BadInputError
from study_design.exchange.ratings.integer_key import IntegerKey, key_path, write_key
from study_design.exchange.ratings.rjafroc import Design as Layout
from study_design.exchange.ratings.rjafroc import MarkedStudy, MarkRow, Paradigm, TruthRow
from study_design.exchange.ratings.rjafroc_workbook import write_marked_study

GOLDEN = Path(__file__).resolve().parents[2] / ".." / "shared" / "golden"
READERS, ARMS = ("1", "2", "3"), ("1", "2")
NORMAL, DISEASED = range(1, 9), range(9, 17)


def _study(
    paradigm: Paradigm = Paradigm.FROC, *, weights: tuple[float, float] = (0.75, 0.25)
) -> MarkedStudy:
    """Return a crossed study; the diseased cases have one or two lesions."""
    generator = np.random.default_rng(4)
    truth = [TruthRow(str(case), 0, 0.0, READERS, ARMS) for case in NORMAL]
    for case in DISEASED:
        own = weights if case % 2 else (sum(weights),)
        truth += [
            TruthRow(str(case), number, weight, READERS, ARMS)
            for number, weight in enumerate(own, start=1)
        ]
    hits, others = [], []
    for arm in ARMS:
        for reader in READERS:
            for row in truth:
                rating = round(float(generator.normal(70 if row.lesion else 50, 15)), 1)
                if row.lesion and generator.random() < 0.7 + 0.1 * (arm == "2"):
                    hits.append(MarkRow(reader, arm, row.case, row.lesion, rating))
                elif generator.random() < 0.5:
                    others.append(MarkRow(reader, arm, row.case, 0, rating - 10))
    return MarkedStudy(paradigm, Layout.CROSSED, tuple(truth), (*hits, *others))


def _read(path: Path, study: MarkedStudy | None = None) -> MarkedWorkbook:
    write_marked_study(path, study or _study())
    found = from_marked_workbook(path)
    assert found is not None
    return found


def _one(result: AnalysisResult, quantity: str, **of: str) -> Estimate:
    (found,) = (
        one
        for one in result.select(quantity)
        if all(getattr(one.subjects[0], name) == value for name, value in of.items())
        and ("random" in of or one.subjects[0].random is None)
    )
    return found


def test_marks_are_hits_and_false_marks_as_the_workbook_says(tmp_path: Path) -> None:
    study = _study()
    found = _read(tmp_path / "w.xlsx", study).marks
    assert [(row.arm, row.reader) for row in found.rows] == [(a, r) for a in ARMS for r in READERS]
    assert found.cases == tuple(map(str, (*NORMAL, *DISEASED)))
    lesions = found.study.lesions
    assert lesions.weight.tolist() == [0.75, 0.25, 1.0] * 4
    hit = next(mark for mark in study.marks if mark.lesion == 2)
    curve = ARMS.index(hit.arm) * len(READERS) + READERS.index(hit.reader)
    column = [
        place
        for place, (case, weight) in enumerate(zip(lesions.case, lesions.weight, strict=True))
        if found.cases[case] == hit.case and weight == 0.25
    ]
    assert lesions.rating[curve, column].tolist() == [hit.rating]
    assert len(found.study.false_marks.rating) == sum(not mark.lesion for mark in study.marks)


def test_weights_that_are_all_0_stand_for_equal_ones(tmp_path: Path) -> None:
    weights = _read(tmp_path / "w.xlsx", _study(weights=(0, 0))).marks.study.lesions.weight
    assert weights.tolist() == [0.5, 0.5, 1.0] * 4


def test_cases_are_rated_by_their_highest_marks(tmp_path: Path) -> None:
    found = _read(tmp_path / "w.xlsx")
    rows = found.ratings.rows
    assert len(rows) == len(READERS) * len(ARMS) * 16
    assert rows["truth"].sum() == len(READERS) * len(ARMS) * 8
    result = analyse(found.ratings, AnalysisSettings())
    areas = froc_values(found.marks.study, FrocFigure.HR_AUC)
    for place, row in enumerate(found.marks.rows):
        own = _one(result, "auc", reader=row.reader, arm=row.arm)
        assert own.estimate == pytest.approx(areas[place])


def test_figures_of_merit_are_analysed_with_readers_random_and_may_be_primary(
    tmp_path: Path,
) -> None:
    found = _read(tmp_path / "w.xlsx")
    plan = AnalysisSettings(quantity="fom_wafroc", method="or_jackknife")
    result = with_tabled_marks(analyse(found.ratings, plan), found.marks, plan)
    expected = obuchowski_rockette(froc_foms(found.marks.study)).differences[0].inference
    primary = _one(result, "fom_wafroc_difference", arm="2", random="readers and cases")
    assert not primary.exploratory
    assert primary.estimate == pytest.approx(-expected.estimate)
    assert primary.p == pytest.approx(expected.p)
    assert "marks as the table matches them" in primary.method
    assert {one.name: one.value for one in result.settings}["hit_rule"] == (
        "marks as the table matches them"
    )
    assert result.froc_curves
    assert not any("NO PRIMARY" in one or "not computed" in one for one in result.warnings)


def test_a_figure_that_was_not_asked_for_is_told_as_not_computed(tmp_path: Path) -> None:
    found = _read(tmp_path / "w.xlsx")
    plan = AnalysisSettings(quantity="fom_wafroc")
    rated = analyse(found.ratings, plan)
    own = FrocSettings(figures=(FrocFigure.HR_SP,))
    result = with_tabled_marks(rated, found.marks, plan, own)
    assert any("fom_wafroc" in one and "not computed" in one for one in result.warnings)


def test_marks_without_lesions_leave_the_ratings_and_a_reason(tmp_path: Path) -> None:
    study = _study()
    truth = tuple(row for row in study.truth if not row.lesion)
    normal = {row.case for row in truth}
    marks = tuple(mark for mark in study.marks if mark.case in normal)
    found = _read(tmp_path / "w.xlsx", MarkedStudy(Paradigm.FROC, Layout.CROSSED, truth, marks))
    plan = AnalysisSettings(quantity="fom_wafroc")
    result = with_tabled_marks(analyse(found.ratings, plan), found.marks, plan)
    assert any(
        "Marks are not analysed: expected a case with a lesion" in one for one in result.warnings
    )
    assert not result.froc_curves


def test_readers_nested_in_arms_are_told_from_the_truth_sheet(tmp_path: Path) -> None:
    study = _study()
    own = {"1": READERS[:2], "2": READERS[2:]}
    truth = tuple(
        TruthRow(row.case, row.lesion, row.weight, own[arm], (arm,))
        for arm in ARMS
        for row in study.truth
    )
    marks = tuple(mark for mark in study.marks if mark.reader in own[mark.arm])
    found = _read(
        tmp_path / "w.xlsx", MarkedStudy(Paradigm.FROC, Layout.SPLIT_PLOT_A, truth, marks)
    )
    assert froc_foms(found.marks.study).read_by.design is Design.READERS_IN_ARMS


def test_a_key_beside_the_workbook_gives_the_names(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    names = IntegerKey(
        ("Ann", "Ben", "Cat"), ("unaided", "aided"), tuple(f"C{case:02d}" for case in range(1, 17))
    )
    write_key(key_path(path), names)
    found = _read(path)
    assert set(found.ratings.rows["reader"]) == {"Ann", "Ben", "Cat"}
    assert found.ratings.arms == ("unaided", "aided")
    write_key(key_path(path), IntegerKey(("Ann",), names.arms, names.cases))
    with pytest.raises(BadInputError, match="each reader in the key file"):
        from_marked_workbook(path)


def test_other_files_are_not_for_this_door(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("reader,case,truth,rating\n", encoding="utf-8")
    assert from_marked_workbook(path) is None
    study = _study(Paradigm.ROC)
    truth = tuple(row for row in study.truth if row.lesion < 2)
    truth = tuple(
        TruthRow(row.case, row.lesion, float(bool(row.lesion)), READERS, ARMS) for row in truth
    )
    marks = tuple(
        MarkRow(reader, arm, row.case, row.lesion, 50.0)
        for arm in ARMS
        for reader in READERS
        for row in truth
    )
    roc = tmp_path / "roc.xlsx"
    write_marked_study(roc, MarkedStudy(Paradigm.ROC, Layout.CROSSED, truth, marks))
    assert from_marked_workbook(roc) is None


def test_crossed_factors_are_analysed_as_the_same_marks_in_one_factor(tmp_path: Path) -> None:
    study = _study()
    combined = {"1": ("A", "low"), "2": ("A", "high")}
    truth = tuple(TruthRow(row.case, row.lesion, row.weight, (), ()) for row in study.truth)
    crossed = tuple(
        MarkRow(one.reader, combined[one.arm][0], one.case, one.lesion, one.rating,
                combined[one.arm][1])
        for one in study.marks
    )  # fmt: skip
    plan = AnalysisSettings(quantity="fom_wafroc", method="or_jackknife")
    found = [
        with_tabled_marks(analyse(one.ratings, plan), one.marks, plan)
        for one in (
            _read(
                tmp_path / "x.xlsx",
                MarkedStudy(Paradigm.FROC, Layout.CROSSED_ARMS, truth, crossed),
            ),
            _read(tmp_path / "w.xlsx", study),
        )
    ]
    assert found[0].arms == ("A / high", "A / low")
    # Arms of a table stand by name, so that the difference has the other sign.
    two, one = (
        _one(result, "fom_wafroc_difference", readers="all", random="readers and cases")
        for result in found
    )
    assert two.estimate == pytest.approx(-(one.estimate or 0))
    assert (two.se, two.p, two.df) == pytest.approx((one.se, one.p, one.df))
    assert any("combinations of two crossed factors" in told for told in found[0].warnings)


def test_workbooks_without_marks_are_refused(tmp_path: Path) -> None:
    study, path = _study(), tmp_path / "w.xlsx"
    write_marked_study(path, MarkedStudy(Paradigm.FROC, Layout.CROSSED, study.truth, ()))
    with pytest.raises(BadInputError, match="expected marks in TP or FP, got none"):
        from_marked_workbook(path)


def test_cases_nested_in_readers_are_told_from_the_truth_sheet(tmp_path: Path) -> None:
    study = _study()
    own = {reader: str(100 * int(reader)) for reader in READERS}
    truth = tuple(
        TruthRow(str(int(own[reader]) + int(row.case)), row.lesion, row.weight, (reader,), ARMS)
        for reader in READERS
        for row in study.truth
    )
    marks = tuple(
        replace(mark, case=str(int(own[mark.reader]) + int(mark.case))) for mark in study.marks
    )
    nested = MarkedStudy(Paradigm.FROC, Layout.SPLIT_PLOT_C, truth, marks)
    found = _read(tmp_path / "w.xlsx", nested).marks.study
    foms = froc_foms(found)
    assert foms.read_by.design is Design.CASES_IN_READERS
    whole = froc_foms(_read(tmp_path / "w.xlsx", study).marks.study)
    assert foms.values == pytest.approx(whole.values)


def test_an_roc_workbook_of_nested_cases_has_mrmcaov_s_numbers(tmp_path: Path) -> None:
    # summary(mrmc(empirical_auc(truth, rating), treatment, reader, case)) on Van Dyke's ratings
    # with cases nested within readers; MRMCaov 0.3.0: F(1, 4) = 8.704, p .0419587524946392.
    table = GOLDEN / "mrmc_or" / "or_vandyke_cases_nested_in_readers.csv"
    if not table.is_file():
        pytest.skip("the reference cases are not beside the repository")
    with table.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["truth"])
    number = {row["case"]: str(place) for place, row in enumerate(rows)}
    arms = tuple(dict.fromkeys(row["treatment"] for row in rows))
    truth = tuple(
        dict.fromkeys(
            TruthRow(number[row["case"]], int(row["truth"]), float(row["truth"]), (row["reader"],),
                     arms)
            for row in rows
        )
    )  # fmt: skip
    marks = tuple(
        MarkRow(row["reader"], row["treatment"], number[row["case"]], int(row["truth"]),
                float(row["rating"]))
        for row in reversed(rows)
    )  # fmt: skip
    path = tmp_path / "w.xlsx"
    write_marked_study(path, MarkedStudy(Paradigm.ROC, Layout.SPLIT_PLOT_C, truth, marks))
    assert from_marked_workbook(path) is None
    result = analyse(from_csv(path), AnalysisSettings(quantity="auc", method="or_jackknife"))
    found = _one(result, "auc_difference", readers="all", random="readers and cases")
    assert found.estimate == pytest.approx(0.0438003220611916, rel=1e-8)
    assert found.se == pytest.approx(0.014846287370842, rel=1e-8)
    assert found.p == pytest.approx(0.0419587524946392, rel=1e-8)
    assert found.df == pytest.approx(4)
    assert "cases nested in readers" in found.method
