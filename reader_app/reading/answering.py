"""What the reader's digits answer: the rating that is open, a field of the card or of the summary.

Qt-free. Digits that are being typed wait here; whatever is answered goes to the sitting.
"""

from dataclasses import replace

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
from reader_app.reading.half_done import Card, HalfDone
from reader_app.reading.keys import DENSITY_OF_KEY, Mode
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase
from study_design.errors import ProtocolError
from study_design.reads import BIRADS_OF, Finding
from study_design.record.reads.half_typed import HalfTyped
from study_design.vocabulary import Side

# Who the keyboard belongs to in each phase, where no card is open.
MODES = {
    Phase.GATE: Mode.GATE,
    Phase.SAVING: Mode.SAVING,
    Phase.OPENING: Mode.OPENING,
    Phase.READING: Mode.READING,
    Phase.SUMMARY: Mode.SUMMARY,
    Phase.PAUSED: Mode.PAUSED,
    Phase.FINISHED: Mode.FINISHED,
}
# What is said of digits that answer nothing.
NOTHING_ASKED = {
    Mode.READING: "No rating is open. Enter shows all answers.",
    Mode.CARD: "This study asks no number of a finding.",
    Mode.SUMMARY: "Tab goes to the answer that is to be changed.",
}


class Answering:
    """Answers with digits and keys, in the reading, on a card and in the summary.

    Parameters
    ----------
    half
        What is half done; shared with whatever marks.
    """

    def __init__(self, sitting: Sitting, half: HalfDone) -> None:
        self._sitting = sitting
        self._half = half

    @property
    def mode(self) -> Mode:
        """What the keyboard belongs to."""
        phase = self._sitting.state.phase
        if phase is Phase.READING and self._half.card:
            return Mode.CARD
        return MODES[phase]

    def take_over(self) -> None:
        """Give the typed digits to the sitting; digits that mean nothing yet are dropped."""
        entry, self._half.entry = self._half.entry, None
        if entry is None or not entry.typed.text:
            return
        if entry.typed.value is None:
            self._keep_digits(Entry(entry.items))
        else:
            self._answer(entry.items, entry.typed.value)

    def begin(self) -> None:
        """Go on with the digits that were being typed when the case was cut off."""
        if self._sitting.half_typed is not None:
            self._go_on_typing(self._sitting.half_typed)

    def without_findings(self, category: str) -> None:
        """Give the breasts without findings a category; their rating is still to be typed."""
        study, state = self._sitting.study, self._sitting.state
        if category not in study.scales.birads:
            self._half.notice = f"BI-RADS {category} is not on this study's scale."
            return
        self._half.armed = self._half.linking = None
        free = [side for side in Side if not state.draft.of_side(side)]
        if study.form.birads == "breast":
            self._sitting.case.answer_alike([BIRADS_OF[side] for side in free], category)
        elif not state.draft.findings:
            self._sitting.case.answer("birads_exam", category)
        else:
            self._half.notice = "The exam has findings: its category follows from them."
        if len(free) == 0:
            self._half.notice = "Both breasts have findings."
        self._ask_rating()

    def _ask_rating(self) -> None:
        """Let the next digits be the rating that a category without findings leaves open."""
        ratings = self._open_ratings()
        if ratings and not self._half.notice:
            self._half.notice = "Type the rating, 0-100"
        if self._sitting.state.phase is Phase.SUMMARY:
            self._half.focus = next(iter(self._sitting.state.missing), "")
            if ratings:  # one rating may serve both breasts, as while reading
                self._half.focus, self._half.entry = ratings[0], Entry(ratings)

    def digit(self, digit: str) -> None:
        """Type a digit of what is asked now."""
        items = self._half.entry.items if self._half.entry else self._asked_now()
        if not items:
            self._half.notice = NOTHING_ASKED[self.mode]
            return
        study = self._sitting.study
        entry = (self._half.entry or Entry(items)).with_digit(digit, study.scales.birads)
        if entry is None:
            self._half.notice = f"{item_text(items[0])}: {digits_hint(items[0], study.scales)}"
            return
        self._half.entry = entry
        if entry.typed.complete and not _is_rating(items[0]):
            self.take_over()
            self._go_on()
        else:
            self._keep_digits(entry)

    def rub_out(self, _key: str) -> None:
        """Take the last digit back."""
        if self._half.entry and self._half.entry.typed.text:
            self._half.entry = self._half.entry.rubbed_out(self._sitting.study.scales.birads)
            self._keep_digits(self._half.entry)

    def density(self, key: str) -> None:
        """Answer the density."""
        if self._sitting.study.form.density == "off":
            self._half.notice = "This study does not ask for density."
        else:
            self._sitting.case.answer("density", DENSITY_OF_KEY[key])

    def move(self, step: int) -> None:
        """Move to the next or previous field of the card or the summary."""
        form = self._sitting.study.form
        card = self._half.card
        if card:
            items = card_items(form)
            if items:
                self._half.card = replace(card, item=next_item(items, card.item, step))
        else:
            self._half.focus = next_item(summary_items(form), self._half.focus, step)

    def to_summary(self) -> None:
        """Show the summary, or the card of a finding that is not complete."""
        self._half.armed = self._half.linking = None
        try:
            self._sitting.show_summary()
        except ProtocolError as error:
            state = self._sitting.state
            first = state.draft.incomplete_findings(self._sitting.study.form)[0]
            finding = state.draft.finding(first)
            self._half.selected = finding.marks[-1].mark
            self.open_card(finding)
            self._half.notice = str(error)
            return
        self._half.focus = next(iter(self._sitting.state.missing), "")

    def validate(self) -> None:
        """Commit the read, go to the first item that is missing, or ask about contradictions."""
        state = self._sitting.state
        missing = state.missing
        if missing:
            self._half.focus = missing[0]
            self._half.notice = f"{item_text(missing[0])} is missing"
            return
        if state.contradictions != self._half.asked:
            self._half.asked = state.contradictions
            return
        self._sitting.validate(confirmed=bool(self._half.asked))

    # Inside ---------------------------------------------------------------------------------------

    def _asked_now(self) -> tuple[str, ...]:
        """Return the items that digits answer now."""
        if self._half.card:
            return (self._half.card.item,) if self._half.card.item else ()
        if self._sitting.state.phase is Phase.SUMMARY:
            return (self._half.focus,) if self._half.focus else ()
        return self._open_ratings()

    def _open_ratings(self) -> tuple[str, ...]:
        """Return the ratings that digits answer while no card is open."""
        state = self._sitting.state
        return open_ratings(state.missing, [s for s in Side if state.draft.of_side(s)])

    def _go_on_typing(self, typed: HalfTyped) -> None:
        """Take up digits that were being typed."""
        findings = {finding.finding for finding in self._sitting.state.draft.findings}
        if typed.finding is not None and typed.finding not in findings:
            return
        entry: Entry | None = Entry(typed.items)
        for digit in typed.text:
            entry = entry and entry.with_digit(digit, self._sitting.study.scales.birads)
        if entry is None:
            return
        self._half.entry = entry
        if typed.finding is not None:
            self._half.card = Card(typed.finding, typed.items[0])
        else:
            self._half.notice = f"{item_text(typed.items[0])}: {typed.text}_ was being typed"

    def _keep_digits(self, entry: Entry) -> None:
        """Write down what stands there and is no answer yet."""
        finding = self._half.card.finding if self._half.card else None
        self._sitting.case.type_digits(entry.items, entry.typed.text, finding=finding)

    def _answer(self, items: tuple[str, ...], value: Value) -> None:
        """Write an answer to the finding of the card, or to the read."""
        if self._half.card is None:
            self._sitting.case.answer_alike(items, value)
            return
        finding = self._sitting.state.draft.finding(self._half.card.finding)
        if items[0] == FINDING_BIRADS:
            described = replace(finding, birads=str(value))
        else:
            described = replace(finding, rating=float(value or 0.0))
        self._sitting.case.describe_finding(described)

    def _go_on(self) -> None:
        """Move on after a complete answer: to the card's next field, or to what is missing."""
        if self._half.card:
            items = card_items(self._sitting.study.form)
            if self._half.card.item != items[-1]:
                self.move(1)
        elif self._sitting.state.phase is Phase.SUMMARY:
            missing = self._sitting.state.missing
            self._half.focus = missing[0] if missing else self._half.focus

    def open_card(self, finding: Finding) -> None:
        """Open the card of a finding at the first thing that it lacks."""
        items = card_items(self._sitting.study.form)
        lacking = [
            item for item in items if getattr(finding, item.removeprefix("finding_")) is None
        ]
        self._half.card = Card(finding.finding, (*lacking, *items, "")[0])


def _is_rating(item: str) -> bool:
    """Tell whether an item is a rating, which only the next key other than a digit completes."""
    return "rating" in item
