"""Which score and which line belong to which outline of a presentation state."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from study_design.exchange.ai_files.annotation_texts import TextScore
from study_design.exchange.ai_files.reported import Corners

# How far an arrow may end before what it points at, a few millimetres; or by the mark's own size.
_REACH_PX = 50.0
# Farther than any two points of a mammogram: texts of other annotations come last.
_ANOTHER_ANNOTATION = 100_000.0


@dataclass(frozen=True, slots=True)
class Outline:
    """An outline with the words of its layer.

    `on_screen`: it was placed on the screen; its corners are no numbers where the displayed area is
    not known.
    """

    corners: Corners
    words: tuple[str, ...]
    annotation: int
    on_screen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line that does not close: an arrow, a ruler.

    Attributes
    ----------
    ends
        Where it may point: of an arrow whose head is known the head alone. None where it was placed
        on a screen whose displayed area is not known.
    what
        In words.
    """

    ends: tuple[tuple[float, float], ...]
    what: str
    on_screen: bool


@dataclass(frozen=True, slots=True)
class ScoredOutline:
    """An outline with its score; None where none is written. Several may share a headline's."""

    outline: Outline
    score: TextScore | None
    is_shared: bool = False


def paired(outlines: Sequence[Outline], scores: Sequence[TextScore]) -> tuple[ScoredOutline, ...]:
    """Return the outlines on an image, each with the score that stands nearest.

    Texts beside something go before headlines; a headline that is the only score of the image
    counts for all of its outlines. Outlines inside others are left out where there are fewer scores
    than outlines: they are levels of a map.
    """
    beside = _beside(scores)
    outermost = _outermost(outlines, beside)
    if len(beside) == 1 < len(outermost) and beside[0].on_screen:
        return tuple(ScoredOutline(one, beside[0], is_shared=True) for one in outermost)
    return tuple(ScoredOutline(one, score) for one, score in _nearest(outermost, beside))


def phrases_beside(
    outlines: Sequence[Outline], labels: Sequence[TextScore]
) -> tuple[tuple[str, ...], ...]:
    """Return, for each outline, the words of the label without a number that stands nearest."""
    return tuple(label.phrases if label else () for _, label in _nearest(outlines, labels))


def lines_apart(outlines: Sequence[Outline], lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines that end at none of some outlines: each may be a mark of its own."""
    return tuple(
        line
        for line in lines
        if not any(_reaches(one.corners, end) for one in outlines for end in line.ends)
    )


def _reaches(corners: Corners, end: tuple[float, float]) -> bool:
    """Tell whether a line that ends here may point at an outline."""
    side = max(corners.x1 - corners.x0, corners.y1 - corners.y0)
    return _gap(corners, end) <= max(_REACH_PX, side)


def _beside(scores: Sequence[TextScore]) -> list[TextScore]:
    """Return the scores written in the picture; headlines only where there are no others."""
    return [one for one in scores if not one.on_screen] or list(scores)


def _outermost(outlines: Sequence[Outline], scores: Sequence[TextScore]) -> list[Outline]:
    """Return outlines without those inside others, levels of a map, where scores are fewer."""
    if not scores or len(scores) >= len(outlines):
        return list(outlines)
    return [
        one
        for place, one in enumerate(outlines)
        if not any(
            _is_within(one.corners, other.corners)
            and (other.corners != one.corners or number < place)
            for number, other in enumerate(outlines)
            if number != place
        )
    ]


def _is_within(inner: Corners, outer: Corners) -> bool:
    """Tell whether a box lies in another."""
    return (
        outer.x0 <= inner.x0
        and outer.y0 <= inner.y0
        and inner.x1 <= outer.x1
        and inner.y1 <= outer.y1
    )


def _nearest(
    outlines: Sequence[Outline], scores: Sequence[TextScore]
) -> Iterator[tuple[Outline, TextScore | None]]:
    """Return each outline with its score: pairs that stand nearest go first, each score once."""
    pairs = sorted(
        (_distance(outline, score), place, number)
        for place, outline in enumerate(outlines)
        for number, score in enumerate(scores)
    )
    of_outline: dict[int, int] = {}
    for _, place, number in pairs:
        if place not in of_outline and number not in of_outline.values():
            of_outline[place] = number
    for place, outline in enumerate(outlines):
        yield outline, scores[of_outline[place]] if place in of_outline else None


def _distance(outline: Outline, score: TextScore) -> float:
    """Return how far a text stands from an outline; texts of other annotations are far away.

    A text without a place in the picture goes with its annotation, in order.
    """
    elsewhere = 0.0 if outline.annotation == score.annotation else _ANOTHER_ANNOTATION
    if score.where is None:
        return elsewhere
    return _gap(outline.corners, score.where) + elsewhere


def _gap(corners: Corners, point: tuple[float, float]) -> float:
    """Return how far a point is from a box; 0 within it."""
    x, y = point
    across = max(corners.x0 - x, 0.0, x - corners.x1)
    down = max(corners.y0 - y, 0.0, y - corners.y1)
    return math.hypot(across, down)
