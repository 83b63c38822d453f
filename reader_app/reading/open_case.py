"""The read of an open case: every act of the reader is stamped, shown and on its way to the disk.

An act shows at once and is marked as pending until it is on the disk. What would show the reader
something new waits for the disk: images, the AI's marks, the next gate. Where an act cannot be
written, it and all later ones are taken back. What is kept here is of one case; `sitting` opens it,
validates it and goes on to the next.
"""

from collections.abc import Callable, Sequence

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.clocks.clock import WAIT_S, Clock
from reader_app.reading.clocks.reading_time import ReadingTime
from reader_app.reading.draft import Draft
from reader_app.reading.draft_changes import changes, finding_described, with_mark_placed
from reader_app.reading.journal import Act, Journal
from reader_app.reading.read_draft import ReadDraft, Then
from reader_app.reading.saving import Saving
from reader_app.reading.sitting_state import Phase
from reader_app.reading.validation import validation
from study_design.geometry import Point
from study_design.reads import Finding, Mark
from study_design.record.events import EventPayload, StoredEvent
from study_design.record.payloads.reading import (
    AiMarksHidden,
    AiMarksShown,
    AnswerGiven,
    DigitsTyped,
    FocusLost,
    FocusReturned,
    MarkRemoved,
    ReadPainted,
    ReadPaused,
    ReadResumed,
    ReadStalled,
    ReadSuspended,
)
from study_design.record.reads.replay import OpenRead
from study_design.vocabulary import AbnormalityType, View

Validated = Callable[[ReadDraft], None]


