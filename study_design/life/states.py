"""The state of a study in a word or two, as the status and the list of studies say it."""

from collections.abc import Sequence

from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import LOCKS_AND_LIFTS, lock_of
from study_design.record.newest import FREEZES, freeze_of, newest
from study_design.record.payloads.staff import StudyFrozen


def state_of(events: Sequence[StoredEvent]) -> str:
    """Return the state.

    `being set up`, `unlocked` (to be locked again), `locked, nobody has begun`, `being read`,
    `frozen`, with the number of the freeze from the second on, or `being read, freeze lifted`.

    Parameters
    ----------
    events
        All events of the study.
    """
    freeze = freeze_of(events)
    if freeze is not None:
        return _frozen(freeze)
    if lock_of(events) is None:
        return "unlocked" if newest(events, *LOCKS_AND_LIFTS) else "being set up"
    if newest(events, *FREEZES):
        return "being read, freeze lifted"
    begun = newest(events, EventType.READ_OPENED) is not None
    return "being read" if begun else "locked, nobody has begun"


def _frozen(freeze: StoredEvent) -> str:
    """Return how often a record was closed."""
    payload = freeze.event.payload
    number = payload.number if isinstance(payload, StudyFrozen) else 1
    return "frozen" if number == 1 else f"frozen (no. {number})"
