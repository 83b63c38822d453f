r"""How a stored mammogram is turned into the way radiologists hang it.

Hung, a right breast has its chest wall at the right edge and a left breast at the left edge; the
lateral side of a CC view and the cranial side of an MLO view are up. In terms of Patient
Orientation, whose first value is the direction of increasing columns and whose second that of
increasing rows: RCC P\L, LCC A\R, RMLO P\FL, LMLO A\FR. Field of View Rotation and Horizontal
Flip describe what the maker already did and are never applied.
"""

from dataclasses import dataclass

from study_design.images.breast import Edge
from study_design.vocabulary import Projection, Side, View

CHEST_WALL_DISAGREES = "Patient Orientation and the chest wall in the picture disagree"
ORIENTATION_UNKNOWN = "orientation unknown, shown as stored"
# Every doubt on how a view hangs: they hold for the slot in which it hangs.
HANGING_DOUBTS = frozenset({CHEST_WALL_DISAGREES, ORIENTATION_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Flips:
    """Mirrorings that lead from the stored to the hanging orientation.

    Attributes
    ----------
    note
        What was assumed; empty where nothing was.
    doubt
        What speaks against it, or that nothing tells it: a person must look at the picture.
    """

    horizontal: bool
    vertical: bool
    note: str = ""
    doubt: str = ""


def flips_for(
    view: View, patient_orientation: tuple[str, ...], chest_wall: Edge | None
) -> Flips | None:
    """Return the flips that hang a view; None where it lies on its side.

    Patient Orientation decides. Where it is absent or makes no sense, the edge at which the breast
    mask meets the chest wall decides left and right, and the stored top is taken for the top.
    """
    said = _flips_from_tag(view, patient_orientation)
    by_mask = _flips_from_mask(view, chest_wall)
    if said is None:
        if patient_orientation and chest_wall in {Edge.TOP, Edge.BOTTOM}:
            return None
        return by_mask
    if chest_wall in {Edge.LEFT, Edge.RIGHT} and said.horizontal != by_mask.horizontal:
        return Flips(
            said.horizontal,
            said.vertical,
            doubt=CHEST_WALL_DISAGREES,
        )
    return said


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
