"""A locked protocol changes by name and reason only, and never under a read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import BadInputError, CrossreadError, ProtocolError
from study_design.exchange.schedule_tables import DEVIATIONS
from study_design.exchange.study_rows import study_rows
from study_design.life.amend import amend_study
from study_design.life.freezing import freeze_study
from study_design.life.integrity import verify_study
from study_design.life.plan_study import draw_plan
from study_design.life.weaker import WEAKER, keys_of, weaker_demands
from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.locked import locked_protocol
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

Amended = Callable[..., Path]


@pytest.fixture
def amended(tmp_path: Path) -> Amended:
    """Return the study's file of the next version with lines replaced."""

    def make(folder: StudyFolder, *changes: tuple[str, str]) -> Path:
        text = folder.study_toml.read_text()
        for old, new in (("version = 1", "version = 2"), *changes):
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "amended.toml").write_text(text)
        return tmp_path / "amended.toml"

    return make


@pytest.fixture
def signature(now: datetime) -> Signature:
    return Signature(Actor("Ann"), "the board asked for it", now + timedelta(days=50))


def test_an_amendment_is_another_version_with_a_reason(
    read_study: StudyFolder, amended: Amended, signature: Signature
) -> None:
    file = amended(read_study, ('ai_failed = "exclude"', 'ai_failed = "lowest"'))
    amendment = amend_study(read_study, file, signature)
    assert (amendment.version, amendment.changed) == (2, ("analysis.ai_failed",))
    with open_store(read_study) as store:
        events = store.events()
        locked = locked_protocol(read_study, events)
        tables = {table.table.file: table.rows for table in study_rows(read_study, events)}
    assert (locked.version, locked.study_file.analysis.ai_failed) == (2, "lowest")
    assert sorted(path.name for path in read_study.protocol.iterdir()) == ["1.toml", "2.toml"]
    assert not [problem for problem in verify_study(read_study) if problem.grave]
    (deviation,) = tables["deviations.csv"]
    assert deviation["what"] == "protocol version 2: the board asked for it"
    assert deviation["impact"] == "from then on: analysis.ai_failed"
    (read_study.protocol / "1.toml").unlink()
    assert [problem.what for problem in verify_study(read_study) if problem.grave] == [
        "protocol/1.toml is missing."
    ]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (("version = 2", "version = 3"), BadInputError, "expected version = 2"),
        (("version = 2", "version = 2"), BadInputError, "differs from the locked one"),
        (("washout_days = 21", "washout_days = 7"), ProtocolError, r"a change of design\.washout"),
        (("seed = 2023", "seed = 2024"), ProtocolError, r"a change of design\.seed"),
        (("finding_rating = true", "finding_rating = false"), ProtocolError, "a change of form"),
    ],
)
def test_what_would_touch_a_read_is_refused_and_nothing_changes(
    read_study: StudyFolder,
    amended: Amended,
    signature: Signature,
    change: tuple[str, str],
    error: type[CrossreadError],
    said: str,
) -> None:
    before = read_study.study_toml.read_bytes(), read_study.record.read_bytes()
    with pytest.raises(error, match=said):
        amend_study(read_study, amended(read_study, change), signature)
    assert (read_study.study_toml.read_bytes(), read_study.record.read_bytes()) == before
    assert [path.name for path in read_study.protocol.iterdir()] == ["1.toml"]


def test_before_the_first_case_all_may_change_that_leaves_the_plan(
    locked_study: StudyFolder,
    amended: Amended,
    signature: Signature,
    now: datetime,
    read_cell: Callable[..., None],
) -> None:
    with pytest.raises(ProtocolError, match="asks for another plan"):
        amend_study(locked_study, amended(locked_study, ("seed = 2023", "seed = 2024")), signature)
    file = amended(locked_study, ("washout_days = 21", "washout_days = 28"))
    amendment = amend_study(locked_study, file, signature)
    assert (amendment.changed, amendment.weaker) == (("design.washout_days",), ())
    with open_store(locked_study) as store:
        read_cell(store, read_plan(locked_study)[0], now + timedelta(days=51))
    assert not [problem for problem in verify_study(locked_study) if problem.grave]


def test_what_a_new_version_demands_less_of_is_said_and_stands_in_the_deviations(
    locked_study: StudyFolder, amended: Amended, signature: Signature
) -> None:
    file = amended(
        locked_study,
        ("washout_days = 21", "washout_days = 1"),
        ("alpha = 0.05", "alpha = 0.1"),
        ('density = "optional"', 'density = "off"'),
    )
    amendment = amend_study(locked_study, file, signature)
    assert set(amendment.weaker) == {
        "design.washout_days 21 -> 1",
        "analysis.alpha 0.05 -> 0.1",
        "form.density optional -> off",
    }
    study = read_study_file(locked_study.study_toml)
    assert amendment.warnings == draw_plan(locked_study, study).warnings
    assert amendment.warnings, "a washout of one day is one of the plan's own warnings"
    with open_store(locked_study) as store:
        events = store.events()
    (deviation,) = next(t.rows for t in study_rows(locked_study, events) if t.table is DEVIATIONS)
    assert "weaker: design.washout_days 21 -> 1" in str(deviation["impact"])


def test_a_stricter_version_is_not_called_weaker(locked_study: StudyFolder) -> None:
    old = read_study_file(locked_study.study_toml)
    longer = old.model_copy(update={"design": old.design.model_copy(update={"washout_days": 40})})
    assert weaker_demands(old, longer) == ()
    assert weaker_demands(longer, old) == ("design.washout_days 40 -> 21",)


def test_every_key_that_may_weaken_is_a_key_of_the_study_file(locked_study: StudyFolder) -> None:
    assert set(WEAKER) <= dict(keys_of(read_study_file(locked_study.study_toml))).keys()


def test_an_amendment_hides_no_change_of_another_file(
    read_study: StudyFolder, amended: Amended, signature: Signature
) -> None:
    path = read_study.reference_standard / "reference.csv"
    path.write_bytes(path.read_bytes().replace(b"C001,1", b"C001,0"))
    file = amended(read_study, ('ai_failed = "exclude"', 'ai_failed = "lowest"'))
    with pytest.raises(ProtocolError, match=r"reference\.csv as it was locked"):
        amend_study(read_study, file, signature)


def test_a_frozen_protocol_stays(
    read_study: StudyFolder, amended: Amended, signature: Signature
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=signature.now)
    file = amended(read_study, ('ai_failed = "exclude"', 'ai_failed = "lowest"'))
    with pytest.raises(ProtocolError, match="is frozen"):
        amend_study(read_study, file, signature)
