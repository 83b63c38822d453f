"""Reads as rows of reads.csv, findings.csv and responses.csv."""

import json
from collections.abc import Iterator

from study_design.images.case_sheet import CaseSheet
from study_design.reads import Finding, Mark, Read
from study_design.tables.csv_file import Cell


def read_row(read: Read, patient: str) -> dict[str, Cell]:
    """Return the row of reads.csv; recall is not asked yet and stays empty."""
    return {**_design_cells(read, patient), **_answer_cells(read), **_time_cells(read)}


def finding_rows(read: Read, sheet: CaseSheet) -> Iterator[dict[str, Cell]]:
    """Return the rows of findings.csv, one a mark."""
    for finding in read.findings:
        for mark in finding.marks:
            yield _mark_row(read, finding, mark, sheet)


def response_rows(read: Read) -> Iterator[dict[str, Cell]]:
    """Return the rows of responses.csv."""
    for item, value in read.responses:
        yield {"read": read.read, "step": read.step, "item": item, "value": value}


def _design_cells(read: Read, patient: str) -> dict[str, Cell]:
    """Return who read what, in which condition."""
    return {
        "read": read.read,
        "step": read.step,
        "reader": read.reader,
        "kind": read.kind.value,
        "group": read.group,
        "site": read.site,
        "arm": read.arm,
        "revealed": read.revealed,
        "system": read.ai.system,
        "system_version": read.ai.version,
        "threshold": read.ai.threshold,
        "ai_status": read.ai.status.value if read.ai.status else None,
        "ai_initial": read.ai.initial.value,
        "ai_first_shown_s": read.ai.first_shown_s,
        "ai_shown_s": read.ai.shown_s,
        "role": read.role.value,
        "repeat": read.repeat,
        "period": read.period,
        "block": read.block,
        "position": read.position,
        "case": read.case,
        "patient": patient,
    }


def _answer_cells(read: Read) -> dict[str, Cell]:
    """Return what was answered about exam and breasts."""
    answers = read.answers
    return {
        "rating": answers.rating,
        "rating_right": answers.rating_right,
        "rating_left": answers.rating_left,
        "birads_right": answers.birads_right,
        "birads_left": answers.birads_left,
        "birads_exam": answers.birads_exam,
        "density": answers.density,
    }


def _time_cells(read: Read) -> dict[str, Cell]:
    """Return when it was read, how long it took, and where it stands in the record."""
    return {
        "opened_utc": read.opened_utc,
        "painted_utc": read.painted_utc,
        "validated_utc": read.validated_utc,
        "utc_offset_min": read.utc_offset_min,
        "raw_s": read.times.raw_s,
        "paused_s": read.times.paused_s,
        "reading_s": read.times.reading_s,
        "idle_s": read.times.idle_s,
        "active_s": read.times.active_s,
        "system_s": read.times.system_s,
        "gap_days": read.gap_days,
        "gap_basis": read.gap_basis.value,
        "seen_before": read.seen_before,
        "status": read.status.value,
        "supersedes": read.supersedes,
        "earlier_s": read.earlier_s,
        "contradiction": read.contradiction,
        "protocol_version": read.protocol_version,
        "software_version": read.software_version,
        "first_event": read.first_event,
        "last_event": read.last_event,
    }


def _mark_row(read: Read, finding: Finding, mark: Mark, sheet: CaseSheet) -> dict[str, Cell]:
    """Return the row of a mark; mm count from the edges of the stored image."""
    image = sheet.named(mark.image)
    spacing_mm = image.spacing_mm if image else None
    box = mark.box
    return {
        "read": read.read,
        "step": read.step,
        "finding": finding.finding,
        "mark": mark.mark,
        "view": mark.view.value,
        "image": mark.image,
        "types": "+".join(finding.types),
        "shape": mark.shape,
        "points": json.dumps([[point.x_px, point.y_px] for point in mark.points]),
        "x_px": box.x_px,
        "y_px": box.y_px,
        "width_px": box.width_px,
        "height_px": box.height_px,
        "x_mm": box.x_px * spacing_mm if spacing_mm is not None else None,
        "y_mm": box.y_px * spacing_mm if spacing_mm is not None else None,
        "birads": finding.birads,
        "rating": finding.rating,
        "one_view_only": finding.one_view_only,
    }
