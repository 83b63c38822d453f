"""The log of callers that were turned away."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.images.network import callers
from study_design.images.network.callers import CallerLog, RejectedCaller
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv

CALLER = RejectedCaller("10.1.2.3", "UNIT 1", "OTHER", "it called 'OTHER', and we are 'CROSSREAD'")


def at_nine() -> datetime:
    return datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_each_caller_is_a_row_with_its_time(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    for _ in range(2):
        CallerLog(folder, at_nine).note(CALLER)
    rows = read_csv(folder.callers_csv).rows
    assert [dict(row) for row in rows] == [
        {
            "when_utc": "2026-11-02T09:00:00Z",
            "address": "10.1.2.3",
            "calling": "UNIT 1",
            "called": "OTHER",
            "why": "it called 'OTHER', and we are 'CROSSREAD'",
        }
    ] * 2


def test_a_title_that_is_a_formula_stays_text(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    CallerLog(folder, at_nine).note(RejectedCaller("10.1.2.3", "=1+1", "OTHER", "why"))
    assert b",'=1+1," in folder.callers_csv.read_bytes()
    assert read_csv(folder.callers_csv).rows[0]["calling"] == "=1+1"


def test_the_log_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "MOST_BYTES", 300)
    log = CallerLog(StudyFolder(tmp_path), at_nine)
    for _ in range(20):
        log.note(CALLER)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 1_000
    assert len(read_csv(tmp_path / "callers.csv").rows) >= 1
