"""`crossread reopen` as a coordinator runs it: signed, listed, and refused in one line."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reader_app.reading.ai_results import AiResults
from reader_app.reading.clocks.clock import SimulatedClock
from reader_app.reading.record_writer import RecordWriter
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase, SittingFacts
from study_design.protocol.plan import read_plan
from study_design.protocol.readers import read_readers
from study_design.reads import Read
from study_design.record.acts import moment_of
from study_design.record.locked import locked_protocol
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import ReadStatus

Crossread = Callable[..., Any]


@pytest.fixture
def read(study: StudyFolder) -> Read:
    """The first read of a locked study, validated by its first reader."""
    with open_store(study) as store, RecordWriter(store) as writer:
        events = store.events()
        protocol = locked_protocol(study, events)
        start = moment_of(events[-1].event.at_utc) + timedelta(minutes=5)
        facts = SittingFacts(
            protocol.study_file,
            protocol.version,
            read_readers(study)[0],
            read_plan(study),
            events,
        )
        session = Sitting(
            facts,
            writer=writer,
            clock=SimulatedClock(start),
            case_ai=AiResults(study, protocol),
        )
        session.open_case()
        session.case.wait()
        session.painted(0.1)
        for side in ("right", "left"):
            session.case.answer(f"birads_{side}", "1")
            session.case.answer(f"rating_{side}", 3.0)
        session.show_summary()
        session.validate()
        session.case.wait()
        assert session.state.phase is Phase.GATE
        return reads_of(store.events())[0]


def test_a_reopened_read_is_signed_listed_and_still_counts(
    study: StudyFolder, crossread: Crossread, read: Read, tmp_path: Path
) -> None:
    words = ("reopen", study.path, "--read", read.read[:8], "--by", "C. Ordinator")
    answer = crossread(*words, "--reason", "the phone rang")
    assert (answer.status, answer.err) == (0, "")
    assert read.case in answer.out
    crossread("export", study.path, "--out", tmp_path / "out")
    rows = read_csv(tmp_path / "out" / "deviations.csv").rows
    (row,) = [row for row in rows if row["category"] == "reopened"]
    assert row["who"] == "C. Ordinator"
    assert "the phone rang" in row["what"]
    assert row["signed"].lower() in ("1", "true")
    with open_store(study) as store:
        assert [(one.read, one.status) for one in reads_of(store.events())] == [
            (read.read, ReadStatus.FINAL)
        ]


@pytest.mark.parametrize(
    ("name", "reason", "said"),
    [
        ("{read}", "", "Expected --reason, got none"),
        ("nobody", "why not", "begins with 'nobody', got none"),
    ],
)
def test_what_cannot_be_reopened_is_refused_in_one_line(
    study: StudyFolder, crossread: Crossread, read: Read, name: str, reason: str, said: str
) -> None:
    words = ("reopen", study.path, "--read", name.format(read=read.read), "--by", "C")
    answer = crossread(*words, *(("--reason", reason) if reason else ()))
    assert answer.status == 1
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_a_read_is_reopened_a_single_time_until_it_is_done_again(
    study: StudyFolder, crossread: Crossread, read: Read
) -> None:
    words = ("reopen", study.path, "--read", read.read, "--by", "C", "--reason", "r")
    assert crossread(*words).status == 0
    again = crossread(*words)
    assert again.status == 1
    assert "reopened already" in again.err.replace("\n", " ")


def test_a_read_is_reopened_by_reader_and_case_with_ratings_unseen(
    study: StudyFolder, crossread: Crossread, read: Read
) -> None:
    words = ("reopen", study.path, "--by", "C", "--reason", "the phone rang")
    answer = crossread(*words, "--reader", read.reader, "--case", read.case)
    assert (answer.status, answer.err) == (0, "")
    assert f"Reopened case {read.case}, period 1, for {read.reader}" in answer.out
    with open_store(study) as store:
        last = store.last()
    assert last is not None
    assert (last.event.type, last.event.read) == ("read_reopened", read.read)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "got neither"),
        (("--reader", "{reader}"), "got neither"),
        (("--read", "{read}", "--reader", "{reader}", "--case", "{case}"), "got both"),
        (("--read", "{read}", "--period", "1"), "got both"),
        (("--reader", "nobody", "--case", "{case}"), "Expected a reader of the plan (junior"),
        (("--reader", "{reader}", "--case", "C999"), "Expected a case that {reader} reads"),
        (("--reader", "{reader}", "--case", "{other}"), "got none yet"),
        (("--reader", "{reader}", "--case", "{case}", "--period", "2"), "got none yet"),
        (("--reader", "{reader}", "--case", "{case}", "--period", "3"), "got period 3, arm any"),
        (("--reader", "{reader}", "--case", "{case}", "--arm", "seen"), "period any, arm seen"),
    ],
)
def test_a_read_that_is_not_there_is_refused_in_one_line(
    study: StudyFolder, crossread: Crossread, read: Read, words: tuple[str, ...], said: str
) -> None:
    other = next(cell.case for cell in read_plan(study) if cell.case != read.case)
    known = {"reader": read.reader, "case": read.case, "read": read.read, "other": other}
    typed = [word.format(**known) for word in words]
    answer = crossread("reopen", study.path, "--by", "C", "--reason", "r", *typed)
    assert (answer.status, answer.err.count("\n")) == (1, 1)
    assert said.format(**known) in answer.err
