"""Reads that a restore may have lost: a reader could meet their cases again at once; pure."""

from collections.abc import Iterable

from study_design.errors import WashoutError
from study_design.record.events import StoredEvent
from study_design.record.payloads.staff import DateAttested, StudyRestored


def refuse_unvouched(events: Iterable[StoredEvent]) -> None:
    """Refuse to read on where a restore lost reads, or may have, and nobody has spoken since.

    Raises
    ------
    WashoutError
        In one line: what was lost, and whose word opens the study again.
    """
    restored: StudyRestored | None = None
    for stored in events:
        match stored.event.payload:
            case StudyRestored() as act if act.lost_until or not act.loss_known:
                restored = act
            case DateAttested():
                restored = None
    if restored is None:
        return
    lost = (
        f"events {restored.record_number + 1} to {restored.lost_until} are lost"
        if restored.lost_until
        else f"what was read after event {restored.record_number} is not known here"
    )
    raise WashoutError(
        f"The study was restored from a backup and {lost}, so a case could come back at once. "
        "Expected a signed attestation of what was read since, got none. Ask the coordinator: "
        "crossread attest STUDY --by NAME --reason TEXT --clock right"
    )
