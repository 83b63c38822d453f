"""What tests of `signature_check` begin with."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.life.integrity import verify_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.record.events import Signing, StoredEvent
from study_design.record.payloads.form import payload_text
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.problem import Problem
from study_design.record.record import Record
from study_design.record.signing.account_key import account_key
from study_design.record.store.chain import FIRST_PREVIOUS_HASH, chained, content_hash, row_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)


ReadCell = Callable[[Record, Assignment, datetime], None]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Become another account, which has keys and a memory of its own."""

    def become(name: str) -> None:
        monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "accounts" / name))

    become("own")
    return become


@pytest.fixture
def signed(
    account: Callable[[str], None],  # noqa: ARG001 - the study is this account's
    tmp_path: Path,
    make_study: Callable[[Path], StudyFolder],
) -> StudyFolder:
    """A locked study that this account made and began to read."""
    return make_study(tmp_path / "signed")


@pytest.fixture
def make_study(
    locked_study_maker: Callable[[Path], StudyFolder], read_cell: ReadCell
) -> Callable[[Path], StudyFolder]:
    def make(path: Path) -> StudyFolder:
        path.mkdir(parents=True)
        folder = locked_study_maker(path / "study")
        with open_store(folder) as store:
            for cell in read_plan(folder)[:3]:
                read_cell(store, cell, NOW)
        return folder

    return make


def grave(folder: StudyFolder, fingerprint: str = "") -> list[str]:
    found = verify_study(folder, fingerprint=fingerprint)
    return [problem.what for problem in found if problem.grave]


def notes(folder: StudyFolder) -> list[Problem]:
    return [problem for problem in verify_study(folder) if not problem.grave]


@contextmanager
def behind_the_guards(folder: StudyFolder) -> Iterator[sqlite3.Connection]:
    """Change a record as somebody would who has the file: guards taken away and put back."""
    connection = sqlite3.connect(folder.record)
    guards = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()


def rechained(events: Sequence[StoredEvent], *, signs: bool = False) -> list[StoredEvent]:
    """Calculate every hash anew; a forger can, and can sign with a key of his own."""
    own = account_key()
    previous, follows, places = FIRST_PREVIOUS_HASH, {}, {}
    newest = FIRST_PREVIOUS_HASH
    made = []
    for number, stored in enumerate(events, start=1):
        act, before = stored.event, stored.signing
        assert before is not None
        payload = payload_text(act.payload)
        place = places.get(act.sitting, 0) + 1
        grows = follows.get(act.sitting, newest)
        key = own.name if signs else before.key
        content = content_hash(act, payload, place=place, follows=grows, key=key)
        signature = own.sign(f"Crossread event {content}") if signs else before.signature
        new = chained(
            number, act, payload, previous, Signing(place, grows, content, key, signature)
        )
        previous, newest = new.hash, content
        follows[act.sitting], places[act.sitting] = content, place
        made.append(new)
    return made


def write_all(folder: StudyFolder, events: Sequence[StoredEvent]) -> None:
    with behind_the_guards(folder) as connection:
        connection.execute("DELETE FROM events")
        for stored in events:
            row = row_of(stored)
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO events ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
            )


def events_of(folder: StudyFolder) -> tuple[StoredEvent, ...]:
    with open_store(folder) as store:
        return store.events()


def with_other_ratings(events: Sequence[StoredEvent]) -> list[StoredEvent]:
    return [
        replace(stored, event=replace(stored.event, payload=AnswerGiven("rating", 99.0)))
        if stored.event.payload == AnswerGiven("rating", getattr(stored.event.payload, "value", 0))
        else stored
        for stored in events
    ]
