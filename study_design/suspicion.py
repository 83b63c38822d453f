"""The order in which suspicion rises from one BI-RADS category to the next, as a protocol has it.

Whatever compares two categories asks here: the roll-up from findings to breasts and exam, what
contradicts what, and the weights of agreement.
"""

from collections.abc import Iterable
from dataclasses import dataclass

SUSPICIOUS = ("4", "5")  # what their names begin with


@dataclass(frozen=True, slots=True)
class SuspicionOrder:
    """The categories of a protocol that have an order.

    Attributes
    ----------
    rising
        Categories in rising suspicion (`birads_order` of study.toml). A category that is on offer
        and not among them, as 0 (incomplete) in most studies, is neither above nor below another.
    """

    rising: tuple[str, ...]

    def place(self, category: str | None) -> int | None:
        """Return how high a category stands, from 0; None where it has no place."""
        return self.rising.index(category) if category in self.rising else None

    def is_suspicious(self, category: str | None) -> bool:
        """Tell whether a category stands at 4 or above: what BI-RADS calls suspicious.

        One without a place is suspicious by its name.
        """
        place = self.place(category)
        if place is None:
            return category is not None and category[0] in SUSPICIOUS
        return place >= min(
            (n for n, known in enumerate(self.rising) if known[0] in SUSPICIOUS),
            default=len(self.rising),
        )

    def highest(self, categories: Iterable[str | None]) -> str | None:
        """Return the most suspicious of some categories; None counts as no answer.

        One category alone needs no order. Where several differ and one of them has no place, none
        is the highest and None is returned: somebody must say.
        """
        known = tuple(dict.fromkeys(c for c in categories if c is not None))
        if len(known) < 2:
            return next(iter(known), None)
        if any(category not in self.rising for category in known):
            return None
        return max(known, key=self.rising.index)
