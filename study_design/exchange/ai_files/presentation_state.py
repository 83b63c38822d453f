"""Reads presentation states (GSPS) of AI products: closed outlines with their scores as text.

A score is the text nearest to an outline, within its annotation first. What an abnormality is may
be said by the text, the name of the layer or its colour (`colour 50 20 -10` in CIELab, which a map
file can give a meaning). Source: PS3.3 A.33.1, C.10.5, C.10.7.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.uid import ColorSoftcopyPresentationStateStorage as ColorState
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage as GreyState

from study_design.errors import BadInputError
from study_design.exchange.ai_files.dicom_objects import DicomObject, imported_from
from study_design.exchange.ai_files.reported import (
    Corners,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
)
from study_design.exchange.ai_files.sr_tree import Graphic
from study_design.exchange.ai_files.type_words import Meaning, TypeWord, first_meaning
from study_design.vocabulary import AiStatus

KIND = "presentation state (GSPS)"
SOP_CLASSES = (str(GreyState), str(ColorState))
_SCORE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|/\s*100\b|/\s*10\b)?")
_SCALES = {"%": "0-100", "/100": "0-100", "/10": "0-10"}
# Farther than any two points of a mammogram: texts of other annotations come last.
_ANOTHER_ANNOTATION = 100_000.0
_CLOSED = ("CIRCLE", "ELLIPSE", "POINT")


@dataclass(frozen=True, slots=True)
class _Score:
    """A score that is written on the picture, and its scale where the text tells one."""

    value: float
    scale: str
    words: str
    where: tuple[float, float] | None
    annotation: int


@dataclass(slots=True)
class _Drawn:
    """What is drawn on one image."""

    outlines: list["_Outline"] = field(default_factory=list)
    scores: list[_Score] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Outline:
    """An outline with the words of its layer."""

    corners: Corners
    words: tuple[str, ...]
    annotation: int


def read_presentation_states(
    objects: Sequence[DicomObject], words: tuple[TypeWord, ...] = ()
) -> ReportedRun:
    """Return what presentation states show; an image they name without outlines has no finding.

    Parameters
    ----------
    words
        What words of the product mean, where they are not usual ones.
    """
    boxes: list[ReportedBox] = []
    cases: list[ReportedCase] = []
    problems: list[Problem] = []
    scales: set[str] = set()
    for one in objects:
        try:
            drawn = _drawn(one.dataset)
        except BadInputError as error:
            problems.append(Problem(one.path.name, str(error)))
            continue
        for uid, on_image in drawn.items():
            on = ReportedImage(uid)
            boxes += _boxes(one, on, on_image, words, scales)
            status = AiStatus.FINDING if on_image.outlines else AiStatus.NONE
            run = f"{one.path.name} ({one.sop_uid})"
            cases.append(ReportedCase(one.path.name, on, status, run=run))
    if len(scales) > 1:
        got = " and ".join(sorted(scales))
        problems.append(Problem(objects[0].path.name, f"expected one scale of scores, got {got}"))
    versions = sorted({one.text("SoftwareVersions") for one in objects} - {""})
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(boxes),
        tuple(cases),
        version=", ".join(versions),
        scale=scales.pop() if scales else "",
        provenance=imported_from(objects, KIND),
        problems=tuple(problems),
    )


def _drawn(dataset: Dataset) -> dict[str, _Drawn]:
    """Return what is drawn, by image, or refuse what cannot be placed."""
    images = {uid: _Drawn() for uid in _referenced(dataset.get("ReferencedSeriesSequence"))}
    layers = {
        str(layer.get("GraphicLayer", "")): _layer_words(layer)
        for layer in dataset.get("GraphicLayerSequence") or ()
    }
    for number, item in enumerate(dataset.get("GraphicAnnotationSequence") or (), start=1):
        named = [str(r.ReferencedSOPInstanceUID) for r in item.get("ReferencedImageSequence") or ()]
        name = str(item.get("GraphicLayer", ""))
        outlines = list(_outlines(item, layers.get(name, (name,)), number))
        scores = list(_scores(item, number))
        on = named or list(images)
        if (outlines or scores) and len(on) != 1:
            raise BadInputError(
                f"annotation {number}: expected one image that it is drawn on, got {len(on)}"
            )
        for uid in on:
            drawn = images.setdefault(uid, _Drawn())
            drawn.outlines += outlines
            drawn.scores += scores
    return images


def _referenced(series: Sequence[Dataset] | None) -> Iterator[str]:
    """Return the images that an object refers to."""
    for one in series or ():
        for instance in one.get("ReferencedImageSequence") or ():
            yield str(instance.ReferencedSOPInstanceUID)


def _layer_words(layer: Dataset) -> tuple[str, ...]:
    """Return the words that may tell what is drawn on a layer."""
    colour = layer.get("GraphicLayerRecommendedDisplayCIELabValue")
    words = [str(layer.get(k, "")) for k in ("GraphicLayerDescription", "GraphicLayer")]
    return (*words, *([_colour_word(colour)] if colour else []))


def _colour_word(stored: Sequence[int]) -> str:
    """Return a CIELab colour, stored as 16 bit numbers (PS3.3 C.10.7.1.1), in round numbers."""
    lightness, a, b = (float(value) for value in stored)
    parts = (lightness / 65535 * 100, a / 65535 * 255 - 128, b / 65535 * 255 - 128)
    return "colour " + " ".join(f"{part:.0f}" for part in parts)


def _outlines(item: Dataset, words: tuple[str, ...], annotation: int) -> Iterator[_Outline]:
    """Return the closed figures of an annotation."""
    for graphic in item.get("GraphicObjectSequence") or ():
        _require_pixels(graphic.get("GraphicAnnotationUnits"), annotation)
        figure = _figure(graphic)
        style = next(iter(graphic.get("LineStyleSequence") or ()), Dataset())
        colour = style.get("PatternOnColorCIELabValue")
        filled = graphic.get("GraphicFilled") == "Y"
        if figure.kind in _CLOSED or filled or _is_closed(figure.points):
            own = (_colour_word(colour),) if colour else ()
            yield _Outline(figure.corners, (*own, *words), annotation)


def _figure(graphic: Dataset) -> Graphic:
    """Return a graphic object as a figure."""
    numbers = [float(value) for value in graphic.get("GraphicData") or ()]
    points = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    return Graphic(str(graphic.get("GraphicType", "")), points)


def _is_closed(points: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a line comes back to where it began; arrows and rulers do not."""
    return len(points) > 3 and math.dist(points[0], points[-1]) <= 1.0


