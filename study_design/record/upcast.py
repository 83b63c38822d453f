"""Brings payloads of older forms up to today's, one pure function a step.

Form 1 is that of records without signatures. A step is never changed once a record of its form can
exist anywhere; what is new gets a new one. An absent key keeps the meaning that it had.
"""

from collections.abc import Callable, Mapping

from study_design.record.events import EventType, JsonValue

FORM = 2

Content = Mapping[str, JsonValue]

# What the keys that form 2 added mean where they are absent.
_NO_STATION: JsonValue = {"machine": "", "boot": "", "since_boot_s": None, "files_utc": ""}
_ADDED_IN_2: Mapping[EventType, Content] = {
    EventType.READ_VALIDATED: {"contradiction": ""},
    EventType.PROTOCOL_LOCKED: {"vouched_dates": False},
    EventType.SITTING_OPENED: {"station": _NO_STATION},
    EventType.DATE_ATTESTED: {
        "clock": "",
        "shown": [],
        "stood_still": False,
        "station": _NO_STATION,
    },
    EventType.TRUTH_RECORDED: {"changed": None, "removed": None},
    EventType.STUDY_FROZEN: {"number": 1, "missing": [], "why": ""},
    EventType.PROTOCOL_AMENDED: {"weaker": []},
}


def upcast(kind: EventType, form: int, content: Content) -> dict[str, JsonValue]:
    """Return the payload of an event in today's form.

    Raises
    ------
    ValueError
        Where no form of that number was ever written.
    """
    if form not in range(1, FORM + 1):
        raise ValueError(f"expected a form from 1 to {FORM}, got {form}")
    for number in range(form, FORM):
        content = STEPS[number](kind, content)
    return dict(content)


def _to_2(kind: EventType, content: Content) -> Content:
    """Add the keys that came with signatures."""
    return {**_ADDED_IN_2.get(kind, {}), **content}


# By the form that a step starts from.
STEPS: Mapping[int, Callable[[EventType, Content], Content]] = {1: _to_2}
