"""A sitting of one reader: walks the plan, case by case, and writes down every act.

A widget calls the session, the session appends an event, the widget shows the state. Nothing here
draws, and nothing here knows the truth; AI results are asked for only when a case of an arm with AI
is opened.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from reader_app.ai_results import CaseAi
from reader_app.ai_watch import AiWatch
from reader_app.clock import Clock, ReadClock
from reader_app.draft import Draft
from reader_app.draft_changes import changes, description_payload, mark_payload
from reader_app.journal import Act, Journal, Record
from reader_app.opening import Opening
from reader_app.plan_walk import progress_at, remaining
from reader_app.session_state import Phase, SittingFacts, State
from study_design.errors import ProtocolError
from study_design.geometry import Point
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
from study_design.reads import Finding, Mark, Read
from study_design.record.events import EventType, JsonValue, StoredEvent
from study_design.record.replay import OpenRead, open_read, reads_of
from study_design.software import SOFTWARE_VERSION
from study_design.vocabulary import (
    AbnormalityType,
    AiInitial,
    ReaderKind,
    View,
)

STALL_S = 3.0


class ReadingSession:
    """One sitting; see the module.

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
        self._facts = facts
        self._clock = clock
        self._case_ai = case_ai
        reader = facts.reader.reader
        self._plan = assignments_of(facts.plan, reader)
        own = [stored for stored in facts.events if stored.event.actor == reader]
        self._reads: list[Read] = list(reads_of(own))
        self._resumed: OpenRead | None = open_read(own, reader)
        self._interrupted = [s for s in own if self._resumed and s.event.read == self._resumed.read]
        newest = max((datetime.fromisoformat(s.event.at_utc) for s in own), default=None)
        check_clock(newest, clock.now())
        self._journal = Journal(record, clock, actor=reader)
        self._phase = Phase.GATE
        self._message = ""
        self._focused = True
        self._assignment: Assignment | None = None
        self._draft = Draft()
        self._ai: CaseAi | None = None
        self._ai_watch = AiWatch()
        self._read: str | None = None
        self._read_clock = ReadClock()
        self._events_of_read: list[StoredEvent] = []
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

    def input_seen(self) -> None:
        """Note that the reader did something, whatever it was."""
        if self._read_clock.running:
            self._read_clock.input(self._clock.monotonic_s())

    def waited(self, seconds: float) -> None:
        """Note that the program let the reader wait; a long wait is flagged in the record.

        What came before the first full paint is the case's latency and not part of the read.
        """
        if self._read_clock.running:
            since_paint_s = self._read_clock.since_paint_s(self._clock.monotonic_s())
            seconds = min(seconds, since_paint_s)
            self._read_clock.waited(seconds)
            if seconds >= STALL_S:
                self._append(EventType.READ_STALLED, {"seconds": seconds})

    def focus_changed(self, *, focused: bool) -> None:
        """Note that another window takes the keyboard, or that it comes back."""
        if self._read_clock.running and focused != self._focused:
            self._append(EventType.FOCUS_RETURNED if focused else EventType.FOCUS_LOST, {})
        self._focused = focused

    def place_mark(
        self,
        view: View,
        image: str,
        *,
        points: tuple[Point, ...],
        types: tuple[AbnormalityType, ...],
        finding: int | None = None,
    ) -> Finding:
        """Place a mark: of a new finding, or of an existing one on the breast's other view."""
        self._require(Phase.READING)
        shape = "point" if len(points) == 1 else "box"
        mark = Mark(self._draft.next_mark, view, image, shape, points)
        if finding is None:
            for item in self._draft.answered_without_findings(view.side):
                self.answer(item, None)
            number = self._draft.next_finding
            draft = self._draft.with_finding(Finding(number, types, (mark,)))
        else:
            number = finding
            draft = self._draft.with_mark(number, mark)
        self._append(EventType.MARK_PLACED, mark_payload(draft.finding(number), mark))
        self._draft = draft
        return draft.finding(number)

    def remove_mark(self, mark: int) -> None:
        """Take a mark back."""
        self._require(Phase.READING)
        self._append(EventType.MARK_REMOVED, {"mark": mark})
        self._draft = self._draft.without_mark(mark)

    def describe_finding(self, finding: Finding) -> None:
        """Set type, category, rating and whether a finding is seen on one view only."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._append(EventType.FINDING_DESCRIBED, description_payload(finding))
        self._draft = self._draft.with_finding(finding)

    def restore(self, draft: Draft) -> None:
        """Go back, or forward, to a draft of this read; what that changes is written down."""
        self._require(Phase.READING, Phase.SUMMARY)
        for change in changes(self._draft, draft):
            self._append(change.kind, change.payload)
        self._draft = draft

    def answer(self, item: str, value: str | float | None) -> None:
        """Answer an item of `Answers`; None takes the answer back."""
        self._require(Phase.READING, Phase.SUMMARY)
        draft = self._draft.with_answer(item, value)
        self._append(EventType.ANSWER_GIVEN, {"item": item, "value": value})
        self._draft = draft

    @property
    def ai_can_be_shown(self) -> bool:
        """Whether the open case has AI marks that the protocol lets the reader see."""
        return self._ai is not None and bool(self._ai.result.detections)

    def toggle_ai(self) -> None:
        """Show or hide the AI's marks."""
        if not self.ai_can_be_shown or self._phase not in (Phase.READING, Phase.SUMMARY):
            return
        at_s = self._read_clock.since_start_s(self._clock.monotonic_s())
        if self._ai_watch.visible:
            self._append(EventType.AI_HIDDEN, {})
            self._ai_watch.hide(at_s)
        else:
            self._append(EventType.AI_SHOWN, {})
            self._ai_watch.show(at_s)

    def pause(self) -> None:
        """Stop the reading clock; the window hides the images."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._append(EventType.READ_PAUSED, {})
        at_s = self._clock.monotonic_s()
        self._ai_watch.hide(self._read_clock.since_start_s(at_s))
        self._read_clock.pause(at_s)
        self._phase = Phase.PAUSED

    def resume(self) -> None:
        """Go on reading after a pause."""
        self._require(Phase.PAUSED)
        self._append(EventType.READ_RESUMED, {})
        self._read_clock.resume(self._clock.monotonic_s())
        self._phase = Phase.READING

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

    def _clear_case(self) -> None:
        """Forget everything of the case that was open."""
        self._draft = Draft()
        self._ai = None
        self._ai_watch = AiWatch()
        self._read = None
        self._read_clock = ReadClock()
        self._events_of_read = []

    def _remaining(self) -> tuple[Assignment, ...]:
        """Return the cells that are still to be read, an interrupted read first."""
        done = {read.cell for read in self._reads}
        return remaining(self._plan, done, first=self._resumed.cell if self._resumed else "")

    def _current(self) -> Assignment:
        """Return the assignment at hand."""
        if self._assignment is None:
            raise ProtocolError("All cases of this reader are read. There is nothing to open.")
        return self._assignment

    def _require(self, *phases: Phase) -> None:
        """Refuse an act that does not belong to the phase: a mistake of the program's."""
        if self._phase not in phases:
            raise RuntimeError(f"not while {self._phase}: expected {', '.join(phases)}")

    def _append(self, kind: EventType, payload: dict[str, JsonValue]) -> None:
        """Write an act down; when this returns, it is on the disk."""
        self._append_all([Act(kind, payload)])

    def _append_all(self, acts: Sequence[Act]) -> None:
        """Write acts down in one step."""
        stored = self._journal.append_all(acts, read=self._read)
        if self._read is not None:
            self._events_of_read += stored
