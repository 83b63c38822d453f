"""The export: all tables of a study, its events, protocol, data dictionary and a manifest."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from study_design.errors import BadInputError
from study_design.exchange.leaving import BLIND_TABLES, MANIFEST, Leave, unnoted
from study_design.exchange.study_rows import TABLES, study_rows, study_systems
from study_design.exchange.system_facts import AI_SYSTEMS, systems_json
from study_design.foreign_text import parsed_json, read_bounded
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.events import JsonValue, StoredEvent
from study_design.record.locked import LOCKS, hashes_in, version_locked_by
from study_design.record.newest import is_frozen
from study_design.record.payloads.form import canonical
from study_design.record.release import results_are_open
from study_design.record.soundness import sound_events
from study_design.record.store.chain import exported_fields
from study_design.record.store.record_store import open_store
from study_design.record.witness import vouched
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.column import Table
from study_design.tables.csv_file import write_atomically, write_csv
from study_design.whole_folder import whole_folder

EVENTS = "events.jsonl"
_ALL_FILES = frozenset({*(table.file for table in TABLES), EVENTS})
_WITHHELD_TABLES = tuple(table for table in TABLES if table not in BLIND_TABLES)
WITHHELD = (*(table.file for table in _WITHHELD_TABLES), EVENTS)
BLIND = (
    f"**The study is still open, so these files are not here: {', '.join(WITHHELD)}.** They hold "
    "answers, times, AI results and truth, and go out once the record is frozen, or after "
    "`crossread unblind`, which is signed and stands in `deviations.csv`. What is here may be seen "
    "by who must stay blinded."
)
OF_EVENTS = (
    f"`{EVENTS}` is the record from which reads are derived. `content_hash` is SHA-256 of the line "
    "with sorted keys and without spaces, `number`, `content_hash`, `hash`, `previous_hash` and "
    "`signature`, the payload as text; `hash` is SHA-256 of `previous_hash`, `number` and "
    "`content_hash` with a space between; `signature` is that of the text `Crossread event` and "
    "`content_hash` under the Ed25519 key that the event `key_enrolled` of the name `key` states, "
    "and covers earlier lines of the sitting that bear none. Of lines without `form`, `hash` is "
    "SHA-256 of `previous_hash` followed by the line without the two hashes."
)
SIMULATED = "The reads of this study were made by a program. They are no data of persons."


def export_tables(
    folder: StudyFolder, out: Path, *, all_reads: bool = False, leave: Leave = unnoted
) -> tuple[Path, ...]:
    """Write the tables of a study into a folder; the manifest, written last, vouches for them.

    Parameters
    ----------
    all_reads
        Also practice, repeats, superseded and withdrawn reads, not final test reads only.
    leave
        Told before the files are seen.

    Of a study that is open only what `leaving.BLIND_FILES` names goes out, unless somebody signed
    for unblinding it.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    RecordError
        Where the record was altered; nothing is written.
    DiskFullError
        Where the disk has no room; what was in the folder is as it was.
    """
    study = read_study_file(folder.required().study_toml)
    with open_store(folder) as store:
        events = sound_events(store)
    with whole_folder(
        out,
        "the export",
        need_bytes=_least_bytes(folder),
        last=MANIFEST,
        stale=_stale,
        leave=leave,
    ) as draft:
        files = _write_tables(folder, draft, study, events, all_reads=all_reads)
    return tuple(out / file.name for file in files)


def _write_tables(
    folder: StudyFolder,
    out: Path,
    study: StudyFile,
    events: Sequence[StoredEvent],
    *,
    all_reads: bool,
) -> tuple[Path, ...]:
    """Write all files into an empty folder."""
    blind = not results_are_open(events)
    files = []
    for table in study_rows(folder, events, all_reads=all_reads):
        if blind and table.table not in BLIND_TABLES:
            continue
        write_csv(out / table.table.file, table.columns, table.rows)
        files.append(out / table.table.file)
    texts = {
        "protocol.json": _json(_protocol(study, events)),
        AI_SYSTEMS: systems_json(study_systems(folder)),
        "README.md": data_dictionary(study, all_reads=all_reads, blind=blind),
    }
    if not blind:
        texts[EVENTS] = "".join(f"{canonical(exported_fields(stored))}\n" for stored in events)
    for name, text in texts.items():
        write_atomically(out / name, text.encode())
        files.append(out / name)
    write_atomically(out / MANIFEST, _json(_manifest(study, events, files)).encode())
    return (*files, out / MANIFEST)


def _least_bytes(folder: StudyFolder) -> int:
    """Return what an export takes at least: its events and the tables that are there already."""
    return sum(
        path.stat().st_size
        for path in (folder.record, folder.cases_csv, folder.plan_csv)
        if path.is_file()
    )


def _stale(out: Path, names: frozenset[str]) -> list[Path]:
    """Return the files of an earlier export that this one does not have."""
    try:
        content: Any = parsed_json(read_bounded(out / MANIFEST))
        known = content["files"]
        return [out / name for name in known if name in _ALL_FILES - names]
    except (OSError, ValueError, TypeError, LookupError, BadInputError):
        return []


def data_dictionary(study: StudyFile, *, all_reads: bool, blind: bool) -> str:
    """Return the README of an export: what each column of each table holds."""
    which = "all reads" if all_reads else "the final test reads"
    rating = (
        "`rating` is the higher of the two breasts' ratings, for this study asks per breast."
        if study.form.rating == "breast"
        else "`rating` was asked per exam."
    )
    reads = f"`reads.csv`, `findings.csv` and `responses.csv` hold {which}. {rating}"
    head = [
        f"# {study.title}",
        *([f"**{SIMULATED}**"] if study.simulated else []),
        f"Tables of a reader study, written by Crossread {SOFTWARE_VERSION}.",
        *([BLIND] if blind else [reads]),
        "Files are UTF-8 with commas and one header row; moments are ISO 8601 in UTC; an empty "
        "cell is a value that is not there; text that begins with = + - @ has an apostrophe in "
        "front. `_px` counts columns or rows of the stored pixel matrix, 0.0, 0.0 being the top "
        "left corner of the top left pixel.",
        *([] if blind else [OF_EVENTS]),
        "`protocol.json` is the protocol as it was locked, `ai_systems.json` says of each AI "
        "system where its results come from and whether they are simulated, `manifest.json` holds "
        "the SHA-256 of every file, and how the record ended: `crossread verify STUDY --against "
        "manifest.json` compares the two.",
    ]
    tables = [table for table in TABLES if not blind or table in BLIND_TABLES]
    return "\n\n".join([*head, *map(_table_section, tables)]) + "\n"


def _table_section(table: Table[Any]) -> str:
    """Return the part of the dictionary on one table."""
    lines = [
        f"| `{column.name}` | {column.meaning} | {column.kind} | {column.unit} |"
        for column in table.declared
    ]
    key = " + ".join(f"`{name}`" for name in table.key)
    return "\n".join(
        [
            f"## {table.file}",
            "",
            f"Key: {key}",
            "",
            "| column | holds | kind | unit |",
            "|---|---|---|---|",
            *lines,
        ]
    )


def _protocol(study: StudyFile, events: Sequence[StoredEvent]) -> dict[str, JsonValue]:
    """Return the protocol and every lock."""
    return {
        "study": study.model_dump(mode="json", by_alias=True),
        "locks": [
            {
                "version": version_locked_by(stored),
                "by": stored.event.actor,
                "at_utc": stored.event.at_utc,
                "hashes": {known.file: known.sha256 for known in hashes_in(stored)},
            }
            for stored in events
            if stored.event.type in LOCKS
        ],
    }


def _manifest(
    study: StudyFile, events: Sequence[StoredEvent], files: Sequence[Path]
) -> dict[str, JsonValue]:
    """Return what vouches for the export, under the seal of this account."""
    content: dict[str, JsonValue] = {
        "software_version": SOFTWARE_VERSION,
        "simulated": study.simulated,
        "frozen": is_frozen(events),
        "blind": not results_are_open(events),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    return vouched(content, events)


def _json(content: dict[str, JsonValue]) -> str:
    """Return JSON for people and programs."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
