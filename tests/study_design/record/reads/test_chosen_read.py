"""Of a case that was read in both arms the coordinator says which read is meant."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from study_design.errors import ProtocolError
from study_design.life.reopening import reopen_read
from study_design.protocol.plan import Assignment, assignments_of, read_plan
from study_design.reads import Read
from study_design.record.actor import Actor
from study_design.record.events import Event
from study_design.record.reads.chosen_read import ReadPlace, chosen_read
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def known(folder: StudyFolder) -> tuple[tuple[Assignment, ...], tuple[Read, ...]]:
    with open_store(folder) as store:
        return read_plan(folder), reads_of(store.events())


def test_two_reads_of_a_case_are_told_apart_by_period_or_arm_and_nothing_else_is_told(
    read_study: StudyFolder,
) -> None:
    plan, reads = known(read_study)
    with pytest.raises(ProtocolError) as refused:
        chosen_read(ReadPlace("junior1", "C002"), plan, reads)
    first, second = (cell for cell in assignments_of(plan, "junior1") if cell.case == "C002")
    assert str(refused.value) == (
        f"junior1 has read case C002 2 times: period 1 (arm {first.arm}) and period 2 (arm "
        f"{second.arm}). Say which: --period N or --arm NAME"
    )
    for cell in (first, second):
        for place in (
            ReadPlace("junior1", "C002", period=cell.period),
            ReadPlace("junior1", "C002", arm=cell.arm),
        ):
            assert chosen_read(place, plan, reads).cell == cell.cell


def test_after_a_read_was_done_again_the_newer_one_is_meant(
    locked_study: StudyFolder,
    now: datetime,
    read_events: Callable[[Assignment, datetime], list[Event]],
) -> None:
    cell = read_plan(locked_study)[0]
    place = ReadPlace(cell.reader, cell.case)
    with open_store(locked_study) as store:
        for event in read_events(cell, now):
            store.append(event)
    reopen_read(locked_study, place, by=Actor("Ann"), reason="phone", now=now + timedelta(hours=1))
    with pytest.raises(ProtocolError, match="reopened already"):
        reopen_read(
            locked_study, place, by=Actor("Ann"), reason="phone", now=now + timedelta(hours=1)
        )
    with open_store(locked_study) as store:
        for number, event in enumerate(read_events(cell, now + timedelta(hours=2))):
            again = {"event": f"again/{number}", "read": "again", "once": None}
            store.append(replace(event, **again))
    plan, reads = known(locked_study)
    assert [read.status for read in reads] == ["superseded", "final"]
    assert chosen_read(place, plan, reads).read == "again"


def test_a_name_that_fits_none_says_how_to_name_a_read_otherwise(read_study: StudyFolder) -> None:
    plan, reads = known(read_study)
    with pytest.raises(ProtocolError, match=re.escape("--reader ID --case CASE")):
        chosen_read("no such", plan, reads)
    with pytest.raises(ProtocolError, match="got 16 of them"):
        chosen_read("read-", plan, reads)
