"""A sitting of one reader: walks the plan, case by case, and writes down every act.

A widget calls the sitting, the sitting appends an event, the widget shows the state. Nothing here
draws, and nothing here knows the truth; AI results are asked for only when a case of an arm with AI
is opened. Images, AI and the next gate wait until the record has what leads to them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.between_cases import BetweenCases
from reader_app.reading.clocks.clock import Clock
from reader_app.reading.desk import UNKNOWN_DESK, Desk
from reader_app.reading.draft import Draft
from reader_app.reading.draft_changes import changes
from reader_app.reading.journal import Act, Journal, Writer
from reader_app.reading.open_case import OpenCase
from reader_app.reading.opening import Opening
from reader_app.reading.read_draft import ReadDraft
from reader_app.reading.reads_done import carried_over
from reader_app.reading.sitting_state import Phase, SittingFacts, State
from study_design.errors import ProtocolError
from study_design.protocol.contradictions import contradictions_of
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import StudyFile
from study_design.record.events import StoredEvent
from study_design.record.payloads.reading import SittingClosed
from study_design.record.reads.half_typed import HalfTyped
from study_design.vocabulary import AiInitial, ReaderKind

CONFIRMED = "confirmed"  # what the record says of contradictions that a reader means


class Sitting:
    """One sitting; see the module.

    Parameters
    ----------
    facts
        Study, reader, plan and the record so far.
    writer
        Brings events to the disk.
    clock
        The station's clock, or a simulated one.
    case_ai
        Returns the AI's results for an assignment; called in arms with AI only.
    screen
        Size and scale of the screen, for the record.
    desk
        The computer, and what a time server says.

    Attributes
    ----------
    case
        The case that is open, with all that the reader can do to it.
    """

    def __init__(
        self,
        facts: SittingFacts,
        *,
        writer: Writer,
        clock: Clock,
        case_ai: Callable[[Assignment], CaseAi],
        screen: str = "",
        desk: Desk = UNKNOWN_DESK,
    ) -> None:
        self._place = BetweenCases(facts, clock)
        journal = Journal(writer, clock, actor=facts.reader.reader)
        journal.on_saved = self._place.take_note
        self.case = OpenCase(journal, clock)
        self._facts = facts
        self._case_ai = case_ai
        self.case.append_all(desk.opening(clock, screen))
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
        """Return a picture of the sitting as it stands."""
        form, order = self.study.form, self.study.scales.order
        place = self._place
        case, draft = self.case, self.case.draft
        at_gate = case.phase in (Phase.GATE, Phase.FINISHED)
        return State(
            phase=case.phase,
            assignment=place.at,
            progress=place.progress,
            draft=draft,
            answers=draft.rolled_up(form, order),
            missing=draft.missing(form, order),
            contradictions=self._contradictions() if case.phase is Phase.SUMMARY else (),
            arm=self.study.arm(place.at.arm) if place.at else None,
            ai=case.ai,
            ai_visible=case.ai_visible,
            again=place.resumed is not None,
            redo=at_gate and place.replaced is not None,
            offer=place.offer if at_gate else None,
            closed_until=place.closed_until if at_gate else None,
            suspended=case.suspended,
            pending=case.saving.pending,
            pending_marks=case.saving.kept.pending_marks,
            message="" if place.at else "All cases are read. Thank you.",
        )

    @property
    def half_typed(self) -> HalfTyped | None:
        """The digits that were being typed when the case that is opened again was cut off."""
        return self._place.resumed.half_typed if self._place.resumed else None

    def upcoming(self, count: int) -> tuple[str, ...]:
        """Return the next cases in order, the current one first, for images to be fetched ahead."""
        return self._place.upcoming(count)

    @property
    def opens_at(self) -> datetime | None:
        """The first moment at which the next case may be opened; None where all are read."""
        return self._place.opens_at

    def check_open(self) -> None:
        """Refuse to sit down where the next block may not be opened yet.

        Raises
        ------
        WashoutError
            In one line: the washout and the first moment allowed.
        """
        self._place.check_dates()
        self.case.settle()
        if not self._place.sat_down:
            self.case.wait()
        self._place.check_washout()

    def choose_reopening(self) -> None:
        """Stand before the case that was read last, or again before the next one.

        Nothing is written down before the case is opened.

        Raises
        ------
        ProtocolError
            Where the last read cannot be done again, or not any more.
        """
        self.case.require(Phase.GATE, Phase.FINISHED)
        self._place.choose()
        self._to_gate()

    # From the gate to the validation ------------------------------------------------------------

    def open_case(self) -> None:
        """Leave the gate: once the disk knows, the case's images may be painted."""
        self.case.require(Phase.GATE)
        place, assignment = self._place, self._place.current
        self.check_open()
        arm = self.study.arm(assignment.arm)
        ai = self._case_ai(assignment) if arm.ai else None
        acts = self._reopening()
        gap_days, gap_basis = place.gap()
        opening = Opening(
            assignment=assignment,
            reader=self.reader,
            arm=arm,
            ai=ai,
            gap_days=gap_days,
            gap_basis=gap_basis,
            again=place.resumed.openings if place.resumed else 0,
            protocol_version=self._facts.protocol_version,
        )
        acts.append(Act(opening.payload))
        resumed, replaced = place.resumed, place.replaced
        draft = Draft()
        self.case.take_up(resumed.read if resumed else str(uuid4()), resumed, place.interrupted)
        if resumed:
            draft = self.case.draft
        elif replaced:
            draft = carried_over(replaced, self.study)
            acts += [Act(change) for change in changes(Draft(), draft)]
        self.case.open(acts, draft, then=partial(self._opened, ai))

    def painted(self, latency_s: float) -> None:
        """All views stand on the screen: the clock starts."""
        self.case.painted(latency_s)
        arm = self.study.arm(self._place.current.arm)
        if arm.ai and arm.initial is AiInitial.SHOWN and self.case.ai_can_be_shown:
            self.case.toggle_ai()

    def show_summary(self) -> None:
        """Show what would be validated; findings must be complete."""
        self.case.require(Phase.READING)
        incomplete = self.case.draft.incomplete_findings(self.study.form)
        if incomplete:
            raise ProtocolError(
                f"Finding {incomplete[0]} lacks its category or rating. Complete its card first."
            )
        self.case.show_summary()

    def validate(self, *, confirmed: bool = False) -> None:
        """Commit the read and take its images away; once it is safe the next gate stands.

        Parameters
        ----------
        confirmed
            Whether the reader was asked about the contradictions of the answers, and means them.
        """
        self.case.require(Phase.SUMMARY)
        form, order, draft = self.study.form, self.study.scales.order, self.case.draft
        missing = draft.missing(form, order)
        if missing:
            raise ProtocolError(
                f"{missing[0].replace('_', ' ')} is still missing. Answer it first."
            )
        contradictions = self._contradictions()
        if contradictions and not confirmed:
            raise ProtocolError(f"{contradictions[0]}. Correct it, or confirm it.")
        replaced = self._place.replaced
        self.case.validate(
            replace(draft, given=draft.rolled_up(form, order)),
            once=f"{self._place.current.cell}/1" + (f"/{replaced.read}" if replaced else ""),
            contradiction=CONFIRMED if contradictions else "",
            then=self._validated,
        )

    def close(self) -> None:
        """Leave the desk; an open read waits as it is. When this returns all is on the disk.

        Raises
        ------
        RecordError
            Where something that was done in this sitting is not.
        """
        self.case.append(SittingClosed())
        self.case.wait()

    # Inside -------------------------------------------------------------------------------------

    def _contradictions(self) -> tuple[str, ...]:
        """Return what contradicts what in the answers."""
        draft = self.case.draft
        answers = draft.rolled_up(self.study.form, self.study.scales.order)
        return contradictions_of(answers, draft.findings, self.study)

    def _opened(self, ai: CaseAi | None, stored: Sequence[StoredEvent]) -> None:
        """Let the images and the AI of the case be seen: its opening is on the disk."""
        self._place.opened(stored)
        self.case.opened(ai)

    def _validated(self, kept: ReadDraft) -> None:
        """Go on to the next case: the read is on the disk."""
        self._place.validated(kept.events)
        self._to_gate()

    def _to_gate(self) -> None:
        """Stand before the next case, or at the end."""
        self.case.stand_at(self._place.stand())

    def _reopening(self) -> list[Act]:
        """Return what says that the case at the gate is done again, unless it is too late."""
        try:
            return self._place.reopening()
        except ProtocolError:
            self._to_gate()
            raise
