"""A sitting of one reader: walks the plan, case by case, and writes down every act.

A widget calls the session, the session appends an event, the widget shows the state. Nothing here
draws, and nothing here knows the truth; AI results are asked for only when a case of an arm with AI
is opened.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from reader_app.ai_results import CaseAi
from reader_app.ai_watch import AiWatch
from reader_app.clock import Clock, ReadClock
from reader_app.draft import Draft
from reader_app.draft_changes import changes
from reader_app.journal import Act, Journal, Record
from reader_app.open_case import OpenCase
from reader_app.opening import Opening
from reader_app.plan_walk import progress_at, remaining
from reader_app.session_state import Phase, SittingFacts, State
from study_design.errors import ProtocolError
from study_design.protocol.plan import Assignment, assignments_of
from study_design.protocol.study_file import StudyFile
from study_design.protocol.washout import (
    check_block,
    check_clock,
    check_washout,
    gap_days,
    next_allowed,
)
from study_design.readers import ReaderProfile
from study_design.reads import Read
from study_design.record.events import EventType
from study_design.record.replay import OpenRead, open_read, reads_of
from study_design.software import SOFTWARE_VERSION
from study_design.vocabulary import (
    AiInitial,
    ReaderKind,
)


class ReadingSession(OpenCase):
    """One sitting; see the module, and `OpenCase` for the acts on the case that is open.

    Parameters
    ----------
    facts
        Study, reader, plan and the record so far.
    record
        Where events go.
    clock
        The station's clock, or a simulated one.
    case_ai
        Returns the AI's results for an assignment; called in arms with AI only.
    screen
        Size and scale of the screen, for the record.
    """

    def __init__(
        self,
        facts: SittingFacts,
        *,
        record: Record,
        clock: Clock,
        case_ai: Callable[[Assignment], CaseAi],
        screen: str = "",
    ) -> None:
        super().__init__(Journal(record, clock, actor=facts.reader.reader), clock)
        self._facts = facts
        self._case_ai = case_ai
        reader = facts.reader.reader
        self._plan = assignments_of(facts.plan, reader)
        own = [stored for stored in facts.events if stored.event.actor == reader]
        self._reads: list[Read] = list(reads_of(own))
        self._resumed: OpenRead | None = open_read(own, reader)
        self._interrupted = [s for s in own if self._resumed and s.event.read == self._resumed.read]
        newest = max((datetime.fromisoformat(s.event.at_utc) for s in own), default=None)
        check_clock(newest, clock.now())
        self._message = ""
        self._assignment: Assignment | None = None
        self._append(
            EventType.SITTING_OPENED,
            {"software_version": SOFTWARE_VERSION, "clock": clock.kind, "screen": screen},
        )
        self._to_gate()

    # What a window shows ------------------------------------------------------------------------

    @property
    def study(self) -> StudyFile:
        """The locked protocol."""
        return self._facts.study

    @property
    def reader(self) -> ReaderProfile:
        """Who reads."""
        return self._facts.reader

    @property
    def simulated(self) -> bool:
        """Whether a program reads; shown on every screen."""
        return self.reader.kind is ReaderKind.SIMULATED

    @property
    def state(self) -> State:
        """Return a picture of the session as it stands."""
        form = self.study.form
        arm = self.study.arm(self._assignment.arm) if self._assignment else None
        return State(
            phase=self._phase,
            assignment=self._assignment,
            progress=progress_at(self._plan, self._assignment),
            draft=self._draft,
            answers=self._draft.rolled_up(form),
            missing=self._draft.missing(form),
            arm=arm,
            ai=self._ai,
            ai_visible=self._ai_watch.visible,
            again=self._resumed is not None,
            message=self._message,
        )

    def upcoming(self, count: int) -> tuple[str, ...]:
        """Return the next cases in order, the current one first, for images to be fetched ahead."""
        return tuple(a.case for a in self._remaining()[:count])

    @property
    def opens_at(self) -> datetime | None:
        """The first moment at which the next case may be opened; None where all are read."""
        following = next_allowed(self._plan, self._reads, self.study, self._clock.now())
        return following.opens_at if following else None

    def check_open(self) -> None:
        """Refuse to sit down where the next block may not be opened yet.

        Raises
        ------
        WashoutError
            In one line: the washout and the first moment allowed.
        """
        check_block(self._plan, self._reads, self.study, self._clock.now())

    # From the gate to the validation ------------------------------------------------------------

    def open_case(self) -> None:
        """Leave the gate: the case's images may now be painted."""
        self._require(Phase.GATE)
        assignment = self._current()
        now = self._clock.now()
        self.check_open()
        check_washout(assignment, self._reads, self.study, now)
        arm = self.study.arm(assignment.arm)
        if arm.ai:
            self._ai = self._case_ai(assignment)
        resumed = self._resumed
        self._read = resumed.read if resumed else str(uuid4())
        if resumed:
            self._draft = Draft(resumed.findings, resumed.answers)
            self._read_clock = ReadClock(earlier=resumed.times)
            self._ai_watch = AiWatch(resumed.ai_first_shown_s, resumed.ai_shown_s)
            self._events_of_read = self._interrupted
        opening = Opening(
            assignment=assignment,
            reader=self.reader,
            arm=arm,
            ai=self._ai,
            gap_days=gap_days(self._reads, assignment.case, now),
            simulated_clock=self._clock.kind == "simulated",
            again=resumed.openings if resumed else 0,
            protocol_version=self._facts.protocol_version,
        )
        self._append(EventType.READ_OPENED, opening.payload)
        self._phase = Phase.OPENING

    def painted(self, latency_s: float) -> None:
        """All views stand on the screen: the clock starts."""
        self._require(Phase.OPENING)
        self._read_clock.start(self._clock.monotonic_s())
        self._phase = Phase.READING
        self._append(EventType.READ_PAINTED, {"latency_s": latency_s})
        arm = self.study.arm(self._current().arm)
        if arm.ai and arm.initial is AiInitial.SHOWN and self.ai_can_be_shown:
            self.toggle_ai()

    def show_summary(self) -> None:
        """Show what would be validated; findings must be complete."""
        self._require(Phase.READING)
        incomplete = self._draft.incomplete_findings(self.study.form)
        if incomplete:
            raise ProtocolError(
                f"Finding {incomplete[0]} lacks its category or rating. Complete its card first."
            )
        self._phase = Phase.SUMMARY

    def back_to_reading(self) -> None:
        """Leave the summary without validating."""
        self._require(Phase.SUMMARY)
        self._phase = Phase.READING

    def validate(self) -> None:
        """Commit the read. When this returns, the read is safe; then the next gate stands."""
        self._require(Phase.SUMMARY)
        assignment = self._current()
        missing = self._draft.missing(self.study.form)
        if missing:
            raise ProtocolError(
                f"{missing[0].replace('_', ' ')} is still missing. Answer it first."
            )
        at_s = self._clock.monotonic_s()
        self._ai_watch.hide(self._read_clock.since_start_s(at_s))
        times = self._read_clock.times(at_s)
        final = replace(self._draft, given=self._draft.rolled_up(self.study.form))
        self._append_all(
            [
                *(Act(change.kind, change.payload) for change in changes(self._draft, final)),
                Act(
                    EventType.READ_VALIDATED,
                    {
                        "raw_s": times.raw_s,
                        "paused_s": times.paused_s,
                        "idle_s": times.idle_s,
                        "system_s": times.system_s,
                        "ai_first_shown_s": self._ai_watch.first_shown_s,
                        "ai_shown_s": self._ai_watch.total_s,
                    },
                    once=f"{assignment.cell}/1",
                ),
            ]
        )
        self._resumed = None
        self._reads += reads_of(self._events_of_read)
        self._to_gate()

    def close(self) -> None:
        """Leave the desk; an open read waits as it is."""
        self._append(EventType.SITTING_CLOSED, {})

    # Inside -------------------------------------------------------------------------------------

    def _to_gate(self) -> None:
        """Stand before the next case, or at the end."""
        self._clear_case()
        remaining = self._remaining()
        self._assignment = remaining[0] if remaining else None
        self._phase = Phase.GATE if remaining else Phase.FINISHED
        self._message = "" if remaining else "All cases are read. Thank you."

    def _remaining(self) -> tuple[Assignment, ...]:
        """Return the cells that are still to be read, an interrupted read first."""
        done = {read.cell for read in self._reads}
        return remaining(self._plan, done, first=self._resumed.cell if self._resumed else "")

    def _current(self) -> Assignment:
        """Return the assignment at hand."""
        if self._assignment is None:
            raise ProtocolError("All cases of this reader are read. There is nothing to open.")
        return self._assignment
