"""Tables for the analysis: every read with its truth, and nothing without it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from study_design import results
from study_design.errors import ProtocolError
from study_design.exchange.study_rows import study_rows
from study_design.exchange.truth_import import import_truth
from study_design.life.freezing import freeze_study
from study_design.life.lock import lock_study
from study_design.life.plan_study import plan_study
from study_design.life.signed_acts import withdraw_case
from study_design.protocol.plan import read_plan
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act
from study_design.record.events import Event, StoredEvent
from study_design.record.payloads.staff import ProtocolLocked, StudyUnblinded
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.results import study_tables
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell

Row = dict[str, Cell]


def test_the_tables_hold_every_read_with_numbers_as_numbers(read_study: StudyFolder) -> None:
    tables = study_tables(read_study)
    assert len(tables.reads) == 2 * 2 * 4
    assert tables.reads["rating"].dtype == np.float64
    assert tables.reads["step"].dtype == tables.findings["step"].dtype == np.int64
    assert set(tables.reads["arm"]) == set(tables.arms) == {"unaided", "aided"}
    assert tables.reads["recall"].isna().all()
    assert (tables.reads["patient"] == "P" + tables.reads["case"].str[1:]).all()
    assert list(tables.reference["truth"]) == [1, 0, 0, 1]
    assert set(tables.schedule["state"]) == {"valid"}


def test_the_tables_say_what_they_are_of(read_study: StudyFolder) -> None:
    tables = study_tables(read_study)
    assert tables.simulated
    assert tables.title == "study"
    assert tables.protocol == "template zhou2023, version 1, locked 2026-11-01 by Coordinator"
    assert tables.plan.method == "delong"
    assert not tables.frozen


def test_a_failed_case_is_not_one_in_which_nothing_was_found(read_study: StudyFolder) -> None:
    tables = study_tables(read_study)
    aided = tables.reads[tables.reads["arm"] == "aided"].set_index(["reader", "case"])
    assert list(aided.loc["junior1"].loc[["C001", "C002", "C003", "C004"], "ai_status"]) == [
        "finding",
        "none",
        "failed",
        "not_processed",
    ]
    assert list(tables.ai_cases["status"]) == ["finding", "none", "failed"]


def test_marks_are_given_in_millimetres_of_the_stored_image(read_study: StudyFolder) -> None:
    findings = study_tables(read_study).findings
    assert len(findings) == 4
    assert list(findings["x_mm"].unique()) == [10.25 * 0.5]
    assert list(findings["height_px"].unique()) == [19.5]


def test_a_freeze_shows_in_the_tables(read_study: StudyFolder, now: datetime) -> None:
    before = study_tables(read_study)
    freeze_study(read_study, by=Actor("Coordinator"), now=now + timedelta(days=40))
    after = study_tables(read_study)
    assert after.frozen
    assert after.reads.equals(before.reads)


def test_the_schedule_says_what_became_of_each_cell(
    locked_study: StudyFolder, now: datetime, read_cell: Callable[..., None]
) -> None:
    first, second, third, *_ = read_plan(locked_study)
    with open_store(locked_study) as store:
        read_cell(store, first, now)
        with pytest.raises(KeyboardInterrupt):
            read_cell(KilledAfterTwo(store), second, now + timedelta(minutes=5))
    schedule = study_tables(locked_study).schedule.set_index("cell")
    columns = ["state", "reason", "read"]
    assert list(schedule.loc[first.cell, columns]) == ["valid", "", f"read-{first.cell}"]
    assert list(schedule.loc[second.cell, columns]) == ["missing", "opened, not validated", ""]
    assert list(schedule.loc[third.cell, columns]) == ["missing", "not read", ""]


class KilledAfterTwo:
    """A record whose program is killed after two events."""

    def __init__(self, store: Record) -> None:
        self._store = store
        self._left = 2
        self.events = store.events

    def append(self, event: Event) -> StoredEvent:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        return self._store.append(event)


def test_an_excluded_case_is_void(
    study: StudyFolder, write_cases: Callable[..., None], views_of: Callable[..., list[Row]]
) -> None:
    plan_study(study)
    excluded = [{**row, "excluded": True} for row in views_of("C004")]
    write_cases(study, ["C001", "C002", "C003"], *excluded)
    (schedule,) = (t for t in study_rows(study, ()) if t.table.file == "schedule.csv")
    assert {row["reason"] for row in schedule.rows if row["case"] == "C004"} == {"case excluded"}
    assert {row["state"] for row in schedule.rows if row["case"] == "C004"} == {"void"}


def test_an_unblinding_is_a_deviation(read_study: StudyFolder, now: datetime) -> None:
    unblinded = StudyUnblinded("interim analysis", masked=True)
    with open_store(read_study) as store:
        store.append(staff_act(unblinded, by=Actor("Ann"), now=now))
        (deviations,) = (
            t for t in study_rows(read_study, store.events()) if t.table.file == "deviations.csv"
        )
    (row,) = deviations.rows
    assert (row["who"], row["what"], row["impact"]) == ("Ann", "interim analysis", "arms masked")


@pytest.mark.parametrize(
    ("former", "meaning"),
    [
        (False, ("or_delong", "exact", "default", "equal")),
        (True, ("delong", "asymptotic", "none", "pooled")),
    ],
)
def test_a_plan_without_a_method_has_the_one_that_was_meant_when_it_was_locked(
    study: StudyFolder,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    former: bool,
    meaning: tuple[str, ...],
) -> None:
    lines = study.study_toml.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("method =")]
    assert len(kept) == len(lines) - 1
    study.study_toml.write_text("".join(kept), encoding="utf-8")
    plan_study(study)
    lock_study(study, by=Actor("Coordinator"), now=now)
    sheet = tmp_path / "truth.csv"
    sheet.write_text("case,truth\nC001,1\nC002,0\nC003,0\nC004,1\n")
    import_truth(
        study, sheet, resolve=lambda _: None, signature=Signature(Actor("Ann"), "read out", now)
    )
    if former:
        monkeypatch.setattr(results, "sound_events", _of_the_former_form)
    found = study_tables(study).plan
    assert (found.method, found.mcnemar, found.adjust, found.sequences) == meaning


def _of_the_former_form(store: Record) -> list[StoredEvent]:
    """Return the events with the lock as it was written before dates were vouched for."""
    return [
        replace(one, event=replace(one.event, payload=replace(lock, vouched_dates=False)))
        if isinstance(lock := one.event.payload, ProtocolLocked)
        else one
        for one in store.events()
    ]


def test_a_study_without_truth_is_refused(study: StudyFolder, now: datetime) -> None:
    plan_study(study)
    lock = lock_study(study, by=Actor("Coordinator"), now=now)
    assert any("no reference standard yet" in warning for warning in lock.warnings)
    with pytest.raises(ProtocolError, match=r"got no reference standard\. Bring it in: crossread"):
        study_tables(study)


def test_truth_that_lacks_a_planned_case_is_refused(
    study: StudyFolder, now: datetime, tmp_path: Path
) -> None:
    plan_study(study)
    lock_study(study, by=Actor("Coordinator"), now=now)
    sheet = tmp_path / "truth.csv"
    sheet.write_text("case,truth\nC001,1\nC003,0\n")
    signature = Signature(Actor("Ann"), "half of the follow-up is over", now)
    imported = import_truth(study, sheet, resolve=lambda _: None, signature=signature)
    assert imported.warnings == ("no truth yet of C002, C004",)
    with pytest.raises(ProtocolError, match="got none of C002, C004"):
        study_tables(study)


def test_an_unlocked_study_is_refused(study: StudyFolder) -> None:
    with pytest.raises(ProtocolError, match="Expected a locked protocol"):
        study_tables(study)


def test_results_of_an_altered_ai_file_are_refused(read_study: StudyFolder) -> None:
    path = read_study.detections / "demo.json"
    path.write_text(path.read_text().replace("0.875", "0.975"))
    with pytest.raises(ProtocolError, match=r"detections/demo\.json as it was locked"):
        study_tables(read_study)


def test_a_withdrawn_case_counts_only_where_it_is_asked_for(read_study: StudyFolder) -> None:
    before = study_tables(read_study)
    signature = Signature(
        Actor("Coordinator"), "the patient withdrew", datetime(2027, 1, 1, tzinfo=UTC)
    )
    withdraw_case(read_study, "C002", signature)
    without = study_tables(read_study)
    assert without.withdrawn == ("C002",)
    assert set(without.reads["case"]) == {"C001", "C003", "C004"}
    excluded = without.cases[without.cases["excluded"] == 1]
    assert set(excluded["case"]) == {"C002"}
    again = study_tables(read_study, with_withdrawn=True)
    assert again.withdrawn == ("C002",)
    assert again.reads.equals(before.reads)
    assert again.cases.equals(before.cases)
    assert set(again.schedule["state"]) == {"valid"}
