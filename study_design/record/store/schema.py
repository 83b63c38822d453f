"""The tables of the record. The database itself refuses to change or delete an event.

A record of form 1 lacks the columns of signatures; the first event that is added brings them.
"""

from sqlalchemy import (
    Column,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    Text,
    event,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection

SCHEMA_VERSION = 2
_UNSIGNED = 1

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", String, nullable=False, unique=True),
    Column("type", String, nullable=False, index=True),
    Column("at_utc", String, nullable=False),
    Column("utc_offset_min", Integer, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("sitting", String, nullable=False, index=True),
    Column("actor", String, nullable=False, index=True),
    Column("read", String, index=True),
    Column("once", String, unique=True),
    Column("payload", Text, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("form", Integer, nullable=False, server_default="1"),
    Column("place", Integer, nullable=False, server_default="0"),
    Column("follows", String, nullable=False, server_default=""),
    Column("content_hash", String, nullable=False, server_default=""),
    Column("key", String, nullable=False, server_default=""),
    Column("signature", String, nullable=False, server_default=""),
)
# What form 1 had not, and what an event of form 1 holds there.
_ADDED = {
    "form": ("INTEGER", _UNSIGNED),
    "place": ("INTEGER", 0),
    "follows": ("VARCHAR", ""),
    "content_hash": ("VARCHAR", ""),
    "key": ("VARCHAR", ""),
    "signature": ("VARCHAR", ""),
}


# What lets the database refuse to change or delete an event.
GUARDS = tuple(
    f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for act in ("DELETE", "UPDATE")
)


@event.listens_for(EVENTS, "after_create")
def _refuse_changes(_target: Table, connection: Connection, **_: object) -> None:
    """Let the database refuse UPDATE and DELETE."""
    for guard in GUARDS:
        connection.execute(text(guard))


def make_tables(connection: Connection) -> None:
    """Make the tables where there are none."""
    METADATA.create_all(connection)
    if connection.execute(select(META.c.value)).first() is None:
        connection.execute(insert(META).values(name="schema", value=str(SCHEMA_VERSION)))


def schema_of(connection: Connection) -> str:
    """Return the form of the tables as the file states it."""
    query = select(META.c.value).where(META.c.name == "schema")
    return str(connection.execute(query).scalar())


def bring_up(connection: Connection) -> None:
    """Give a record of form 1 the columns of signatures; its events stay as they are."""
    if schema_of(connection) != str(_UNSIGNED):
        return
    for name, (kind, value) in _ADDED.items():
        connection.execute(
            text(f"ALTER TABLE events ADD COLUMN {name} {kind} NOT NULL DEFAULT {value!r}")
        )
    connection.execute(text("CREATE INDEX IF NOT EXISTS ix_events_sitting ON events (sitting)"))
    connection.execute(update(META).where(META.c.name == "schema").values(value=SCHEMA_VERSION))


def select_events(connection: Connection) -> Select[tuple[object, ...]]:
    """Return the query for all events of a record of any form, all columns of today."""
    if schema_of(connection) != str(_UNSIGNED):
        return select(*EVENTS.c)
    return select(
        *(
            literal(_ADDED[column.name][1]).label(column.name) if column.name in _ADDED else column
            for column in EVENTS.c
        )
    )
