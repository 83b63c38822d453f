"""Display shutters (PS3.3 C.7.6.11): parts of the picture that its maker wants to be hidden.

They are not applied, for what they hide is shown as it is; a person looks at pictures in which one
hides anything, before anyone reads them. One round the whole matrix hides nothing.
"""

from pydicom.dataset import Dataset

from study_design.images.header.attributes import integer, texts

_EDGES = (
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
)
_RECTANGLE = "RECTANGULAR"
# What stands there instead may be anything that somebody typed.
_SHAPES = (_RECTANGLE, "CIRCULAR", "POLYGONAL", "BITMAP")


def shutter_doubts(dataset: Dataset) -> tuple[str, ...]:
    """Return a doubt where a header asks for a shutter that may hide a part of the picture."""
    shapes = [shape.upper() for shape in texts(dataset, "ShutterShape") if shape.strip()]
    edges = [integer(dataset, keyword, default=-1) for keyword in _EDGES]
    known = all(keyword in dataset for keyword in _EDGES)
    if not shapes or (shapes == [_RECTANGLE] and known and _is_whole(dataset, edges)):
        return ()
    named = " and ".join(shape for shape in _SHAPES if shape in shapes) or "of an unknown shape"
    of = ""
    if _RECTANGLE in shapes and known:
        left, right, upper, lower = edges
        of = f" (columns {left} to {right}, rows {upper} to {lower})"
    return (f"the header asks for a shutter, {named}{of}, which is not applied: all is shown",)


def _is_whole(dataset: Dataset, edges: list[int]) -> bool:
    """Tell whether a rectangle leaves every pixel of the matrix visible."""
    left, right, upper, lower = edges
    rows, columns = integer(dataset, "Rows"), integer(dataset, "Columns")
    return left <= 1 and upper <= 1 and right >= columns and lower >= rows
