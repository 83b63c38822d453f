"""Lifts the lock of a protocol that nobody has read by yet, so that the study can be mended.

The locked version stays in protocol/ and in the record; what is locked next is the version after.
"""

import re

from study_design.cases.case_erasure import leave_out
from study_design.errors import ProtocolError
from study_design.record.acts import Signature, signed_act
from study_design.record.erasure import erased_cases
from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import lock_of, version_locked_by
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import ProtocolUnlocked
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

_VERSION = re.compile(r"^(\s*version\s*=\s*)\d+", re.MULTILINE)


def unlock_study(folder: StudyFolder, signature: Signature) -> int:
    """Lift the lock and write the next version into study.toml; return that version.

    The record comes first. Should the program be killed before study.toml is written, the next
    lock says which version it expects.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, the record is frozen, or somebody has opened a case.
    RecordError
        Where the record was altered.
    """
    with open_store(folder.required()) as store:
        events = sound_events(store)
        lock = lock_of(events)
        if lock is None:
            raise ProtocolError(
                f"Expected a locked protocol in {folder.path.name}, got none. Edit it as it is."
            )
        _refuse_begun(folder, events)
        version = version_locked_by(lock)
        act = signed_act(ProtocolUnlocked(version), signature)
        store.append(act, as_of=events[-1].number)
    _write_version(folder, version + 1)
    leave_out(folder, {case.case for case in erased_cases(events)})
    return version + 1


def _refuse_begun(folder: StudyFolder, events: tuple[StoredEvent, ...]) -> None:
    """Refuse once there is anything that was read by the plan."""
    if is_frozen(events):
        raise ProtocolError(f"The record of {folder.path.name} is frozen; its lock stays.")
    first = next((s for s in events if s.event.type is EventType.READ_OPENED), None)
    if first is not None:
        raise ProtocolError(
            f"{first.event.actor} opened a case of {folder.path.name} on "
            f"{first.event.at_utc[:10]}, so its lock stays. What touches no read can be amended: "
            f"crossread amend {folder.path.name} FILE --reason TEXT"
        )


def _write_version(folder: StudyFolder, version: int) -> None:
    """Write a version into study.toml and leave all else, comments too, as it is."""
    content = folder.study_toml.read_bytes().decode()
    if len(_VERSION.findall(content)) == 1:
        changed = _VERSION.sub(rf"\g<1>{version}", content)
        write_atomically(folder.study_toml, changed.encode())
