"""What is half done in a read: a type that waits for its mark, an open card, digits being typed."""

from dataclasses import dataclass

from reader_app.reading.answer_form import Entry
from study_design.vocabulary import AbnormalityType


@dataclass(frozen=True, slots=True)
class Card:
    """The open card: whose it is, and which item digits go to (empty where it asks nothing)."""

    finding: int
    item: str


@dataclass(slots=True)
class HalfDone:
    """The half-done part of a read; nothing of it is recorded but the digits.

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

    armed: AbnormalityType | None = None
    linking: int | None = None
    selected: int | None = None
    card: Card | None = None
    entry: Entry | None = None
    focus: str = ""
    asked: tuple[str, ...] = ()
    notice: str = ""

    def cancel(self) -> None:
        """Arm, link and select nothing."""
        self.armed = self.linking = self.selected = None

    def clear(self) -> None:
        """Forget everything."""
        self.cancel()
        self.card = self.entry = None
        self.focus = self.notice = ""
        self.asked = ()
