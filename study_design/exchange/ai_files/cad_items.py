"""What single content items of a Mammography CAD SR say: a view, types, scores, a status."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.reported import Corners
from study_design.exchange.ai_files.sr_tree import ContentItem
from study_design.tables.foreign.type_words import TypeWord
from study_design.tables.foreign.units import ScoreScale
from study_design.vocabulary import AbnormalityType, AiStatus, Projection, Side, View

_WRITTEN = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(%)?\s*")
_SIDES = (
    (Side.RIGHT, (codes.SCT.Right, codes.SCT.RightBreast)),
    (Side.LEFT, (codes.SCT.Left, codes.SCT.LeftBreast)),
)
_PROJECTIONS = (
    (Projection.CC, codes.SCT.CranioCaudal),
    (Projection.MLO, codes.SCT.MedioLateralObliqueProjection),
)
_STATUSES = (
    (AiStatus.FINDING, (cad.WITH_FINDINGS,)),
    (AiStatus.NONE, (cad.WITHOUT_FINDINGS,)),
    (AiStatus.FAILED, (cad.PARTLY_WITH, cad.PARTLY_WITHOUT, cad.NONE_SUCCEEDED)),
)


@dataclass(frozen=True, slots=True)
class StatedScores:
    """Score, score of malignancy and scale of a finding; empty where no unit tells the scale."""

    score: float | None = None
    malignancy: float | None = None
    scale: str = ""


def findings_of(feature: ContentItem) -> Iterator[ContentItem]:
    """Return the findings that a composite feature joins, nested features included."""
    for child in feature.children:
        if child.is_of(cad.FINDING):
            yield child
        else:
            yield from findings_of(child)


def view_of(item: ContentItem) -> View | None:
    """Return the view that the Image Library names for an image."""
    side = _coded(item.first(cad.LATERALITY))
    projection = _coded(item.first(cad.VIEW))
    of_side = next((one for one, known in _SIDES if side is not None and side in known), None)
    found = next((one for one, code in _PROJECTIONS if projection and projection == code), None)
    return View.of(of_side, found) if of_side and found else None


def _coded(item: ContentItem | None) -> Code | None:
    """Return the code of an item that may be absent."""
    return item.code if item is not None else None


def types_of(
    feature: ContentItem, findings: Sequence[ContentItem], words: tuple[TypeWord, ...]
) -> tuple[AbnormalityType, ...]:
    """Return the types of an abnormality: of the feature, otherwise of its findings."""
    own = [
        kind for item in feature.those(cad.TYPE) for kind in AbnormalityType if item.text == kind
    ]
    if own or feature.first(cad.DETECTION) is not None:
        return tuple(own)
    for items in ([feature], findings):
        meanings = [meaning for item in items for meaning in cad.meanings_of(item.code, words)]
        types = tuple(dict.fromkeys(kind for meaning in meanings for kind in meaning.types))
        if types:
            return types
    return ()


def is_hidden(item: ContentItem) -> bool:
    """Tell whether an item is not for presentation."""
    intent = _coded(item.first(cad.INTENT))
    return intent is not None and intent == cad.NOT_SHOWN


def told_scores(item: ContentItem) -> StatedScores:
    """Return the scores that an item has itself: its certainty, its probability of cancer."""
    certainty = item.first(cad.CERTAINTY, cad.CERTAINTY_OF_FEATURE, cad.CERTAINTY_OF_IMPRESSION)
    probability = item.first(cad.PROBABILITY)
    told = certainty or probability
    if told is None:
        return StatedScores()
    score, scale = _number_and_scale(told)
    malignancy = _number_and_scale(probability)[0] if certainty and probability else None
    return StatedScores(score, malignancy, scale)


def _number_and_scale(item: ContentItem) -> tuple[float, str]:
    """Return the number of an item, or in its text such as `87 %`, with the scale that it tells."""
    if item.number is not None:
        return item.number, cad.scale_text(item.unit)
    written = _WRITTEN.fullmatch(item.text)
    if not written:
        raise cad.no_number(item.concept, item.text)
    return float(written[1].replace(",", ".")), str(ScoreScale(0, 100)) if written[2] else ""


def summary_status(summary: ContentItem, root: ContentItem) -> AiStatus:
    """Return the status by the summary, whatever marks there are.

    Detections that were not attempted are not a failure; those that failed, even in part, are never
    nothing found.
    """
    detected = _coded(root.first(cad.DETECTIONS))
    if detected is not None and detected == cad.NOT_ATTEMPTED:
        return AiStatus.NOT_PROCESSED
    if detected is not None and detected in (cad.FAILED, cad.PARTLY_SUCCEEDED):
        return AiStatus.FAILED
    for status, known in _STATUSES:
        if summary.code is not None and summary.code in known:
            return status
    raise BadInputError(
        "expected a summary that says whether algorithms succeeded and found something, got "
        f"{summary.code.meaning if summary.code else 'no code'!r}"
    )


def text_of(item: ContentItem, concept: Code) -> str:
    """Return the text of a child; empty where there is none."""
    child = item.first(concept)
    return child.text if child is not None else ""


def number_of(item: ContentItem, concept: Code) -> float | None:
    """Return the number of a child; None where there is none."""
    child = item.first(concept)
    return child.number if child is not None else None


def box_around(corners: Iterator[Corners]) -> Corners:
    """Return the box around boxes."""
    return Corners.around(
        point for one in corners for point in ((one.x0, one.y0), (one.x1, one.y1))
    )
