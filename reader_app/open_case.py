"""The read of an open case: every act of the reader is written down before it shows.

What is kept here is of one case; `session` opens it, validates it and goes on to the next.
"""

from collections.abc import Sequence

from reader_app.ai_results import CaseAi
from reader_app.ai_watch import AiWatch
from reader_app.clock import Clock, ReadClock
from reader_app.draft import Draft
from reader_app.draft_changes import changes, finding_described, mark_placed
from reader_app.journal import Act, Journal
from reader_app.session_state import Phase
from study_design.geometry import Point
from study_design.reads import Finding, Mark
from study_design.record.events import EventPayload, StoredEvent
from study_design.record.payloads.reading import (
    AiMarksHidden,
    AiMarksShown,
    AnswerGiven,
    FocusLost,
    FocusReturned,
    MarkRemoved,
    ReadPaused,
    ReadResumed,
    ReadStalled,
    ReadSuspended,
)
from study_design.vocabulary import AbnormalityType, View

STALL_S = 3.0


class OpenCase:
    """The case on the screen, or none between two cases.

    Parameters
    ----------
    journal
        Writes the acts.
    clock
        The clock of the sitting.
    """

    _draft: Draft

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._clock = clock
        self._phase = Phase.GATE
        self._focused = True
        self._clear_case()

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
                self._append(ReadStalled(seconds))

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
        mark = Mark(self._draft.next_mark, view, image, shape, points)
        if finding is None:
            for item in self._draft.answered_without_findings(view.side):
                self.answer(item, None)
            number = self._draft.next_finding
            draft = self._draft.with_finding(Finding(number, types, (mark,)))
        else:
            number = finding
            draft = self._draft.with_mark(number, mark)
        self._append(mark_placed(draft.finding(number), mark))
        self._draft = draft
        return draft.finding(number)

    def remove_mark(self, mark: int) -> None:
        """Take a mark back."""
        self._require(Phase.READING)
        self._append(MarkRemoved(mark))
        self._draft = self._draft.without_mark(mark)

    def describe_finding(self, finding: Finding) -> None:
        """Set type, category, rating and whether a finding is seen on one view only."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._append(finding_described(finding))
        self._draft = self._draft.with_finding(finding)

    def restore(self, draft: Draft) -> None:
        """Go back, or forward, to a draft of this read; what that changes is written down."""
        self._require(Phase.READING, Phase.SUMMARY)
        for change in changes(self._draft, draft):
            self._append(change)
        self._draft = draft

    def answer(self, item: str, value: str | float | None) -> None:
        """Answer an item of `Answers`; None takes the answer back."""
        self._require(Phase.READING, Phase.SUMMARY)
        draft = self._draft.with_answer(item, value)
        self._append(AnswerGiven(item, value))
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
            self._append(AiMarksHidden())
            self._ai_watch.hide(at_s)
        else:
            self._append(AiMarksShown())
            self._ai_watch.show(at_s)

    def pause(self) -> None:
        """Stop the reading clock; the window hides the images."""
        self._require(Phase.READING, Phase.SUMMARY)
        self._append(ReadPaused())
        at_s = self._clock.monotonic_s()
        self._ai_watch.hide(self._read_clock.since_start_s(at_s))
        self._read_clock.pause(at_s)
        self._phase = Phase.PAUSED

    def slept(self, seconds: float) -> None:
        """Note that the computer has slept until now: a read is put on pause from when it began.

        Nobody reads on a sleeping computer; what went by is paused and flagged, not reading time.
        """
        if not self._read_clock.running:
            return
        acts = [Act(ReadSuspended(seconds))]
        if self._phase in (Phase.READING, Phase.SUMMARY):
            began_s = self._clock.monotonic_s() - seconds
            acts.append(Act(ReadPaused()))
            self._ai_watch.hide(self._read_clock.since_start_s(began_s))
            self._read_clock.pause(began_s)
            self._phase = Phase.PAUSED
            self._suspended = True
        self._append_all(acts)

    def resume(self) -> None:
        """Go on reading after a pause."""
        self._require(Phase.PAUSED)
        self._append(ReadResumed())
        self._read_clock.resume(self._clock.monotonic_s())
        self._suspended = False
        self._phase = Phase.READING

    # Inside ---------------------------------------------------------------------------------------

    def _clear_case(self) -> None:
        """Forget everything of the case that was open."""
        self._draft = Draft()
        self._ai: CaseAi | None = None
        self._ai_watch = AiWatch()
        self._read: str | None = None
        self._read_clock = ReadClock()
        self._suspended = False
        self._events_of_read: list[StoredEvent] = []

    def _require(self, *phases: Phase) -> None:
        """Refuse an act that does not belong to the phase: a mistake of the program's."""
        if self._phase not in phases:
            raise RuntimeError(f"not while {self._phase}: expected {', '.join(phases)}")

    def _append(self, payload: EventPayload) -> None:
        """Write an act down; when this returns, it is on the disk."""
        self._append_all([Act(payload)])

    def _append_all(self, acts: Sequence[Act]) -> None:
        """Write acts down in one step."""
        stored = self._journal.append_all(acts, read=self._read)
        if self._read is not None:
            self._events_of_read += stored
