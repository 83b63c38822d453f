"""A word on the date: what must be said, what it is compared with, and where it is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from study_design.errors import ProtocolError
from study_design.life.integrity import verify_study
from study_design.life.lock import lock_study
from study_design.life.plan_study import plan_study
from study_design.protocol.plan import read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act, utc_text
from study_design.record.clocks.attest import attest_date
from study_design.record.clocks.present import Present
from study_design.record.clocks.time_source import TrueTime
from study_design.record.payloads.reading import SittingClosed, SittingOpened, TimeWitnessed
from study_design.record.payloads.staff import DateAttested, ProtocolLocked
from study_design.record.payloads.station import Station
from study_design.record.reads.deviations import deviations_of
from study_design.record.reads.replay import reads_of
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

HERE = Station("desk", "b", 900.0)


def word(now: datetime) -> Signature:
    return Signature(Actor("Ann"), "by the clock on the wall", now)


def sit(folder: StudyFolder, at: datetime, *, jumps: timedelta = timedelta()) -> None:
    """Let R01 sit down for a minute, in which the clock is set."""
    opened = SittingOpened("", "local", "", utc_text(at - timedelta(hours=1)), HERE)
    first = staff_act(opened, by=Actor("R01"), now=at)
    after = at + timedelta(minutes=1) + jumps
    second = staff_act(SittingClosed(), by=Actor("R01"), now=after)
    second = replace(second, sitting=first.sitting, elapsed_s=60.0)
    with open_store(folder) as store:
        store.append_all((first, second))


@pytest.fixture
def persons(study: StudyFolder, now: datetime) -> StudyFolder:
    """The small study with plan and lock, read by persons."""
    text = study.study_toml.read_text()
    study.study_toml.write_text(text.replace("simulated = true", "simulated = false"))
    plan_study(study)
    lock_study(study, by=Actor("Coordinator"), now=now)
    return study


def test_a_new_lock_asks_for_vouched_dates(persons: StudyFolder) -> None:
    with open_store(persons) as store:
        (lock,) = (s.event.payload for s in store.events() if s.event.type == "protocol_locked")
    assert isinstance(lock, ProtocolLocked)
    assert lock.vouched_dates


def test_a_word_says_what_the_clock_did_and_is_a_deviation(
    persons: StudyFolder, now: datetime
) -> None:
    attest_date(persons, word(now), clock=" right ", station=HERE)
    with open_store(persons) as store:
        events = store.events()
    said = events[-1].event.payload
    assert said == DateAttested("right", (), station=HERE, why="by the clock on the wall")
    study = read_study_file(persons.study_toml)
    (told,) = deviations_of(events, reads_of(events), read_plan(persons), study)
    assert (told.category, told.who, told.signed) == ("attestation", "Ann", True)
    assert told.what.endswith("by the clock on the wall; said of the clock: right")
    assert told.impact == "washouts that rest on the date"


@pytest.mark.parametrize("clock", ["", "  "])
def test_nothing_said_of_the_clock_is_no_word(
    persons: StudyFolder, now: datetime, clock: str
) -> None:
    with pytest.raises(ProtocolError, match="Expected right, or what the clock did, got nothing"):
        attest_date(persons, word(now), clock=clock, station=HERE)


def test_a_clock_that_was_set_is_not_simply_right(persons: StudyFolder, now: datetime) -> None:
    sit(persons, now + timedelta(hours=1), jumps=timedelta(days=3))
    later = now + timedelta(days=4)
    with pytest.raises(ProtocolError, match=r"Expected what the clock did, got right. The record "):
        attest_date(persons, word(later), clock="right", station=HERE)
    on = replace(HERE, since_boot_s=900.0 + 23 * 3600)
    attest_date(persons, word(later), clock="three days slow until set right", station=on)
    next_day = replace(HERE, boot="c")
    attest_date(persons, word(later + timedelta(days=1)), clock="right", station=next_day)
    notes = [problem for problem in verify_study(persons) if not problem.grave]
    (told,) = (note.what for note in notes if "was set" in note.what)
    assert told == (
        "The clock was set forward by 3.0 days before event 5, 4 Nov 2026 09:01 UTC. Ann says of "
        "the clock: three days slow until set right."
    )
    with open_store(persons) as store:
        events = store.events()
    study = read_study_file(persons.study_toml)
    found = deviations_of(events, reads_of(events), read_plan(persons), study)
    assert [(row.category, row.signed) for row in found if "was set" in row.what] == [
        ("clock", False)
    ]


@pytest.mark.parametrize(
    ("station", "said"),
    [
        (HERE, "the clock is 2.0 days behind the record"),
        (
            replace(HERE, files_utc="2026-11-09T08:00:00.000000Z"),
            "the clock is 9.0 days behind this computer's files",
        ),
    ],
)
def test_a_clock_that_is_behind_is_shown_to_whoever_signs(
    persons: StudyFolder, now: datetime, station: Station, said: str
) -> None:
    at = now + timedelta(days=1) if station is HERE else now - timedelta(days=2)
    sit(persons, at)
    with pytest.raises(ProtocolError, match=said):
        attest_date(
            persons, word(now - timedelta(days=1, minutes=-1)), clock="right", station=station
        )


def test_nobody_vouches_for_another_date_than_the_time_servers(
    persons: StudyFolder, now: datetime
) -> None:
    true = TrueTime("ntp://here", now.timestamp(), 900.0, 0.01)
    with pytest.raises(
        ProtocolError, match="Expected the date that ntp://here says, 1 Nov 2026 08"
    ):
        attest_date(persons, word(now + timedelta(days=21)), clock="right", station=HERE, true=true)
    attest_date(persons, word(now), clock="right", station=HERE, true=true)
    with open_store(persons) as store:
        kept = [s.event.payload for s in store.events()][-2:]
    assert isinstance(kept[0], TimeWitnessed)
    assert datetime.fromisoformat(kept[0].true_utc) == now.astimezone(UTC)
    assert isinstance(kept[1], DateAttested)


def test_reads_before_the_lock_are_a_problem(persons: StudyFolder, now: datetime) -> None:
    sit(persons, now - timedelta(days=22))
    (problem,) = (problem for problem in verify_study(persons) if problem.grave)
    assert problem.what.startswith(
        "Event 4 of R01 is dated 10 Oct 2026 08:00 UTC, before the protocol was locked on 1 Nov"
    )


@pytest.mark.parametrize(("source", "grave"), [("", False), ("ntp://here", True)])
def test_a_record_that_is_dated_after_the_present_is_named(
    persons: StudyFolder, now: datetime, source: str, grave: bool
) -> None:
    sit(persons, now + timedelta(days=22))
    later = Present(now + timedelta(days=22, minutes=20), source)
    assert not any(problem.grave for problem in verify_study(persons, present=later))
    found = verify_study(persons, present=Present(now + timedelta(hours=1), source))
    (told,) = (problem for problem in found if "after the present" in problem.what)
    assert told.grave is grave
    assert told.what.startswith(
        "Event 5 of R01 is dated 23 Nov 2026 08:01 UTC, 22.0 days after the present by "
    )
