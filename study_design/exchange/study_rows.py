"""All tables of a study as rows: what the export writes and what the results are computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from study_design import columns
from study_design.detections import SystemResults
from study_design.exchange.detection_csv import ai_case_rows, detection_rows
from study_design.exchange.detection_json import read_system_results
from study_design.exchange.read_rows import finding_rows, read_row, response_rows
from study_design.exchange.reference_sheet import (
    lesion_row,
    read_lesions,
    read_reference,
    reference_row,
)
from study_design.images.case_sheet import read_case_sheet
from study_design.protocol.plan import Assignment, plan_row, read_plan
from study_design.protocol.readers import read_readers, reader_row
from study_design.protocol.study_file import read_study_file
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.locked import LOCKS
from study_design.record.newest import newest
from study_design.record.reads.deviations import deviations_of
from study_design.record.reads.ledger import CellOutcome, ledger
from study_design.record.reads.replay import reads_of
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import Cell, read_csv
from study_design.vocabulary import ReadStatus, Role

Rows = Sequence[Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table; `columns` are those of its form, then any strata of the study."""

    table: columns.Table
    columns: tuple[str, ...]
    rows: Rows


def study_rows(
    folder: StudyFolder, events: Sequence[StoredEvent], *, all_reads: bool = False
) -> tuple[TableRows, ...]:
    """Return every table of the contract, in its order; one without content has no rows.

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
    content: dict[str, Iterable[Mapping[str, Cell]]] = {
        "reads.csv": [read_row(read, patients.get(read.case, "")) for read in reads],
        "findings.csv": [row for read in reads for row in finding_rows(read, sheet)],
        "responses.csv": [row for read in reads for row in response_rows(read)],
        "detections.csv": [row for results in systems for row in detection_rows(results)],
        "ai_cases.csv": [row for results in systems for row in ai_case_rows(results)],
        "readers.csv": map(reader_row, read_readers(folder)),
        "cases.csv": _case_rows(folder),
        "reference.csv": map(reference_row, truths),
        "lesions.csv": map(lesion_row, read_lesions(folder)),
        "schedule.csv": map(_schedule_row, ledger(plan, everything, events, sheet.excluded)),
        "deviations.csv": _deviation_rows(folder, events, everything, plan),
    }
    strata = {name: None for truth in truths for name, _ in truth.strata}
    return tuple(
        TableRows(
            table,
            (*table.columns, *strata) if table is columns.REFERENCE else table.columns,
            tuple(content[table.file]),
        )
        for table in columns.TABLES
    )


def study_systems(folder: StudyFolder) -> tuple[SystemResults, ...]:
    """Return the AI results of a study, one entry a system, by name."""
    return tuple(map(read_system_results, sorted(folder.detections.glob("*.json"))))


def counts(read: Read) -> bool:
    """Tell whether a read is a final test read."""
    return read.role is Role.TEST and read.status is ReadStatus.FINAL


def has_truth(folder: StudyFolder) -> bool:
    """Tell whether a reference standard came in."""
    return (folder.reference_standard / columns.REFERENCE.file).is_file()


def _case_rows(folder: StudyFolder) -> Rows:
    """Return the rows of cases.csv as import and lock wrote them."""
    if not folder.cases_csv.is_file():
        return ()
    known = columns.CASES.columns
    return [{name: row.get(name, "") for name in known} for row in read_csv(folder.cases_csv).rows]


def _schedule_row(outcome: CellOutcome) -> dict[str, Cell]:
    """Return a planned cell with what became of it."""
    return {
        **plan_row(outcome.assignment),
        "state": outcome.state.value,
        "reason": outcome.reason,
        "read": outcome.read,
    }


def _deviation_rows(
    folder: StudyFolder,
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
) -> list[dict[str, Cell]]:
    """Return what a reader of the paper must hear of; before the lock nothing can deviate."""
    if newest(events, *LOCKS) is None:
        return []
    study = read_study_file(folder.study_toml)
    return [
        {
            "when": deviation.when,
            "who": deviation.who,
            "category": deviation.category,
            "what": deviation.what,
            "impact": deviation.impact,
            "signed": deviation.signed,
        }
        for deviation in deviations_of(events, reads, plan, study)
    ]
