"""A study on simulated computers: their true time, their clocks, and the real program at them."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any

import pytest

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.desk import Desk
from reader_app.reading.record_writer import Written
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase, SittingFacts
from study_design.detections import CaseResult
from study_design.errors import ProtocolError, WashoutError
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act, utc_text
from study_design.record.clocks.attest import attestation
from study_design.record.clocks.findings import ClockFinding, clock_findings
from study_design.record.clocks.time_source import TrueTime
from study_design.record.events import Event, EventPayload, StoredEvent
from study_design.record.payloads.reading import SittingOpened
from study_design.record.payloads.staff import (
    DateAttested,
    ProtocolLocked,
    StudyCreated,
    StudyRestored,
)
from study_design.record.payloads.station import Station
from study_design.record.reads.breaches import breaches
from study_design.record.reads.replay import reads_of
from study_design.vocabulary import AiStatus, ReaderKind

START_S = datetime(2026, 10, 20, 7, 0, tzinfo=UTC).timestamp()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
WASHOUT_DAYS = 21.0
CASES = ("C001", "C002", "C003")


@dataclass
class Computer:
    """A clock that anybody may set, and a counter that nobody can."""

    world: "World"
    name: str
    off_s: float = 0.0
    started_s: float = 0.0
    starts: int = 1
    newest_file_s: float = 0.0
    keeps_logs: bool = True
    network: bool = False
    untruth_s: float = 0.0  # by which its time server is ahead of the truth
    zone: timezone = UTC
    kind: str = field(default="local", init=False)

    def monotonic_s(self) -> float:
        return self.world.now_s - self.started_s

    def awake_s(self) -> float:
        return self.monotonic_s()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.wall_s, UTC).astimezone(self.zone)

    def booted(self) -> datetime:
        return self.now() - timedelta(seconds=self.monotonic_s())

    @property
    def wall_s(self) -> float:
        return self.world.now_s + self.off_s

    def write_a_file(self) -> None:
        """Do what every system does all the time."""
        self.newest_file_s = max(self.newest_file_s, self.wall_s)

    def restart(self, *, off_s: float | None = None) -> None:
        """Start anew, with a clock that was set meanwhile."""
        self.world.now_s += 2 * MINUTE
        self.off_s = self.off_s if off_s is None else off_s
        self.started_s, self.starts = self.world.now_s - MINUTE, self.starts + 1
        self.write_a_file()

    def desk(self) -> Desk:
        """Return what a sitting is told of this computer."""
        files = utc_text(datetime.fromtimestamp(self.newest_file_s, UTC))
        counter_s = self.monotonic_s()
        station = Station(
            self.name, f"start {self.starts}", counter_s, files if self.keeps_logs else ""
        )
        true_s = self.world.now_s + self.untruth_s
        said = TrueTime("ntp://here", true_s, counter_s, 0.01)
        return Desk(station, said if self.network else None)


class Shown:
    """What could be seen of the time when an event was written, whoever looks."""

    def __init__(self, computer: Computer, payload: EventPayload) -> None:
        is_counted = not isinstance(payload, StudyCreated | ProtocolLocked | StudyRestored)
        is_looked_at = isinstance(payload, SittingOpened | DateAttested)
        self.start = (computer.name, computer.starts) if is_counted else None
        self.computer, self.wall_s = computer.name, computer.wall_s
        self.counted_from_s = computer.wall_s - computer.monotonic_s()
        files = is_looked_at and computer.keeps_logs
        self.behind_files_s = computer.newest_file_s - computer.wall_s if files else 0.0
        self.off_truth_s = computer.off_s if is_looked_at and computer.network else 0.0


@dataclass
class Log:
    """A record in memory, and what could be seen of the time of everything in it."""

    world: "World"
    stored: list[StoredEvent] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)

    def append_all(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        first = len(self.stored) + 1
        new = tuple(
            StoredEvent(n, event, "", "", "", 2, None) for n, event in enumerate(events, first)
        )
        self.stored += new
        self.shown += [Shown(self.world.at, event.payload) for event in events]
        return new


class AtOnce:
    """Writes in the thread that asks."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def write(self, events: Sequence[Event]) -> Written:
        written: Written = Future()
        written.set_result(self._log.append_all(events))
        return written


