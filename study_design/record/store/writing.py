"""One step of writing: events get their places, are signed and go into the table, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection, Row

from study_design.errors import RecordError
from study_design.record.events import OF_READING, Event, EventType, Signing, StoredEvent
from study_design.record.newest import FREEZES
from study_design.record.payloads.form import payload_text
from study_design.record.signing.account_key import AccountKey
from study_design.record.store.chain import (
    FIRST_PREVIOUS_HASH,
    chained,
    content_hash,
    event_fields,
    row_of,
    signed_text,
    stored_event,
)
from study_design.record.store.schema import EVENTS, select_events


class AlreadyRecordedError(RecordError):
    """What may happen only once has been recorded before, as another event."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A transaction in which events are written under the key of this account."""

    connection: Connection
    key: AccountKey

    def write(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        """Write events; one that is there already is returned as it is.

        The last of each sitting is signed, which covers those before it.

        Raises
        ------
        RecordError, AlreadyRecordedError, ValueError
            As `Record.append`.
        """
        new = [act for act in events if self._known(act) is None]
        lasts = {act.sitting: act.event for act in {act.event: act for act in new}.values()}
        return tuple(
            self._written(act, signs=lasts.get(act.sitting) == act.event) for act in events
        )

    def _written(self, act: Event, *, signs: bool) -> StoredEvent:
        """Write one event, unless it is there already."""
        payload = payload_text(act.payload)
        known = self._known(act)
        if known is not None:
            return _same(known, act, payload)
        if act.once is not None:
            _refuse_second(stored_where(self.connection, EVENTS.c.once == act.once))
        if act.type in OF_READING:
            self._refuse_where_closed(act)
        last = last_of(self.connection)
        place, follows = self._hung(act, last)
        content = content_hash(act, payload, place=place, follows=follows, key=self.key.name)
        signature = self.key.sign(signed_text(content)) if signs else ""
        number, previous = (last.number + 1, last.hash) if last else (1, FIRST_PREVIOUS_HASH)
        signing = Signing(place, follows, content, self.key.name, signature)
        new = chained(number, act, payload, previous, signing)
        self.connection.execute(insert(EVENTS).values(**row_of(new)))
        return new

    def _known(self, act: Event) -> StoredEvent | None:
        """Return the event of an event's UUID where it is there already."""
        return stored_where(self.connection, EVENTS.c.event == act.event)

    def _hung(self, act: Event, last: StoredEvent | None) -> tuple[int, str]:
        """Return the place of an event in its sitting, and the hash of what it grows from."""
        query = select_events(self.connection).where(
            EVENTS.c.sitting == act.sitting, EVENTS.c.place > 0
        )
        row = self.connection.execute(query.order_by(EVENTS.c.place.desc()).limit(1)).first()
        if row is not None:
            return row.place + 1, row.content_hash
        if last is None:
            return 1, FIRST_PREVIOUS_HASH
        return 1, last.signing.content_hash if last.signing else last.hash

    def _refuse_where_closed(self, act: Event) -> None:
        """Refuse what a reader does once the record is closed, or the plan may have changed."""
        if self._newest(*FREEZES) is EventType.STUDY_FROZEN:
            raise RecordError("The record of this study is frozen; nothing more can be read.")
        if act.type is EventType.READ_OPENED and self._plan_is_another(act.sitting):
            raise RecordError(
                "The protocol was unlocked since this window was opened, so its plan may be "
                "another. Close the window and open it again."
            )

    def _plan_is_another(self, sitting: str) -> bool:
        """Tell whether the lock was lifted since a sitting began."""
        kind = EventType.PROTOCOL_UNLOCKED.value
        lifted = self.connection.execute(
            select(func.max(EVENTS.c.number)).where(EVENTS.c.type == kind)
        ).scalar()
        if lifted is None:
            return False
        own = EVENTS.c.sitting == sitting
        before = select(EVENTS.c.number).where(EVENTS.c.number < lifted, own)
        return self.connection.execute(before.limit(1)).first() is not None

    def _newest(self, *kinds: EventType) -> EventType | None:
        """Return of which type the newest event of some types is."""
        query = select(EVENTS.c.type).where(EVENTS.c.type.in_([kind.value for kind in kinds]))
        newest = query.order_by(EVENTS.c.number.desc()).limit(1)
        found = self.connection.execute(newest).scalar()
        return None if found is None else EventType(found)


def refuse_overtaken(connection: Connection, as_of: int | None) -> None:
    """Refuse what was decided on a record that has gone on since.

    Raises
    ------
    RecordError
        Where the record does not end at event `as_of`; never where that is None.
    """
    last = None if as_of is None else last_of(connection)
    if last is not None and last.number != as_of:
        raise RecordError(
            f"Expected the record to end at event {as_of}, got event {last.number} of "
            f"{last.event.actor}: another entry came first. Nothing was written. Try again."
        )


def stored_where(connection: Connection, condition: object) -> StoredEvent | None:
    """Return the event that meets a condition."""
    query = select_events(connection).where(condition)  # type: ignore[arg-type]
    row = connection.execute(query).one_or_none()
    return None if row is None else understood(row)


def last_of(connection: Connection) -> StoredEvent | None:
    """Return the newest event."""
    query = select_events(connection).order_by(EVENTS.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else understood(row)


def understood(row: Row[tuple[object, ...]]) -> StoredEvent:
    """Return the event in a row, or refuse a damaged one."""
    try:
        return stored_event(row)
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"Event {row.number} ({row.type}) of the record is damaged: {error}. "
            "Restore it: crossread restore FILE STUDY"
        ) from error


def _same(known: StoredEvent, act: Event, payload: str) -> StoredEvent:
    """Return the event that is there, or refuse another one under its UUID."""
    before = event_fields(known.number, known.event, known.payload_text)
    if before != event_fields(known.number, act, payload):
        raise RecordError(
            f"Event {act.event} is already in the record with other content. Earlier reads are "
            "saved. Please call the coordinator."
        )
    return known


def _refuse_second(known: StoredEvent | None) -> None:
    """Refuse what another event already did."""
    if known is not None:
        raise AlreadyRecordedError(
            f"Expected {known.event.once} to be recorded once, got it again: event {known.number} "
            f"of {known.event.at_utc} by {known.event.actor} did it. Nothing was written."
        )
