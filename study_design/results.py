"""The study's tables with reads and truth side by side: what the statistics start from.

Nothing that is used while reading may reach this module; import-linter keeps that wall.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from study_design.errors import ProtocolError
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS, RESPONSES
from study_design.exchange.read_tables import READS
from study_design.exchange.schedule_tables import DEVIATIONS, SCHEDULE
from study_design.exchange.study_rows import TableRows, study_rows
from study_design.images.case_list import CASES
from study_design.protocol.analysis_plan import AnalysisPlan
from study_design.protocol.readers import READERS
from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import (
    LOCKS,
    LockedProtocol,
    fixed_hashes,
    locked_protocol,
    refuse_changed,
)
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import ProtocolLocked
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.record.withdrawal import withdrawn_cases
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell, csv_bytes
from study_design.truth_tables import LESIONS, REFERENCE


@dataclass(frozen=True, slots=True, eq=False)
class StudyTables:
    """The tables, in the columns that `exchange.study_rows.TABLES` declares; final test reads only.

    Attributes
    ----------
    protocol
        Template, version and lock, as a report prints them.
    plan
        The analysis that was locked.
    arms
        In the order of the study file.
    frozen
        Whether the record is closed; before that every result is an interim one.
    data_sha256, plan_sha256
        Of the tables that are analysed, as an export has them, and of the locked study.toml.
    withdrawn
        The cases that were withdrawn after reading began. Unless they were asked for, they have no
        reads here and are marked as excluded, so that the AI's results of them do not count either.
    """

    reads: pd.DataFrame
    findings: pd.DataFrame
    responses: pd.DataFrame
    detections: pd.DataFrame
    ai_cases: pd.DataFrame
    readers: pd.DataFrame
    cases: pd.DataFrame
    reference: pd.DataFrame
    lesions: pd.DataFrame
    schedule: pd.DataFrame
    title: str
    simulated: bool
    protocol: str
    plan: AnalysisPlan
    arms: tuple[str, ...]
    frozen: bool
    withdrawn: tuple[str, ...] = ()
    data_sha256: str = ""
    plan_sha256: str = ""


def study_tables(folder: StudyFolder, *, with_withdrawn: bool = False) -> StudyTables:
    """Return the tables of a study for analysis.

    Parameters
    ----------
    with_withdrawn
        Whether withdrawn cases count as if they had not been withdrawn.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked or a locked file was changed; where the truth is missing,
        or says nothing of a case that was planned.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
    locked = locked_protocol(folder, events)
    for path in sorted(folder.detections.glob("*.json")):
        locked.check(folder, path)
    fixed = fixed_hashes(events)
    for known in fixed:
        refuse_changed(folder, fixed, folder.path / known.file)
    withdrawn = tuple(one.case for one in withdrawn_cases(events))
    counted = _as_if_none_withdrawn(events) if with_withdrawn else events
    tables = study_rows(folder, counted)
    frames = {rows.table.file: _frame(rows) for rows in tables}
    _check_truth(folder, frames[REFERENCE.file], frames[SCHEDULE.file], withdrawn)
    cases = frames[CASES.file]
    return StudyTables(
        reads=frames[READS.file],
        findings=frames[FINDINGS.file],
        responses=frames[RESPONSES.file],
        detections=frames[DETECTIONS.file],
        ai_cases=frames[AI_CASES.file],
        readers=frames[READERS.file],
        cases=cases if with_withdrawn else _excluding(cases, withdrawn),
        reference=frames[REFERENCE.file],
        lesions=frames[LESIONS.file],
        schedule=frames[SCHEDULE.file],
        title=locked.study_file.title,
        simulated=locked.study_file.simulated,
        protocol=_protocol(locked, events),
        plan=_plan(locked, events),
        arms=tuple(arm.name for arm in locked.study_file.arms),
        frozen=is_frozen(events),
        withdrawn=withdrawn,
        data_sha256=_data_hash(tables),
        plan_sha256=next(k.sha256 for k in locked.hashes if k.file == folder.study_toml.name),
    )


def _data_hash(tables: Sequence[TableRows]) -> str:
    """Return one hash over all tables but those of what happened, in the form of an export."""
    digest = hashlib.sha256()
    for one in sorted(tables, key=lambda rows: rows.table.file):
        if one.table.file not in (DEVIATIONS.file, SCHEDULE.file):
            digest.update(csv_bytes(one.columns, one.rows))
    return digest.hexdigest()


def _as_if_none_withdrawn(events: Sequence[StoredEvent]) -> tuple[StoredEvent, ...]:
    """Return the events without withdrawals of cases, so that the reads of all cases count."""
    return tuple(one for one in events if one.event.type is not EventType.CASE_WITHDRAWN)


def _excluding(cases: pd.DataFrame, withdrawn: Sequence[str]) -> pd.DataFrame:
    """Return the cases with the withdrawn ones marked as excluded."""
    out = cases["case"].isin(withdrawn)
    return cases.assign(excluded=cases["excluded"].mask(out, 1))


def _check_truth(
    folder: StudyFolder,
    reference: pd.DataFrame,
    schedule: pd.DataFrame,
    withdrawn: Sequence[str],
) -> None:
    """Refuse a study of which the truth is not known; of a withdrawn case it need not be."""
    planned = schedule.loc[schedule["state"] != "void", "case"]
    lacking = sorted(set(planned) - set(reference["case"]) - set(withdrawn))
    if lacking:
        got = "no reference standard" if reference.empty else f"none of {', '.join(lacking[:5])}"
        raise ProtocolError(
            f"Expected the truth of every planned case of {folder.path.name}, got {got}. "
            f"Bring it in: crossread truth {folder.path.name} {REFERENCE.file} --by NAME "
            "--reason TEXT"
        )


def _plan(locked: LockedProtocol, events: Sequence[StoredEvent]) -> AnalysisPlan:
    """Return the locked analysis, with what absent keys meant when it was locked."""
    locks = (one.event.payload for one in events)
    first = next(lock for lock in locks if isinstance(lock, ProtocolLocked))
    plan = locked.study_file.analysis
    return plan if first.vouched_dates else plan.as_locked_before_form_2()


def _protocol(locked: LockedProtocol, events: Sequence[StoredEvent]) -> str:
    """Return one line on the locked protocol."""
    lock = next(s.event for s in reversed(events) if s.event.type in LOCKS)
    return (
        f"template {locked.study_file.template}, version {locked.version}, "
        f"locked {lock.at_utc[:10]} by {lock.actor}"
    )


def _frame(rows: TableRows) -> pd.DataFrame:
    """Return a table as a data frame: numbers as numbers, NaN where none; text, never missing."""
    numeric = rows.table.numeric
    return pd.DataFrame(
        {
            name: _column([row.get(name) for row in rows.rows], name in numeric)
            for name in rows.columns
        }
    )


def _column(cells: Sequence[Cell], is_numeric: bool) -> pd.Series:
    """Return one column."""
    if is_numeric:
        return pd.Series([_number(cell) for cell in cells], dtype=None if cells else float)
    return pd.Series(["" if cell is None else str(cell) for cell in cells], dtype=str)


def _number(cell: Cell) -> int | float:
    """Return the number in a cell; text comes from cases.csv."""
    if cell is None or cell == "":
        return math.nan
    number = float(cell)
    return int(number) if isinstance(cell, int | bool) else number
