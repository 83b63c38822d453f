"""What the reader's digits answer: the rating that is open, a field of the card or of the summary.

Qt-free. Digits that are being typed wait here; whatever is answered goes to the session.
"""

from dataclasses import dataclass, replace

from reader_app.reading.answer_form import (
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
from reader_app.reading.keys import DENSITY_OF_KEY, Mode
from reader_app.reading.session import ReadingSession
from reader_app.reading.session_state import Phase
from study_design.errors import ProtocolError
from study_design.reads import Finding
from study_design.record.reads.half_typed import HalfTyped
from study_design.vocabulary import AbnormalityType, Side

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


class AnsweringDesk:
    """The half-done answers of a read.

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
    asked
        The contradictions that the reader has been asked about: the next Enter confirms them.
    notice
        A short word to the reader, until the next key.
    """

    def __init__(self, session: ReadingSession) -> None:
        self._session = session
        self.clear()

    def clear(self) -> None:
        """Forget the case that was open."""
        self.armed: AbnormalityType | None = None
        self.linking: int | None = None
        self.selected: int | None = None
        self.card: Card | None = None
        self.entry: Entry | None = None
        self.focus = ""
        self.asked: tuple[str, ...] = ()
        self.notice = ""

    @property
    def mode(self) -> Mode:
        """What the keyboard belongs to."""
        phase = self._session.state.phase
        if phase is Phase.READING and self.card:
            return Mode.CARD
        return Mode(phase)

    def take_over(self) -> None:
        """Give the typed digits to the session; digits that mean nothing yet are dropped."""
        entry, self.entry = self.entry, None
        if entry is None or not entry.typed.text:
            return
        if entry.typed.value is None:
            self._keep_digits(Entry(entry.items))
        else:
            self._answer(entry.items, entry.typed.value)

    def begin(self) -> None:
        """Sit before the case that opens, with the digits that were typed when it was cut off."""
        self.clear()
        if self._session.half_typed is not None:
            self._go_on_typing(self._session.half_typed)

    def _without_findings(self, category: str) -> None:
        """Give the breasts without findings a category; their rating is still to be typed."""
        study, state = self._session.study, self._session.state
        if category not in study.scales.birads:
            self.notice = f"BI-RADS {category} is not on this study's scale."
            return
        self.armed = self.linking = None
        free = [side for side in Side if not state.draft.of_side(side)]
        if study.form.birads == "breast":
            self._session.case.answer_alike([f"birads_{side.word}" for side in free], category)
        elif not state.draft.findings:
            self._session.case.answer("birads_exam", category)
        else:
            self.notice = "The exam has findings: its category follows from them."
        if len(free) == 0:
            self.notice = "Both breasts have findings."
        self._ask_rating()

    def _ask_rating(self) -> None:
        """Let the next digits be the rating that a category without findings leaves open."""
        ratings = self._open_ratings()
        if ratings and not self.notice:
            self.notice = "Type the rating, 0-100"
        if self._session.state.phase is Phase.SUMMARY:
            self.focus = next(iter(self._session.state.missing), "")
            if ratings:  # one rating may serve both breasts, as while reading
                self.focus, self.entry = ratings[0], Entry(ratings)

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
        else:
            self._keep_digits(entry)

    def _rub_out(self, _key: str) -> None:
        """Take the last digit back."""
        if self.entry and self.entry.typed.text:
            self.entry = self.entry.rubbed_out(self._session.study.scales.birads)
            self._keep_digits(self.entry)

    def _density(self, key: str) -> None:
        """Answer the density."""
        if self._session.study.form.density == "off":
            self.notice = "This study does not ask for density."
        else:
            self._session.case.answer("density", DENSITY_OF_KEY[key])

    def _move(self, step: int) -> None:
        """Move to the next or previous field of the card or the summary."""
        form = self._session.study.form
        if self.card:
            items = card_items(form)
            if items:
                self.card = replace(self.card, item=next_item(items, self.card.item, step))
        else:
            self.focus = next_item(summary_items(form), self.focus, step)

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
        """Commit the read, go to the first item that is missing, or ask about contradictions."""
        state = self._session.state
        missing = state.missing
        if missing:
            self.focus = missing[0]
            self.notice = f"{item_text(missing[0])} is missing"
            return
        if state.contradictions != self.asked:
            self.asked = state.contradictions
            return
        self._session.validate(confirmed=bool(self.asked))
        self.clear()

    # Inside ---------------------------------------------------------------------------------------

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

    def _go_on_typing(self, typed: HalfTyped) -> None:
        """Take up digits that were being typed."""
        findings = {finding.finding for finding in self._session.state.draft.findings}
        if typed.finding is not None and typed.finding not in findings:
            return
        entry: Entry | None = Entry(typed.items)
        for digit in typed.text:
            entry = entry and entry.with_digit(digit, self._session.study.scales.birads)
        if entry is None:
            return
        self.entry = entry
        if typed.finding is not None:
            self.card = Card(typed.finding, typed.items[0])
        else:
            self.notice = f"{item_text(typed.items[0])}: {typed.text}_ was being typed"

    def _keep_digits(self, entry: Entry) -> None:
        """Write down what stands there and is no answer yet."""
        finding = self.card.finding if self.card else None
        self._session.case.type_digits(entry.items, entry.typed.text, finding=finding)

    def _answer(self, items: tuple[str, ...], value: Value) -> None:
        """Write an answer to the finding of the card, or to the read."""
        if self.card is None:
            self._session.case.answer_alike(items, value)
            return
        finding = self._session.state.draft.finding(self.card.finding)
        if items[0] == FINDING_BIRADS:
            described = replace(finding, birads=str(value))
        else:
            described = replace(finding, rating=float(value or 0.0))
        self._session.case.describe_finding(described)

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


def _is_rating(item: str) -> bool:
    """Tell whether an item is a rating, which only the next key other than a digit completes."""
    return "rating" in item
