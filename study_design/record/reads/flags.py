"""What a reviewer should know of how a read went: latency, stalls, lost focus, breaks, sleep.

They become items of responses.csv; none of them is subtracted from a time.
"""

from collections import defaultdict
from collections.abc import Sequence

from study_design.record.events import EventType, StoredEvent
from study_design.record.payloads.reading import ReadPainted, ReadStalled, ReadSuspended
from study_design.record.reads.stretch import spans


def flags_of(events: Sequence[StoredEvent]) -> tuple[tuple[str, str], ...]:
    """Return item and value for each flag of a step.

    `latency_s`: from the key that opened the case to its first full paint (of several openings the
    longest). `interrupted`: further openings. `focus_lost_s`: seconds for which another window had
    the keyboard. `stalls` and `stall_longest_s`: waits of three seconds or more for the program.
    `suspended` and `suspended_s`: how often and how long the computer slept; that time is paused.
    """
    payloads = [stored.event.payload for stored in events]
    latencies = [p.latency_s for p in payloads if isinstance(p, ReadPainted)]
    stalls = [p.seconds for p in payloads if isinstance(p, ReadStalled)]
    suspended = [p.seconds for p in payloads if isinstance(p, ReadSuspended)]
    again = sum(stored.event.type is EventType.READ_OPENED for stored in events) - 1
    lost_s = _focus_lost_s(events)
    flags = [
        ("latency_s", max(latencies, default=None)),
        ("interrupted", again or None),
        ("focus_lost_s", lost_s or None),
        ("stalls", len(stalls) or None),
        ("stall_longest_s", max(stalls, default=None)),
        ("suspended", len(suspended) or None),
        ("suspended_s", sum(suspended) or None),
    ]
    return tuple((item, repr(value)) for item, value in flags if value is not None)


def _focus_lost_s(events: Sequence[StoredEvent]) -> float:
    """Return the seconds without focus, sitting by sitting."""
    sittings: dict[str, list[StoredEvent]] = defaultdict(list)
    for stored in events:
        sittings[stored.event.sitting].append(stored)
    return sum(
        stop_s - begin_s
        for own in sittings.values()
        for begin_s, stop_s in spans(
            own, EventType.FOCUS_LOST, (EventType.FOCUS_RETURNED,), own[-1].event.elapsed_s
        )
    )
