"""A record made up, altered or added to from files alone is named; here, and by its fingerprint."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from given_signature_check import (
    NOW,
    ReadCell,
    events_of,
    grave,
    notes,
    rechained,
    with_other_ratings,
    write_all,
)

from study_design.errors import BadInputError, RecordError
from study_design.life.backup import backup_study, restore_study
from study_design.life.integrity import verify_study
from study_design.life.restoring import Vouching
from study_design.protocol.plan import read_plan
from study_design.record.actor import Actor
from study_design.record.events import Event, EventType, Signing
from study_design.record.payloads.form import payload_text
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.signing.account_key import account_key
from study_design.record.signing.enrolling import fingerprint_of_study
from study_design.record.soundness import sound_events
from study_design.record.store.chain import chained, content_hash
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

MakeEvent = Callable[..., Event]


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
