"""Events as a station would write them."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from study_design.record.events import Event, EventType, JsonValue
from study_design.record.payloads.form import payload_of
from study_design.record.upcast import FORM

MakeEvent = Callable[..., Event]

OPENED: dict[str, JsonValue] = {
    "cell": "R01-P1-001",
    "kind": "simulated",
    "group": "junior",
    "site": "",
    "arm": "aided",
    "revealed": True,
    "step": 1,
    "role": "test",
    "repeat": 0,
    "period": 1,
    "block": 1,
    "position": 1,
    "case": "C001",
    "system": "demo",
    "system_version": "1.0",
    "threshold": None,
    "ai_status": "finding",
    "ai_initial": "hidden",
    "gap_days": None,
    "gap_basis": "simulated",
    "seen_before": False,
    "protocol_version": 1,
    "software_version": "0.1.0",
    "again": 0,
}


@pytest.fixture
def make_event() -> MakeEvent:
    """Make an event; payload keys come as keywords, those of `read_opened` have defaults."""

    def make(
        kind: EventType,
        *,
        at_s: float = 0.0,
        read: str | None = "read-1",
        sitting: str = "sitting-1",
        actor: str = "junior1",
        once: str | None = None,
        event: str | None = None,
        **payload: JsonValue,
    ) -> Event:
        defaults = OPENED if kind is EventType.READ_OPENED else {}
        minutes, seconds = divmod(at_s, 60)
        return Event(
            event=event or str(uuid4()),
            at_utc=f"2026-11-20T09:{int(minutes):02d}:{seconds:09.6f}Z",
            utc_offset_min=60,
            elapsed_s=at_s,
            sitting=sitting,
            actor=actor,
            payload=payload_of(kind, FORM, json.dumps({**defaults, **payload})),
            read=read,
            once=once,
        )

    return make
