"""A new study is a folder that can be worked on at once."""

from datetime import datetime
from pathlib import Path

import pytest

from study_design.errors import BadInputError
from study_design.life.new_study import new_study, templates
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.events import EventType
from study_design.record.store.record_store import open_store


def test_a_new_study_says_who_made_it_from_what(tmp_path: Path, now: datetime) -> None:
    title = 'Readers "at" Köln \\ 乳腺'
    folder = new_study(tmp_path / "s", template="zhou2023", by=Actor("Ann"), now=now, title=title)
    study = read_study_file(folder.study_toml)
    assert (study.title, study.template, study.simulated) == (title, "zhou2023", False)
    with open_store(folder) as store:
        enrolled, created = store.events()
    assert enrolled.event.type is EventType.KEY_ENROLLED
    assert (created.event.type, created.event.actor) == (EventType.STUDY_CREATED, "Ann")
    assert created.event.at_utc == "2026-11-01T08:00:00.000000Z"
    assert created.event.payload.title == title


@pytest.mark.parametrize("template", templates())
def test_every_template_makes_a_study_that_can_be_read(
    template: str, tmp_path: Path, now: datetime
) -> None:
    folder = new_study(tmp_path, template=template, by=Actor("Ann"), now=now, simulated=True)
    study = read_study_file(folder.study_toml)
    assert (study.title, study.template, study.simulated) == (tmp_path.name, template, True)


def test_a_template_that_is_not_there_is_answered_with_those_that_are(
    tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(BadInputError, match=r"one of the templates .*zhou2023.*, got 'zhou'"):
        new_study(tmp_path / "s", template="zhou", by=Actor("Ann"), now=now)
    assert not (tmp_path / "s").exists()


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(BadInputError, match="new or empty folder"):
        new_study(tmp_path, template="zhou2023", by=Actor("Ann"), now=now)
    with pytest.raises(BadInputError, match="new or empty folder"):
        new_study(tmp_path / "thesis.txt", template="zhou2023", by=Actor("Ann"), now=now)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_title_of_two_lines_is_refused(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(BadInputError, match="one printable line"):
        new_study(tmp_path / "s", template="zhou2023", by=Actor("Ann"), now=now, title="a\nb")
    assert not (tmp_path / "s").exists()
