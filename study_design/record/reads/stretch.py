"""The time that a sitting spent on a read which it did not finish.

Counted on the sitting's own monotonic clock, from the first full paint to the sitting's last event:
what went by between that event and the end of the program is not known and not counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.reading import ReadPaused, ReadResumed, ReadStalled, ReadSuspended


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of one sitting at one read; `ai_first_shown_s` counts from this sitting's paint.

    Of the waits for the program only the stalls are known: shorter ones stand in no event.
    """

    sitting: str
    raw_s: float
    paused_s: float
    stalled_s: float
    ai_first_shown_s: float | None
    ai_shown_s: float


def stretches_of(
    read_events: Sequence[StoredEvent], events: Iterable[StoredEvent]
) -> tuple[Stretch, ...]:
    """Return a stretch for each sitting that painted a read.

    Parameters
    ----------
    read_events
        The events of one step of a read.
    events
        At least all events of its sittings, in order.
    """
    ends = {stored.event.sitting: stored.event.elapsed_s for stored in events}
    sittings = dict.fromkeys(stored.event.sitting for stored in read_events)
    stretches = []
    for sitting in sittings:
        own = [stored for stored in read_events if stored.event.sitting == sitting]
        painted = [s.event.elapsed_s for s in own if s.event.type is EventType.READ_PAINTED]
        if painted:
            stretches.append(_stretch(sitting, own, painted[0], ends[sitting]))
    return tuple(stretches)


def _stretch(sitting: str, own: Sequence[StoredEvent], start_s: float, end_s: float) -> Stretch:
    """Return the stretch between the first paint and the sitting's last event."""
    shown = spans(own, EventType.AI_SHOWN, (EventType.AI_HIDDEN, EventType.READ_PAUSED), end_s)
    paused = spans(own, EventType.READ_PAUSED, (EventType.READ_RESUMED,), end_s)
    return Stretch(
        sitting,
        raw_s=end_s - start_s,
        paused_s=sum(stop_s - begin_s for begin_s, stop_s in paused) + _slept_s(own),
        stalled_s=_stalled_s(own),
        ai_first_shown_s=shown[0][0] - start_s if shown else None,
        ai_shown_s=sum(stop_s - begin_s for begin_s, stop_s in shown),
    )


def _slept_s(events: Sequence[StoredEvent]) -> float:
    """Return the seconds for which the computer slept outside of pauses: no event began those."""
    slept_s, paused = 0.0, False
    for stored in events:
        match stored.event.payload:
            case ReadPaused() | ReadResumed() as change:
                paused = isinstance(change, ReadPaused)
            case ReadSuspended(seconds) if not paused:
                slept_s += seconds
    return slept_s


def _stalled_s(events: Sequence[StoredEvent]) -> float:
    """Return the seconds of all stalls."""
    payloads = (stored.event.payload for stored in events)
    return sum(payload.seconds for payload in payloads if isinstance(payload, ReadStalled))


def spans(
    events: Sequence[StoredEvent], begin: EventType, stop: tuple[EventType, ...], end_s: float
) -> list[tuple[float, float]]:
    """Return the spans that one type of event begins and others stop; the last may stay open."""
    found: list[tuple[float, float]] = []
    since_s: float | None = None
    for stored in events:
        if stored.event.type is begin and since_s is None:
            since_s = stored.event.elapsed_s
        elif stored.event.type in stop and since_s is not None:
            found.append((since_s, stored.event.elapsed_s))
            since_s = None
    return [*found, (since_s, end_s)] if since_s is not None else found
