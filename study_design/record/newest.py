"""The state of a study as its record tells it: what happened last, whether it is closed."""

from collections.abc import Mapping, Sequence

from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.staff import StudyFrozen

# What closes a record, and what opens it again.
FREEZES = (EventType.STUDY_FROZEN, EventType.FREEZE_LIFTED)


def newest(events: Sequence[StoredEvent], *kinds: EventType) -> StoredEvent | None:
    """Return the newest event of some types; None where there is none."""
    return next((stored for stored in reversed(events) if stored.event.type in kinds), None)


def freeze_of(events: Sequence[StoredEvent]) -> StoredEvent | None:
    """Return the freeze that holds; None where there is none, or it was lifted.

    Parameters
    ----------
    events
        At least all freezes and their lifts, in order.
    """
    last = newest(events, *FREEZES)
    return last if last is not None and last.event.type is EventType.STUDY_FROZEN else None


def is_frozen(events: Sequence[StoredEvent]) -> bool:
    """Tell whether the record is closed: nothing is read or brought in after it."""
    return freeze_of(events) is not None


def frozen_without(events: Sequence[StoredEvent]) -> Mapping[str, str]:
    """Return the planned cells that the freeze which holds does without, each with the reason."""
    freeze = freeze_of(events)
    if freeze is None or not isinstance(freeze.event.payload, StudyFrozen):
        return {}
    return dict.fromkeys(freeze.event.payload.missing, freeze.event.payload.why)
