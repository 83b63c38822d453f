"""Results on their way out: an export or an analysis is an event before anybody sees it.

While a study is open a blinded person may have its schedule, cases, readers and deviations, and
nothing else. The rest is open once the record is frozen, or where somebody signed for it.
"""

import os
from collections.abc import Sequence
from datetime import datetime

from study_design.errors import ProtocolError
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import StoredEvent
from study_design.record.locked import lock_of
from study_design.record.newest import freeze_of, is_frozen
from study_design.record.payloads.staff import ResultsShown, StudyExported, StudyUnblinded
from study_design.record.signing.enrolment import NotEnrolledError
from study_design.record.store.record_store import open_store
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder

NOT_NOTED = (
    "This copy of the study cannot be written, so who took these results out is not in its record."
)
NOT_OURS = (
    "This account may not sign in the record of the study, so who took these results out is not in "
    "it."
)


def results_are_open(events: Sequence[StoredEvent]) -> bool:
    """Tell whether reads and truth may go out: the record is frozen, or unblinded by name."""
    return is_frozen(events) or any(
        isinstance(stored.event.payload, StudyUnblinded) and not stored.event.payload.masked
        for stored in events
    )


def nothing_is_locked(events: Sequence[StoredEvent]) -> bool:
    """Tell whether the study is still being set up, by who brings in its AI results and looks."""
    return lock_of(events) is None


def release_after(events: Sequence[StoredEvent]) -> StoredEvent | None:
    """Return the first act after the freeze that holds by which somebody came to see results.

    Returns
    -------
    StoredEvent or None
        None where the record is not frozen, or nobody has seen any.
    """
    freeze = freeze_of(events)
    if freeze is None:
        return None
    after = (stored for stored in events if stored.number > freeze.number)
    return next((stored for stored in after if _releases(stored)), None)


def note_results(folder: StudyFolder, what: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Write down that results of a frozen study are about to be seen.

    Parameters
    ----------
    what
        The files or the window that will show them.

    Returns
    -------
    tuple of str
        What to tell whoever sees them: that a copy which cannot be written keeps no note of it.

    Raises
    ------
    ProtocolError
        Where the freeze was lifted meanwhile.
    RecordError
        Where somebody wrote to the record at this moment.
    """
    return _note(folder, ResultsShown(what, SOFTWARE_VERSION), by=by, now=now)


def note_export(
    folder: StudyFolder, export: StudyExported, *, by: Actor, now: datetime
) -> tuple[str, ...]:
    """Write down that files are about to leave the study.

    Returns
    -------
    tuple of str
        As `note_results`.

    Raises
    ------
    ProtocolError, RecordError
        As `note_results`; of a study that is still open also where it cannot be written.
    """
    return _note(folder, export, by=by, now=now)


def is_read_only(folder: StudyFolder) -> bool:
    """Tell whether this copy of a study may not be written, as on a medium that was handed over."""
    return not all(os.access(path, os.W_OK) for path in (folder.path, folder.record))


def _note(
    folder: StudyFolder, act: ResultsShown | StudyExported, *, by: Actor, now: datetime
) -> tuple[str, ...]:
    """Write an act down; nobody lifts a freeze between the look at it and the act."""
    with open_store(folder) as store:
        events = store.events()
        frozen = is_frozen(events)
        if frozen and is_read_only(folder):
            return (NOT_NOTED,)
        if not _may_leave(act, events):
            raise ProtocolError(
                f"Expected {folder.path.name} as it was a moment ago, got a study whose freeze was "
                "lifted since. Nothing was written."
            )
        as_of = events[-1].number if frozen else None
        try:
            store.append(staff_act(act, by=by, now=now), as_of=as_of)
        except NotEnrolledError:
            if not frozen:
                raise
            return (NOT_OURS,)
    return ()


def _may_leave(act: ResultsShown | StudyExported, events: Sequence[StoredEvent]) -> bool:
    """Tell whether what an act shows may be seen of a study as it stands."""
    if isinstance(act, ResultsShown):
        return is_frozen(events)
    return act.blind or results_are_open(events) or nothing_is_locked(events)


def _releases(stored: StoredEvent) -> bool:
    """Tell whether somebody saw results by an act."""
    match stored.event.payload:
        case ResultsShown():
            return True
        case StudyExported() as exported:
            return not exported.blind
    return False