def _require_pixels(units: object, annotation: int) -> None:
    """Refuse places on the screen, which depend on how the picture is hung and zoomed."""
    if units != "PIXEL":
        raise BadInputError(f"annotation {annotation}: expected units PIXEL, got {units}")


def _scores(item: Dataset, annotation: int) -> Iterator[_Score]:
    """Return the scores among the texts of an annotation: the last number, or the one with %."""
    for text in item.get("TextObjectSequence") or ():
        words = str(text.get("UnformattedTextValue", ""))
        found = [(one[1], (one[2] or "").replace(" ", "")) for one in _SCORE.finditer(words)]
        where = _text_place(text)
        if found:
            value, sign = next(((v, s) for v, s in found if s), found[-1])
            plain = _SCORE.sub("", words).strip(" :,;()=")
            yield _Score(
                float(value.replace(",", ".")), _SCALES.get(sign, ""), plain, where, annotation
            )


def _text_place(text: Dataset) -> tuple[float, float] | None:
    """Return where a text stands in the picture: its anchor, otherwise the middle of its box."""
    anchor = text.get("AnchorPoint")
    if anchor and text.get("AnchorPointAnnotationUnits") == "PIXEL":
        return float(anchor[0]), float(anchor[1])
    first = text.get("BoundingBoxTopLeftHandCorner")
    last = text.get("BoundingBoxBottomRightHandCorner")
    if not first or not last or text.get("BoundingBoxAnnotationUnits") != "PIXEL":
        return None
    return (float(first[0]) + float(last[0])) / 2, (float(first[1]) + float(last[1])) / 2


def _boxes(
    found: DicomObject,
    on: ReportedImage,
    drawn: _Drawn,
    words: tuple[TypeWord, ...],
    scales: set[str],
) -> Iterator[ReportedBox]:
    """Return the outlines on an image, each with the score that stands nearest."""
    scores = _paired(drawn)
    for outline, score in zip(drawn.outlines, scores, strict=True):
        said = (*((score.words,) if score else ()), *outline.words)
        meaning = first_meaning(said, words)
        if meaning is Meaning.LEFT_OUT:
            continue
        if score is not None and score.scale:
            scales.add(score.scale)
        yield ReportedBox(
            f"{found.path.name}, annotation {outline.annotation}",
            on,
            outline.corners,
            score.value if score else None,
            meaning.types if meaning else (),
        )


def _paired(drawn: _Drawn) -> list[_Score | None]:
    """Return the score of each outline: pairs that stand nearest go first, each score once."""
    pairs = sorted(
        (_distance(outline, score), place, number)
        for place, outline in enumerate(drawn.outlines)
        for number, score in enumerate(drawn.scores)
    )
    of_outline: dict[int, int] = {}
    for _, place, number in pairs:
        if place not in of_outline and number not in of_outline.values():
            of_outline[place] = number
    return [
        drawn.scores[of_outline[place]] if place in of_outline else None
        for place in range(len(drawn.outlines))
    ]


def _distance(outline: _Outline, score: _Score) -> float:
    """Return how far a text stands from an outline; texts of other annotations are far away.

    A text without a place in the picture goes with its annotation, in order.
    """
    elsewhere = 0.0 if outline.annotation == score.annotation else _ANOTHER_ANNOTATION
    if score.where is None:
        return elsewhere
    x, y = score.where
    across = max(outline.corners.x0 - x, 0.0, x - outline.corners.x1)
    down = max(outline.corners.y0 - y, 0.0, y - outline.corners.y1)
    return math.hypot(across, down) + elsewhere
