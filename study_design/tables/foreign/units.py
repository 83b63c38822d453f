"""What the numbers of others count: coordinates in pixels or fractions, scores on a scale."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_SCALE = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)")


class Unit(StrEnum):
    """What coordinates count."""

    PIXELS = "pixels"
    FRACTIONS = "fractions"
    """0 is the left or top edge of the picture, 1 the right or bottom edge."""


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """Lowest and highest possible score."""

    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.lowest:g}-{self.highest:g}"

    def holds(self, score: float) -> bool:
        """Tell whether a score lies on the scale."""
        return self.lowest <= score <= self.highest

    @staticmethod
    def of(text: str) -> "ScoreScale | None":
        """Return the scale that a text such as `0-1` names; None where it names none."""
        limits = _SCALE.fullmatch(text.replace(" ", ""))
        return ScoreScale(float(limits[1]), float(limits[2])) if limits else None


def guessed_scale(scores: Iterable[float]) -> ScoreScale:
    """Return the narrowest scale in use that holds all scores: 0-1, 0-10 or 0-100.

    The guess must be told to whoever brings the results in. Scores above 100 stay beyond it.
    """
    highest = max(scores, default=0.0)
    return next((s for s in _IN_USE if highest <= s.highest), _IN_USE[-1])


_IN_USE = (ScoreScale(0, 1), ScoreScale(0, 10), ScoreScale(0, 100))
