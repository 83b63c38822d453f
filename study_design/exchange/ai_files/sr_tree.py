"""The content tree of a DICOM structured report, with references by identifier followed.

Codes compare by value and scheme, a retired SNOMED RT code as the SNOMED CT code that took its
place; meanings are for people only (some hold zero-width spaces). Source: PS3.3 C.17.3.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import Corners

# Deeper than any template; a tree without end is no report.
DEEPEST = 64
MOST_ITEMS = 200_000

Way = tuple[int, ...]

# Fewest and most points of a figure (PS3.3 C.10.5.1.2, C.18.6.1.2).
_POINTS = {
    "POINT": (1, 1),
    "MULTIPOINT": (1, MOST_ITEMS),
    "POLYLINE": (2, MOST_ITEMS),
    "INTERPOLATED": (2, MOST_ITEMS),
    "CIRCLE": (2, 2),
    "ELLIPSE": (4, 4),
}


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One item of the tree.

    Attributes
    ----------
    identifier
        The way to the item, from 1: `1.2.4`.
    concept
        What the item is of; None where it has no name.
    code, text, number, unit, uid
        Its value, by value type; only one is there.
    image
        SOP Instance UID that an IMAGE item references.
    graphic
        Type and points of an SCOORD item, as column and row.
    """

    identifier: str
    relationship: str
    value_type: str
    concept: Code | None
    children: tuple["ContentItem", ...] = field(repr=False)
    code: Code | None = None
    text: str = ""
    number: float | None = None
    unit: Code | None = None
    image: str = ""
    graphic: "Graphic | None" = None

    def walk(self) -> Iterator["ContentItem"]:
        """Return the item and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def those(self, *concepts: Code) -> Iterator["ContentItem"]:
        """Return the children of some concepts."""
        return (child for child in self.children if child.is_of(*concepts))

    def is_of(self, *concepts: Code) -> bool:
        """Tell whether the item is of one of some concepts."""
        return self.concept is not None and self.concept in concepts

    def first(self, *concepts: Code) -> "ContentItem | None":
        """Return the first child of some concepts."""
        return next(self.those(*concepts), None)

    def all(self, *concepts: Code) -> Iterator["ContentItem"]:
        """Return the items of some concepts, here and below."""
        return (item for item in self.walk() if item.is_of(*concepts))


@dataclass(frozen=True, slots=True)
class Graphic:
    """A figure on an image, in pixels from the upper left corner of the upper left pixel."""

    kind: str
    points: tuple[tuple[float, float], ...]

    @property
    def fault(self) -> str:
        """Why the figure cannot be placed; empty where it can."""
        fewest, most = _POINTS.get(self.kind, (0, -1))
        if most < 0:
            return f"expected a figure of {', '.join(_POINTS)}, got {self.kind or 'none'}"
        if not fewest <= len(self.points) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest} or more"
            return f"expected {wanted} points of a {self.kind}, got {len(self.points)}"
        return ""

    @property
    def corners(self) -> Corners:
        """The smallest upright box around the figure; without points not a number."""
        if not self.points:
            return Corners(math.nan, math.nan, math.nan, math.nan)
        if self.kind == "CIRCLE" and len(self.points) == 2:
            (x, y), edge = self.points
            radius = math.dist((x, y), edge)
            return Corners(x - radius, y - radius, x + radius, y + radius)
        if self.kind == "ELLIPSE" and len(self.points) == 4:
            return _around_ellipse(self.points)
        return Corners.around(self.points)


def content_tree(dataset: Dataset) -> ContentItem:
    """Return the tree of a report.

    An item by reference appears again where it is referenced, with its children. A reference that
    leads nowhere, or to an item above it, is left out.

    Raises
    ------
    BadInputError
        Where references make the tree grow beyond all reports.
    """
    return _Builder(dataset).item(dataset, (1,), ())


def code_of(dataset: Dataset, keyword: str) -> Code | None:
    """Return the first code of a sequence; None where there is none."""
    sequence = dataset.get(keyword)
    if not sequence:
        return None
    item = sequence[0]
    value = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue") or ""
    scheme = str(item.get("CodingSchemeDesignator") or "").strip()
    # SNM3 and 99SDM are older names of the scheme; the version does not change what a code means.
    scheme = "SRT" if scheme in ("SNM3", "99SDM") else scheme
    return Code(str(value).strip(), scheme, plain_meaning(str(item.get("CodeMeaning") or "")))


def plain_meaning(text: str) -> str:
    """Return a code meaning without zero-width spaces."""
    return text.replace("\u200b", "").strip()


class _Builder:
    """Makes the tree; items by reference appear again, so their number is bounded."""

    def __init__(self, root: Dataset) -> None:
        self._root = root
        self._items = 0

    def item(self, item: Dataset, way: Way, above: tuple[Way, ...]) -> ContentItem:
        """Return an item and what is below it."""
        self._items += 1
        if self._items > MOST_ITEMS:
            raise BadInputError(f"expected a report of at most {MOST_ITEMS} items, got more")
        number, unit = _measured(item)
        return ContentItem(
            identifier=".".join(map(str, way)),
            relationship=str(item.get("RelationshipType", "")),
            value_type=str(item.get("ValueType", "")),
            concept=code_of(item, "ConceptNameCodeSequence"),
            children=self._children(item, way, (*above, way)),
            code=code_of(item, "ConceptCodeSequence"),
            text=_text(item),
            number=number,
            unit=unit,
            image=_image(item),
            graphic=_graphic(item),
        )

    def _children(self, item: Dataset, way: Way, above: tuple[Way, ...]) -> tuple[ContentItem, ...]:
        """Return the children, those by reference as they stand where they are."""
        children: list[ContentItem] = []
        for place, child in enumerate(item.get("ContentSequence") or (), start=1):
            target: Dataset | None = child
            target_way: Way = (*way, place)
            reference = child.get("ReferencedContentItemIdentifier")
            if reference is not None:
                numbers = [reference] if isinstance(reference, int) else reference
                target_way = tuple(int(number) for number in numbers)
                target = self._referenced(target_way)
            if target is not None and target_way not in above and len(above) < DEEPEST:
                children.append(self.item(target, target_way, above))
        return tuple(children)

    def _referenced(self, way: Way) -> Dataset | None:
        """Return the item to which an identifier leads; the root's own number comes first."""
        item = self._root
        for place in way[1:]:
            within = item.get("ContentSequence") or ()
            if not 1 <= place <= len(within):
                return None
            item = within[place - 1]
        return item


