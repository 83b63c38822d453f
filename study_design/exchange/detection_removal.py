"""Takes the results of an AI system out of a study that is not locked; the record keeps that."""

import hashlib
from datetime import datetime

from study_design.errors import BadInputError
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import DetectionsRemoved
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def remove_detections(folder: StudyFolder, system: str, *, by: Actor, now: datetime) -> None:
    """Take the results of a system out, with the hash of what went in the record.

    Raises
    ------
    BadInputError
        Where the study has no results of that system.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "take AI results out")
    known = {path.stem: path for path in sorted(folder.detections.glob("*.json"))}
    if system not in known:
        raise BadInputError(
            f"Expected a system whose results are in {folder.path.name}, got {system!r}. There "
            f"are {', '.join(known) or 'none'}."
        )
    path = known[system]
    removed = DetectionsRemoved({path.name: hashlib.sha256(path.read_bytes()).hexdigest()})
    with open_store(folder) as store:
        store.append(staff_act(removed, by=by, now=now))
    path.unlink()
