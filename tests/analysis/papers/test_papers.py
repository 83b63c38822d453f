"""Four papers' tables from a study: the papers' own counts give what they print."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.estimators.chi_square import pearson_chi_square
from analysis.papers.templates import PAPERS
from analysis.report.report import write_analysis
from analysis.result import PaperPart, PaperRow, PaperTable
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS
from study_design.exchange.read_tables import READS
from study_design.images import case_list
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE

# Calls right of positive and of negative cases, as Liao's Table 2 prints them.
POSITIVE, NEGATIVE = 65, 395
LIAO = {"Senior A": (56, 374), "Junior A": (21, 330), "DL": (42, 359)}
CASES = POSITIVE + NEGATIVE
ORDER = ("1", "2", "3", "4", "5")
Part = Callable[..., PaperPart]


def _frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    more = [name for name in (rows[0] if rows else ()) if name not in table.columns]
    frame = pd.DataFrame(rows).reindex(columns=[*table.columns, *more])
    text = [name for name in frame if name not in table.numeric]
    filled = {name: frame[name].astype(object).where(frame[name].notna(), "") for name in text}
    return frame.assign(**{name: one.astype(str) for name, one in filled.items()})


def _ratings(right_positive: int, right_negative: int) -> np.ndarray:
    """Return ratings of the cases, the positive ones first."""
    case = np.arange(CASES)
    positive = case < right_positive
    negative = case >= POSITIVE + right_negative
    return np.where(positive | negative, 80.0, 10.0)


@dataclass
class Tables:
    """A study of counts: readers of one arm and a system, one image a case."""

    title: str = "Counts"
    simulated: bool = False
    protocol: str = "1"
    data_sha256: str = "d"
    plan_sha256: str = "p"
    frozen: bool = True
    arms: tuple[str, ...] = ("unaided",)
    marked: bool = True
    strata: bool = True
    reads: pd.DataFrame = field(init=False)
    findings: pd.DataFrame = field(init=False)
    detections: pd.DataFrame = field(init=False)
    ai_cases: pd.DataFrame = field(init=False)
    cases: pd.DataFrame = field(init=False)
    reference: pd.DataFrame = field(init=False)
    lesions: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        names = [f"C{case:03d}" for case in range(CASES)]
        rated = {name: _ratings(*counts) for name, counts in LIAO.items()}
        reads = [
            {"read": f"{reader} {arm} {case}", "step": 1, "reader": reader, "kind": "human",
             "group": "all", "arm": arm, "revealed": int(arm == "aided"), "role": "test",
             "case": case, "status": "final", "period": 1,
             "rating": rated[reader][place], "rating_right": rated[reader][place],
             "rating_left": 0.0}
            for arm in self.arms
            for reader in rated
            if reader != "DL"
            for place, case in enumerate(names)
        ]  # fmt: skip
        self.reads = _frame(READS, reads)
        self.ai_cases = _frame(
            AI_CASES,
            [{"system": "DL", "case": case, "status": "finding", "score_exam": score,
              "score_right": score, "score_left": 0.0, "scale": "0-100"}
             for case, score in zip(names, rated["DL"], strict=True)],
        )  # fmt: skip
        self.cases = _frame(
            case_list.CASES,
            [{"case": case, "patient": case, "view": "R-MLO", "image": case, "spacing_mm": 0.5,
              "excluded": 0} for case in names],
        )  # fmt: skip
        known = {"density": "", "symptoms": ""} if not self.strata else {}
        self.reference = _frame(
            REFERENCE,
            [{"case": case, "truth": int(place < POSITIVE), "breast_left": "normal",
              "breast_right": "malignant" if place < POSITIVE else "benign",
              "density": "abcd"[place % 4], "symptoms": ("no", "yes")[place % 2], **known}
             for place, case in enumerate(names)],
        )  # fmt: skip
        if not self.strata:
            self.reference = self.reference.drop(columns=["density", "symptoms", "age_group"])
        box = {"view": "R-MLO", "types": "mass", "x_px": 90.0, "y_px": 90.0, "width_px": 20.0,
               "height_px": 20.0}  # fmt: skip
        self.lesions = _frame(
            LESIONS,
            [{"case": case, "lesion": "L1", "malignant": int(place < POSITIVE),
              "margin": ("circumscribed", "spiculated")[place % 3 == 0], **box}
             for place, case in enumerate(names[:120])],
        )  # fmt: skip
        # Senior A finds each mass but every third spiculated one, which is every ninth.
        found = [place for place in range(120) if place % 9]
        self.findings = _frame(
            FINDINGS,
            [{"read": f"Senior A {arm} {names[place]}", "step": 1, "finding": 1, "mark": 1,
              "image": names[place], "rating": 60.0, **box}
             for arm in self.arms for place in found],
        )  # fmt: skip
        self.detections = _frame(
            DETECTIONS,
            [{"system": "DL", "case": names[place], "image": names[place], "detection": "D",
              "box": f"B{place}", "score": 50.0, **box} for place in range(60)],
        )  # fmt: skip
        if not self.marked:
            self.findings, self.detections = self.findings.iloc[:0], self.detections.iloc[:0]


STATED = AnalysisSettings(unit="exam", positive_from=50, ai_positive_from=50)


@pytest.fixture(scope="module")
def part() -> Part:
    made: dict[str, PaperPart] = {}
    source = StudySource(Tables(), ORDER)  # type: ignore[arg-type]

    def of(name: str) -> PaperPart:
        if name not in made:
            made[name] = PAPERS[name](source, STATED)
        return made[name]

    return of


def _table(part: PaperPart, name: str) -> PaperTable:
    return next(one for one in part.tables if one.name == f"{part.name}_{name}")


def _row(table: PaperTable, section: str, label: str) -> PaperRow:
    return next(one for one in table.rows if (one.section, one.label) == (section, label))


@pytest.mark.parametrize(
    ("whose", "cells"),
    [
        ("Senior A", ("0.862", "0.947", "0.935", "0.904", "0.860", "0.948")),
        ("Junior A", ("0.323", "0.835", "0.763", "0.579", "0.519", "0.639")),
        ("DL", ("0.646", "0.909", "0.872", "0.778", "0.717", "0.838")),
    ],
)
def test_liao_s_counts_give_liao_s_table_2(whose: str, cells: tuple[str, ...], part: Part) -> None:
    assert _row(_table(part("liao2023"), "table2"), "Total", whose).cells == cells


def test_liao_s_strata_add_up_and_every_reader_is_held_against_the_system(part: Part) -> None:
    found = part("liao2023")
    for name, sections in (("table3", ("Non-dense", "Dense")),
                           ("table4", ("Asymptomatic", "Symptomatic"))):  # fmt: skip
        table = _table(found, name)
        counts = [
            next(one.value for one in _row(table, section, "DL").numbers if one.column == "n_cases")
            for section in sections
        ]
        assert sum(int(one or 0) for one in counts) == CASES
    compared = _table(found, "table1")
    assert compared.header[2:] == ("Junior A vs DL", "Senior A vs DL")
    z = [float(cell.replace("\u2212", "-")) for cell in _row(compared, "Total", "Z").cells]
    assert z[0] < 0 < z[1]
    assert len(compared.rows) == 10
    assert found.warnings == ()


def test_li_s_table_4_has_the_rows_of_the_paper(part: Part) -> None:
    table = _table(part("li2023"), "table4")
    assert table.header == ("Variables", "Reference", "Junior A", "Senior A", "DL")
    assert _row(table, "Negative", "").cells == ("395", "330", "374", "359")
    assert _row(table, "Positive", "").cells == ("65", "21", "56", "42")
    assert _row(table, "Accuracy (%)", "").cells[1:] == ("76.3", "93.5", "87.2")
    assert _row(table, "AUC", "").cells[1:] == ("0.579", "0.904", "0.778")
    assert _row(table, "CI", "").cells[3] == "0.717\u20130.838"
    assert _row(table, "P value", "").cells[3] == "\u2013"
    assert _row(table, "Z", "").cells[1] != "\u2013"


def test_li_s_table_3_counts_the_masses_found_by_factor(part: Part) -> None:
    found = part("li2023")
    table = _table(found, "table3")
    round_ones, spiculated = (
        _row(table, "Margin", name).cells for name in ("circumscribed", "spiculated")
    )
    place = table.header.index("Senior A") - 2
    assert (round_ones[0], spiculated[0]) == ("80", "40")
    assert (round_ones[place], spiculated[place]) == ("80", "26")
    test = pearson_chi_square([[80, 0], [26, 14]])
    tested = {one.column: one.value for one in _row(table, "Margin", "\u03c7\u00b2").numbers}
    assert tested["Senior A"] == pytest.approx(test.statistic)
    by_patient = _table(found, "table3_clustered")
    assert _row(by_patient, "Margin", "P value").cells[place] == "< .001"
    assert "Morphology" in found.warnings[0]


def test_ueda_s_table_3_has_exact_intervals_by_density(part: Part) -> None:
    table = _table(part("ueda2022"), "table3")
    assert table.header[2] == "DL"
    assert _row(table, "", "Sensitivity for diagnosis").cells[0] == "0.65 (0.52\u20130.76)"
    assert _row(table, "", "Positive predictive value").cells[0].startswith("0.54")
    by_density = [one.label for one in table.rows if one.section.startswith("Specificities")]
    assert by_density[0] == "Almost entirely fat"
    assert len(by_density) == 4


def test_lin_s_table_2_gives_both_classes_at_both_levels(part: Part) -> None:
    table = _table(part("lin2025"), "table2")
    exam = _row(table, "Exam", "DL").cells
    assert exam[0] == "0.8717"
    assert exam[1:3] == ("0.9398", "0.5385")
    assert exam[3:5] == ("0.9089", "0.6462")
    assert exam[6] == "0.5874"
    assert len([one for one in table.rows if one.section == "Breast"]) == 3


@pytest.mark.parametrize("name", ["liao2023", "li2023", "ueda2022", "lin2025"])
def test_the_proper_areas_stand_in_a_table_of_their_own(name: str, part: Part) -> None:
    areas = _table(part(name), "areas")
    labels = [one.section for one in areas.rows]
    assert "DL" in labels
    assert any(" minus " in one for one in labels)
    for one in part(name).estimates:
        assert one.exploratory
        assert one.subjects[0].as_in == name


@pytest.mark.parametrize("name", ["liao2023", "li2023", "ueda2022", "lin2025"])
def test_what_a_study_lacks_is_left_out_and_said(name: str) -> None:
    tables = Tables(marked=False, strata=False, arms=("unaided", "aided"))
    tables.ai_cases = tables.ai_cases.iloc[:0]
    for column in ("rating", "rating_right"):
        tables.reads[column] += np.arange(len(tables.reads)) % 7
    found = PAPERS[name](
        StudySource(tables, ORDER),
        AnalysisSettings(unit="exam"),  # type: ignore[arg-type]
    )
    said = " ".join(found.warnings)
    assert "Youden threshold, chosen on the same cases" in said
    if name != "lin2025":
        assert "left out" in said
    cells = [cell for table in found.tables for row in table.rows for cell in row.cells]
    assert cells
    labels = [
        text for table in found.tables for text in (*table.header, *(r.label for r in table.rows))
    ]
    assert any("Senior A, aided" in one for one in labels)


def test_one_class_and_missing_reads_leave_dashes() -> None:
    tables = Tables()
    tables.reference["truth"] = 0
    tables.reads.loc[tables.reads["reader"] == "Junior A", "rating"] = np.nan
    source = StudySource(tables, ORDER)  # type: ignore[arg-type]
    table = _table(PAPERS["liao2023"](source, STATED), "table2")
    assert _row(table, "Total", "Senior A").cells[0] == "\u2013"
    assert _row(table, "Total", "Senior A").cells[3:] == ("\u2013",) * 3
    classified = _table(PAPERS["li2023"](source, STATED), "table4")
    assert _row(classified, "Z", "").cells[1] == "\u2013"
    assert _row(classified, "CI", "").cells[1] == "\u2013"
    shares = _table(PAPERS["ueda2022"](source, STATED), "table3")
    assert _row(shares, "", "Sensitivity for diagnosis").cells[0] == "\u2013"
    by_class = _table(PAPERS["lin2025"](source, STATED), "table2")
    assert _row(by_class, "Exam", "DL").cells[4] == "\u2013"


def test_a_paper_s_tables_are_files_beside_the_others(part: Part, tmp_path: Path) -> None:
    result = analyse(from_study(Tables(), STATED), STATED)  # type: ignore[arg-type]
    for name, wanted in (
        ("li2023", "li2023_table3_clustered.csv"),
        ("liao2023", "liao2023_areas.csv"),
    ):
        write_analysis(replace(result, paper=part(name)), tmp_path)
        assert (tmp_path / "tables" / wanted).is_file()
    assert not (tmp_path / "tables" / "li2023_table4.csv").exists()


def test_li_s_table_3_is_left_out_where_marks_cannot_be_ranked() -> None:
    tables = Tables()
    tables.findings.loc[0, "rating"] = np.nan
    found = PAPERS["li2023"](StudySource(tables, ORDER), STATED)  # type: ignore[arg-type]
    assert not [one for one in found.tables if "table3" in one.name]
    assert any("Table 3: no mass with a place, or no mark" in one for one in found.warnings)


def test_li_s_table_3_of_all_factors_lacks_none_and_tests_none_of_one_category() -> None:
    tables = Tables()
    tables.lesions = tables.lesions.assign(
        morphology="round", mass_density="equal", birads=(["4", "5"] * 60)
    )
    tables.reference["age_group"] = "50-59"
    senior = tables.reads["reader"] == "Senior A"
    with_birads_4 = tables.reads["case"].isin(tables.lesions.loc[tables.lesions["birads"] == "4",
                                                                 "case"])  # fmt: skip
    tables.reads = tables.reads[~senior | with_birads_4].reset_index(drop=True)
    found = PAPERS["li2023"](StudySource(tables, ORDER), STATED)  # type: ignore[arg-type]
    assert not any("Table 3" in one for one in found.warnings)
    table = _table(found, "table3")
    p = dict(zip(table.header[2:], _row(table, "BI-RADS", "P value").cells, strict=True))
    assert p["Senior A"] == "\u2013"
    assert p["DL"] != "\u2013"


def test_ueda_s_table_3_has_the_densities_that_occur_and_says_what_it_takes_as_independent() -> (
    None
):
    tables = Tables()
    tables.reference.loc[tables.reference["density"] == "d", "density"] = "c"
    tables.cases["patient"] = [f"P{place // 2}" for place in range(CASES)]
    found = PAPERS["ueda2022"](StudySource(tables, ORDER), STATED)  # type: ignore[arg-type]
    labels = [
        one.label
        for one in _table(found, "table3").rows
        if one.section.startswith("Sensitivities by")
    ]
    assert len(labels) == 3
    assert any("taken as independent, as in the paper" in one for one in found.warnings)