def _text(item: Dataset) -> str:
    """Return the text, UID, date or time of an item."""
    for keyword in ("TextValue", "UID", "Date", "Time", "PersonName", "DateTime"):
        if item.get(keyword):
            return str(item.get(keyword)).replace("\u200b", "").strip()
    return ""


def _measured(item: Dataset) -> tuple[float | None, Code | None]:
    """Return number and unit; the exact value goes before its decimal text."""
    sequence = item.get("MeasuredValueSequence")
    if not sequence:
        return None, None
    exact = sequence[0].get("FloatingPointValue")
    value = exact if exact is not None else sequence[0].get("NumericValue")
    number = float(value) if isinstance(value, int | float) else None
    return number, code_of(sequence[0], "MeasurementUnitsCodeSequence")


def _image(item: Dataset) -> str:
    """Return the image that an IMAGE item references."""
    sequence = item.get("ReferencedSOPSequence")
    return str(sequence[0].get("ReferencedSOPInstanceUID", "")) if sequence else ""


def _graphic(item: Dataset) -> Graphic | None:
    """Return the figure of an SCOORD item."""
    data = item.get("GraphicData")
    if str(item.get("ValueType", "")) != "SCOORD" or data is None:
        return None
    numbers = [float(value) for value in ([data] if isinstance(data, int | float) else data)]
    return Graphic(
        str(item.get("GraphicType", "")), tuple(zip(numbers[::2], numbers[1::2], strict=False))
    )


def _around_ellipse(points: Sequence[tuple[float, float]]) -> Corners:
    """Return the box around an ellipse given by the ends of its major and minor axes."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    x, y = (ax + bx) / 2, (ay + by) / 2
    wide = math.hypot(bx - ax, dx - cx) / 2
    high = math.hypot(by - ay, dy - cy) / 2
    return Corners(x - wide, y - high, x + wide, y + high)
