"""What a reader reported can be rebuilt from the exported tables, to the last bit."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from study_design.exchange.tidy import export_tables
from study_design.geometry import Point
from study_design.life.signed_acts import unblind_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.reads import Answers, Finding, Mark, ReadTimes
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import Event
from study_design.record.payloads.reading import FindingDescribed, MarkPlaced
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import AbnormalityType, View

Row = dict[str, str]
MASS, CALCIFICATION = AbnormalityType.MASS, AbnormalityType.CALCIFICATION
POINTS = ((1 / 3, 0.1 + 0.2),)
SECOND_MARKS = (
    MarkPlaced(1, 2, View.R_MLO, "C001_R-MLO", "point", POINTS, (MASS,)),
    MarkPlaced(2, 3, View.L_CC, "C001_L-CC", "point", POINTS, (MASS,)),
)


def a_read_with_two_findings(events: list[Event], *, one_view_only: bool) -> list[Event]:
    """Return the events of a read with a second mark and a second finding, seen on one view."""
    first, validated = events[0], events[-1]
    described = (
        FindingDescribed(1, (MASS, AbnormalityType.DISTORTION), "5", 97.5, one_view_only=False),
        FindingDescribed(2, (CALCIFICATION,), None, None, one_view_only=one_view_only),
    )
    more = [
        replace(first, event=f"more-{n}", payload=payload, elapsed_s=7.0)
        for n, payload in enumerate((*SECOND_MARKS, *described))
    ]
    return [*events[:-1], *more, validated]


def finding_of(rows: list[Row]) -> Finding:
    """Return the finding that some rows of findings.csv describe."""
    marks = tuple(
        Mark(
            int(row["mark"]),
            View(row["view"]),
            row["image"],
            row["shape"],
            tuple(Point(x, y) for x, y in json.loads(row["points"])),
        )
        for row in rows
    )
    said = rows[0]
    return Finding(
        int(said["finding"]),
        tuple(AbnormalityType(word) for word in said["types"].split("+")),
        marks,
        said["birads"] or None,
        float(said["rating"]) if said["rating"] else None,
        {"1": True, "0": False}[said["one_view_only"]],
    )


def answers_of(row: Row) -> Answers:
    """Return the answers of a row of reads.csv."""
    said = {field.name: row[field.name] or None for field in fields(Answers)}
    return Answers(
        **{
            name: float(text) if text and name.startswith("rating") else text
            for name, text in said.items()
        }
    )


@pytest.mark.parametrize("contradiction", ["", "confirmed"])
def test_a_contradiction_that_was_confirmed_stands_in_the_export(
    locked_study: StudyFolder,
    read_events: Callable[[Assignment, datetime], list[Event]],
    now: datetime,
    tmp_path: Path,
    contradiction: str,
) -> None:
    cell = read_plan(locked_study)[0]
    with open_store(locked_study) as store:
        *before, last = read_events(cell, now + timedelta(days=1))
        payload = replace(last.payload, contradiction=contradiction)
        for event in (*before, replace(last, payload=payload)):
            store.append(event)
    unblind_study(
        locked_study, Signature(Actor("Ann"), "a test of the tables", now + timedelta(days=2))
    )
    export_tables(locked_study, tmp_path)
    (row,) = read_csv(tmp_path / "reads.csv").rows
    assert row["contradiction"] == contradiction


@pytest.mark.parametrize("one_view_only", [True, False])
def test_findings_answers_and_times_of_the_export_are_those_of_the_record(
    locked_study: StudyFolder,
    read_events: Callable[[Assignment, datetime], list[Event]],
    now: datetime,
    tmp_path: Path,
    one_view_only: bool,
) -> None:
    cell = next(cell for cell in read_plan(locked_study) if cell.case == "C001")
    with open_store(locked_study) as store:
        events = read_events(cell, now + timedelta(days=1))
        for event in a_read_with_two_findings(events, one_view_only=one_view_only):
            store.append(event)
        (read,) = reads_of(store.events())
    unblind_study(
        locked_study, Signature(Actor("Ann"), "a test of the tables", now + timedelta(days=2))
    )
    export_tables(locked_study, tmp_path)
    rows = read_csv(tmp_path / "findings.csv").rows
    findings = [finding_of(list(own)) for _, own in groupby(rows, lambda row: row["finding"])]
    assert tuple(findings) == read.findings
    assert [found.one_view_only for found in findings] == [False, one_view_only]
    (row,) = read_csv(tmp_path / "reads.csv").rows
    assert answers_of(row) == read.answers
    times = ReadTimes(**{field.name: float(row[field.name]) for field in fields(ReadTimes)})
    assert times == read.times
    assert (float(row["reading_s"]), float(row["active_s"])) == (times.reading_s, times.active_s)
