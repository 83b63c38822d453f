"""Digits that a reader had typed when a read was cut off: they answer nothing, and are not lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.reading import DigitsTyped

_SETTLING = frozenset(
    {
        EventType.MARK_PLACED,
        EventType.MARK_REMOVED,
        EventType.FINDING_DESCRIBED,
        EventType.ANSWER_GIVEN,
        EventType.DIGITS_TYPED,
    }
)


@dataclass(frozen=True, slots=True)
class HalfTyped:
    """Digits on their way to an answer.

    Attributes
    ----------
    items
        What they are to answer, alike.
    finding
        The finding on whose card they were typed; None where they are of the whole read.
    """

    items: tuple[str, ...]
    text: str
    finding: int | None


def half_typed(events: Sequence[StoredEvent]) -> HalfTyped | None:
    """Return the digits that stood there after the events of a read; None where none did.

    Whatever is reported after them has taken them over.
    """
    last = next((s for s in reversed(events) if s.event.type in _SETTLING), None)
    match last.event.payload if last else None:
        case DigitsTyped() as typed if typed.text:
            return HalfTyped(typed.items, typed.text, typed.finding)
    return None
