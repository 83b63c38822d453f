"""What is drawn in a presentation state, image by image: closed figures, lines, texts, or a fault.

Everything that may be a mark is either an outline, or counted, or named as what was not understood.
Source: PS3.3 C.10.5, C.10.7.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset

from study_design.errors import BadInputError
from study_design.exchange.ai_files.annotation_pairs import Outline
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
    open_lines
        Number of arrows, rulers and the like.
    says_nothing_found
        A text says so.
    """

    outlines: list[Outline] = field(default_factory=list)
    scores: list[TextScore] = field(default_factory=list)
    labels: list[TextScore] = field(default_factory=list)
    open_lines: int = 0
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
    _refuse_compound(item)
    if item.get("GraphicObjectSequence") and len(on) != 1:
        raise BadInputError(f"expected one image that it is drawn on, got {len(on)}")
    words = layer_words(dataset, str(item.get("GraphicLayer", "")))
    for uid in on:  # a text without an image of its own is written on all
        drawn = images.setdefault(uid, Drawn())
        area = screen_area(dataset, uid)
        for graphic in item.get("GraphicObjectSequence") or ():
            outline = _outline(graphic, words, number, area)
            if outline is not None:
                drawn.outlines.append(outline)
            else:
                drawn.open_lines += not is_on_screen(str(graphic.get("GraphicAnnotationUnits")))
        drawn.scores += text_scores(item, number, area)
        drawn.says_nothing_found |= says_nothing_found(item)
        drawn.labels += text_labels(item, number, area)


def _refuse_compound(item: Dataset) -> None:
    """Refuse a compound graphic that is not drawn by plain figures or texts too (C.10.5.1.3)."""
    plain = (*(item.get("GraphicObjectSequence") or ()), *(item.get("TextObjectSequence") or ()))
    drawn = {one.get("CompoundGraphicInstanceID") for one in plain} - {None}
    for one in item.get("CompoundGraphicSequence") or ():
        if one.get("CompoundGraphicInstanceID") not in drawn:
            raise BadInputError(
                "expected figures or texts, got the compound graphic "
                f"{one.get('CompoundGraphicType') or 'without a type'} alone"
            )


def _outline(
    graphic: Dataset, words: tuple[str, ...], annotation: int, area: ScreenArea | None
) -> Outline | None:
    """Return a closed figure; None for a line that does not close."""
    units = str(graphic.get("GraphicAnnotationUnits", ""))
    figure = Graphic(str(graphic.get("GraphicType", "")), tuple(_points(graphic)))
    if units not in UNITS:
        raise BadInputError(f"expected units of {', '.join(UNITS)}, got {units or 'none'}")
    if figure.fault:
        raise BadInputError(figure.fault)
    filled = graphic.get("GraphicFilled") == "Y"
    if figure.kind not in _CLOSED and not filled and not _is_closed(figure.points):
        return None
    style = next(iter(graphic.get("LineStyleSequence") or ()), Dataset())
    colour = style.get("PatternOnColorCIELabValue")
    own = (colour_word(colour),) if colour else ()
    corners = Graphic(figure.kind, in_picture(figure.points, units, area)).corners
    return Outline(corners, (*own, *words), annotation, is_on_screen(units))


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
