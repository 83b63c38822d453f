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
from reader_app.plan_walk import PlanWalk, progress_at
from reader_app.reads_done import carried_over
from reader_app.session_state import Phase, SittingFacts, State
from study_design.errors import ProtocolError
from study_design.protocol.contradictions import contradictions_of
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.protocol.washout import (
    gap_days,
)
from study_design.readers import ReaderProfile
from study_design.record.acts import utc_text
from study_design.record.attestation import gap_basis
from study_design.record.payloads.reading import (
    ReadPainted,
    ReadValidated,
    SittingClosed,
    SittingOpened,
)
from study_design.record.reopening import reopening, reopening_key
from study_design.software import SOFTWARE_VERSION
from study_design.vocabulary import (
    AiInitial,
    ReaderKind,
)

CONFIRMED = "confirmed"  # what the record says of contradictions that a reader means


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
        self._walk = PlanWalk(facts, clock.now())
        self._message = ""
        self._assignment: Assignment | None = None
        self._append(SittingOpened(SOFTWARE_VERSION, clock.kind, screen, utc_text(clock.booted())))
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
        form, order = self.study.form, self.study.scales.order
        arm = self.study.arm(self._assignment.arm) if self._assignment else None
        at_gate = self._phase in (Phase.GATE, Phase.FINISHED)
        return State(
            phase=self._phase,
            assignment=self._assignment,
            progress=progress_at(self._walk.plan, self._assignment),
            draft=self._draft,
            answers=self._draft.rolled_up(form, order),
            missing=self._draft.missing(form, order),
            contradictions=self._contradictions() if self._phase is Phase.SUMMARY else (),
            arm=arm,
            ai=self._ai,
            ai_visible=self._ai_watch.visible,
            again=self._walk.resumed is not None,
            redo=at_gate and self._walk.replaced_at(self._assignment) is not None,
            offer=self._walk.offer(self._clock.now()) if at_gate else None,
            closed_until=self._closed_until if at_gate and self._is_closed() else None,
            suspended=self._suspended,
            message=self._message,
        )

    def upcoming(self, count: int) -> tuple[str, ...]:
        """Return the next cases in order, the current one first, for images to be fetched ahead."""
        return tuple(a.case for a in self._walk.remaining()[:count])

    @property
    def opens_at(self) -> datetime | None:
        """The first moment at which the next case may be opened; None where all are read."""
        return self._walk.opens_at(self._clock.now())

    def check_open(self) -> None:
        """Refuse to sit down where the next block may not be opened yet.

        Raises
        ------
        WashoutError
            In one line: the washout and the first moment allowed.
        """
        self._walk.check_open(self._clock.now())

    def choose_reopening(self) -> None:
        """Stand before the case that was read last, or again before the next one.

        Nothing is written down before the case is opened.

        Raises
        ------
        ProtocolError
            Where the last read cannot be done again, or not any more.
        """
        self._require(Phase.GATE, Phase.FINISHED)
        self._walk.choose(self._clock.now())
        self._to_gate()

    # From the gate to the validation ------------------------------------------------------------

    def open_case(self) -> None:
        """Leave the gate: the case's images may now be painted."""
        self._require(Phase.GATE)
        assignment = self._current()
        now = self._clock.now()
        self._walk.check_open(now)
        arm = self.study.arm(assignment.arm)
        if arm.ai:
            self._ai = self._case_ai(assignment)
        self._write_reopening(now)
        replaced = self._walk.replaced_at(assignment)
        resumed = self._walk.resumed
        self._read = resumed.read if resumed else str(uuid4())
        if resumed:
            self._draft = Draft(resumed.findings, resumed.answers)
            self._read_clock = ReadClock(earlier=resumed.times)
            self._ai_watch = AiWatch(resumed.ai_first_shown_s, resumed.ai_shown_s)
            self._events_of_read = self._walk.interrupted
        opening = Opening(
            assignment=assignment,
            reader=self.reader,
            arm=arm,
            ai=self._ai,
            gap_days=gap_days(self._walk.done.before(assignment.cell), assignment.case, now),
            gap_basis=gap_basis(self._facts.events, now, simulated=self._clock.kind == "simulated"),
            again=resumed.openings if resumed else 0,
            protocol_version=self._facts.protocol_version,
        )
        acts = [Act(opening.payload)]
        if replaced and not resumed:
            self._draft = carried_over(replaced, self.study)
            acts += [Act(change) for change in changes(Draft(), self._draft)]
        self._append_all(acts)
        self._walk.done.note(self._events_of_read)
        self._phase = Phase.OPENING

    def painted(self, latency_s: float) -> None:
        """All views stand on the screen: the clock starts."""
        self._require(Phase.OPENING)
        self._read_clock.start(self._clock.monotonic_s())
        self._phase = Phase.READING
        self._append(ReadPainted(latency_s))
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

    def validate(self, *, confirmed: bool = False) -> None:
        """Commit the read. When this returns, the read is safe; then the next gate stands.

        Parameters
        ----------
        confirmed
            Whether the reader was asked about the contradictions of the answers, and means them.
        """
        self._require(Phase.SUMMARY)
        assignment = self._current()
        missing = self._draft.missing(self.study.form, self.study.scales.order)
        if missing:
            raise ProtocolError(
                f"{missing[0].replace('_', ' ')} is still missing. Answer it first."
            )
        contradictions = self._contradictions()
        if contradictions and not confirmed:
            raise ProtocolError(f"{contradictions[0]}. Correct it, or confirm it.")
        replaced = self._walk.replaced_at(assignment)
        at_s = self._clock.monotonic_s()
        self._ai_watch.hide(self._read_clock.since_start_s(at_s))
        times = self._read_clock.times(at_s)
        given = self._draft.rolled_up(self.study.form, self.study.scales.order)
        final = replace(self._draft, given=given)
        self._append_all(
            [
                *(Act(change) for change in changes(self._draft, final)),
                Act(
                    ReadValidated(
                        times.raw_s,
                        times.paused_s,
                        times.idle_s,
                        times.system_s,
                        self._ai_watch.first_shown_s,
                        self._ai_watch.total_s,
                        CONFIRMED if contradictions else "",
                    ),
                    once=f"{assignment.cell}/1" + (f"/{replaced.read}" if replaced else ""),
                ),
            ]
        )
        self._walk.resumed = None
        self._walk.done.add(self._events_of_read)
        self._to_gate()

    def close(self) -> None:
        """Leave the desk; an open read waits as it is."""
        self._append(SittingClosed())

    # Inside -------------------------------------------------------------------------------------

    def _contradictions(self) -> tuple[str, ...]:
        """Return what contradicts what in the answers."""
        answers = self._draft.rolled_up(self.study.form, self.study.scales.order)
        return contradictions_of(answers, self._draft.findings, self.study)

    def _to_gate(self) -> None:
        """Stand before the next case, or at the end."""
        self._clear_case()
        remaining = self._walk.remaining()
        self._assignment = remaining[0] if remaining else None
        self._closed_until = self._walk.closed_until(self._clock.now())
        self._phase = Phase.GATE if remaining else Phase.FINISHED
        self._message = "" if remaining else "All cases are read. Thank you."

    def _is_closed(self) -> bool:
        """Tell whether the case at the gate may not be opened yet."""
        return self._closed_until is not None and self._clock.now() < self._closed_until

    def _write_reopening(self, now: datetime) -> None:
        """Write down that the case at the gate is done again, unless the time for it is over."""
        chosen = self._walk.chosen
        if chosen is None:
            return
        self._walk.chosen = None
        if self._walk.reopenable(now) != chosen:
            self._to_gate()
            raise ProtocolError("The time in which the last case could be opened again is over.")
        act = Act(reopening(chosen, ""), reopening_key(chosen.read))
        self._walk.done.note(self._journal.append_all([act], read=chosen.read))

    def _current(self) -> Assignment:
        """Return the assignment at hand."""
        if self._assignment is None:
            raise ProtocolError("All cases of this reader are read. There is nothing to open.")
        return self._assignment
