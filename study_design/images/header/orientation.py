r"""How a stored mammogram is turned into the way radiologists hang it.

Hung, a right breast has its chest wall at the right edge and a left breast at the left edge; the
lateral side of a CC view and the cranial side of an MLO view are up. In terms of Patient
Orientation, whose first value is the direction of increasing columns and whose second that of
increasing rows: RCC P\L, LCC A\R, RMLO P\FL, LMLO A\FR. Field of View Rotation and Horizontal
Flip describe what the maker already did and are never applied.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from study_design.vocabulary import Projection, Side, View

CHEST_WALL_DISAGREES = "Patient Orientation and the chest wall in the picture disagree"
ORIENTATION_UNKNOWN = "orientation unknown, shown as stored"
# Every doubt on how a view hangs: they hold for the slot in which it hangs.
HANGING_DOUBTS = frozenset({CHEST_WALL_DISAGREES, ORIENTATION_UNKNOWN})


class Edge(StrEnum):
    """An edge of the stored pixel matrix."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


_BACK_AND_FRONT, _ACROSS = frozenset("AP"), frozenset("LRFH")
# Where an edge of the stored picture lies once rows and columns have changed places.
_TURNED = {
    Edge.LEFT: Edge.TOP,
    Edge.TOP: Edge.LEFT,
    Edge.RIGHT: Edge.BOTTOM,
    Edge.BOTTOM: Edge.RIGHT,
}


@dataclass(frozen=True, slots=True)
class Flips:
    """What leads from the stored to the hanging orientation: first the turn, then the mirrorings.

    Attributes
    ----------
    note
        What was assumed; empty where nothing was.
    doubt
        What speaks against it, or that nothing tells it: a person must look at the picture.
    transposed
        The picture is stored on its side: rows and columns change places.
    """

    horizontal: bool
    vertical: bool
    note: str = ""
    doubt: str = ""
    transposed: bool = False

    @property
    def mirrored(self) -> bool:
        """Whether the picture is stored as its mirror image, and not only turned."""
        return (self.horizontal != self.vertical) != self.transposed


def upright(patient_orientation: tuple[str, ...]) -> tuple[str, ...]:
    r"""Return Patient Orientation as it is once rows and columns of a picture on its side change.

    Upright, rows run from front to back or back to front: R\P of a picture on its side is P\R.
    """
    if len(patient_orientation) == 2:
        along_columns, along_rows = (value.upper() for value in patient_orientation)
        if along_columns[:1] in _ACROSS and along_rows[:1] in _BACK_AND_FRONT:
            return patient_orientation[1], patient_orientation[0]
    return patient_orientation


def flips_for(view: View, patient_orientation: tuple[str, ...], chest_wall: Edge | None) -> Flips:
    """Return the flips that hang a view.

    Patient Orientation decides, also where the picture is stored on its side. Where it is absent or
    makes no sense, or says so of a picture that stands upright, the edge at which the breast mask
    meets the chest wall decides left and right, and the stored top is taken for the top.
    """
    turned = upright(patient_orientation)
    is_on_side = turned != patient_orientation
    wall = _TURNED[chest_wall] if is_on_side and chest_wall else chest_wall
    said = _flips_from_tag(view, turned)
    if is_on_side and said is not None and wall in {Edge.TOP, Edge.BOTTOM}:
        return replace(_flips_from_mask(view, chest_wall), note="", doubt=CHEST_WALL_DISAGREES)
    if said is None:
        return _flips_from_mask(view, chest_wall)
    expected = _flips_from_mask(view, wall)
    disagrees = wall in {Edge.LEFT, Edge.RIGHT} and said.horizontal != expected.horizontal
    doubt = CHEST_WALL_DISAGREES if disagrees or wall in {Edge.TOP, Edge.BOTTOM} else ""
    return replace(said, doubt=doubt, transposed=is_on_side)


def _flips_from_tag(view: View, patient_orientation: tuple[str, ...]) -> Flips | None:
    """Return the flips that Patient Orientation asks for; None where it names other axes."""
    if len(patient_orientation) != 2:
        return None
    along_columns, along_rows = (value.upper() for value in patient_orientation)
    right = view.side is Side.RIGHT
    horizontal = _turned(along_columns[:1], "P" if right else "A", "A" if right else "P")
    medial, lateral = ("L", "R") if right else ("R", "L")
    if view.projection is Projection.MLO and set(along_rows) & {"F", "H"}:
        caudal = next(letter for letter in along_rows if letter in "FH")
        vertical = _turned(caudal, "F", "H")
    else:
        vertical = _turned(along_rows[:1], medial, lateral)
    if horizontal is None or vertical is None:
        return None
    return Flips(horizontal, vertical)


def _turned(direction: str, hanging: str, opposite: str) -> bool | None:
    """Tell whether a direction is opposite to that of the hanging; None where it is neither."""
    return {hanging: False, opposite: True}.get(direction)


def _flips_from_mask(view: View, chest_wall: Edge | None) -> Flips:
    """Return the flip that brings the chest wall to its edge."""
    wanted = Edge.RIGHT if view.side is Side.RIGHT else Edge.LEFT
    if chest_wall not in {Edge.LEFT, Edge.RIGHT}:
        return Flips(False, False, doubt=ORIENTATION_UNKNOWN)
    return Flips(
        chest_wall is not wanted,
        False,
        "no usable Patient Orientation: the chest wall in the picture decided",
    )
