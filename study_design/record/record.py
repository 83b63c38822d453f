"""What a record is to everything above it: a store of events, whatever database keeps it.

Heads, places and locks go by its identity; that of a file is its resolved path, so that a link to a
study is the study.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from study_design.record.events import Event, EventType, StoredEvent


class Record(Protocol):
    """An open record; use it as a context manager or close it."""

    @property
    def identity(self) -> str:
        """Where the record lies, however it was reached: of two records never the same."""

    def __enter__(self) -> Self:
        """Return the record itself."""

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close it."""

    def close(self) -> None:
        """Give the store back."""

    def append(self, event: Event, *, as_of: int | None = None) -> StoredEvent:
        """Write an event and return it with its place; when this returns it is on the disk."""

    def append_all(
        self, events: Sequence[Event], *, as_of: int | None = None
    ) -> tuple[StoredEvent, ...]:
        """Write events in one step: all of them are on the disk when this returns, or none is."""

    def events(
        self,
        *,
        actor: str | None = None,
        read: str | None = None,
        types: Sequence[EventType] = (),
        after: int = 0,
    ) -> tuple[StoredEvent, ...]:
        """Return events in the order of the record."""

    def last(self) -> StoredEvent | None:
        """Return the newest event; None where the record is empty."""

    def verify_chain(self) -> tuple[str, ...]:
        """Return what is wrong with the record, one line each; empty where it holds."""

    def damage(self) -> list[str]:
        """Return what is wrong with the store itself, one line each."""

    def snapshot(self, target: Path) -> None:
        """Write the record as it is at one moment to a file of SQLite."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock of a name, which ends with the program however that ends."""


def file_identity(path: Path) -> str:
    """Return the identity of a record in a file."""
    return str(path.resolve())


def is_gone(identity: str) -> bool:
    """Tell whether no record lies at an identity any more; of a file alone can that be seen."""
    return not Path(identity).exists()