class OpenCase:
    """The case on the screen, or none between two cases.

    Parameters
    ----------
    journal
        Writes the acts.
    clock
        The clock of the sitting.

    Attributes
    ----------
    saving
        The acts on their way to the disk.
    """

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.saving = Saving(journal)
        self._clock = clock
        self._phase = Phase.GATE
        self._focused = True
        self._ai: CaseAi | None = None
        self._ai_asked = self._suspended = False
        self._time = ReadingTime(clock)

    # What is shown --------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """What the window shows."""
        return self._phase

    @property
    def draft(self) -> Draft:
        """The answers up to now."""
        return self.saving.draft

    @property
    def ai(self) -> CaseAi | None:
        """The AI's results, once the opening of a case of an arm with AI is on the disk."""
        return self._ai

    @property
    def ai_visible(self) -> bool:
        """Whether the AI's marks are shown."""
        return self._time.ai.visible

    @property
    def suspended(self) -> bool:
        """Whether the read is on pause because the computer slept."""
        return self._suspended

    # On its way to the disk -----------------------------------------------------------------------

    def settle(self) -> None:
        """Take note of what is on the disk by now, and go on with what waited for it.

        Raises
        ------
        RecordError
            Where something could not be written: it and all that came after it is taken back.
        """
        self._note_wait(self.saving.settle())

    def wait(self) -> None:
        """Wait until everything is on the disk.

        Raises
        ------
        RecordError
            As `settle`.
        """
        self.saving.wait()
        self.settle()

    # What the reader does -------------------------------------------------------------------------

    def input_seen(self) -> None:
        """Note that the reader did something, whatever it was."""
        self._time.input_seen()

    def waited(self, seconds: float, until_s: float) -> None:
        """Note that the program let the reader wait; a long wait is flagged in the record.

        What came before the first full paint is the case's latency and not part of the read.
        """
        self._note_stall(self._time.waited(seconds, until_s))

    def focus_changed(self, *, focused: bool) -> None:
        """Note that another window takes the keyboard, or that it comes back."""
        if self._time.running and focused != self._focused:
            self.append(FocusReturned() if focused else FocusLost())
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
        self.require(Phase.READING)
        shape = "point" if len(points) == 1 else "box"
        mark = Mark(self.draft.next_mark, view, image, shape, points)
        placed = with_mark_placed(self.draft, mark, types, finding)
        self.append_all([Act(change) for change in placed.changes], placed.draft)
        return placed.finding

    def remove_mark(self, mark: int) -> None:
        """Take a mark back."""
        self.require(Phase.READING)
        self.append(MarkRemoved(mark), self.draft.without_mark(mark))

    def describe_finding(self, finding: Finding) -> None:
        """Set type, category, rating and whether a finding is seen on one view only."""
        self.require(Phase.READING, Phase.SUMMARY)
        described = self.draft.with_finding(finding)
        self.append(finding_described(finding), described)

    def restore(self, draft: Draft) -> None:
        """Go back, or forward, to a draft of this read; what that changes is written down."""
        self.require(Phase.READING, Phase.SUMMARY)
        acts = [Act(change) for change in changes(self.draft, draft)]
        self.append_all(acts, draft)

    def answer(self, item: str, value: str | float | None) -> None:
        """Answer an item of `Answers`; None takes the answer back."""
        self.answer_alike((item,), value)

    def answer_alike(self, items: Sequence[str], value: str | float | None) -> None:
        """Answer several items of `Answers` with one value, all or none."""
        self.require(Phase.READING, Phase.SUMMARY)
        draft = self.draft
        for item in items:
            draft = draft.with_answer(item, value)
        acts = [Act(AnswerGiven(item, value)) for item in items]
        self.append_all(acts, draft)

    def type_digits(self, items: Sequence[str], text: str, *, finding: int | None) -> None:
        """Keep digits that are no answer yet; no digits, where they are dropped unanswered."""
        self.require(Phase.READING, Phase.SUMMARY)
        self.append(DigitsTyped(tuple(items), text, finding))

    @property
    def ai_can_be_shown(self) -> bool:
        """Whether the open case has AI marks that the protocol lets the reader see."""
        return self._ai is not None and bool(self._ai.result.detections)

    def toggle_ai(self) -> None:
        """Hide the AI's marks, or show them once the disk knows; until then G does nothing."""
        if not self.ai_can_be_shown or self._phase not in (Phase.READING, Phase.SUMMARY):
            return
        if self.ai_visible:
            self.saving.hand_over([Act(AiMarksHidden())])
            self._time.hide_ai()
        elif not self._ai_asked:
            self.saving.hand_over([Act(AiMarksShown())], then=self._show_ai)
            self._ai_asked = True
        self.settle()

    def pause(self) -> None:
        """Stop the reading clock; the window hides the images."""
        self.require(Phase.READING, Phase.SUMMARY)
        self.saving.hand_over([Act(ReadPaused())])
        self._stop_clock()
        self.settle()

    def slept(self, seconds: float) -> None:
        """Note that the computer has slept until now: a read is put on pause from when it began.

        Nobody reads on a sleeping computer; what went by is paused and flagged, not reading time.
        """
        if not self._time.running:
            return
        acts = [Act(ReadSuspended(seconds))]
        if self._phase is Phase.PAUSED:
            self.append_all(acts)
            return
        self.saving.hand_over([*acts, Act(ReadPaused())])
        self._stop_clock(ago_s=seconds)
        self._suspended = True
        self.settle()

    def resume(self) -> None:
        """Go on reading after a pause: the images come back when the disk knows."""
        self.require(Phase.PAUSED)
        self.saving.hand_over([Act(ReadResumed())], then=self._show_images)
        self._time.resume()
        self._suspended = False
        self._phase = Phase.SAVING
        self.settle()

    # From the gate to the validation --------------------------------------------------------------

    def stand_at(self, phase: Phase) -> None:
        """Forget the case that was open: a gate, the end of the plan, or saving before either."""
        self.saving.kept = ReadDraft()
        self._ai = None
        self._ai_asked = False
        self._time = ReadingTime(self._clock)
        self._suspended = False
        self._phase = phase

    def require(self, *phases: Phase) -> None:
        """Refuse an act that does not belong to the phase: a mistake of the program's."""
        if self._phase not in phases:
            raise RuntimeError(f"not while {self._phase}: expected {', '.join(phases)}")

    def take_up(self, read: str, resumed: OpenRead | None, events: list[StoredEvent]) -> None:
        """Begin a read, or go on with one that was cut off."""
        self.saving.kept = ReadDraft(read)
        if resumed is not None:
            draft = Draft(resumed.findings, resumed.answers)
            self.saving.kept = ReadDraft(read, draft, draft, events)
            self._time = ReadingTime(self._clock, resumed)

    def open(self, acts: Sequence[Act], draft: Draft, *, then: Then) -> None:
        """Leave the gate; `then` follows when the opening is on the disk."""
        self.saving.hand_over(acts, draft, then=then)
        self._phase = Phase.SAVING
        self.settle()

    def opened(self, ai: CaseAi | None) -> None:
        """Let the images and the AI be seen."""
        self._ai = ai
        self._phase = Phase.OPENING

    def painted(self, latency_s: float) -> None:
        """All views stand on the screen: the clock starts."""
        self.require(Phase.OPENING)
        self.saving.hand_over([Act(ReadPainted(latency_s))])
        self._time.start()
        self._phase = Phase.READING
        self.settle()

    def show_summary(self) -> None:
        """Show what would be validated."""
        self.require(Phase.READING)
        self._phase = Phase.SUMMARY

    def back_to_reading(self) -> None:
        """Leave the summary without validating."""
        self.require(Phase.SUMMARY)
        self._phase = Phase.READING

    def validate(self, final: Draft, *, once: str, contradiction: str, then: Validated) -> None:
        """Commit the read and take its images away; `then` is told of it once it is safe.

        Parameters
        ----------
        final
            The draft with all answers, those that follow from others too.
        once
            What can be validated only once.
        contradiction
            What the record says of answers that contradict each other.
        """
        self.require(Phase.SUMMARY)
        self._note_wait(self.saving.waiting_s)
        times, ai = self._time.stop(), self._time.ai
        acts = validation(self.draft, final, times, ai, contradiction=contradiction, once=once)
        kept = self.saving.kept
        self.saving.hand_over(acts, final, then=lambda _: then(kept))
        self.stand_at(Phase.SAVING)
        self.settle()

    def append(self, payload: EventPayload, draft: Draft | None = None) -> None:
        """Write an act down, and show the draft that it leads to."""
        self.append_all([Act(payload)], draft)

    def append_all(self, acts: Sequence[Act], draft: Draft | None = None) -> None:
        """Write acts down in one step, and show the draft that they lead to."""
        if acts:
            self.saving.hand_over(acts, draft)
            self.settle()

    # Inside ---------------------------------------------------------------------------------------

    def _stop_clock(self, *, ago_s: float = 0.0) -> None:
        """Stop the reading time and hide images and AI."""
        self._time.pause(ago_s=ago_s)
        self._phase = Phase.PAUSED

    def _show_ai(self, _stored: Sequence[StoredEvent]) -> None:
        """Show the AI's marks, unless the reader has gone on to something else meanwhile."""
        self._ai_asked = False
        if self._phase in (Phase.READING, Phase.SUMMARY):
            self._time.show_ai()

    def _show_images(self, _stored: Sequence[StoredEvent]) -> None:
        """Show the images again, unless the computer has slept meanwhile."""
        if self._phase is Phase.SAVING:
            self._phase = Phase.READING

    def _note_wait(self, seconds: float) -> None:
        """Note for how long the reader waited for the disk."""
        if seconds > WAIT_S:
            self._note_stall(self._time.waited_until_now(seconds))

    def _note_stall(self, seconds: float) -> None:
        """Flag a long wait in the record."""
        if seconds:
            self.append(ReadStalled(seconds))
