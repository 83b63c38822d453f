"""Tables for the analysis: every read with its truth, and nothing without it."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from study_design.errors import ProtocolError
from study_design.exchange.reference_sheet import import_truth
from study_design.protocol.lock import lock_study
from study_design.protocol.plan_study import plan_study
from study_design.record.integrity import freeze_study
from study_design.results import study_tables
from study_design.study_folder import StudyFolder


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
    freeze_study(read_study, by="Coordinator", now=now + timedelta(days=40))
    after = study_tables(read_study)
    assert after.frozen
    assert after.reads.equals(before.reads)


def test_a_study_without_truth_is_refused(study: StudyFolder, now: datetime) -> None:
    plan_study(study)
    lock = lock_study(study, by="Coordinator", now=now)
    assert any("no reference standard yet" in warning for warning in lock.warnings)
    with pytest.raises(ProtocolError, match=r"got no reference standard\. Bring it in: crossread"):
        study_tables(study)


def test_truth_that_lacks_a_planned_case_is_refused(
    study: StudyFolder, now: datetime, tmp_path: Path
) -> None:
    plan_study(study)
    lock_study(study, by="Coordinator", now=now)
    sheet = tmp_path / "truth.csv"
    sheet.write_text("case,truth\nC001,1\nC003,0\n")
    imported = import_truth(study, sheet, resolve=lambda _: None)
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
