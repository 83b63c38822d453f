"""The state of a study as its record tells it: what happened last, whether it is closed."""

from collections.abc import Iterable, Sequence

from study_design.record.events import EventType, StoredEvent


def newest(events: Sequence[StoredEvent], *kinds: EventType) -> StoredEvent | None:
    """Return the newest event of some types; None where there is none."""
    return next((stored for stored in reversed(events) if stored.event.type in kinds), None)


def is_frozen(events: Iterable[StoredEvent]) -> bool:
    """Tell whether the record is closed: nothing is read or brought in after it."""
    return any(stored.event.type is EventType.STUDY_FROZEN for stored in events)
