"""What the reader's keys and marks mean while a case is open; Qt-free.

The desk knows what is half done: a finding type that waits for its mark, a finding that waits for
its second mark, the open card, digits that are being typed. Whatever is done goes to the session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reader_app.answer_form import (
    FINDING_BIRADS,
    Entry,
    Value,
    card_items,
    digits_hint,
    item_text,
    next_item,
    open_ratings,
    summary_items,
)
from reader_app.draft import Draft
from reader_app.draft_history import DraftHistory
from reader_app.keys import DENSITY_OF_KEY, TYPE_OF_KEY, Command, Mode
from reader_app.session import ReadingSession
from reader_app.session_state import Phase
from study_design.errors import ProtocolError
from study_design.geometry import Point
from study_design.reads import Finding
from study_design.vocabulary import AbnormalityType, Side, View

# What is said of digits that answer nothing.
NOTHING_ASKED = {
    Mode.READING: "No rating is open. Enter shows all answers.",
    Mode.CARD: "This study asks no number of a finding.",
    Mode.SUMMARY: "Tab goes to the answer that is to be changed.",
}


@dataclass(frozen=True, slots=True)
class Card:
    """The open card: whose it is, and which item digits go to (empty where it asks nothing)."""

    finding: int
    item: str


class ReadingDesk:
    """The half-done part of a read.

    Attributes
    ----------
    armed
        The type that the next mark starts a finding of.
    linking
        The finding whose second mark comes next.
    selected
        The mark that Delete removes; the newest one where None.
    card
        The open card.
    entry
        Digits that have been typed and not yet been taken over.
    focus
        The item of the summary that digits go to; empty where nothing is missing, until Tab.
    notice
        A short word to the reader, until the next key.
    """

    def __init__(self, session: ReadingSession) -> None:
        self._session = session
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
            Command.BACK: lambda _: session.back_to_reading(),
            Command.TOGGLE_AI: lambda _: session.toggle_ai(),
            Command.UNDO: lambda _: self._go_to(self._history.back(session.state.draft)),
            Command.REDO: lambda _: self._go_to(self._history.forward(session.state.draft)),
            Command.PAUSE: lambda _: session.pause(),
            Command.RESUME: lambda _: session.resume(),
        }
        self.clear()

    def clear(self) -> None:
        """Forget the case that was open."""
        self.armed: AbnormalityType | None = None
        self.linking: int | None = None
        self.selected: int | None = None
        self.card: Card | None = None
        self.entry: Entry | None = None
        self.focus = ""
        self.notice = ""
        self._history = DraftHistory()

    @property
    def mode(self) -> Mode:
        """What the keyboard belongs to."""
        phase = self._session.state.phase
        if phase is Phase.FINISHED:
            return Mode.ENDED
        if phase is Phase.READING and self.card:
            return Mode.CARD
        return Mode(phase)

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
            return f"{self.armed}: click or drag on a view (Esc: never mind)"
        if self.linking_view:
            return (
                f"Finding {self.linking}: mark it on {view_text(self.linking_view)}, "
                "or X: seen on one view only"
            )
        return ""

    def handles(self, command: Command) -> bool:
        """Tell whether a command is the desk's and not the window's."""
        return command in self._commands

    def do(self, command: Command, key: str) -> None:
        """Carry out a command; digits that were being typed are taken over first."""
        self.notice = ""
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
            finding = self._session.place_mark(view, image, points=points, types=(self.armed,))
            self.armed, self.linking = None, finding.finding
            self._open_card(finding)
        elif self.linking is not None and view is self.linking_view:
            finding = self._session.state.draft.finding(self.linking)
            finding = self._session.place_mark(
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

    def take_over(self) -> None:
        """Give the typed digits to the session; digits that mean nothing yet are dropped."""
        entry, self.entry = self.entry, None
        if entry is None or entry.typed.value is None:
            return
        for item in entry.items:
            self._answer(item, entry.typed.value)

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
                self._session.describe_finding(replace(finding, types=ordered))
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
            self._session.describe_finding(replace(finding, one_view_only=True))

    def _link(self, _key: str) -> None:
        """Wait for the second mark of the finding at hand."""
        finding = self._finding_at_hand()
        if finding is None or len(finding.marks) > 1:
            self.notice = "Click a finding with one mark first."
            return
        if finding.one_view_only:
            self._session.describe_finding(replace(finding, one_view_only=False))
        self.armed, self.linking = None, finding.finding

    def _delete(self, _key: str) -> None:
        """Remove the selected mark; the newest one where none is selected."""
        marks = [m.mark for f in self._session.state.draft.findings for m in f.marks]
        if not marks:
            self.notice = "There is no mark."
            return
        mark = self.selected if self.selected is not None else max(marks)
        number = self._finding_of(mark).finding
        self._session.remove_mark(mark)
        self.selected, self.linking = None, None
        if all(finding.finding != number for finding in self._session.state.draft.findings):
            self.card = None

    def _without_findings(self, category: str) -> None:
        """Give the breasts without findings a category; their rating is still to be typed."""
        study, state = self._session.study, self._session.state
        if category not in study.scales.birads:
            self.notice = f"BI-RADS {category} is not on this study's scale."
            return
        self.armed = self.linking = None
        free = [side for side in Side if not state.draft.of_side(side)]
        if study.form.birads == "breast":
            for side in free:
                self._session.answer(f"birads_{side.word}", category)
        elif not state.draft.findings:
            self._session.answer("birads_exam", category)
        if len(free) == 0:
            self.notice = "Both breasts have findings."
        elif self._open_ratings():
            self.notice = "Type the rating, 0-100"

    def _digit(self, digit: str) -> None:
        """Type a digit of what is asked now."""
        items = self.entry.items if self.entry else self._asked_now()
        if not items:
            self.notice = NOTHING_ASKED[self.mode]
            return
        study = self._session.study
        entry = (self.entry or Entry(items)).with_digit(digit, study.scales.birads)
        if entry is None:
            self.notice = f"{item_text(items[0])}: {digits_hint(items[0], study.scales)}"
            return
        self.entry = entry
        if entry.typed.complete and not _is_rating(items[0]):
            self.take_over()
            self._go_on()

    def _rub_out(self, _key: str) -> None:
        """Take the last digit back."""
        if self.entry:
            self.entry = self.entry.rubbed_out(self._session.study.scales.birads)

    def _density(self, key: str) -> None:
        """Answer the density."""
        if self._session.study.form.density == "off":
            self.notice = "This study does not ask for density."
        else:
            self._session.answer("density", DENSITY_OF_KEY[key])

    def _move(self, step: int) -> None:
        """Move to the next or previous field of the card or the summary."""
        form = self._session.study.form
        if self.card:
            items = card_items(form)
            if items:
                self.card = replace(self.card, item=next_item(items, self.card.item, step))
        else:
            self.focus = next_item(summary_items(form), self.focus, step)

    def _close_card(self) -> None:
        """Close the card; a second mark is still waited for."""
        self.card = None

    def _cancel(self) -> None:
        """Let go of what is half done."""
        self.armed = self.linking = self.selected = None

    def _to_summary(self) -> None:
        """Show the summary, or the card of a finding that is not complete."""
        self.armed = self.linking = None
        try:
            self._session.show_summary()
        except ProtocolError as error:
            state = self._session.state
            first = state.draft.incomplete_findings(self._session.study.form)[0]
            finding = state.draft.finding(first)
            self.selected = finding.marks[-1].mark
            self._open_card(finding)
            self.notice = str(error)
            return
        self.focus = next(iter(self._session.state.missing), "")

    def _validate(self) -> None:
        """Commit the read, or go to the first item that is missing."""
        missing = self._session.state.missing
        if missing:
            self.focus = missing[0]
            self.notice = f"{item_text(missing[0])} is missing"
            return
        self._session.validate()
        self.clear()

    def _go_to(self, draft: Draft | None) -> None:
        """Undo or redo; what is half done is let go of."""
        if draft is None:
            self.notice = "There is nothing more to take back or to repeat."
            return
        self._session.restore(draft)
        self._cancel()
        if self.card and all(f.finding != self.card.finding for f in draft.findings):
            self.card = None

    # Inside -------------------------------------------------------------------------------------

    def _asked_now(self) -> tuple[str, ...]:
        """Return the items that digits answer now."""
        if self.card:
            return (self.card.item,) if self.card.item else ()
        if self._session.state.phase is Phase.SUMMARY:
            return (self.focus,) if self.focus else ()
        return self._open_ratings()

    def _open_ratings(self) -> tuple[str, ...]:
        """Return the ratings that digits answer while no card is open."""
        state = self._session.state
        return open_ratings(state.missing, [s for s in Side if state.draft.of_side(s)])

    def _answer(self, item: str, value: Value) -> None:
        """Write an answer to the finding of the card, or to the read."""
        if self.card is None:
            self._session.answer(item, value)
            return
        finding = self._session.state.draft.finding(self.card.finding)
        if item == FINDING_BIRADS:
            described = replace(finding, birads=str(value))
        else:
            described = replace(finding, rating=float(value or 0.0))
        self._session.describe_finding(described)

    def _go_on(self) -> None:
        """Move on after a complete answer: to the card's next field, or to what is missing."""
        if self.card:
            items = card_items(self._session.study.form)
            if self.card.item != items[-1]:
                self._move(1)
        elif self._session.state.phase is Phase.SUMMARY:
            missing = self._session.state.missing
            self.focus = missing[0] if missing else self.focus

    def _open_card(self, finding: Finding) -> None:
        """Open the card of a finding at the first thing that it lacks."""
        items = card_items(self._session.study.form)
        lacking = [
            item for item in items if getattr(finding, item.removeprefix("finding_")) is None
        ]
        self.card = Card(finding.finding, (*lacking, *items, "")[0])

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


def _is_rating(item: str) -> bool:
    """Tell whether an item is a rating, which only the next key other than a digit completes."""
    return "rating" in item
