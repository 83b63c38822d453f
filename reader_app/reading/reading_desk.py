"""What the reader's keys and marks mean while a case is open; Qt-free.

The desk knows what is half done: a finding type that waits for its mark, a finding that waits for
its second mark, the open card, digits that are being typed. Whatever is done goes to the sitting.
"""

from collections.abc import Callable, Mapping

from reader_app.reading.answering import Answering
from reader_app.reading.draft import Draft
from reader_app.reading.draft_history import DraftHistory
from reader_app.reading.half_done import HalfDone
from reader_app.reading.key_bindings import STANDARD_KEYS, KeyBindings
from reader_app.reading.keys import Command, Mode
from reader_app.reading.marking import Marking
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase
from study_design.geometry import Point
from study_design.vocabulary import View


class ReadingDesk:
    """The keys and marks of a read.

    Attributes
    ----------
    half
        What is half done.
    """

    def __init__(self, sitting: Sitting, keys: KeyBindings = STANDARD_KEYS) -> None:
        self._sitting = sitting
        self.half = HalfDone()
        self._answering = answering = Answering(sitting, self.half)
        self._marking = marking = Marking(sitting, self.half, keys, answering.open_card)
        self._history = DraftHistory()
        self._commands: Mapping[Command, Callable[[str], None]] = {
            Command.TYPE: marking.type,
            Command.ONE_VIEW: marking.one_view,
            Command.LINK: marking.link,
            Command.DELETE: marking.delete,
            Command.NEGATIVE: lambda _: answering.without_findings("1"),
            Command.BENIGN: lambda _: answering.without_findings("2"),
            Command.DIGIT: answering.digit,
            Command.RUB_OUT: answering.rub_out,
            Command.DENSITY: answering.density,
            Command.NEXT_FIELD: lambda _: answering.move(1),
            Command.PREVIOUS_FIELD: lambda _: answering.move(-1),
            Command.CLOSE_CARD: lambda _: marking.close_card(),
            Command.CANCEL: lambda _: self.half.cancel(),
            Command.SUMMARY: lambda _: answering.to_summary(),
            Command.VALIDATE: lambda _: self._validate(),
            Command.BACK: lambda _: sitting.case.back_to_reading(),
            Command.TOGGLE_AI: lambda _: sitting.case.toggle_ai(),
            Command.UNDO: lambda _: self._go_to(self._history.back(sitting.state.draft)),
            Command.REDO: lambda _: self._go_to(self._history.forward(sitting.state.draft)),
            Command.PAUSE: lambda _: sitting.case.pause(),
            Command.RESUME: lambda _: sitting.case.resume(),
        }

    @property
    def mode(self) -> Mode:
        """What the keyboard belongs to."""
        return self._answering.mode

    @property
    def linking_view(self) -> View | None:
        """The view on which the second mark is waited for."""
        return self._marking.linking_view

    @property
    def prompt(self) -> str:
        """What the reader is expected to do next, where something is half done."""
        return self._marking.prompt

    def draws_on(self, view: View) -> bool:
        """Tell whether a click or drag on a view makes a mark."""
        return self._marking.draws_on(view)

    def handles(self, command: Command) -> bool:
        """Tell whether a command is the desk's and not the window's."""
        return command in self._commands

    def clear(self) -> None:
        """Forget the case that was open."""
        self.half.clear()
        self._history = DraftHistory()

    def begin(self) -> None:
        """Sit before the case that opens, with the digits that were typed when it was cut off."""
        self.clear()
        self._answering.begin()

    def take_over(self) -> None:
        """Give the typed digits to the sitting; digits that mean nothing yet are dropped."""
        self._answering.take_over()

    def do(self, command: Command, key: str) -> None:
        """Carry out a command; digits that were being typed are taken over first."""
        self.half.notice = ""
        if command is not Command.VALIDATE:
            self.half.asked = ()
        before = self._sitting.state.draft
        if command not in (Command.DIGIT, Command.RUB_OUT):
            self.take_over()
        if command in (Command.UNDO, Command.REDO):
            self._history.note(before, self._sitting.state.draft)
            self._commands[command](key)
            return
        history = self._history
        self._commands[command](key)
        history.note(before, self._sitting.state.draft)

    def place(self, view: View, image: str, points: tuple[Point, ...]) -> None:
        """Place a mark where the reader clicked or dragged."""
        self.half.notice = ""
        before = self._sitting.state.draft
        self.take_over()
        self._marking.place(view, image, points)
        self._history.note(before, self._sitting.state.draft)

    def pick(self, mark: int | None) -> None:
        """Select the mark that was clicked and open its card; a click beside all marks is None."""
        self.half.notice = ""
        self.take_over()
        self._marking.pick(mark)

    def _validate(self) -> None:
        """Commit the read, go to the first item that is missing, or ask about contradictions."""
        self._answering.validate()
        if self._sitting.case.phase is not Phase.SUMMARY:
            self.clear()

    def _go_to(self, draft: Draft | None) -> None:
        """Undo or redo; what is half done is let go of."""
        if draft is None:
            self.half.notice = "There is nothing more to take back or to repeat."
            return
        self._sitting.case.restore(draft)
        self.half.cancel()
        card = self.half.card
        if card and all(finding.finding != card.finding for finding in draft.findings):
            self.half.card = None
