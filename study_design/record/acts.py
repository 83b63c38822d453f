"""Acts of the study's staff as events: they belong to no sitting at a reading station."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from study_design.errors import BadInputError
from study_design.plain_text import refuse_control
from study_design.record.actor import Actor
from study_design.record.events import Event, EventPayload


def utc_text(moment: datetime) -> str:
    """Return an aware moment as the record spells it: ISO 8601, UTC, microseconds, Z.

    Raises
    ------
    ValueError
        Where the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment of the record needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment_of(text: str) -> datetime:
    """Return the aware moment that the record spells."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changes a locked study, why and when.

    Raises
    ------
    BadInputError
        Where no name or no reason is given.
    """

    by: Actor
    reason: str
    now: datetime

    def __post_init__(self) -> None:
        for value, option in ((self.by.name, "--by NAME"), (self.reason, "--reason TEXT")):
            if not value.strip():
                raise BadInputError(
                    f"This act is signed and goes into the deviations: expected {option}, got "
                    "none. Give it."
                )
        refuse_control(self.why, "--reason TEXT")

    @property
    def why(self) -> str:
        """The reason as one line."""
        return " ".join(self.reason.split())


def signed_act(payload: EventPayload, signature: Signature, *, once: str | None = None) -> Event:
    """Return the event of an act with its reason, which becomes the payload's `why`."""
    with_reason = replace(payload, why=signature.why)  # type: ignore[type-var]
    return staff_act(with_reason, by=signature.by, now=signature.now, once=once)


def staff_act(
    payload: EventPayload,
    *,
    by: Actor,
    now: datetime,
    once: str | None = None,
) -> Event:
    """Return the event of an act that `by` signs, at the aware moment `now`."""
    offset = now.utcoffset()
    return Event(
        event=str(uuid.uuid4()),
        at_utc=utc_text(now),
        utc_offset_min=0 if offset is None else round(offset.total_seconds() / 60),
        elapsed_s=0.0,
        sitting=str(uuid.uuid4()),
        actor=by.name,
        payload=payload,
        once=once,
    )
