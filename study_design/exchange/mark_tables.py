"""The columns of findings.csv and responses.csv: marks of a read, and its other answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from study_design.exchange.read_tables import READ, STEP
from study_design.images.case_sheet import CaseSheet
from study_design.reads import Finding, Mark, Read
from study_design.tables.column import Column, Kind, Table, not_asked
from study_design.tables.shared_columns import box_columns, types_column, view_column


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark of a finding of a read; without a spacing nothing is known in mm."""

    read: Read
    finding: Finding
    mark: Mark
    spacing_mm: float | None

    def mm(self, length_px: float) -> float | None:
        """Return a length of the stored image in mm."""
        return None if self.spacing_mm is None else length_px * self.spacing_mm


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """An answer to one of the study's own questions."""

    read: Read
    item: str
    value: str


FINDINGS: Table[MarkRow] = Table(
    "findings.csv",
    ("read", "step", "finding", "mark"),
    (
        READ.through(lambda row: row.read),
        STEP.through(lambda row: row.read),
        Column(
            "finding",
            "number of the finding in the read; marks of one finding share it",
            lambda row: row.finding.finding,
            Kind.WHOLE,
        ),
        Column("mark", "number of the mark in the read", lambda row: row.mark.mark, Kind.WHOLE),
        view_column(lambda row: row.mark.view.value),
        Column("image", "image of the case that shows the view", lambda row: row.mark.image),
        types_column(lambda row: row.finding.types),
        Column("shape", "point, box or ellipse", lambda row: row.mark.shape),
        Column(
            "points",
            "corner points as JSON, [[x_px, y_px], ...]",
            lambda row: json.dumps([[point.x_px, point.y_px] for point in row.mark.points]),
            Kind.JSON,
        ),
        *box_columns(lambda row: row.mark.box),
        Column(
            "x_mm",
            "left edge, mm from the left edge of the stored image",
            lambda row: row.mm(row.mark.box.x_px),
            Kind.NUMBER,
            "mm",
        ),
        Column(
            "y_mm",
            "top edge, mm from the top edge of the stored image",
            lambda row: row.mm(row.mark.box.y_px),
            Kind.NUMBER,
            "mm",
        ),
        Column("birads", "BI-RADS category of the finding", lambda row: row.finding.birads),
        Column(
            "rating",
            "probability of malignancy of the finding, 0-100",
            lambda row: row.finding.rating,
            Kind.NUMBER,
        ),
        Column("descriptors", "descriptors as JSON", not_asked, Kind.JSON),
        Column(
            "one_view_only",
            "1 = the reader says that the finding is seen on one view only",
            lambda row: row.finding.one_view_only,
            Kind.FLAG,
        ),
        Column("detection", "detection to which the reader responded", not_asked),
        Column("response", "to an AI mark: accepted, rejected or not seen", not_asked),
    ),
)

RESPONSES: Table[ResponseRow] = Table(
    "responses.csv",
    ("read", "step", "item"),
    (
        READ.through(lambda row: row.read),
        STEP.through(lambda row: row.read),
        Column("item", "what was asked", lambda row: row.item),
        Column("value", "what was answered", lambda row: row.value),
    ),
)


def mark_rows(read: Read, sheet: CaseSheet) -> Iterator[MarkRow]:
    """Return the marks of a read; mm count from the edges of the stored image."""
    for finding in read.findings:
        for mark in finding.marks:
            image = sheet.named(mark.image)
            yield MarkRow(read, finding, mark, image.spacing_mm if image else None)


def responses(read: Read) -> Iterator[ResponseRow]:
    """Return what was answered to the study's own questions."""
    for item, value in read.responses:
        yield ResponseRow(read, item, value)
