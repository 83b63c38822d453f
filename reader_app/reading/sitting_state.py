"""What a reading sitting lets its window see: phase, progress and the draft of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.draft import Draft
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import Arm, StudyFile
from study_design.reads import Answers
from study_design.record.events import StoredEvent


class Phase(StrEnum):
    """What the window shows."""

    GATE = "gate"
    SAVING = "saving"  # what comes next waits for the disk
    OPENING = "opening"
    READING = "reading"
    SUMMARY = "summary"
    PAUSED = "paused"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where in the plan the reader stands; positions are those of the current period."""

    position: int
    total: int
    block: int
    blocks: int
    period: int
    periods: int
    first_of_block: bool


@dataclass(frozen=True, slots=True)
class ReopeningOffer:
    """The read that may be done again at the gate: its place in its period, and until when."""

    position: int
    until: datetime
    chosen: bool


@dataclass(frozen=True, slots=True)
class State:
    """All that a window needs to show.

    Attributes
    ----------
    contradictions
        What contradicts what in the answers; known in the summary.
    again
        Whether the case at the gate was interrupted.
    redo
        Whether the read that comes next takes the place of an earlier one.
    offer
        The read that may be done again now, at the gate.
    closed_until
        When the case at the gate may be opened, where that is not yet.
    suspended
        Whether the pause is there because the computer slept.
    pending
        Whether something that was done is not on the disk yet.
    pending_marks
        The marks that are not there as they are shown.
    """

    phase: Phase
    assignment: Assignment | None
    progress: Progress | None
    draft: Draft
    answers: Answers
    missing: tuple[str, ...]
    contradictions: tuple[str, ...]
    arm: Arm | None
    ai: CaseAi | None
    ai_visible: bool
    again: bool
    redo: bool
    offer: ReopeningOffer | None
    closed_until: datetime | None
    suspended: bool
    pending: bool
    pending_marks: frozenset[int]
    message: str


@dataclass(frozen=True, slots=True)
class SittingFacts:
    """Who sits down at which study, and what the record says of them so far."""

    study: StudyFile
    protocol_version: int
    reader: ReaderProfile
    plan: Sequence[Assignment]
    events: Sequence[StoredEvent]
