"""Views of the breast as tables of hospitals name them, in one column or in two."""

import re

from study_design.tables.foreign.known_words import SIDES, by_word, plain_word
from study_design.tables.foreign.view_names import parse_projection, parse_view
from study_design.vocabulary import Projection, Side, View

_SIDES = by_word(SIDES)
_PROJECTIONS = {
    Projection.MLO: "mediolateral oblique, medio lateral oblique, mlo, "
    "内外斜位, 内外斜方向, 斜位, oblique, schrag",
    Projection.CC: "craniocaudal, kraniokaudal, cranio caudal, cc, "
    "头尾位, 頭尾方向, 頭尾位, 轴位, 軸位",
}
_BY_PROJECTION = by_word(_PROJECTIONS)


def view_of(view: str, laterality: str = "") -> View | None:
    """Return the view that one cell names, or a projection with the side in a second cell.

    `R-MLO`, `RMLO`, `Right MLO`, `MLO rechts`, `右CC`, or `CC` beside `links`; None where the words
    name no view of the four, or contradict each other.
    """
    side = side_of(laterality)
    if laterality and side is None:
        return None
    known = parse_view(view, side.value if side else "")
    if known is not None:
        return known
    plain = plain_word(view)
    for word, projection in _BY_PROJECTION.items():
        rest = re.sub(rf"(?<![a-z]){word}(?![a-z])", "", plain, count=1)
        if rest == plain:
            continue
        within = side_of(rest)
        if (rest.strip() and within is None) or (within and side and within is not side):
            return None
        of_both = within or side
        return View.of(of_both, Projection(projection)) if of_both else None
    return None


def side_of(text: str) -> Side | None:
    """Return the breast that a word names; None for any other word."""
    side = _SIDES.get(plain_word(text))
    return Side(side) if side else None


def projection_of(text: str) -> Projection | None:
    """Return the projection that a cell names, with or without a side; None for other words."""
    known = parse_projection(text) or _BY_PROJECTION.get(plain_word(text))
    return Projection(known) if known else None