class World:
    """A study of three cases in two periods, its reader and its coordinator, on computers.

    `early_s` holds, for each opening in period 2, by how much the washout was short.
    """

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.now_s = START_S
        self.log = Log(self)
        self.at = self.computer("desk", 0.0)
        self.seen_s: dict[tuple[str, str], float] = {}
        self.early_s: list[float] = []
        self.refusal = ""

    def computer(self, name: str, off_s: float) -> Computer:
        """Return another computer, which has been on for a while."""
        started_s = self.now_s - self.draw.uniform(HOUR, 20 * DAY)
        return Computer(self, name, off_s, started_s, self.draw.randrange(2**30))

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at.write_a_file()
        self.now_s += seconds
        self.at.write_a_file()

    def found(
        self, middle: Callable[[], None] = lambda: None, *, vouched_dates: bool = True
    ) -> None:
        """Make the study and lock it."""
        made = StudyCreated("", "zhou2023", "")
        locked = ProtocolLocked(1, {}, "", vouched_dates=vouched_dates)
        for act in (made, locked):
            self.log.append_all([staff_act(act, by=Actor("Ann"), now=self.at.now())])
            self.wait(self.draw.uniform(10 * MINUTE, HOUR))
            middle()

    def read(self, period: int, count: int, middle: Callable[[], None] = lambda: None) -> int:
        """Sit down and read some cases of a period; return how many were read."""
        self.at.write_a_file()
        done = 0
        try:
            session = self._session(period)
            session.check_open()
            while done < count and session.state.phase is Phase.GATE:
                self._read_case(session, middle)
                done += 1
            session.close()
        except WashoutError as error:
            self.refusal = str(error)
        return done

    def left(self, period: int) -> int:
        """Return how many cases of a period are still to be read, by the record."""
        done = {read.cell for read in reads_of(self.log.stored)}
        return sum(cell.period == period and cell.cell not in done for cell in a_plan())

    def restore(self, length: int) -> None:
        """Put the record back as it was at an event, with the same tools and traces as a person."""
        log, lost_until = self.log, len(self.log.stored)
        del log.stored[length:], log.shown[length:]
        lost_until = lost_until if lost_until > length else 0
        act = StudyRestored(length, "", lost_until, loss_known=True, verified=True, fingerprint="")
        log.append_all([staff_act(act, by=Actor("Ann"), now=self.at.now())])

    def attest(self, clock: str = "right", *, stood_still: bool = False) -> bool:
        """Let the coordinator vouch for the date, explaining what the record shows."""
        signature = Signature(Actor("Ann"), "looked at the clock", self.at.now())
        station = self.at.desk().station
        for said in (clock, "it was wrong for a while"):
            with suppress(ProtocolError):
                act = attestation(
                    self.log.stored,
                    signature,
                    clock=said,
                    station=station,
                    stood_still=stood_still,
                )
                self.log.append_all([act])
                return True
        return False

    def verify(self) -> tuple[list[str], list[ClockFinding]]:
        """Return what is wrong by `verify`, and what it notes."""
        reads = reads_of(self.log.stored)
        found = clock_findings(self.log.stored, reads, a_study())
        grave = [finding.what for finding in found if finding.grave]
        grave += [breach.what for breach in breaches(a_plan(), reads, a_study())]
        return grave, [finding for finding in found if not finding.grave]

    def _session(self, period: int) -> Sitting:
        facts = SittingFacts(
            a_study(),
            1,
            ReaderProfile("R01", ReaderKind.HUMAN, "senior"),
            [cell for cell in a_plan() if cell.period <= period],
            tuple(self.log.stored),
        )
        nothing = CaseAi(CaseResult("C001", AiStatus.NONE), "ai", "1", "0-1", "")
        return Sitting(
            facts,
            writer=AtOnce(self.log),
            clock=self.at,
            case_ai=lambda _: nothing,
            desk=self.at.desk(),
        )

    def _read_case(self, session: Sitting, middle: Callable[[], None]) -> None:
        session.open_case()
        cell = session.state.assignment
        assert cell is not None
        for (case, arm), at_s in self.seen_s.items():
            if case == cell.case and arm != cell.arm:
                self.early_s.append(WASHOUT_DAYS * DAY - (self.now_s - at_s))
        session.painted(0.1)
        self.wait(self.draw.uniform(20, 120))
        middle()
        for item in ("birads_right", "birads_left"):
            session.case.answer(item, "1")
        for item in ("rating_right", "rating_left"):
            session.case.answer(item, 3.0)
        session.show_summary()
        session.validate()
        self.seen_s[cell.case, cell.arm] = self.now_s
        self.wait(5.0)


@cache
def a_study() -> StudyFile:
    template = resources.files("study_design.protocol") / "templates" / "zhou2023.toml"
    with resources.as_file(template) as path:
        study = read_study_file(path)
    design = study.design.model_copy(update={"washout_days": WASHOUT_DAYS, "block_size": 2})
    return study.model_copy(update={"design": design, "simulated": False})


@cache
def a_plan() -> tuple[Assignment, ...]:
    arms = [arm.name for arm in a_study().arms]
    return tuple(
        Assignment(
            f"R01-P{period}-{n:03}",
            "R01",
            "senior",
            "-".join(arms),
            period,
            arms[period - 1],
            (n + 1) // 2,
            n,
            case,
        )
        for period in (1, 2)
        for n, case in enumerate(CASES, start=1)
    )


@pytest.fixture
def a_world() -> Callable[[random.Random], Any]:
    """Return what makes a world, all of which is drawn."""
    return World
