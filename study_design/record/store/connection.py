"""Connections to the record that lose nothing that was acknowledged.

SQLite keeps its rollback journal (`journal_mode=DELETE`) and waits for the disk at every step
(`synchronous=EXTRA`, on macOS `fullfsync` too); both are asserted on every connection. WAL is not
used: SQLite 3.7.0 to 3.51.2 can corrupt it with two connections.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, event, exc
from sqlalchemy.engine import Connection, Engine

from study_design.disk import disk_of, free_bytes, size_text
from study_design.errors import RecordError

BUSY_TIMEOUT_S = 15.0
SYNCHRONOUS_EXTRA = 3

# What SQLite says, and what a user can do about it; the first that occurs in the message counts.
_REMEDIES = (
    ("locked", "another program holds it", "Close other programs that use the study, try again."),
    ("busy", "another program holds it", "Close other programs that use the study, try again."),
    ("readonly", "it may not be written", "Ask for write access to the study folder."),
    ("unable to open", "it cannot be opened", "Check the path and the rights on the folder."),
    ("malformed", "the file is damaged", "Restore it: crossread restore FILE STUDY"),
    ("no such table", "it is no record of Crossread", "Restore it: crossread restore FILE STUDY"),
    ("not a database", "the file is damaged", "Restore it: crossread restore FILE STUDY"),
)


# SQLite's words for a file that is no longer where it was opened.
_MOVED = ("SQLITE_READONLY_DBMOVED", "SQLITE_IOERR_DELETE_NOENT")


def connect(path: Path) -> Engine:
    """Return an engine for the record at a path; transactions take the write lock when they begin.

    Reading needs no lock of its own: `engine.execution_options(reading=True)` begins deferred.
    """
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _set_and_assert)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def record_errors(path: Path) -> Iterator[None]:
    """Turn what the database reports into one line for the user.

    Raises
    ------
    RecordError
        In place of any database error.
    """
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
        said = error.orig if isinstance(error, exc.DBAPIError) else error
        reason, remedy = _reason_and_remedy(path, said)
        raise RecordError(
            f"The record {path} could not be used: {reason}. Earlier reads are saved. {remedy}"
        ) from error


def _reason_and_remedy(path: Path, said: BaseException | None) -> tuple[str, str]:
    """Return what is wrong, in words, and what can be done about it."""
    if getattr(said, "sqlite_errorname", "") in _MOVED or not path.parent.exists():
        return (
            "the study was moved or renamed since it was opened",
            f"Move it back to {path.parent}, or close it and open it where it is now.",
        )
    text = str(said).lower()
    if "full" in text:
        return (
            f"the disk {disk_of(path)} is full ({size_text(free_bytes(path))} free)",
            "Make room on it, then try again.",
        )
    return next(
        ((reason, remedy) for sign, reason, remedy in _REMEDIES if sign in text),
        (str(said), "Please call the coordinator."),
    )


def copy_record(source: Path, target: Path) -> None:
    """Copy a record as it is at one moment, while others write to it (SQLite's backup API).

    Raises
    ------
    RecordError
        Where it cannot be read or the copy cannot be written.
    """
    with (
        record_errors(source),
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_S)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def _set_and_assert(connection: sqlite3.Connection, _pooled: object) -> None:
    """Make a new connection durable, or refuse it."""
    connection.isolation_level = None  # BEGIN is ours to send
    wanted = [("journal_mode", "DELETE", "delete"), ("synchronous", "EXTRA", SYNCHRONOUS_EXTRA)]
    if sys.platform == "darwin":
        wanted.append(("fullfsync", "ON", 1))
    for name, setting, expected in wanted:
        connection.execute(f"PRAGMA {name}={setting}").close()
        got = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if got != expected:
            raise RecordError(
                f"The record needs {name}={setting} to survive a power cut, got {got}. "
                "Keep the study on a local disk."
            )


def _begin(connection: Connection) -> None:
    """Begin a transaction: a writer takes the lock at once and so never fails half way."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
