"""The answers of a read as a form: its items in order, and what typed digits mean for each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from study_design.protocol.study_file import Form, Scales
from study_design.reads import BIRADS_OF, RATING_OF, Answers
from study_design.vocabulary import DENSITIES, Side

FINDING_BIRADS = "finding_birads"
FINDING_RATING = "finding_rating"
HIGHEST_RATING = 100
Value = str | float | None


@dataclass(frozen=True, slots=True)
class Typed:
    """Digits on their way to an answer.

    Attributes
    ----------
    value
        What they mean as they stand; None where more must follow (4, where there are 4A to 4C).
    complete
        Whether no further digit could belong to them.
    """

    text: str
    value: Value
    complete: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What is being typed, and for which items: several where one answer serves both breasts."""

    items: tuple[str, ...]
    typed: Typed = Typed("", None, complete=False)

    def with_digit(self, digit: str, categories: Sequence[str]) -> "Entry | None":
        """Return the entry with one more digit, None where no answer begins like that."""
        typed = typed_answer(self.items[0], self.typed.text + digit, categories)
        return replace(self, typed=typed) if typed else None

    def rubbed_out(self, categories: Sequence[str]) -> "Entry":
        """Return the entry without its last digit."""
        text = self.typed.text[:-1]
        typed = typed_answer(self.items[0], text, categories) if text else None
        return replace(self, typed=typed or Typed("", None, complete=False))


def typed_answer(item: str, text: str, categories: Sequence[str]) -> Typed | None:
    """Return what digits mean for an item, None where no answer begins like that."""
    if item.startswith("birads") or item == FINDING_BIRADS:
        return typed_category(text, categories)
    if item == "density":
        known = text.isdigit() and 1 <= int(text) <= len(DENSITIES)
        return Typed(text, DENSITIES[int(text) - 1], complete=True) if known else None
    return typed_rating(text)


def typed_category(text: str, categories: Sequence[str]) -> Typed | None:
    """Return the BI-RADS category that digits mean: 4, or 4 then 1-3 for 4A-4C.

    Parameters
    ----------
    categories
        The study's scale.
    """
    meant = text if len(text) == 1 else text[0] + {"1": "A", "2": "B", "3": "C"}.get(text[1:], "?")
    finer = [category for category in categories if category != meant and category[0] == meant]
    if meant in categories or finer:
        return Typed(text, meant if meant in categories else None, complete=not finer)
    return None


def typed_rating(text: str) -> Typed | None:
    """Return the rating, 0-100, that digits mean."""
    if int(text) > HIGHEST_RATING or (len(text) > 1 and text[0] == "0"):
        return None
    complete = text == "0" or int(text) * 10 > HIGHEST_RATING
    return Typed(text, float(text), complete=complete)


def card_items(form: Form) -> tuple[str, ...]:
    """Return what a finding's card asks, in order."""
    asked = ((FINDING_BIRADS, form.finding_birads), (FINDING_RATING, form.finding_rating))
    return tuple(item for item, wanted in asked if wanted)


def summary_items(form: Form) -> tuple[str, ...]:
    """Return what can be answered in the summary, in the order of the Tab key."""
    items: list[str] = []
    for side in Side:
        items += [BIRADS_OF[side]] if form.birads == "breast" else []
        items += [RATING_OF[side]] if form.rating == "breast" else []
    items += ["birads_exam", "rating"]
    items += ["density"] if form.density != "off" else []
    return tuple(items)


def next_item(items: Sequence[str], item: str, step: int = 1) -> str:
    """Return the item that follows, round and round; the first where `item` is none of them."""
    at = items.index(item) + step if item in items else 0
    return items[at % len(items)]


def open_ratings(missing: Sequence[str], with_findings: Sequence[Side]) -> tuple[str, ...]:
    """Return the ratings that digits typed while reading answer, of those that are missing.

    One answer serves both breasts only where neither has a finding; a breast with findings comes
    first and alone.
    """
    ratings = tuple(item for item in missing if item.startswith("rating"))
    of_findings = [RATING_OF[side] for side in with_findings]
    alone = tuple(item for item in ratings if item in of_findings)
    return alone[:1] or ratings


def value_text(value: Value) -> str:
    """Return an answer as it is shown; a dash where there is none."""
    if value is None:
        return "-"
    return f"{value:g}" if isinstance(value, float) else str(value)


def item_text(item: str) -> str:
    """Return the name of an item in words."""
    words = {
        "birads_right": "BI-RADS, right breast",
        "birads_left": "BI-RADS, left breast",
        "birads_exam": "BI-RADS, exam",
        "rating_right": "rating, right breast",
        "rating_left": "rating, left breast",
        "rating": "rating, exam",
        "density": "density",
        FINDING_BIRADS: "BI-RADS category",
        FINDING_RATING: "rating",
    }
    return words[item]


def digits_hint(item: str, scales: Scales) -> str:
    """Return which digits answer an item."""
    if item == "density":
        return "1-4 = a-d"
    if not item.startswith("birads") and item != FINDING_BIRADS:
        return "0-100"
    parted = {category[0] for category in scales.birads if len(category) > 1}
    plain = [category for category in scales.birads if category not in parted]
    digits = [category for category in plain if len(category) == 1]
    return ", ".join([" ".join(digits), *(f"{first} then 1-3" for first in sorted(parted))])


def answer_of(answers: Answers, item: str) -> Value:
    """Return the answer to an item."""
    value: Value = getattr(answers, item)
    return value
