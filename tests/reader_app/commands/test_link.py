"""`link` shows who a case is to a named person, and the record says so."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from reader_app.__main__ import application
from study_design.errors import BadInputError
from study_design.images.link_file import LinkFile, LinkRow
from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.record.acts import moment_of
from study_design.record.events import EventType
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

ROW = LinkRow(
    "C001", "P001", "C001-R-CC", "R-CC", "2.25.1", "2.25.2", "MRN 7", "ACC 7", "1.2.3", "1.2.3.4"
)


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    at = moment_of("2026-11-01T08:00:00Z")
    folder = new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=at)
    LinkFile((ROW,)).write(folder)
    return folder


def run(*words: object) -> str:
    result = CliRunner().invoke(
        application(["link"]), list(map(str, words)), catch_exceptions=False, standalone_mode=False
    )
    if isinstance(result.exception, Exception):
        raise result.exception
    return result.output


def opened(folder: StudyFolder) -> list[tuple[str, object, object]]:
    with open_store(folder) as store:
        events = [stored.event for stored in store.events()]
    return [
        (event.actor, event.payload.what, event.payload.why)
        for event in events
        if event.type is EventType.LINK_OPENED
    ]


def test_a_named_person_sees_who_a_case_is_and_the_record_says_so(study: StudyFolder) -> None:
    said = run("link", study.path, "--show", "C001", "--by", "Dr A", "--reason", "pathology is due")
    assert "patient MRN 7, accession ACC 7" in said
    assert "C001-R-CC: 1.2.3.4" in said
    assert opened(study) == [("Dr A", "C001", "pathology is due")]


def test_without_a_reason_nothing_is_shown(study: StudyFolder) -> None:
    with pytest.raises(BadInputError, match="Add --reason"):
        run("link", study.path, "--show", "C001")
    with pytest.raises(BadInputError, match="got 'C009'"):
        run("link", study.path, "--show", "C009", "--reason", "x")
    assert opened(study) == []


def test_the_link_file_moves_to_another_account(
    study: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSREAD_PASSPHRASE", "correct horse battery")
    with pytest.raises(BadInputError, match="outside STUDY"):
        run("link", study.path, "--export", study.path / "x", "--reason", "move")
    carried = tmp_path / "carried"
    run("link", study.path, "--export", carried, "--by", "Dr A", "--reason", "move")
    assert opened(study) == [("Dr A", "exported", "move")]
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "there"))
    assert "names 1 image." in run("link", study.path, "--bring", carried)
    assert LinkFile.read(study).rows == (ROW,)
