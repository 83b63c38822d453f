"""The record of a study: events go in once, are signed, chained by hashes and never change.

An append that returned has reached the disk. A retry of the same event (same UUID) finds it there
instead of writing it twice. Several processes may use one record at a time.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import Timeout
from sqlalchemy import Select
from sqlalchemy.engine import Connection, Engine

from study_design.errors import RecordError
from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.heads import remember
from study_design.record.payloads.staff import KeyEnrolled, StudyRestored
from study_design.record.record import file_identity
from study_design.record.record_hold import hold
from study_design.record.signing.account_key import AccountKey, account_key
from study_design.record.signing.enrolment import enrolled_keys, refuse_stranger, self_enrolment
from study_design.record.store.chain import FIRST_PREVIOUS_HASH, holds
from study_design.record.store.connection import copy_record, record_errors
from study_design.record.store.schema import (
    EVENTS,
    GUARDS,
    bring_up,
    select_events,
)
from study_design.record.store.writing import (
    Writing,
    last_of,
    refuse_overtaken,
    stored_where,
    understood,
)
from study_design.secrets import SecretError
from study_design.study_folder import StudyFolder


class SqliteRecord:
    """An open record in a file of SQLite: a `record.Record`."""

    def __init__(self, engine: Engine, path: Path, folder: StudyFolder | None = None) -> None:
        self._writing = engine
        self._reading = engine.execution_options(reading=True)
        self._folder = folder
        self._first: StoredEvent | None = None
        # Name of the account's key once it is known to be enrolled.
        self._may_sign = ""
        self.path = path

    @property
    def identity(self) -> str:
        """Where the record lies, however it was reached."""
        return file_identity(self.path)

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
        if not events:
            return ()
        try:
            key = account_key()
        except (SecretError, OSError, Timeout) as error:
            raise RecordError(f"Nothing can be signed, so nothing was written. {error}") from error
        with record_errors(self.path), self._writing.begin() as connection:
            refuse_overtaken(connection, as_of)
            bring_up(connection)
            enrolments = self._enrolments(connection, key, events)
            written = Writing(connection, key).write((*enrolments, *events))
        self._may_sign = key.name
        self._remember(written)
        return written[len(enrolments) :]

    def _enrolments(
        self, connection: Connection, key: AccountKey, events: Sequence[Event]
    ) -> tuple[Event, ...]:
        """Return what must be written first so that the key of this account may sign."""
        # Only with a restored backup does a key enrol itself beside others.
        restores = isinstance(events[0].payload, StudyRestored)
        brought = {act.payload.public_key for act in events if isinstance(act.payload, KeyEnrolled)}
        if self._may_sign == key.name or (restores and key.public in brought):
            return ()
        kind = EVENTS.c.type == EventType.KEY_ENROLLED.value
        known = enrolled_keys(self._understood(connection, select_events(connection).where(kind)))
        refuse_stranger(key, known, self.path.parent.name)
        if known:
            return ()
        before = self._understood(connection, select_events(connection))
        return (self_enrolment(key, events[0], before, self._folder),)

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
        conditions = [EVENTS.c.number > after]
        if actor is not None:
            conditions.append(EVENTS.c.actor == actor)
        if read is not None:
            conditions.append(EVENTS.c.read == read)
        if types:
            conditions.append(EVENTS.c.type.in_([kind.value for kind in types]))
        with record_errors(self.path), self._reading.begin() as connection:
            return self._understood(connection, select_events(connection).where(*conditions))

    def last(self) -> StoredEvent | None:
        """Return the newest event; None where the record is empty."""
        with record_errors(self.path), self._reading.begin() as connection:
            return last_of(connection)

    def verify_chain(self) -> tuple[str, ...]:
        """Return what is wrong with the record, one line each; empty where it holds.

        An altered, moved, inserted or deleted event is found, and so is damage to the file. An end
        that was cut off is not: `record.heads` remembers it.
        """
        return (*self._broken_links(), *self.damage())

    def damage(self) -> list[str]:
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

    def snapshot(self, target: Path) -> None:
        """Write the record as it is at one moment to a file, while others write to it.

        Raises
        ------
        RecordError
            Where it cannot be read or the file cannot be written.
        """
        copy_record(self.path, target)

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a name, which ends with the program however that ends.

        Raises
        ------
        HeldElsewhereError
            On entering, where it is held already.
        """
        return hold(self.path, name)

    def _broken_links(self) -> list[str]:
        """Compare every event with its hash and with the event before it."""
        problems = []
        number, previous_hash = 0, FIRST_PREVIOUS_HASH
        with record_errors(self.path), self._reading.begin() as connection:
            query = select_events(connection).order_by(EVENTS.c.number)
            rows = connection.execute(query).all()
        for row in rows:
            number += 1
            if row.number != number:
                problems.append(f"Expected event {number}, got event {row.number}.")
                number = row.number if isinstance(row.number, int) else number
            if not holds(row, previous_hash):
                problems.append(f"Event {row.number} is not what was recorded.")
            previous_hash = row.hash
        return problems

    def _understood(
        self, connection: Connection, query: Select[tuple[object, ...]]
    ) -> tuple[StoredEvent, ...]:
        """Return the events of a query in the order of the record."""
        rows = connection.execute(query.order_by(EVENTS.c.number)).all()
        return tuple(understood(row) for row in rows)

    def _remember(self, written: Sequence[StoredEvent]) -> None:
        """Keep outside the study how the record ends now; the events themselves are safe."""
        with suppress(RecordError):
            self._first = self._first or self._at(1)
            if self._first is not None:
                remember(self.identity, self._first.event.event, written, self._hash_at)

    def _hash_at(self, number: int) -> str | None:
        """Return the hash of the event of a number."""
        stored = self._at(number)
        return stored.hash if stored else None

    def _at(self, number: int) -> StoredEvent | None:
        """Return the event of a number; None where the record has no such event."""
        with record_errors(self.path), self._reading.begin() as connection:
            return stored_where(connection, EVENTS.c.number == number)
