"""Amends a locked protocol: another version with a reason; what was read stays under its own.

Before the first case is opened everything may change that leaves the plan as it was drawn. After
that only what touches no read may: the title, the analysis plan and how long a reader may do the
last read again. Whoever reads the report sees in the deviations when the analysis was changed.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError, ProtocolError
from study_design.life.plan_study import draw_plan, refuse_undirected
from study_design.life.weaker import keys_of, weaker_demands
from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.acts import Signature, signed_act
from study_design.record.events import EventType
from study_design.record.locked import fixed_hashes, locked_protocol, refuse_changed
from study_design.record.newest import is_frozen, newest
from study_design.record.payloads.staff import ProtocolAmended
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

# What may change after reading began; a dot at the end stands for the whole section.
OPEN_KEYS = ("title", "analysis.", "design.reopen_minutes")


@dataclass(frozen=True, slots=True)
class Amendment:
    """The new version, the keys of study.toml that changed, and what to think of again.

    Attributes
    ----------
    weaker
        What the new version demands less of than the one before, with both values.
    warnings
        What a reviewer would object to in the plan under the new version.
    """

    version: int
    changed: tuple[str, ...]
    weaker: tuple[str, ...]
    warnings: tuple[str, ...]


def amend_study(folder: StudyFolder, file: Path, signature: Signature) -> Amendment:
    """Put another study.toml in the place of the locked one.

    The copy in protocol/ is written first, then the record, then study.toml: should the program be
    killed in between, the copy can be put in the place of study.toml by hand.

    Raises
    ------
    BadInputError
        Where the file is no study file, changes nothing, or is not the next version.
    ProtocolError
        Where the protocol is not locked, a locked file was changed, the record is frozen, or a key
        changed that must not.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        locked = locked_protocol(folder, events)
        if is_frozen(events):
            raise ProtocolError(f"The record of {folder.path.name} is frozen; it stays as it is.")
        fixed = fixed_hashes(events)
        for known in fixed:
            refuse_changed(folder, fixed, folder.path / known.file)
        new = read_study_file(file)
        if new.version != locked.version + 1:
            raise BadInputError(
                f"{file.name}: expected version = {locked.version + 1}, the one after the locked "
                f"one, got {new.version}. Correct it."
            )
        refuse_undirected(new)
        changed = changed_keys(locked.study_file, new)
        begun = newest(events, EventType.READ_OPENED) is not None
        warnings = _refuse_closed(folder, new, changed, begun=begun)
        weaker = weaker_demands(locked.study_file, new)
        content = file.read_bytes()
        hashes = {known.file: known.sha256 for known in fixed}
        hashes[folder.study_toml.name] = hashlib.sha256(content).hexdigest()
        amended = ProtocolAmended(new.version, hashes, SOFTWARE_VERSION, changed, weaker)
        write_atomically(folder.protocol / f"{new.version}.toml", content)
        store.append(signed_act(amended, signature))
        write_atomically(folder.study_toml, content)
    return Amendment(new.version, changed, weaker, warnings)


def changed_keys(old: StudyFile, new: StudyFile) -> tuple[str, ...]:
    """Return the keys, with their section and a dot before them, that differ; never the version."""
    before, after = dict(keys_of(old)), dict(keys_of(new))
    return tuple(key for key in after if after[key] != before.get(key) and key != "version")


def _refuse_closed(
    folder: StudyFolder, new: StudyFile, changed: tuple[str, ...], *, begun: bool
) -> tuple[str, ...]:
    """Refuse an amendment that changes nothing, a read, or the plan; return the plan's warnings."""
    if not changed:
        raise BadInputError(
            f"Expected a study file that differs from the locked one, got the same as in "
            f"{folder.path.name}. Change what is to be amended."
        )
    closed = [key for key in changed if not key.startswith(OPEN_KEYS)]
    if begun and closed:
        raise ProtocolError(
            f"Reading has begun, so only {', '.join(OPEN_KEYS)} may be amended, got a change of "
            f"{', '.join(closed)}. Make a new study for another protocol."
        )
    planned = draw_plan(folder, new)
    if read_plan(folder) != planned.assignments:
        raise ProtocolError(
            f"The change of {', '.join(closed)} asks for another plan than the locked one. "
            "Make a new study for another plan."
        )
    return planned.warnings
