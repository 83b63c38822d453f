"""The record of a study: events go in once, are chained by hashes and never change.

An append that returned has reached the disk. A retry of the same event (same UUID) finds it there
instead of writing it twice. Several processes may use one record at a time.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Row, func, insert, select
from sqlalchemy.engine import Connection, Engine

from study_design.errors import RecordError
from study_design.record.events import OF_READING, Event, EventType, StoredEvent
from study_design.record.heads import remember
from study_design.record.newest import FREEZES
from study_design.record.payloads.form import payload_text
from study_design.record.store.connection import connect, record_errors
from study_design.record.store.schema import (
    EVENTS,
    FIRST_PREVIOUS_HASH,
    GUARDS,
    META,
    METADATA,
    SCHEMA_VERSION,
    chained,
    event_fields,
    row_of,
    stored_event,
)
from study_design.study_folder import StudyFolder


class AlreadyRecordedError(RecordError):
    """What may happen only once has been recorded before, as another event."""


class RecordStore:
    """An open record; use it as a context manager or close it."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._writing = engine
        self._reading = engine.execution_options(reading=True)
        self._first: StoredEvent | None = None
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._writing.dispose()

    def append(self, event: Event, *, as_of: int | None = None) -> StoredEvent:
        """Write an event and return it with its place; when this returns it is on the disk.

        Parameters
        ----------
        as_of
            Number of the newest event that whoever decided on this act had seen; None where that
            does not matter.

        Raises
        ------
        AlreadyRecordedError
            Where another event used the same `once` key.
        RecordError
            Where the UUID stands for different content, the file cannot be written, something was
            recorded after `as_of`, or the event is an act of reading and the record is frozen or
            its protocol was unlocked.
        ValueError
            Where the payload is not the one of the event's type.
        """
        return self.append_all((event,), as_of=as_of)[0]

    def append_all(
        self, events: Sequence[Event], *, as_of: int | None = None
    ) -> tuple[StoredEvent, ...]:
        """Write events in one step: all of them are on the disk when this returns, or none is.

        Raises
        ------
        RecordError, AlreadyRecordedError, ValueError
            As `append`.
        """
        with record_errors(self.path), self._writing.begin() as connection:
            _refuse_overtaken(connection, as_of)
            written = tuple(_write(connection, event) for event in events)
        if written:
            self._remember(written)
        return written

    def events(
        self,
        *,
        actor: str | None = None,
        read: str | None = None,
        types: Sequence[EventType] = (),
        after: int = 0,
    ) -> tuple[StoredEvent, ...]:
        """Return events in the order of the record.

        Parameters
        ----------
        actor, read
            Only events of this actor, of this read.
        types
            Only events of these types; all where empty.
        after
            Only events with a higher number.
        """
        query = select(EVENTS).where(EVENTS.c.number > after).order_by(EVENTS.c.number)
        if actor is not None:
            query = query.where(EVENTS.c.actor == actor)
        if read is not None:
            query = query.where(EVENTS.c.read == read)
        if types:
            query = query.where(EVENTS.c.type.in_([kind.value for kind in types]))
        with record_errors(self.path), self._reading.begin() as connection:
            rows = connection.execute(query).all()
        return tuple(_understood(row) for row in rows)

    def last(self) -> StoredEvent | None:
        """Return the newest event; None where the record is empty."""
        with record_errors(self.path), self._reading.begin() as connection:
            return _last(connection)

    def verify_chain(self) -> tuple[str, ...]:
        """Return what is wrong with the record, one line each; empty where it holds.

        An altered, moved, inserted or deleted event is found, and so is damage to the file. An end
        that was cut off is not: `record.heads` remembers it.
        """
        return (*self._broken_links(), *self._damage())

    def _broken_links(self) -> list[str]:
        """Compare every event with its hash and with the event before it."""
        problems = []
        number, previous_hash = 0, FIRST_PREVIOUS_HASH
        query = select(EVENTS).order_by(EVENTS.c.number)
        with record_errors(self.path), self._reading.begin() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            number += 1
            if row.number != number:
                problems.append(f"Expected event {number}, got event {row.number}.")
                number = row.number if isinstance(row.number, int) else number
            if not _holds(row, previous_hash):
                problems.append(f"Event {row.number} is not what was recorded.")
            previous_hash = row.hash
        return problems

    def _damage(self) -> list[str]:
        """Let the database check its file, and look whether its guards against change stand."""
        with record_errors(self.path), self._reading.begin() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
            guards = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY sql"
            ).scalars()
            standing = tuple(guards)
        damage = [f"The file of the record is damaged: {line}." for line in said if line != "ok"]
        if standing != GUARDS:
            damage.append("The guards that keep events from being changed were taken away.")
        return damage

    def _remember(self, written: Sequence[StoredEvent]) -> None:
        """Keep outside the study how the record ends now; the events themselves are safe."""
        with suppress(RecordError):
            self._first = self._first or self._at(1)
            if self._first is not None:
                remember(self.path, self._first.event.event, written, self._hash_at)

    def _hash_at(self, number: int) -> str | None:
        """Return the hash of the event of a number."""
        stored = self._at(number)
        return stored.hash if stored else None

    def _at(self, number: int) -> StoredEvent | None:
        """Return the event of a number; None where the record has no such event."""
        with record_errors(self.path), self._reading.begin() as connection:
            return _stored(connection, EVENTS.c.number == number)


