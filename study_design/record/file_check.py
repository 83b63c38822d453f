"""Compares the files of a study with what its record fixed; the truth is hashed, not looked at."""

from collections.abc import Iterator, Sequence

from study_design.record.events import StoredEvent
from study_design.record.locked import (
    LOCKS,
    file_hash,
    fixed_hashes,
    hashes_in,
    study_hashes,
    version_locked_by,
)
from study_design.record.problem import Problem
from study_design.study_folder import StudyFolder


def file_problems(folder: StudyFolder, events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Name files that are missing, changed or added since the record fixed them.

    Parameters
    ----------
    events
        All events of a study that was locked.
    """
    present = {known.file: known.sha256 for known in study_hashes(folder)}
    fixed = {known.file: known.sha256 for known in fixed_hashes(events)}
    for name, sha256 in fixed.items():
        if name not in present:
            yield Problem(f"{name} is missing.")
        elif present[name] != sha256:
            yield Problem(f"{name} was changed.")
    yield from (Problem(f"{name} was added.") for name in present if name not in fixed)
    yield from _protocol_problems(folder, events)


def _protocol_problems(folder: StudyFolder, events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Compare the copies of the protocol, one a version, with what was locked and amended."""
    expected: set[str] = set()
    for stored in events:
        if stored.event.type not in LOCKS:
            continue
        path = folder.protocol / f"{version_locked_by(stored)}.toml"
        name = f"protocol/{path.name}"
        expected.add(path.name)
        wanted = [known.sha256 for known in hashes_in(stored) if known.file == "study.toml"]
        if not path.is_file():
            yield Problem(f"{name} is missing.")
        elif [file_hash(folder, path).sha256] != wanted:
            yield Problem(f"{name} was changed.")
    for path in sorted(folder.protocol.glob("*")):
        if path.name not in expected:
            yield Problem(f"protocol/{path.name} was added.")
