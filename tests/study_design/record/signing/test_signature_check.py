"""A record made up, altered or added to from files alone is named; here, and by its fingerprint."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.errors import BadInputError, RecordError
from study_design.life.backup import Restored, backup_study, restore_study
from study_design.life.integrity import verify_study
from study_design.life.restoring import Vouching
from study_design.protocol.plan import Assignment, read_plan
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import Event, EventType, Signing, StoredEvent
from study_design.record.payloads.form import payload_text
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.problem import Problem
from study_design.record.record import Record
from study_design.record.signing.account_key import account_key
from study_design.record.signing.enrolling import enrol_key, fingerprint_of_study
from study_design.record.soundness import sound_events
from study_design.record.store.chain import FIRST_PREVIOUS_HASH, chained, content_hash, row_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
ReadCell = Callable[[Record, Assignment, datetime], None]
MakeEvent = Callable[..., Event]


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


def test_a_record_that_was_written_here_is_whole_under_its_fingerprint(
    signed: StudyFolder, account: Callable[[str], None]
) -> None:
    fingerprint = fingerprint_of_study(signed)
    assert len(fingerprint.replace("-", "")) == 20
    assert grave(signed) == grave(signed, fingerprint) == []
    account("elsewhere")
    assert grave(signed) == grave(signed, fingerprint.lower().replace("-", " ")) == []
    said = [note.what for note in notes(signed)]
    assert f"The record is genuine only if the fingerprint is {fingerprint}." in said
    with pytest.raises(BadInputError, match="Expected a fingerprint of 20 letters"):
        verify_study(signed, fingerprint="ABC")


def test_every_step_is_signed_once_and_covers_its_sitting(signed: StudyFolder) -> None:
    signings = [stored.signing for stored in events_of(signed)]
    assert all(signing is not None and signing.key == account_key().name for signing in signings)
    with open_store(signed) as store:
        first = store.events()[-1].event
        more = [replace(first, event=f"more-{n}", once=None, read=None) for n in range(3)]
        written = store.append_all([replace(act, payload=AnswerGiven("a", 1)) for act in more])
    assert [bool(stored.signing and stored.signing.signature) for stored in written] == [
        False,
        False,
        True,
    ]
    assert grave(signed) == [line for line in grave(signed) if "was not planned" in line]


def test_ratings_that_were_altered_and_chained_anew_are_named_everywhere(
    signed: StudyFolder, account: Callable[[str], None]
) -> None:
    fingerprint = fingerprint_of_study(signed)
    write_all(signed, rechained(with_other_ratings(events_of(signed))))
    with open_store(signed) as store:
        assert store.verify_chain() == ()
    assert any("signature of event" in line for line in grave(signed))
    with open_store(signed) as store, pytest.raises(RecordError, match="The record was altered"):
        sound_events(store)
    account("elsewhere")
    assert any("signature of event" in line for line in grave(signed))
    assert any("signature of event" in line for line in grave(signed, fingerprint))


def test_a_record_made_up_under_another_key_is_named_by_its_fingerprint_and_here(
    signed: StudyFolder, account: Callable[[str], None], make_study: Callable[[Path], StudyFolder]
) -> None:
    fingerprint = fingerprint_of_study(signed)
    account("forger")
    forged = make_study(signed.path.parent / "forged")
    shutil.copy(forged.record, signed.record)
    account("elsewhere")
    assert any(
        f"Expected a record under the fingerprint {fingerprint}" in line
        for line in grave(signed, fingerprint)
    )
    account("own")
    assert any("the record of another study" in line for line in grave(signed))


def test_reads_appended_under_a_key_that_nobody_enrolled_are_named(
    signed: StudyFolder, account: Callable[[str], None], make_event: MakeEvent
) -> None:
    fingerprint = fingerprint_of_study(signed)
    account("forger")
    with open_store(signed) as store, pytest.raises(RecordError, match="crossread enrol study"):
        store.append(make_event(EventType.ANSWER_GIVEN, item="rating", value=1))
    events = list(events_of(signed))
    own = account_key()
    for number in range(3):
        act = make_event(EventType.ANSWER_GIVEN, item="rating", value=number, sitting="forged")
        last = events[-1]
        assert last.signing is not None
        follows = last.signing.content_hash
        text = payload_text(act.payload)
        content = content_hash(act, text, place=number + 1, follows=follows, key=own.name)
        hung = Signing(
            number + 1, follows, content, own.name, own.sign(f"Crossread event {content}")
        )
        events.append(chained(last.number + 1, act, text, last.hash, hung))
    write_all(signed, events)
    for name, known in (("own", ""), ("elsewhere", fingerprint), ("elsewhere", "")):
        account(name)
        assert any("signed by a key that was not enrolled" in x for x in grave(signed, known)), name


def test_a_forger_who_enrols_a_key_beside_a_made_up_restore_is_named(
    signed: StudyFolder, account: Callable[[str], None], tmp_path: Path, read_cell: ReadCell
) -> None:
    fingerprint = fingerprint_of_study(signed)
    file = tmp_path / "stolen.zip"
    backup_study(signed, file)
    account("forger")
    forged = StudyFolder(tmp_path / "forged")
    restore_study(file, forged.path, by=Actor("x"), now=NOW, vouching=Vouching(fingerprint))
    with open_store(forged) as store:
        read_cell(store, read_plan(forged)[3], NOW)
    shutil.copy(forged.record, signed.record)
    account("elsewhere")
    assert any("no key known here vouches for" in x for x in grave(signed, fingerprint))
    account("own")
    assert any("no key known here vouches for" in line for line in grave(signed))


def test_a_sitting_that_was_taken_out_of_the_middle_is_named(
    signed: StudyFolder, account: Callable[[str], None]
) -> None:
    fingerprint = fingerprint_of_study(signed)
    with open_store(signed) as store:
        last = store.last()
        assert last is not None
        for sitting in ("one", "two", "three"):
            act = replace(last.event, event=sitting, sitting=sitting, once=None, read=None)
            store.append(replace(act, payload=AnswerGiven("a", 1)))
    kept = [stored for stored in events_of(signed) if stored.event.sitting != "two"]
    previous, renumbered = FIRST_PREVIOUS_HASH, []
    for number, stored in enumerate(kept, start=1):
        assert stored.signing is not None
        new = chained(number, stored.event, stored.payload_text, previous, stored.signing)
        previous = new.hash
        renumbered.append(new)
    write_all(signed, renumbered)
    account("elsewhere")
    assert any("does not follow the one before it" in line for line in grave(signed, fingerprint))


def test_signatures_that_were_taken_off_are_named(
    signed: StudyFolder, account: Callable[[str], None]
) -> None:
    with behind_the_guards(signed) as connection:
        connection.execute("UPDATE events SET signature = ''")
    account("elsewhere")
    assert any("bears no signature" in line for line in grave(signed))


def test_another_account_writes_once_its_key_was_enrolled(
    signed: StudyFolder, account: Callable[[str], None], read_cell: ReadCell
) -> None:
    before = fingerprint_of_study(signed)
    account("second")
    public = account_key().public
    with pytest.raises(RecordError, match="is not enrolled in it"):
        enrol_key(signed, public, "second", Signature(Actor("B"), "join", NOW))
    account("own")
    after = enrol_key(signed, public.upper(), "second", Signature(Actor("A"), "join", NOW))
    with pytest.raises(BadInputError, match="enrolled already"):
        enrol_key(signed, public, "second", Signature(Actor("A"), "join", NOW))
    with pytest.raises(BadInputError, match="64 digits"):
        enrol_key(signed, "abc", "second", Signature(Actor("A"), "join", NOW))
    account("second")
    with open_store(signed) as store:
        read_cell(store, read_plan(signed)[3], NOW)
    assert grave(signed) == grave(signed, before) == grave(signed, after) == []
    account("elsewhere")
    assert grave(signed, before) == grave(signed, after) == []


def restored(
    file: Path, path: Path, vouching: Vouching | None = None
) -> tuple[Restored, StudyFolder]:
    told = restore_study(file, path, by=Actor("C"), now=NOW, vouching=vouching or Vouching())
    return told, StudyFolder(path)


def test_a_backup_under_a_known_fingerprint_is_verified_on_any_computer(
    signed: StudyFolder, account: Callable[[str], None], tmp_path: Path, read_cell: ReadCell
) -> None:
    fingerprint, file = fingerprint_of_study(signed), tmp_path / "b.zip"
    backup_study(signed, file)
    account("elsewhere")
    told, folder = restored(file, tmp_path / "known", Vouching(fingerprint))
    assert told.verdict.verified
    with open_store(folder) as store:
        read_cell(store, read_plan(folder)[3], NOW)
    assert grave(folder) == []
    account("third")
    assert grave(folder, fingerprint_of_study(folder)) == []
    assert any("no key known here vouches for" in line for line in grave(folder, fingerprint))
    account("elsewhere")
    told, folder = restored(file, tmp_path / "unknown")
    assert not told.verdict.verified
    (only,) = grave(folder)
    assert "unverified: the study was restored" in only
    with open_store(folder) as store:  # who restored it so may go on, and it stays named
        assert sound_events(store) == store.events()
        read_cell(store, read_plan(folder)[3], NOW)
    assert grave(folder) == [only]


def test_a_forged_record_is_not_laundered_by_backup_and_restore(
    signed: StudyFolder, tmp_path: Path
) -> None:
    fingerprint, file = fingerprint_of_study(signed), tmp_path / "b.zip"
    write_all(signed, rechained(with_other_ratings(events_of(signed))))
    backup_study(signed, file)
    for name, vouching in (("plain", Vouching()), ("with", Vouching(fingerprint))):
        told, folder = restored(file, tmp_path / name, vouching)
        assert not told.verdict.verified
        assert told.verdict.doubts
        assert any("unverified" in line for line in grave(folder))
        with open_store(folder) as store, pytest.raises(RecordError, match="was altered"):
            sound_events(store)


def test_what_a_restore_loses_is_in_the_record_and_a_deviation(
    signed: StudyFolder, tmp_path: Path, read_cell: ReadCell
) -> None:
    file = tmp_path / "b.zip"
    backup_study(signed, file)
    with open_store(signed) as store:
        read_cell(store, read_plan(signed)[3], NOW)
        last = store.last()
    assert last is not None
    shutil.rmtree(signed.path)
    told, folder = restored(file, signed.path)
    assert (told.verdict.verified, told.verdict.lost_until) == (True, last.number)
    said = [note.what for note in notes(folder)]
    assert any(f"events up to {last.number} were known here and are lost" in what for what in said)
    assert grave(folder) == []
