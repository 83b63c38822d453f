"""All tables of a study as rows: what the export writes and what the results are computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from study_design.detections import SystemResults
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS, box_rows, case_rows
from study_design.exchange.mark_tables import FINDINGS, RESPONSES, mark_rows, responses
from study_design.exchange.read_tables import READS, ReadRow
from study_design.exchange.reference_sheet import (
    read_lesions,
    read_reference,
    reference_columns,
    reference_row,
)
from study_design.exchange.schedule_tables import DEVIATIONS, SCHEDULE
from study_design.images.case_list import CASES
from study_design.images.case_sheet import read_case_sheet
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.readers import READERS, read_readers
from study_design.protocol.study_file import read_study_file
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.locked import LOCKS
from study_design.record.newest import newest
from study_design.record.reads.deviations import Deviation, deviations_of
from study_design.record.reads.ledger import ledger
from study_design.record.reads.replay import reads_of
from study_design.study_folder import StudyFolder
from study_design.tables.column import Table, Value
from study_design.tables.csv_file import Cell, read_csv
from study_design.truth_tables import LESIONS, REFERENCE
from study_design.vocabulary import ReadStatus, Role

# Every table of an export, in its order.
TABLES: tuple[Table[Any], ...] = (
    READS,
    FINDINGS,
    RESPONSES,
    DETECTIONS,
    AI_CASES,
    READERS,
    CASES,
    REFERENCE,
    LESIONS,
    SCHEDULE,
    DEVIATIONS,
)

Rows = Sequence[Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table; `columns` are those of its form, then any strata of the study."""

    table: Table[Any]
    columns: tuple[str, ...]
    rows: Rows


def study_rows(
    folder: StudyFolder, events: Sequence[StoredEvent], *, all_reads: bool = False
) -> tuple[TableRows, ...]:
    """Return every table of the contract, in the order of TABLES; one without content has no rows.

    Parameters
    ----------
    all_reads
        Also practice, repeats, superseded and withdrawn reads, not final test reads only.
    """
    everything = reads_of(events)
    reads = [read for read in everything if all_reads or counts(read)]
    sheet = read_case_sheet(folder)
    patients = {image.case: image.patient for image in sheet.images}
    plan = read_plan(folder) if folder.plan_csv.is_file() else ()
    systems = study_systems(folder)
    truths = read_reference(folder) if has_truth(folder) else ()
    cells = ledger(plan, everything, events, sheet.excluded)
    return (
        _rows(READS, (ReadRow(read, patients.get(read.case, "")) for read in reads)),
        _rows(FINDINGS, (row for read in reads for row in mark_rows(read, sheet))),
        _rows(RESPONSES, (row for read in reads for row in responses(read))),
        _rows(DETECTIONS, (row for results in systems for row in box_rows(results))),
        _rows(AI_CASES, (row for results in systems for row in case_rows(results))),
        _rows(READERS, read_readers(folder)),
        TableRows(CASES, CASES.columns, _case_rows(folder)),
        TableRows(REFERENCE, reference_columns(truths), tuple(map(reference_row, truths))),
        _rows(LESIONS, read_lesions(folder)),
        _rows(SCHEDULE, cells),
        _rows(DEVIATIONS, _deviations(folder, events, everything, plan)),
    )


def _rows(table: Table[Value], values: Iterable[Value]) -> TableRows:
    """Return a table whose columns are those of its form."""
    return TableRows(table, table.columns, tuple(map(table.row, values)))


def study_systems(folder: StudyFolder) -> tuple[SystemResults, ...]:
    """Return the AI results of a study, one entry a system, by name."""
    return tuple(map(read_system_results, sorted(folder.detections.glob("*.json"))))


def counts(read: Read) -> bool:
    """Tell whether a read is a final test read."""
    return read.role is Role.TEST and read.status is ReadStatus.FINAL


def has_truth(folder: StudyFolder) -> bool:
    """Tell whether a reference standard came in."""
    return (folder.reference_standard / REFERENCE.file).is_file()


def _case_rows(folder: StudyFolder) -> Rows:
    """Return the rows of cases.csv as import and lock wrote them."""
    if not folder.cases_csv.is_file():
        return ()
    known = CASES.columns
    return [{name: row.get(name, "") for name in known} for row in read_csv(folder.cases_csv).rows]


def _deviations(
    folder: StudyFolder,
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
) -> Sequence[Deviation]:
    """Return what a reader of the paper must hear of; before the lock nothing can deviate."""
    if newest(events, *LOCKS) is None:
        return ()
    return deviations_of(events, reads, plan, read_study_file(folder.study_toml))
