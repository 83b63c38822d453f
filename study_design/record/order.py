"""The order of acts: what the store refuses must not stand in a record all the same; pure."""

from collections.abc import Iterator, Sequence

from study_design.record.events import OF_READING, EventType, StoredEvent
from study_design.record.release import release_after


def unlawful_acts(events: Sequence[StoredEvent]) -> Iterator[str]:
    """Name what was read after the record was closed, and what was lifted too late.

    Parameters
    ----------
    events
        All events of the record.
    """
    closed = unlocked = begun = False
    for place, stored in enumerate(events):
        kind = stored.event.type
        if kind in OF_READING and closed:
            yield f"Event {stored.number} of {stored.event.actor} follows the freeze."
        if kind is EventType.READ_OPENED and unlocked:
            yield f"Event {stored.number} of {stored.event.actor} opens a case of an unlocked plan."
        if kind is EventType.PROTOCOL_UNLOCKED and begun:
            yield f"Event {stored.number} of {stored.event.actor} unlocks what was read already."
        if kind is EventType.FREEZE_LIFTED and release_after(events[:place]) is not None:
            yield (
                f"Event {stored.number} of {stored.event.actor} lifts a freeze after which results "
                "had been seen."
            )
        begun = begun or kind is EventType.READ_OPENED
        closed = (closed or kind is EventType.STUDY_FROZEN) and kind is not EventType.FREEZE_LIFTED
        unlocked = kind is EventType.PROTOCOL_UNLOCKED or (
            unlocked and kind is not EventType.PROTOCOL_LOCKED
        )
