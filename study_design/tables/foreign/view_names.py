"""Which view is meant by the words that headers, manifests and result files use for it."""

import re

from study_design.vocabulary import Projection, Side, View

_SIDES = {"R": Side.RIGHT, "RIGHT": Side.RIGHT, "L": Side.LEFT, "LEFT": Side.LEFT}
_WHOLE_VIEW = re.compile(r"(?:(RIGHT|LEFT|R|L)[\s_-]*)?(CC|MLO)(?:[\s_-]+(RIGHT|LEFT|R|L))?")
_LONG_NAMES = {
    "CRANIOCAUDAL": Projection.CC,
    "MEDIOLATERALOBLIQUE": Projection.MLO,
}


def parse_side(text: str) -> Side | None:
    """Return the breast that `R`, `Right`, `L` or `Left` names; None for anything else."""
    return _SIDES.get(text.strip().upper())


def parse_projection(text: str) -> Projection | None:
    """Return the projection that a text names, with or without a side; None for any other view."""
    long_name = _LONG_NAMES.get(re.sub(r"[\s_-]", "", text.upper()))
    whole = _WHOLE_VIEW.fullmatch(text.strip().upper())
    return Projection(whole[2]) if whole else long_name


def side_in_view(text: str) -> Side | None:
    """Return the side that stands beside the projection in `RMLO`, `L CC` or `CC_LEFT`."""
    whole = _WHOLE_VIEW.fullmatch(text.strip().upper())
    sides = {_SIDES[word] for word in (whole[1], whole[3]) if word} if whole else set()
    return next(iter(sides)) if len(sides) == 1 else None


def parse_view(view: str, laterality: str = "") -> View | None:
    """Return the view that a text names, alone or together with a laterality beside it.

    `R-MLO`, `RMLO`, `R MLO`, `Right MLO`, `MLO_R`, or `MLO` with the laterality `R`; None where the
    words name no slot of a four-view exam or contradict each other.
    """
    projection, within, beside = parse_projection(view), side_in_view(view), parse_side(laterality)
    side = within or beside
    contradicts = within is not None and laterality.strip() and beside is not within
    if projection is None or side is None or contradicts:
        return None
    return View.of(side, projection)
