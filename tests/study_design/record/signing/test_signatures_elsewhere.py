"""Sittings taken out, other accounts, backups and restores under a fingerprint."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from given_signature_check import (
    NOW,
    ReadCell,
    behind_the_guards,
    events_of,
    grave,
    notes,
    rechained,
    with_other_ratings,
    write_all,
)

from study_design.errors import BadInputError, RecordError
from study_design.life.backup import Restored, backup_study, restore_study
from study_design.life.restoring import Vouching
from study_design.protocol.plan import read_plan
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.signing.account_key import account_key
from study_design.record.signing.enrolling import enrol_key, fingerprint_of_study
from study_design.record.soundness import sound_events
from study_design.record.store.chain import FIRST_PREVIOUS_HASH, chained
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


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
