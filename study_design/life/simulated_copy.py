"""A copy of a study to be read by simulated readers: same cases and design, nobody's data."""

import re
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from glob import escape
from pathlib import Path

from study_design.errors import BadInputError
from study_design.life.lock import lock_study
from study_design.life.new_study import start_record
from study_design.life.plan_study import plan_study
from study_design.private import keep_private
from study_design.protocol.readers import READERS, read_readers
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically, write_csv
from study_design.vocabulary import ReaderKind

_VERSION = re.compile(r"^version\s*=", re.MULTILINE)
_SIMULATED = re.compile(r"^simulated\s*=\s*(true|false)", re.MULTILINE)


def simulated_copy(folder: StudyFolder, path: Path, *, by: Actor, now: datetime) -> StudyFolder:
    """Copy a study, mark the copy and its readers as simulated, draw its plan and lock it.

    Reads are not copied: the copy has a record of its own.

    Raises
    ------
    BadInputError
        Where the path holds anything.
    ProtocolError, AllocationError
        Where the copy cannot be planned or locked.
    """
    if path.exists():
        raise BadInputError(f"Expected a new path for the copy, got {path}. Choose another.")
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name}.part-"
    for left in path.parent.glob(f"{escape(prefix)}*"):  # of a program that was killed
        shutil.rmtree(left, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        # Built aside under its own name, which refusals tell; a copy is there whole or not at all.
        _build(folder, aside / path.name, by=by, now=now)
        (aside / path.name).replace(path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    copy = StudyFolder(path)
    keep_private(copy)
    return copy


def _build(folder: StudyFolder, path: Path, *, by: Actor, now: datetime) -> None:
    """Make the copy at a path."""
    left_out = (folder.record.name, folder.plan_csv.name, folder.results.name)
    shutil.copytree(folder.required().path, path, ignore=shutil.ignore_patterns(*left_out, ".*"))
    copy = StudyFolder(path)
    for locked in copy.protocol.glob("*.toml"):
        locked.unlink()
    write_atomically(copy.study_toml, _marked(copy.study_toml.read_text(encoding="utf-8")).encode())
    readers = (replace(profile, kind=ReaderKind.SIMULATED) for profile in read_readers(copy))
    rows = [READERS.row(replace(profile, members=())) for profile in readers]
    write_csv(copy.readers_csv, READERS.columns, rows)
    study = read_study_file(copy.study_toml)
    start_record(copy, study.title, study.template, by=by, now=now)
    plan_study(copy)
    lock_study(copy, by=by, now=now)


def _marked(content: str) -> str:
    """Return a study.toml that says it is simulated."""
    if _SIMULATED.search(content):
        return _SIMULATED.sub("simulated = true", content, count=1)
    return _VERSION.sub("simulated = true\nversion =", content, count=1)
