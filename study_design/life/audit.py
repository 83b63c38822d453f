"""The audit report: who did what when, reader by reader, with deviations, flags and integrity.

Blind: it tells neither what was answered nor what is true of a case.
"""

import html
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from study_design.errors import CrossreadError
from study_design.life.certificate import Certificate, certificate
from study_design.life.status import StudyStatus, study_status
from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.acts import utc_text
from study_design.record.events import OF_READING, EventType, StoredEvent
from study_design.record.locked import LOCKS
from study_design.record.newest import newest
from study_design.record.payloads.reading import SittingOpened
from study_design.record.reads.deviations import deviations_of
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically
from study_design.whole_folder import whole_folder

# What an act of the staff is told by; hashes and the like are left to the export.
_TOLD = (
    "title",
    "template",
    "protocol_version",
    "case",
    "cases",
    "image",
    "verdict",
    "what",
    "form",
    "blind",
    "manifest_sha256",
    "number",
    "why",
)
_STYLE = (
    "body{font:14px sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;margin:.5em 0 2em}"
    "th,td{border:1px solid #bbb;padding:.25em .6em;text-align:left;vertical-align:top}"
    "th{background:#eee}"
)


@dataclass(frozen=True, slots=True)
class AuditSection:
    """A part of the report: a table with a title; without rows it says that there is nothing."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The report; `text` and `html` hold the same."""

    title: str
    subtitle: str
    sections: tuple[AuditSection, ...]

    @property
    def text(self) -> str:
        """The report as plain text."""
        return "\n".join([self.title, self.subtitle, "", *map(_text, self.sections)])

    @property
    def html(self) -> str:
        """The report as one page without references to other files."""
        head = html.escape(self.title)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{head}</title>'
            f"<style>{_STYLE}</style></head><body><h1>{head}</h1>"
            f"<p>{html.escape(self.subtitle)}</p>{''.join(map(_html, self.sections))}"
            "</body></html>\n"
        )


def audit_study(
    folder: StudyFolder, *, now: datetime, report: Callable[[str, int, int], None]
) -> AuditReport:
    """Return the audit report of a study, of an altered one too.

    Raises
    ------
    RecordError
        Where the record cannot be opened at all.
    """
    certified = certificate(folder, report=report)
    sections = [_integrity(certified)]
    try:
        sections += _history(folder, now, report)
    except CrossreadError as error:
        sections.append(AuditSection("What cannot be told", ("why",), ((str(error),),)))
    return AuditReport(
        f"Audit report of {folder.path.name}",
        f"Written on {utc_text(now)} by Crossread {SOFTWARE_VERSION}. The record ends at event "
        f"{certified.events}: {certified.last_hash or 'none'}",
        tuple(sections),
    )


def write_audit(audit: AuditReport, out: Path) -> tuple[Path, ...]:
    """Write audit.txt and audit.html into a folder."""
    names = ("audit.txt", "audit.html")
    with whole_folder(out, "the audit report") as draft:
        for name, content in zip(names, (audit.text, audit.html), strict=True):
            write_atomically(draft / name, content.encode())
    return tuple(out / name for name in names)


def _history(
    folder: StudyFolder, now: datetime, report: Callable[[str, int, int], None]
) -> list[AuditSection]:
    """Return what the record tells of the study."""
    with open_store(folder) as store:
        events = store.events()
    status = study_status(folder, now=now, report=report)
    return [
        _acts(events),
        _deviations(folder, events),
        _cells(status),
        _readers(status),
        *(_timeline(reader.reader, events) for reader in status.readers),
    ]


def _integrity(certified: Certificate) -> AuditSection:
    """Return what the check found."""
    rows = tuple(
        ("problem" if problem.grave else "note", problem.what) for problem in certified.problems
    )
    return AuditSection("Integrity", ("kind", "what"), rows)


def _acts(events: Sequence[StoredEvent]) -> AuditSection:
    """Return what the staff did."""
    reading = OF_READING | {EventType.SITTING_CLOSED}
    rows = tuple(
        (
            str(stored.number),
            stored.event.at_utc,
            stored.event.actor,
            stored.event.type.replace("_", " "),
            "; ".join(
                f"{name.replace('_', ' ')}: {getattr(stored.event.payload, name)}"
                for name in _TOLD
                if hasattr(stored.event.payload, name)
            ),
        )
        for stored in events
        if stored.event.type not in reading
    )
    return AuditSection("Acts of the staff", ("event", "when", "who", "act", "details"), rows)


