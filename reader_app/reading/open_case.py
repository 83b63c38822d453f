"""The read of an open case: every act of the reader is stamped, shown and on its way to the disk.

An act shows at once and is marked as pending until it is on the disk. What would show the reader
something new waits for the disk: images, the AI's marks, the next gate. Where an act cannot be
written, it and all later ones are taken back. What is kept here is of one case; `session` opens it,
validates it and goes on to the next.
"""

from collections.abc import Callable, Sequence

from reader_app.reading.ai_results import CaseAi
from reader_app.reading.ai_watch import AiWatch
from reader_app.reading.clock import WAIT_S, Clock, ReadClock
from reader_app.reading.draft import Draft
from reader_app.reading.draft_changes import changes, finding_described, mark_placed
from reader_app.reading.journal import Act, Journal
from reader_app.reading.read_draft import ReadDraft, Then
from reader_app.reading.session_state import Phase
from study_design.errors import CrossreadError
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
    ReadPaused,
    ReadResumed,
    ReadStalled,
    ReadSuspended,
)
from study_design.vocabulary import AbnormalityType, View


class OpenCase:
    """The case on the screen, or none between two cases.

    Parameters
    ----------
    journal
        Writes the acts.
    clock
        The clock of the sitting.
    """

    _ai_asked: bool
    _ai_watch: AiWatch
    _read_clock: ReadClock

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._phase = Phase.GATE
        self._focused = True
        self._clear_case()

    @property
    def pending(self) -> bool:
        """Whether something that was done is not on the disk yet."""
        return self._journal.pending

    def when_saved(self, tell: Callable[[], None]) -> None:
        """Tell somebody, now and later and in any thread, when it is time to `settle`."""
        self._journal.arrived = tell
        tell()

    def settle(self) -> None:
        """Take note of what is on the disk by now, and go on with what waited for it.

        Raises
        ------
        RecordError
            Where something could not be written: it and all that came after it is taken back.
        """
        waited_s = self._journal.waiting_s
        try:
            settled = self._journal.settle()
        except CrossreadError:
            self._kept.give_up()
            raise
        if settled:
            self._note_wait(waited_s)

    def wait(self) -> None:
        """Wait until everything is on the disk.

        Raises
        ------
        RecordError
            As `settle`.
        """
        self._journal.wait()
        self.settle()

    def input_seen(self) -> None:
        """Note that the reader did something, whatever it was."""
        if self._read_clock.running:
            self._read_clock.input(self._clock.monotonic_s())

    def waited(self, seconds: float, until_s: float) -> None:
        """Note that the program let the reader wait; a long wait is flagged in the record.

        What came before the first full paint is the case's latency and not part of the read.
        """
        stalled_s = self._read_clock.waited(seconds, until_s)
        if stalled_s:
            self._append(ReadStalled(stalled_s))

    def focus_changed(self, *, focused: bool) -> None:
        """Note that another window takes the keyboard, or that it comes back."""
        if self._read_clock.running and focused != self._focused:
            self._append(FocusReturned() if focused else FocusLost())
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
        draft = self._draft
        mark = Mark(draft.next_mark, view, image, shape, points)
        acts = []
        if finding is None:
            for item in draft.answered_without_findings(view.side):
                acts.append(Act(AnswerGiven(item, None)))
                draft = draft.with_answer(item, None)
            finding = draft.next_finding
            draft = draft.with_finding(Finding(finding, types, (mark,)))
        else:
            draft = draft.with_mark(finding, mark)
        acts.append(Act(mark_placed(draft.finding(finding), mark)))
        self._append_all(acts, draft)
        return draft.finding(finding)

    def remove_mark(self, mark: int) -> None:
        """Take a mark back."""
        self._require(Phase.READING)
        self._append(MarkRemoved(mark), self._draft.without_mark(mark))

    def describe_finding(self, finding: Finding) -> None:
        """Set type, category, rating and whether a finding is seen on one view only."""
        self._require(Phase.READING, Phase.SUMMARY)
        described = self._draft.with_finding(finding)
        self._append(finding_described(finding), described)

    def restore(self, draft: Draft) -> None:
        """Go back, or forward, to a draft of this read; what that changes is written down."""
        self._require(Phase.READING, Phase.SUMMARY)
        acts = [Act(change) for change in changes(self._draft, draft)]
        self._append_all(acts, draft)

    def answer(self, item: str, value: str | float | None) -> None:
        """Answer an item of `Answers`; None takes the answer back."""
        self.answer_alike((item,), value)

    def answer_alike(self, items: Sequence[str], value: str | float | None) -> None:
        """Answer several items of `Answers` with one value, all or none."""
        self._require(Phase.READING, Phase.SUMMARY)
        draft = self._draft
        for item in items:
            draft = draft.with_answer(item, value)
        acts = [Act(AnswerGiven(item, value)) for item in items]
        self._append_all(acts, draft)

    def type_digits(self, items: Sequence[str], text: str, *, finding: int | None) -> None:
        """Keep digits that are no answer yet; no digits, where they are dropped unanswered."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._append(DigitsTyped(tuple(items), text, finding))

    @property
    def ai_can_be_shown(self) -> bool:
        """Whether the open case has AI marks that the protocol lets the reader see."""
        return self._ai is not None and bool(self._ai.result.detections)

    def toggle_ai(self) -> None:
        """Hide the AI's marks, or show them once the disk knows; until then G does nothing."""
        if not self.ai_can_be_shown or self._phase not in (Phase.READING, Phase.SUMMARY):
            return
        if self._ai_watch.visible:
            self._hand_over([Act(AiMarksHidden())])
            self._ai_watch.hide(self._read_clock.since_start_s(self._clock.monotonic_s()))
        elif not self._ai_asked:
            self._hand_over([Act(AiMarksShown())], then=self._show_ai)
            self._ai_asked = True
        self.settle()

    def pause(self) -> None:
        """Stop the reading clock; the window hides the images."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._hand_over([Act(ReadPaused())])
        self._stop_clock(self._clock.monotonic_s())
        self.settle()

    def slept(self, seconds: float) -> None:
        """Note that the computer has slept until now: a read is put on pause from when it began.

        Nobody reads on a sleeping computer; what went by is paused and flagged, not reading time.
        """
        if not self._read_clock.running:
            return
        acts = [Act(ReadSuspended(seconds))]
        if self._phase is Phase.PAUSED:
            self._append_all(acts)
            return
        self._hand_over([*acts, Act(ReadPaused())])
        self._stop_clock(self._clock.monotonic_s() - seconds)
        self._suspended = True
        self.settle()

    def resume(self) -> None:
        """Go on reading after a pause: the images come back when the disk knows."""
        self._require(Phase.PAUSED)
        self._hand_over([Act(ReadResumed())], then=self._show_images)
        self._read_clock.resume(self._clock.monotonic_s())
        self._suspended = False
        self._phase = Phase.SAVING
        self.settle()

    # Inside ---------------------------------------------------------------------------------------

    @property
    def _draft(self) -> Draft:
        """The answers up to now."""
        return self._kept.shown

    def _clear_case(self) -> None:
        """Forget everything of the case that was open."""
        self._kept = ReadDraft()
        self._ai: CaseAi | None = None
        self._ai_asked = False
        self._ai_watch = AiWatch()
        self._read_clock = ReadClock()
        self._suspended = False

    def _require(self, *phases: Phase) -> None:
        """Refuse an act that does not belong to the phase: a mistake of the program's."""
        if self._phase not in phases:
            raise RuntimeError(f"not while {self._phase}: expected {', '.join(phases)}")

    def _stop_clock(self, at_s: float) -> None:
        """Stop the reading time and hide images and AI."""
        self._ai_watch.hide(self._read_clock.since_start_s(at_s))
        self._read_clock.pause(at_s)
        self._phase = Phase.PAUSED

    def _show_ai(self, _stored: Sequence[StoredEvent]) -> None:
        """Show the AI's marks, unless the reader has gone on to something else meanwhile."""
        self._ai_asked = False
        if self._phase in (Phase.READING, Phase.SUMMARY):
            self._ai_watch.show(self._read_clock.since_start_s(self._clock.monotonic_s()))

    def _show_images(self, _stored: Sequence[StoredEvent]) -> None:
        """Show the images again, unless the computer has slept meanwhile."""
        if self._phase is Phase.SAVING:
            self._phase = Phase.READING

    def _note_wait(self, seconds: float) -> None:
        """Note for how long the reader waited for the disk."""
        if seconds > WAIT_S:
            self.waited(seconds, self._clock.monotonic_s())

    def _append(self, payload: EventPayload, draft: Draft | None = None) -> None:
        """Write an act down, and show the draft that it leads to."""
        self._append_all([Act(payload)], draft)

    def _append_all(self, acts: Sequence[Act], draft: Draft | None = None) -> None:
        """Write acts down in one step, and show the draft that they lead to."""
        if acts:
            self._hand_over(acts, draft)
            self.settle()

    def _hand_over(
        self, acts: Sequence[Act], draft: Draft | None = None, *, then: Then | None = None
    ) -> None:
        """Send acts on their way to the disk; `then` follows when they are there."""
        self._kept.hand_over(self._journal, acts, draft, then)
