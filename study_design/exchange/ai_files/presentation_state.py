"""Reads presentation states (GSPS) of AI products: closed outlines with their scores as text.

A score is the text nearest to an outline, within its annotation first; a headline counts only where
nothing is written beside an outline. What an abnormality is may be said by the text, the name of
the layer or its colour (`colour 50 20 -10` in CIELab, which a map file can give a meaning).
Source: PS3.3 A.33.1, C.10.5, C.10.7.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.uid import ColorSoftcopyPresentationStateStorage as ColorState
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage as GreyState

from study_design.errors import BadInputError
from study_design.exchange.ai_files.annotation_pairs import Outline, paired
from study_design.exchange.ai_files.annotation_places import (
    ScreenArea,
    in_picture,
    is_on_screen,
    screen_area,
)
from study_design.exchange.ai_files.annotation_texts import (
    TextScore,
    meaning_of_mark,
    text_scores,
    types_of,
)
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
from study_design.exchange.foreign_tables.type_words import Meaning, TypeWord
from study_design.vocabulary import AiStatus

KIND = "presentation state (GSPS)"
SOP_CLASSES = (str(GreyState), str(ColorState))
_CLOSED = ("CIRCLE", "ELLIPSE", "POINT")
# A line whose ends are this close, as a share of its longer side, goes round something.
_GAP = 0.1


@dataclass(slots=True)
class _Drawn:
    """What is drawn on one image; `open_lines` is the number of arrows, rulers and the like."""

    outlines: list[Outline] = field(default_factory=list)
    scores: list[TextScore] = field(default_factory=list)
    open_lines: int = 0


@dataclass(slots=True)
class _Notes:
    """What is found on the way, in numbers and words."""

    problems: list[Problem] = field(default_factory=list)
    scales: set[str] = field(default_factory=set)
    words: dict[str, None] = field(default_factory=dict)
    nested: int = 0
    shared: int = 0


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
    notes = _Notes()
    drawings: list[tuple[DicomObject, str, _Drawn]] = []
    for one in objects:
        try:
            drawings += [(one, uid, drawn) for uid, drawn in _drawn(one.dataset).items()]
        except BadInputError as error:
            notes.problems.append(Problem(one.path.name, str(error)))
    aside = _leave_screen_aside([drawn for _, _, drawn in drawings])
    for one, uid, drawn in drawings:
        on = ReportedImage(uid)
        boxes += _boxes(one, on, drawn, words, notes)
        status = AiStatus.FINDING if drawn.outlines else AiStatus.NONE
        run = f"{one.path.name} ({one.sop_uid})"
        cases.append(ReportedCase(one.path.name, on, status, run=run))
    if len(notes.scales) > 1:
        got = " and ".join(sorted(notes.scales))
        words_ = f"expected one scale of scores, got {got}"
        notes.problems.append(Problem(objects[0].path.name, words_))
    versions = sorted({one.text("SoftwareVersions") for one in objects} - {""})
    return ReportedRun(
        KIND,
        tuple(one.path for one in objects),
        tuple(boxes),
        tuple(cases),
        version=", ".join(versions),
        scale=notes.scales.pop() if notes.scales else "",
        provenance=imported_from(objects, KIND),
        words=tuple(notes.words),
        problems=tuple(notes.problems),
        warnings=_warnings(notes, sum(drawn.open_lines for _, _, drawn in drawings), aside),
    )


def _warnings(notes: _Notes, open_lines: int, aside: int) -> tuple[str, ...]:
    """Return what was left out or joined, in numbers."""
    told = (
        (open_lines, "lines that do not close (arrows, rulers) were left out"),
        (aside, "outlines at places of the screen, not of the picture, were left out"),
        (notes.nested, "outlines inside others, without a score of their own, count as parts of"
                       " them"),
        (notes.shared, "outlines share the one score that is written on their image"),
    )  # fmt: skip
    return tuple(f"{number} {words}" for number, words in told if number)


def _leave_screen_aside(drawings: Sequence[_Drawn]) -> int:
    """Take out outlines on the screen, frames of headlines, where others are in the picture.

    Return how many there were.
    """
    if all(outline.on_screen for drawn in drawings for outline in drawn.outlines):
        return 0
    before = sum(len(drawn.outlines) for drawn in drawings)
    for drawn in drawings:
        drawn.outlines = [outline for outline in drawn.outlines if not outline.on_screen]
    return before - sum(len(drawn.outlines) for drawn in drawings)


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
        on = named or list(images)
        if item.get("GraphicObjectSequence") and len(on) != 1:
            raise BadInputError(
                f"annotation {number}: expected one image that it is drawn on, got {len(on)}"
            )
        for uid in on:  # a text without an image of its own is written on all
            drawn = images.setdefault(uid, _Drawn())
            area = screen_area(dataset, uid)
            _draw(item, layers.get(name, (name,)), number, area, drawn)
            drawn.scores += text_scores(item, number, area)
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


def _draw(
    item: Dataset, words: tuple[str, ...], annotation: int, area: ScreenArea | None, drawn: _Drawn
) -> None:
    """Add the closed figures of an annotation; others are counted."""
    for graphic in item.get("GraphicObjectSequence") or ():
        units = str(graphic.get("GraphicAnnotationUnits", ""))
        numbers = [float(value) for value in graphic.get("GraphicData") or ()]
        points = tuple(zip(numbers[::2], numbers[1::2], strict=False))
        kind = str(graphic.get("GraphicType", ""))
        filled = graphic.get("GraphicFilled") == "Y"
        if kind not in _CLOSED and not filled and not _is_closed(points):
            drawn.open_lines += not is_on_screen(units)
            continue
        style = next(iter(graphic.get("LineStyleSequence") or ()), Dataset())
        colour = style.get("PatternOnColorCIELabValue")
        own = (_colour_word(colour),) if colour else ()
        corners = Graphic(kind, in_picture(points, units, area)).corners
        drawn.outlines.append(Outline(corners, (*own, *words), annotation, is_on_screen(units)))


def _is_closed(points: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a line comes back to where it began; arrows and rulers do not."""
    if len(points) <= 3:
        return False
    around = Corners.around(points).box
    gap = math.dist(points[0], points[-1])
    return gap <= max(1.0, _GAP * max(around.width_px, around.height_px))


def _boxes(
    found: DicomObject,
    on: ReportedImage,
    drawn: _Drawn,
    words: tuple[TypeWord, ...],
    notes: _Notes,
) -> Iterator[ReportedBox]:
    """Return the outlines on an image, each with the score that stands nearest."""
    pairs = paired(drawn.outlines, drawn.scores)
    notes.nested += len(drawn.outlines) - len(pairs)
    notes.shared += sum(pair.is_shared for pair in pairs)
    for outline, score in ((pair.outline, pair.score) for pair in pairs):
        place = f"{found.path.name}, annotation {outline.annotation}"
        phrases = score.phrases if score else ()
        meanings = meaning_of_mark(phrases, outline.words, words)
        notes.words |= dict.fromkeys(word for word in (*phrases, *outline.words) if word)
        if Meaning.LEFT_OUT in meanings:
            continue
        if outline.on_screen and not outline.corners.finite:
            wanted = "expected units PIXEL, got DISPLAY without a displayed area"
            notes.problems.append(Problem(place, wanted))
            continue
        if score is not None and score.scale:
            notes.scales.add(score.scale)
        value = score.value if score else None
        yield ReportedBox(place, on, outline.corners, value, types_of(meanings))
