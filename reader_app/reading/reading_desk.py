"""What the reader's keys and marks mean while a case is open; Qt-free.

The desk knows what is half done: a finding type that waits for its mark, a finding that waits for
its second mark, the open card, digits that are being typed. Whatever is done goes to the session.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from reader_app.reading.answering_desk import AnsweringDesk
from reader_app.reading.draft import Draft
from reader_app.reading.draft_history import DraftHistory
from reader_app.reading.key_bindings import STANDARD_KEYS, KeyBindings
from reader_app.reading.keys import TYPE_OF_KEY, Command
from reader_app.reading.session import ReadingSession
from study_design.geometry import Point
from study_design.reads import Finding
from study_design.vocabulary import AbnormalityType, View


class ReadingDesk(AnsweringDesk):
    """The half-done part of a read: marks and answers; see `AnsweringDesk` for what it holds."""

    def __init__(self, session: ReadingSession, keys: KeyBindings = STANDARD_KEYS) -> None:
        super().__init__(session)
        self._keys = keys
        self._commands: Mapping[Command, Callable[[str], None]] = {
            Command.TYPE: self._type,
            Command.ONE_VIEW: self._one_view,
            Command.LINK: self._link,
            Command.DELETE: self._delete,
            Command.NEGATIVE: lambda _: self._without_findings("1"),
            Command.BENIGN: lambda _: self._without_findings("2"),
            Command.DIGIT: self._digit,
            Command.RUB_OUT: self._rub_out,
            Command.DENSITY: self._density,
            Command.NEXT_FIELD: lambda _: self._move(1),
            Command.PREVIOUS_FIELD: lambda _: self._move(-1),
            Command.CLOSE_CARD: lambda _: self._close_card(),
            Command.CANCEL: lambda _: self._cancel(),
            Command.SUMMARY: lambda _: self._to_summary(),
            Command.VALIDATE: lambda _: self._validate(),
            Command.BACK: lambda _: session.case.back_to_reading(),
            Command.TOGGLE_AI: lambda _: session.case.toggle_ai(),
            Command.UNDO: lambda _: self._go_to(self._history.back(session.state.draft)),
            Command.REDO: lambda _: self._go_to(self._history.forward(session.state.draft)),
            Command.PAUSE: lambda _: session.case.pause(),
            Command.RESUME: lambda _: session.case.resume(),
        }

    def clear(self) -> None:
        """Forget the case that was open."""
        super().clear()
        self._history = DraftHistory()

    def draws_on(self, view: View) -> bool:
        """Tell whether a click or drag on a view makes a mark."""
        return self.armed is not None or view is self.linking_view

    @property
    def linking_view(self) -> View | None:
        """The view on which the second mark is waited for."""
        if self.linking is None:
            return None
        marks = self._session.state.draft.finding(self.linking).marks
        return marks[0].view.same_breast_other_projection

    @property
    def prompt(self) -> str:
        """What the reader is expected to do next, where something is half done."""
        if self.notice:
            return self.notice
        if self.armed:
            return f"{self.armed}: click or drag on a view (Esc: cancel)"
        if self.linking_view:
            return (
                f"Finding {self.linking}: mark it on {view_text(self.linking_view)}, "
                f"or {self._keys.cap('X')}: seen on one view only"
            )
        return ""

    def handles(self, command: Command) -> bool:
        """Tell whether a command is the desk's and not the window's."""
        return command in self._commands

    def do(self, command: Command, key: str) -> None:
        """Carry out a command; digits that were being typed are taken over first."""
        self.notice = ""
        if command is not Command.VALIDATE:
            self.asked = ()
        before = self._session.state.draft
        if command not in (Command.DIGIT, Command.RUB_OUT):
            self.take_over()
        if command in (Command.UNDO, Command.REDO):
            self._history.note(before, self._session.state.draft)
            self._commands[command](key)
            return
        history = self._history
        self._commands[command](key)
        history.note(before, self._session.state.draft)

    # Marks --------------------------------------------------------------------------------------

    def place(self, view: View, image: str, points: tuple[Point, ...]) -> None:
        """Place a mark where the reader clicked or dragged."""
        self.notice = ""
        before = self._session.state.draft
        self.take_over()
        if self.armed:
            finding = self._session.case.place_mark(view, image, points=points, types=(self.armed,))
            self.armed, self.linking = None, finding.finding
            self._open_card(finding)
        elif self.linking is not None and view is self.linking_view:
            finding = self._session.state.draft.finding(self.linking)
            finding = self._session.case.place_mark(
                view, image, points=points, types=finding.types, finding=self.linking
            )
            self.linking = None
        else:
            return
        self.selected = finding.marks[-1].mark
        self._history.note(before, self._session.state.draft)

    def pick(self, mark: int | None) -> None:
        """Select the mark that was clicked and open its card; a click beside all marks is None."""
        self.notice = ""
        self.take_over()
        if self.linking is not None and mark is None:
            self.notice = f"{self.prompt}."
            return
        self.selected = mark
        if mark is not None:
            self._open_card(self._finding_of(mark))

    # Commands -----------------------------------------------------------------------------------

    def _type(self, key: str) -> None:
        """Arm a type, or with an open card add it to the finding or take it away."""
        chosen = TYPE_OF_KEY[key]
        if chosen not in self._session.study.scales.types:
            self.notice = f"This study does not ask for {chosen}."
        elif self.card:
            finding = self._session.state.draft.finding(self.card.finding)
            types = set(finding.types) ^ {chosen}
            if types:
                ordered = tuple(kind for kind in AbnormalityType if kind in types)
                self._session.case.describe_finding(replace(finding, types=ordered))
            else:
                self.notice = "A finding has at least one type. Del removes the mark."
        else:
            self.armed, self.linking = chosen, None

    def _one_view(self, _key: str) -> None:
        """Note that a finding is seen on one view only."""
        finding = self._finding_at_hand()
        if finding is None:
            self.notice = "Click a mark first."
        elif len(finding.marks) > 1:
            self.notice = f"Finding {finding.finding} is marked on two views."
        else:
            self.linking = None
            self._session.case.describe_finding(replace(finding, one_view_only=True))

    def _link(self, _key: str) -> None:
        """Wait for the second mark of the finding at hand."""
        finding = self._finding_at_hand()
        if finding is None or len(finding.marks) > 1:
            self.notice = "Click a finding with one mark first."
            return
        if finding.one_view_only:
            self._session.case.describe_finding(replace(finding, one_view_only=False))
        self.armed, self.linking = None, finding.finding

    def _delete(self, _key: str) -> None:
        """Remove the selected mark; the newest one where none is selected."""
        marks = [m.mark for f in self._session.state.draft.findings for m in f.marks]
        if not marks:
            self.notice = "There is no mark."
            return
        mark = self.selected if self.selected is not None else max(marks)
        number = self._finding_of(mark).finding
        self._session.case.remove_mark(mark)
        self.selected, self.linking = None, None
        if all(finding.finding != number for finding in self._session.state.draft.findings):
            self.card = None

    def _close_card(self) -> None:
        """Close the card; a second mark is still waited for."""
        self.card = None

    def _cancel(self) -> None:
        """Let go of what is half done."""
        self.armed = self.linking = self.selected = None

    def _go_to(self, draft: Draft | None) -> None:
        """Undo or redo; what is half done is let go of."""
        if draft is None:
            self.notice = "There is nothing more to take back or to repeat."
            return
        self._session.case.restore(draft)
        self._cancel()
        if self.card and all(f.finding != self.card.finding for f in draft.findings):
            self.card = None

    # Inside -------------------------------------------------------------------------------------

    def _finding_of(self, mark: int) -> Finding:
        """Return the finding that a mark belongs to."""
        findings = self._session.state.draft.findings
        return next(f for f in findings if any(m.mark == mark for m in f.marks))

    def _finding_at_hand(self) -> Finding | None:
        """Return the finding of the open card or of the selected mark."""
        if self.card:
            return self._session.state.draft.finding(self.card.finding)
        return self._finding_of(self.selected) if self.selected is not None else None


def view_text(view: View) -> str:
    """Return a view as its pane is labelled."""
    return f"{view.side} {view.projection}"
