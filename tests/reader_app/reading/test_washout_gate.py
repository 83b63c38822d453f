"""A clock that is set on this very computer: its real counter, a real record, the real desk."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.clocks.clock import StationClock
from reader_app.reading.clocks.system_clocks import elapsed_s
from reader_app.reading.desk import Desk
from reader_app.reading.journal import Writer
from reader_app.reading.record_writer import EventSink
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import SittingFacts
from reader_app.reading.station import desk_here
from study_design.detections import CaseResult
from study_design.errors import WashoutError
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.clocks.time_source import TrueTime
from study_design.record.payloads.reading import ReadOpened, SittingOpened, TimeWitnessed
from study_design.record.payloads.staff import ProtocolLocked
from study_design.record.record import Record
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus, GapBasis, ReaderKind

START = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class SetClock(StationClock):
    """The counters of this computer, beside a calendar that anybody may set."""

    def __init__(self, off: timedelta) -> None:
        self._began_s = elapsed_s()
        self.off = off

    def now(self) -> datetime:
        return START + self.off + timedelta(seconds=self.monotonic_s() - self._began_s)

    def booted(self) -> datetime:
        return self.now() - timedelta(seconds=self.monotonic_s())


Sit = Callable[..., Sitting]


@pytest.fixture
def sit(folder: StudyFolder, store: Record, hand_over: Callable[[EventSink], Writer]) -> Sit:
    """Return what sits down at the second of two periods of one case, of a locked study."""
    locked = ProtocolLocked(1, {}, "", vouched_dates=True)
    store.append(staff_act(locked, by=Actor("Ann"), now=START))
    arms = ("unaided", "aided")
    plan = [
        Assignment(f"R01-P{n}-001", "R01", "senior", "a", n, arm, 1, 1, "C001")
        for n, arm in enumerate(arms, start=1)
    ]

    def start(off: timedelta, *, true: TrueTime | None = None) -> Sitting:
        clock = SetClock(off)
        events = store.events()
        here = desk_here(folder, events).station
        # Files of this computer have the dates of its own calendar, not of this one.
        station = type(here)(here.machine, here.boot, here.since_boot_s)
        nothing = CaseAi(CaseResult("C001", AiStatus.NONE), "ai", "1", "0-1", "")
        profile = ReaderProfile("R01", ReaderKind.HUMAN, "senior")
        study = read_study_file(folder.study_toml)
        return Sitting(
            SittingFacts(study, 1, profile, plan, events),
            writer=hand_over(store),
            clock=clock,
            case_ai=lambda _: nothing,
            desk=Desk(station, true),
        )

    return start


def read(session: Sitting) -> None:
    session.open_case()
    session.painted(0.1)
    for item in ("birads_right", "birads_left"):
        session.case.answer(item, "1")
    for item in ("rating_right", "rating_left"):
        session.case.answer(item, 3.0)
    session.show_summary()
    session.validate()


def test_a_clock_set_forward_between_two_sittings_opens_nothing(sit: Sit) -> None:
    first = sit(timedelta())
    read(first)
    first.close()
    with pytest.raises(WashoutError, match="sure to have passed: a clock was set"):
        sit(22 * DAY).check_open()


def test_a_clock_set_forward_within_a_sitting_opens_nothing(sit: Sit) -> None:
    session = sit(timedelta())
    read(session)
    clock = session.case._clock
    assert isinstance(clock, SetClock)
    clock.off = 22 * DAY
    with pytest.raises(WashoutError, match="sure to have passed: a clock was set"):
        session.open_case()


def test_the_computer_and_the_time_servers_word_are_written_down_as_one_sits_down(
    sit: Sit, store: Record
) -> None:
    true = TrueTime("ntp://here", START.timestamp() + 3600, elapsed_s(), 0.02)
    session = sit(timedelta(), true=true)
    session.case.wait()
    opened, said = (stored.event.payload for stored in store.events()[-2:])
    assert isinstance(opened, SittingOpened)
    assert isinstance(said, TimeWitnessed)
    assert opened.station == said.station
    assert opened.station.since_boot_s == pytest.approx(elapsed_s(), abs=60)
    assert said.offset_s == pytest.approx(3600, abs=5)
    read(session)
    bases = [s.event.payload.gap_basis for s in store.events() if is_opening(s.event.payload)]
    assert bases == [GapBasis.TRUSTED]


def is_opening(payload: object) -> bool:
    return isinstance(payload, ReadOpened)