def open_store(where: StudyFolder | Path, *, create: bool = False) -> RecordStore:
    """Open the record of a study folder, or the record file at a path.

    Parameters
    ----------
    create
        Make the record where there is none. Without it a missing record is refused: an empty one
        in its place would look like a study that nobody has read.

    Raises
    ------
    RecordError
        Where there is no record, it is damaged, or a newer version of Crossread wrote it.
    """
    path = where.record if isinstance(where, StudyFolder) else where
    if not create and not path.is_file():
        raise RecordError(
            f"Expected the study's record at {path}, got no such file. Put it back from a backup."
        )
    engine = connect(path)
    try:
        with record_errors(path):
            if create:
                _create(engine)
            _refuse_newer(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return RecordStore(engine, path)


def _create(engine: Engine) -> None:
    """Make the tables where there are none."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
        if connection.execute(select(META.c.value)).first() is None:
            connection.execute(insert(META).values(name="schema", value=str(SCHEMA_VERSION)))


def _refuse_newer(engine: Engine, path: Path) -> None:
    """Refuse a record in a form that this version does not know."""
    query = select(META.c.value).where(META.c.name == "schema")
    with engine.execution_options(reading=True).begin() as connection:
        version = str(connection.execute(query).scalar())
    if not version.isdigit():
        raise RecordError(
            f"{path.name}: expected the form of the record, got {version!r}: the file is damaged. "
            "Restore it: crossread restore FILE STUDY"
        )
    if int(version) > SCHEMA_VERSION:
        raise RecordError(
            f"{path.name} was written by a newer Crossread (form {version}, this one knows "
            f"{SCHEMA_VERSION}). Install the newer version."
        )


def _write(connection: Connection, event: Event) -> StoredEvent:
    """Write one event of a transaction, unless it is there already."""
    payload = payload_text(event.payload)
    known = _stored(connection, EVENTS.c.event == event.event)
    if known is not None:
        return _same(known, event, payload)
    if event.once is not None:
        _refuse_second(_stored(connection, EVENTS.c.once == event.once))
    if event.type in OF_READING:
        _refuse_where_closed(connection, event)
    last = _last(connection)
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST_PREVIOUS_HASH)
    new = chained(number, event, payload, previous)
    connection.execute(insert(EVENTS).values(**row_of(new)))
    return new


def _refuse_where_closed(connection: Connection, event: Event) -> None:
    """Refuse what a reader does once the record is closed, or the plan may have changed."""
    if _newest(connection, *FREEZES) is EventType.STUDY_FROZEN:
        raise RecordError("The record of this study is frozen; nothing more can be read.")
    if event.type is EventType.READ_OPENED and _plan_is_another(connection, event.sitting):
        raise RecordError(
            "The protocol was unlocked since this window was opened, so its plan may be another. "
            "Close the window and open it again."
        )


def _plan_is_another(connection: Connection, sitting: str) -> bool:
    """Tell whether the lock was lifted since a sitting began."""
    kind = EventType.PROTOCOL_UNLOCKED.value
    lifted = connection.execute(
        select(func.max(EVENTS.c.number)).where(EVENTS.c.type == kind)
    ).scalar()
    if lifted is None:
        return False
    before = select(EVENTS.c.number).where(EVENTS.c.number < lifted, EVENTS.c.sitting == sitting)
    return connection.execute(before.limit(1)).first() is not None


def _newest(connection: Connection, *kinds: EventType) -> EventType | None:
    """Return of which type the newest event of some types is."""
    query = select(EVENTS.c.type).where(EVENTS.c.type.in_([kind.value for kind in kinds]))
    found = connection.execute(query.order_by(EVENTS.c.number.desc()).limit(1)).scalar()
    return None if found is None else EventType(found)


def _refuse_overtaken(connection: Connection, as_of: int | None) -> None:
    """Refuse what was decided on a record that has gone on since."""
    last = None if as_of is None else _last(connection)
    if last is not None and last.number != as_of:
        raise RecordError(
            f"Expected the record to end at event {as_of}, got event {last.number} of "
            f"{last.event.actor}: somebody was quicker. Nothing was written. Try again."
        )


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


def _stored(connection: Connection, condition: object) -> StoredEvent | None:
    """Return the event that meets a condition."""
    row = connection.execute(select(EVENTS).where(condition)).one_or_none()  # type: ignore[arg-type]
    return None if row is None else _understood(row)


def _last(connection: Connection) -> StoredEvent | None:
    """Return the newest event."""
    row = connection.execute(select(EVENTS).order_by(EVENTS.c.number.desc()).limit(1)).first()
    return None if row is None else _understood(row)


def _understood(row: Row[tuple[object, ...]]) -> StoredEvent:
    """Return the event in a row, or refuse a damaged one."""
    try:
        return stored_event(row)
    except (ValueError, TypeError) as error:
        raise RecordError(
            f"Event {row.number} ({row.type}) of the record is damaged: {error}. "
            "Restore it: crossread restore FILE STUDY"
        ) from error


def _holds(row: Row[tuple[object, ...]], previous_hash: str) -> bool:
    """Tell whether a row is what was recorded after the event of a hash."""
    try:
        act = stored_event(row)
        return act == chained(act.number, act.event, act.payload_text, previous_hash)
    except (ValueError, TypeError):
        return False
