"""What is drawn in a presentation state, image by image: closed figures, lines, texts, or a fault.

Everything that may be a mark is either an outline, or counted, or named as what was not understood.
Source: PS3.3 C.10.5, C.10.7.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from study_design.errors import BadInputError
from study_design.exchange.ai_files.annotation_pairs import Line, Outline
from study_design.exchange.ai_files.annotation_places import (
    UNITS,
    ScreenArea,
    in_picture,
    is_on_screen,
    screen_area,
)
from study_design.exchange.ai_files.annotation_texts import (
    TextScore,
    says_nothing_found,
    text_labels,
    text_scores,
)
from study_design.exchange.ai_files.reported import Corners
from study_design.exchange.ai_files.sr_tree import Graphic

_CLOSED = ("CIRCLE", "ELLIPSE", "POINT")
# Compound graphics (PS3.3 C.10.5.1.3): upright boxes by two corners, a point, and lines.
_BOXES, _CROSS = ("RECTANGLE", "ELLIPSE"), "CROSSHAIR"
_ARROW, _MANY = "ARROW", "MULTILINE"
_LINES = (_ARROW, _MANY, "RULER", "AXIS", "RANGELINE", "CUTLINE", "INFINITELINE")
# Share of a box by which the point that it is turned about may miss its middle.
_OFF_CENTRE = 0.01
# A line whose ends are this close, as a share of its longer side, goes round something.
_GAP = 0.1
_PLANE = 2


@dataclass(slots=True)
class Drawn:
    """What is drawn on one image.

    Attributes
    ----------
    scores, labels
        Texts with a number, and texts in the picture without one.
    lines
        Arrows, rulers and the like.
    says_nothing_found
        A text says so.
    """

    outlines: list[Outline] = field(default_factory=list)
    scores: list[TextScore] = field(default_factory=list)
    labels: list[TextScore] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    says_nothing_found: bool = False

    @property
    def texts(self) -> tuple[TextScore, ...]:
        """The texts that stand in the picture."""
        return (*(one for one in self.scores if not one.on_screen), *self.labels)


def drawn_on(dataset: Dataset) -> dict[str, Drawn]:
    """Return what is drawn, by image, or refuse what cannot be placed.

    Raises
    ------
    BadInputError
        For the first annotation that holds what is not understood.
    """
    images = {uid: Drawn() for uid in referenced_images(dataset)}
    for number, item in enumerate(dataset.get("GraphicAnnotationSequence") or (), start=1):
        try:
            _add(dataset, item, number, images)
        except BadInputError as error:
            raise BadInputError(f"annotation {number}: {error}") from error
    return images


def referenced_images(dataset: Dataset) -> tuple[str, ...]:
    """Return the images that a presentation state refers to."""
    return tuple(
        str(instance.ReferencedSOPInstanceUID)
        for series in dataset.get("ReferencedSeriesSequence") or ()
        for instance in series.get("ReferencedImageSequence") or ()
    )


def layer_words(dataset: Dataset, name: str) -> tuple[str, ...]:
    """Return the words that may tell what is drawn on a layer."""
    for layer in dataset.get("GraphicLayerSequence") or ():
        if str(layer.get("GraphicLayer", "")) == name:
            colour = layer.get("GraphicLayerRecommendedDisplayCIELabValue")
            said = (str(layer.get("GraphicLayerDescription", "")), name)
            return (*said, *((colour_word(colour),) if colour else ()))
    return (name,)


def colour_word(stored: Sequence[int]) -> str:
    """Return a CIELab colour, stored as 16 bit numbers (PS3.3 C.10.7.1.1), in round numbers."""
    lightness, a, b = (float(value) for value in stored)
    parts = (lightness / 65535 * 100, a / 65535 * 255 - 128, b / 65535 * 255 - 128)
    return "colour " + " ".join(f"{part:.0f}" for part in parts)


def _add(dataset: Dataset, item: Dataset, number: int, images: dict[str, Drawn]) -> None:
    """Add what an annotation draws to the image that it is drawn on, its texts to all of its."""
    named = [str(r.ReferencedSOPInstanceUID) for r in item.get("ReferencedImageSequence") or ()]
    on = named or list(images)
    compounds = _compounds_alone(item)
    if (item.get("GraphicObjectSequence") or compounds) and len(on) != 1:
        raise BadInputError(f"expected one image that it is drawn on, got {len(on)}")
    words = layer_words(dataset, str(item.get("GraphicLayer", "")))
    for uid in on:  # a text without an image of its own is written on all
        drawn = images.setdefault(uid, Drawn())
        area = screen_area(dataset, uid)
        for graphic in item.get("GraphicObjectSequence") or ():
            _put(_mark(graphic, words, number, area), drawn)
        for compound in compounds:
            _put(_compound_mark(compound, words, number, area), drawn)
        drawn.scores += text_scores(item, number, area)
        drawn.says_nothing_found |= says_nothing_found(item)
        drawn.labels += text_labels(item, number, area)


def _put(mark: Outline | Line, drawn: Drawn) -> None:
    """Add an outline or a line to its image."""
    if isinstance(mark, Outline):
        drawn.outlines.append(mark)
    else:
        drawn.lines.append(mark)


def _compounds_alone(item: Dataset) -> tuple[Dataset, ...]:
    """Return the compound graphics that no plain figure or text draws too (C.10.5.1.3)."""
    plain = (*(item.get("GraphicObjectSequence") or ()), *(item.get("TextObjectSequence") or ()))
    drawn = {one.get("CompoundGraphicInstanceID") for one in plain} - {None}
    return tuple(
        one
        for one in item.get("CompoundGraphicSequence") or ()
        if one.get("CompoundGraphicInstanceID") not in drawn
    )


def _mark(
    graphic: Dataset, words: tuple[str, ...], annotation: int, area: ScreenArea | None
) -> Outline | Line:
    """Return a closed figure, or a line that does not close."""
    units = _known_units(graphic, "GraphicAnnotationUnits")
    figure = Graphic(str(graphic.get("GraphicType", "")), tuple(_points(graphic)))
    if figure.fault:
        raise BadInputError(figure.fault)
    points, on_screen = in_picture(figure.points, units, area), is_on_screen(units)
    filled = graphic.get("GraphicFilled") == "Y"
    if figure.kind not in _CLOSED and not filled and not _is_closed(figure.points):
        return Line(points[:1] + points[-1:], "a line that does not close", on_screen)
    corners = Graphic(figure.kind, points).corners
    return Outline(corners, (*_own_words(graphic), *words), annotation, on_screen)


def _compound_mark(
    graphic: Dataset, words: tuple[str, ...], annotation: int, area: ScreenArea | None
) -> Outline | Line:
    """Return a compound graphic that goes round something or is a point, or a line."""
    kind = str(graphic.get("CompoundGraphicType", ""))
    if kind not in (*_BOXES, _CROSS, *_LINES):
        known = ", ".join((*_BOXES, _CROSS, *_LINES))
        raise BadInputError(f"expected a compound graphic of {known}, got {kind or 'none'}")
    units = _known_units(graphic, "CompoundGraphicUnits")
    stored = tuple(_points(graphic))
    needed = 1 if kind == _CROSS else 2
    if kind in (*_BOXES, _CROSS, _ARROW) and len(stored) != needed:
        raise BadInputError(f"expected {needed} points of a {kind}, got {len(stored)}")
    on_screen = is_on_screen(units)
    if kind in _LINES and not (kind == _MANY and _is_closed(stored)):
        points = in_picture(stored, units, area)
        ends = points[:1] if kind == _ARROW else points[:1] + points[-1:]  # its head is first
        return Line(ends, f"the compound graphic {kind}", on_screen)
    around = _turned(graphic, stored) if kind in _BOXES else stored
    corners = Graphic("POLYLINE", in_picture(around, units, area)).corners
    return Outline(corners, (*_own_words(graphic), *words), annotation, on_screen)


def _turned(
    graphic: Dataset, corners: tuple[tuple[float, float], ...]
) -> tuple[tuple[float, float], ...]:
    """Return points around a box or ellipse that is given upright and turned about its middle.

    About its middle it comes out alike whichever way it is turned.
    """
    degrees = float(graphic.get("RotationAngle") or 0)
    (x0, y0), (x1, y1) = corners
    if not degrees % 360:
        return corners
    about = [float(value) for value in graphic.get("RotationPoint") or ()]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    half, tall = abs(x1 - x0) / 2, abs(y1 - y0) / 2
    if len(about) != _PLANE or math.dist(about, (x, y)) > max(1.0, _OFF_CENTRE * (half + tall)):
        raise BadInputError(
            f"expected the compound graphic {graphic.CompoundGraphicType} upright or turned about "
            f"its middle, got {degrees:g} degrees about another point"
        )
    angle = math.radians(degrees)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    if graphic.CompoundGraphicType == "ELLIPSE":
        across, down = math.hypot(half * cos, tall * sin), math.hypot(half * sin, tall * cos)
    else:
        across, down = half * cos + tall * sin, half * sin + tall * cos
    return (x - across, y - down), (x + across, y + down)


def _known_units(graphic: Dataset, keyword: str) -> str:
    """Return what the points of a figure count, or refuse."""
    units = str(graphic.get(keyword, ""))
    if units not in UNITS:
        raise BadInputError(f"expected units of {', '.join(UNITS)}, got {units or 'none'}")
    return units


def _own_words(graphic: Dataset) -> tuple[str, ...]:
    """Return what the colour of a figure is called; nothing where it has none."""
    style = next(iter(graphic.get("LineStyleSequence") or ()), Dataset())
    colour = style.get("PatternOnColorCIELabValue")
    return (colour_word(colour),) if colour else ()


def _points(graphic: Dataset) -> Iterator[tuple[float, float]]:
    """Return the points of a figure, or refuse numbers that make none."""
    stored = graphic.get("GraphicData")
    numbers = [float(value) for value in stored] if isinstance(stored, Sequence) else []
    dimensions = int(graphic.get("GraphicDimensions") or _PLANE)
    points = graphic.get("NumberOfGraphicPoints")
    if dimensions != _PLANE or len(numbers) % _PLANE:
        raise BadInputError(f"expected points in a plane, got {len(numbers)} numbers")
    if points is not None and int(points) != len(numbers) // _PLANE:
        raise BadInputError(f"expected {points} points, as it says, got {len(numbers) // _PLANE}")
    yield from zip(numbers[::2], numbers[1::2], strict=True)


def _is_closed(points: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a line comes back to where it began; arrows and rulers do not."""
    if len(points) <= 3:
        return False
    around = Corners.around(points).box
    gap = math.dist(points[0], points[-1])
    return gap <= max(1.0, _GAP * max(around.width_px, around.height_px))
