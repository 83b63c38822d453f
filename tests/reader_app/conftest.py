"""A small real study to read: its folder, its record, and sittings at it."""

import os

from study_design.record.actor import Actor

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.clocks.clock import SimulatedClock, StationClock
from reader_app.reading.journal import Writer
from reader_app.reading.record_writer import EventSink, Written
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import SittingFacts
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.errors import RecordError
from study_design.geometry import Box
from study_design.life.new_study import new_study
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.reads import Read
from study_design.record.events import Event, EventType
from study_design.record.reads.replay import reads_of
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, AiStatus, ReaderKind, View

START = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
CASES = ("C001", "C002", "C003")
SUSPICIOUS = CaseResult(
    "C001",
    AiStatus.FINDING,
    (
        Detection(
            "1",
            (AbnormalityType.MASS,),
            0.83,
            (
                DetectionBox("1", View.R_CC, "R-CC", Box(60, 100, 40, 30)),
                DetectionBox("2", View.R_MLO, "R-MLO", Box(60, 120, 40, 30)),
            ),
        ),
    ),
    score_exam=0.83,
)


@dataclass
class Desk:
    """A sitting with everything that a test wants to look at behind it."""

    session: Sitting
    clock: Any  # a SimulatedClock unless real time was asked for
    store: Record
    asked: list[Assignment] = field(default_factory=list)

    @property
    def reads(self) -> tuple[Read, ...]:
        return reads_of(self.store.events())

    def payloads(self, kind: EventType) -> list[Any]:
        return [json.loads(s.payload_text) for s in self.store.events() if s.event.type is kind]


SitDown = Callable[..., Desk]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return new_study(
        tmp_path / "study", template="zhou2023", by=Actor("Coordinator"), now=START, simulated=False
    )


@pytest.fixture
def store(folder: StudyFolder) -> Iterator[Record]:
    with open_store(folder) as record:
        yield record


class AtOnce:
    """Writes in the thread that asks, so that what waits for the disk goes on before it returns."""

    def __init__(self, record: EventSink) -> None:
        self.record = record

    def write(self, events: Sequence[Event]) -> Written:
        written: Written = Future()
        try:
            written.set_result(self.record.append_all(events))
        except RecordError as error:
            written.set_exception(error)
        return written


@pytest.fixture
def hand_over() -> Callable[[EventSink], Writer]:
    """Return what brings the events of a sitting to its record."""
    return AtOnce


@pytest.fixture
def sit_down(
    folder: StudyFolder, store: Record, hand_over: Callable[[EventSink], Writer]
) -> SitDown:
    """Return what starts a sitting: arm, changes of the study file, period, days later, cases."""

    def start(
        *,
        arm: str = "unaided",
        ai: CaseResult = SUSPICIOUS,
        form: dict[str, object] | None = None,
        scales: dict[str, object] | None = None,
        arms: dict[str, object] | None = None,
        design: dict[str, object] | None = None,
        period: int = 1,
        days: float = 0.0,
        kind: ReaderKind = ReaderKind.HUMAN,
        cases: tuple[str, ...] = CASES,
        record: Any = None,
        real_time: bool = False,
    ) -> Desk:
        study = changed(read_study_file(folder.study_toml), form, scales, arms)
        study = study.model_copy(update={"design": study.design.model_copy(update=design or {})})
        profile = ReaderProfile("R01", kind, "senior")
        plan = [
            Assignment(
                f"R01-P{period}-{n:03}",
                "R01",
                "senior",
                f"{arm}-other",
                period,
                arm,
                1 + n // 3,
                n,
                case,
            )
            for n, case in enumerate(cases, start=1)
        ]
        clock = StationClock() if real_time else SimulatedClock(START + timedelta(days=days))
        asked: list[Assignment] = []

        def case_ai(assignment: Assignment) -> CaseAi:
            asked.append(assignment)
            return CaseAi(ai, "demo-ai", "1", "0-1", "simulated")

        session = Sitting(
            SittingFacts(study, 1, profile, plan, store.events()),
            writer=hand_over(record or store),
            clock=clock,
            case_ai=case_ai,
        )
        return Desk(session, clock, store, asked)

    return start


def changed(
    study: StudyFile,
    form: dict[str, object] | None,
    scales: dict[str, object] | None,
    arms: dict[str, object] | None,
) -> StudyFile:
    """Return a study file with another form, other scales, or another arm with AI."""
    return study.model_copy(
        update={
            "form": study.form.model_copy(update=form or {}),
            "scales": study.scales.model_copy(update=scales or {}),
            "arms": tuple(a.model_copy(update=arms or {}) if a.ai else a for a in study.arms),
        }
    )