def _deviations(folder: StudyFolder, events: Sequence[StoredEvent]) -> AuditSection:
    """Return the deviations, as deviations.csv holds them."""
    columns = ("when", "who", "category", "what", "impact", "signed")
    if newest(events, *LOCKS) is None:
        return AuditSection("Deviations", columns, ())
    study = read_study_file(folder.study_toml)
    found = deviations_of(events, reads_of(events), read_plan(folder), study)
    rows = tuple(
        (d.when, d.who, d.category, d.what, d.impact, "yes" if d.signed else "no") for d in found
    )
    return AuditSection("Deviations", columns, rows)


def _cells(status: StudyStatus) -> AuditSection:
    """Return the ledger of planned cells in numbers."""
    rows = tuple((str(count.cells), count.state, count.reason) for count in status.cells)
    return AuditSection("Planned reads", ("reads", "state", "reason"), rows)


def _readers(status: StudyStatus) -> AuditSection:
    """Return how each reader's reads went."""
    columns = (
        "reader",
        "group",
        "kind",
        "read",
        "left",
        "median active s",
        "interrupted",
        "done again",
        "focus lost s",
        "stalls",
        "idle s",
        "suspended",
        "unusual times",
    )
    rows = []
    for reader in status.readers:
        flags, typical = reader.flags, reader.median_active_s
        numbers = (
            flags.interrupted,
            flags.done_again,
            flags.focus_lost_s,
            flags.stalls,
            flags.idle_s,
        )
        rows.append(
            (
                reader.reader,
                reader.group,
                reader.kind,
                str(reader.done),
                str(reader.left),
                "" if typical is None else f"{typical:.1f}",
                *(f"{number:g}" for number in numbers),
                str(flags.suspended),
                ", ".join(flags.outliers),
            )
        )
    return AuditSection("Readers", columns, tuple(rows))


def _timeline(reader: str, events: Sequence[StoredEvent]) -> AuditSection:
    """Return the sittings of a reader."""
    sittings: dict[str, list[StoredEvent]] = {}
    for stored in events:
        if stored.event.actor == reader and stored.event.type in OF_READING:
            sittings.setdefault(stored.event.sitting, []).append(stored)
    rows = tuple(_sitting(own) for own in sittings.values())
    columns = ("began", "last act", "reads", "what happened", "station")
    return AuditSection(f"Sittings of {reader}", columns, rows)


def _sitting(own: Sequence[StoredEvent]) -> tuple[str, ...]:
    """Return the row of a sitting."""
    kinds = Counter(stored.event.type for stored in own)
    opening = newest(own, EventType.SITTING_OPENED)
    station = ""
    if opening is not None and isinstance(opening.event.payload, SittingOpened):
        facts = opening.event.payload
        station = f"Crossread {facts.software_version}, {facts.clock} clock"
    return (
        own[0].event.at_utc,
        own[-1].event.at_utc,
        str(kinds[EventType.READ_VALIDATED]),
        ", ".join(_happened(kinds)),
        station,
    )


def _happened(kinds: Counter[EventType]) -> Iterator[str]:
    """Yield what happened in a sitting besides reading."""
    for kind in (
        EventType.READ_PAUSED,
        EventType.FOCUS_LOST,
        EventType.READ_STALLED,
        EventType.READ_SUSPENDED,
        EventType.READ_REOPENED,
    ):
        if kinds[kind]:
            yield f"{kinds[kind]} x {kind.replace('_', ' ')}"


def _text(section: AuditSection) -> str:
    """Return a section as plain text, its columns in line."""
    lines = [section.title, "-" * len(section.title)]
    if not section.rows:
        return "\n".join([*lines, "nothing", ""])
    table = (section.columns, *section.rows)
    widths = [max(len(row[place]) for row in table) for place in range(len(section.columns))]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, ""])


def _html(section: AuditSection) -> str:
    """Return a section as HTML."""
    title = f"<h2>{html.escape(section.title)}</h2>"
    if not section.rows:
        return f"{title}<p>nothing</p>"
    head = "".join(f"<th>{html.escape(name)}</th>" for name in section.columns)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
        for row in section.rows
    )
    return f"{title}<table><tr>{head}</tr>{body}</table>"
