"""Which view is meant by the words that headers, manifests and result files use for it."""

import re

from study_design.vocabulary import Projection, Side, View

_SIDES = {"R": Side.RIGHT, "RIGHT": Side.RIGHT, "L": Side.LEFT, "LEFT": Side.LEFT}
_WHOLE_VIEW = re.compile(r"(RIGHT|LEFT|R|L)[\s_-]*(CC|MLO)")


def parse_side(text: str) -> Side | None:
    """Return the breast that `R`, `Right`, `L` or `Left` names; None for anything else."""
    return _SIDES.get(text.strip().upper())


def parse_view(view: str, laterality: str = "") -> View | None:
    """Return the view that a text names, alone or together with a laterality beside it.

    `R-MLO`, `RMLO`, `R MLO`, `Right MLO`, or `MLO` with the laterality `R`; None where the words
    name no slot of a four-view exam or contradict each other.
    """
    side = parse_side(laterality)
    text = view.strip().upper()
    whole = _WHOLE_VIEW.fullmatch(text)
    if whole:
        found = View.of(_SIDES[whole[1]], Projection(whole[2]))
        return None if laterality.strip() and found.side is not side else found
    if side is None or text not in tuple(Projection):
        return None
    return View.of(side, Projection(text))
