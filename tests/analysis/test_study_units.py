"""Exams, patients and reads behind the ratings of a table or a study."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from given_tables import HEADER, written

from analysis.settings import AnalysisSettings, ReopenedTime
from analysis.table_clusters import unit_of
from analysis.tables import from_csv, from_study
from study_design.errors import BadInputError
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS, RESPONSES
from study_design.exchange.read_tables import READS
from study_design.exchange.schedule_tables import SCHEDULE
from study_design.images.case_list import CASES
from study_design.protocol.readers import READERS
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE


def test_exam_and_patient_of_a_case_are_one_and_are_known_of_every_case(tmp_path: Path) -> None:
    header = HEADER + ",kind,exam,patient"
    rows = ["R1,1L,1,5,human,E1,P1", "R1,1R,0,4,human,E1,P1", "R1,2L,0,3,human,E2,P2"]
    systems = ["AI,1L,1,9,ai,,", "AI,1R,0,8,ai,E1,", "AI,2L,0,1,ai,,P2"]
    table = from_csv(written(tmp_path / "t.csv", header, *rows, *systems))
    assert table.clustered_by == "patient"
    of_ai = table.rows[table.rows["kind"] == "ai"]
    assert list(of_ai["exam"]) == ["E1", "E1", "E2"]
    assert list(of_ai["cluster"]) == ["P1", "P1", "P2"]
    assert unit_of(table.rows, "exam") == "breast"
    none = from_csv(written(tmp_path / "t.csv", header, "R1,1,1,5,human,,", "R1,2,0,4,human,,"))
    assert none.clustered_by is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("R2,A,1,5,E1,P2", ["row 4, patient", "P1 for case A", "got 'P2'"]),
        ("R2,A,1,5,E2,P1", ["row 4, exam", "E1 for case A"]),
        ("R2,C,1,5,E1,P2", ["row 4, patient", "P1 for exam E1"]),
        ("R2,C,1,5,E3,", ["row 4, patient", "the patient of the case"]),
    ],
)
def test_a_case_of_two_patients_is_refused(tmp_path: Path, row: str, words: list[str]) -> None:
    rows = [HEADER + ",exam,patient", "R1,A,1,5,E1,P1", "R1,B,0,5,E2,P2", row]
    with pytest.raises(BadInputError) as refusal:
        from_csv(written(tmp_path / "t.csv", *rows))
    assert all(word in str(refusal.value) for word in words), refusal.value


@pytest.mark.parametrize(
    ("cases", "asked", "unit"),
    [
        (("1L", "1R"), "exam", "breast"),
        (("1L", "1R"), "image", "image"),
        (("1-left", "1-right"), "exam", "breast"),
        (("a", "b"), "exam", "case"),
        (("1L", "1R", "1X"), "exam", "case"),
    ],
)
def test_cases_that_share_an_exam_are_not_called_exams(
    cases: tuple[str, ...], asked: str, unit: str, tmp_path: Path
) -> None:
    rows = [f"R,{case},{place % 2},{place},E" for place, case in enumerate(cases)]
    table = from_csv(written(tmp_path / "t.csv", HEADER + ",exam", *rows))
    assert unit_of(table.rows, asked) == unit


def test_simulated_readers_count_as_readers_and_are_named(tmp_path: Path) -> None:
    table = from_csv(written(tmp_path / "t.csv", HEADER + ",kind", "R1,A,1,5,simulated"))
    assert table.simulated
    assert list(table.rows["kind"]) == ["human"]


def test_thirteen_thousand_rows_of_a_real_study_come_in(reader_study_csv: Path) -> None:
    table = from_csv(reader_study_csv)
    assert len(table.rows) == 12960


@dataclass(frozen=True)
class Tables:
    """The tables of a study of three cases, one excluded, read by one reader in two arms."""

    title: str = "A study"
    simulated: bool = True
    protocol: str = "zhou2023, version 1"
    arms: tuple[str, ...] = ("aided", "unaided")
    reads: pd.DataFrame = field(default_factory=lambda: _reads())
    findings: pd.DataFrame = field(default_factory=lambda: _findings())
    responses: pd.DataFrame = field(default_factory=lambda: _frame(RESPONSES, []))
    detections: pd.DataFrame = field(default_factory=lambda: _detections())
    ai_cases: pd.DataFrame = field(default_factory=lambda: _ai_cases())
    readers: pd.DataFrame = field(default_factory=lambda: _frame(READERS, []))
    cases: pd.DataFrame = field(default_factory=lambda: _cases())
    reference: pd.DataFrame = field(default_factory=lambda: _reference())
    lesions: pd.DataFrame = field(default_factory=lambda: _lesions())
    data_sha256: str = "d"
    plan_sha256: str = "p"
    schedule: pd.DataFrame = field(default_factory=lambda: _frame(SCHEDULE, []))


def _frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=list(table.columns))


def _reads() -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    for period, arm in enumerate(("aided", "unaided"), start=1):
        for case in ("C1", "C2", "C3"):
            rows.append(
                {
                    "read": f"{arm}-{case}",
                    "step": 1,
                    "reader": "S1",
                    "kind": "simulated",
                    "group": "senior",
                    "arm": arm,
                    "revealed": int(arm == "aided"),
                    "role": "test",
                    "period": period,
                    "case": case,
                    "patient": f"P{case}",
                    "rating": 10.0 * period + int(case[1]),
                    "reading_s": 60.0 + period,
                    "birads_exam": "2",
                    "status": "final",
                }
            )
    rows.append({**rows[0], "read": "x", "role": "practice", "case": "C9"})
    rows.append({**rows[0], "read": "y", "status": "superseded", "rating": 99.0})
    return _frame(READS, rows)


def _findings() -> pd.DataFrame:
    marks = [("aided-C1", "mass", 70.0), ("aided-C1", "calcification+mass", 80.0),
             ("aided-C2", "asymmetry", 30.0)]  # fmt: skip
    rows = [
        {"read": read, "step": 1, "finding": number, "mark": number, "types": types, "rating": of}
        for number, (read, types, of) in enumerate(marks)
    ]
    return _frame(FINDINGS, rows)


def _detections() -> pd.DataFrame:
    return _frame(
        DETECTIONS,
        [{"system": "DNN", "case": "C1", "box": "b1", "types": "mass", "score": 0.8}],
    )


def _ai_cases() -> pd.DataFrame:
    return _frame(
        AI_CASES,
        [
            {"system": "DNN", "case": "C1", "status": "finding", "score_exam": 0.8, "scale": "0-1"},
            {"system": "DNN", "case": "C2", "status": "none", "scale": "0-1"},
            {"system": "DNN", "case": "C4", "status": "failed", "score_exam": 0.9, "scale": "0-1"},
        ],
    )


def _cases() -> pd.DataFrame:
    return _frame(
        CASES,
        [
            {"case": case, "patient": f"P{case}", "view": view, "excluded": int(case == "C3")}
            for case in ("C1", "C2", "C3", "C4")
            for view in ("R-CC", "L-CC")
        ],
    )


def _reference() -> pd.DataFrame:
    rows = [{"case": f"C{n}", "truth": int(n == 1), "density": "c"} for n in (1, 2, 3, 4)]
    return _frame(REFERENCE, rows)


def _lesions() -> pd.DataFrame:
    return _frame(LESIONS, [{"case": "C2", "lesion": "1", "types": "asymmetry+mass"}])


def test_a_study_gives_its_final_test_reads_and_the_ai_alone() -> None:
    table = from_study(Tables())
    human = table.rows[table.rows["kind"] == "human"]
    assert sorted(zip(human["arm"], human["case"], human["rating"], strict=True)) == [
        ("aided", "C1", 11.0),
        ("aided", "C2", 12.0),
        ("unaided", "C1", 21.0),
        ("unaided", "C2", 22.0),
    ]
    assert list(human["time_s"]) == [61.0, 61.0, 62.0, 62.0]
    ai = table.rows[table.rows["kind"] == "ai"].set_index("case")["rating"]
    assert ai.to_dict() == {"C1": 0.8, "C2": 0.0}
    assert table.arms == ("unaided", "aided")
    assert table.simulated
    assert "density" in table.strata
    assert any("DNN failed on or did not process, left out: 1" in note for note in table.notes)
    assert any("Excluded cases, left out: 1" in note for note in table.notes)


def test_failures_of_the_ai_on_excluded_cases_are_not_counted_among_failures() -> None:
    tables = Tables()
    failed = tables.cases["case"] == "C4"
    table = from_study(replace(tables, cases=tables.cases.assign(excluded=failed.astype(int))))
    assert not any("did not process" in note for note in table.notes)


def test_a_failed_ai_gets_the_lowest_score_where_the_plan_says_so() -> None:
    table = from_study(Tables(), AnalysisSettings(ai_failed="lowest"))
    ai = table.rows[table.rows["kind"] == "ai"].set_index("case")["rating"]
    assert ai.to_dict() == {"C1": 0.8, "C2": 0.0, "C4": 0.0}


def test_presence_of_a_type_is_rated_by_the_highest_mark_of_the_type() -> None:
    table = from_study(Tables(), AnalysisSettings(target="type_present:mass"))
    aided = table.rows[table.rows["arm"] == "aided"].set_index("case")
    assert aided["rating"].to_dict() == {"C1": 80.0, "C2": 0.0}
    assert aided["truth"].to_dict() == {"C1": 0, "C2": 1}
    ai = table.rows[table.rows["kind"] == "ai"].set_index("case")["rating"]
    assert ai.to_dict() == {"C1": 0.8, "C2": 0.0}


def test_a_study_without_reads_is_refused() -> None:
    with pytest.raises(BadInputError, match="final test reads"):
        from_study(Tables(reads=_reads().iloc[:0]))


def test_two_final_reads_of_one_cell_are_refused() -> None:
    reads = pd.concat([_reads(), _reads().iloc[:1]], ignore_index=True)
    with pytest.raises(BadInputError, match="reader S1, arm aided, case C1"):
        from_study(Tables(reads=reads))


def test_cases_without_a_reference_standard_are_left_out_and_counted() -> None:
    table = from_study(Tables(reference=_reference().iloc[:1]))
    assert set(table.rows["case"]) == {"C1"}
    assert any("without a reference standard, left out" in note for note in table.notes)


@pytest.mark.parametrize(
    ("reopened_time", "time_s", "said"),
    [("last", 61.0, "without the time"), ("whole", 109.6, "with the time")],
)
def test_of_a_read_that_was_done_again_the_time_counts_that_the_plan_says(
    reopened_time: ReopenedTime, time_s: float, said: str
) -> None:
    reads = _reads()
    again = (reads["read"] == "aided-C1") & (reads["status"] == "final")
    reads.loc[again, "earlier_s"] = 48.6
    settings = AnalysisSettings(reopened_time=reopened_time)
    table = from_study(replace(Tables(), reads=reads), settings)  # type: ignore[arg-type]
    times = table.rows.set_index(["arm", "case"])["time_s"]
    assert times["aided", "C1"] == pytest.approx(time_s)
    assert times["unaided", "C1"] == pytest.approx(62.0)
    (note,) = [note for note in table.notes if "done again" in note]
    assert note.startswith("Reads that were done again: 1.")
    assert said in note
    assert f"reopened_time = {reopened_time}" in note
    assert not any("done again" in note for note in from_study(Tables(), settings).notes)  # type: ignore[arg-type]


def test_a_time_that_no_plan_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="reopened_time: expected one of"):
        AnalysisSettings(reopened_time="first")  # type: ignore[arg-type]
