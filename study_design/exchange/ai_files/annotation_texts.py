"""Texts on a presentation state: which number is a score, on which scale, and what words say.

A version, a date, a time, a length in mm and a BI-RADS category are no scores.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.exchange.ai_files.annotation_places import ScreenArea, is_on_screen
from study_design.tables.foreign.type_words import (
    Meaning,
    TypeWord,
    decided_meaning,
    first_meaning,
    meaning_of,
    plain_word,
)
from study_design.vocabulary import AbnormalityType

_SIGN = r"%|/\s*100\b(?![/.-]\d)|/\s*10\b(?![/.-]\d)"
_NO_SCORE_AFTER = r"\w|[.,:/-]\d|\s*(?:mm|cm)\b"
_SCORE = re.compile(
    rf"(?<![\w.,/#])(?<!\d[:-])(\d+(?:[.,]\d+)?)(?:\s*({_SIGN})|(?!{_NO_SCORE_AFTER}))"
)
_CATEGORY = re.compile(r"bi[- ]?rads[\s:]*[0-6][abc]?", re.IGNORECASE)
_SCALES = {"%": "0-100", "/100": "0-100", "/10": "0-10"}
_PHRASE = re.compile(r"[^\W\d_]+(?:[ -]+[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class TextScore:
    """A text on the picture, as a rule with a score.

    Attributes
    ----------
    value
        The score; None in a label without a number.
    scale
        Where the text tells one; otherwise empty.
    phrases
        The words of the text, between numbers and signs.
    where
        Column and row of the text in the picture; None where it has no place there.
    on_screen
        It stands at a place of the screen, as a headline does, not beside something.
    """

    value: float | None
    scale: str
    phrases: tuple[str, ...]
    where: tuple[float, float] | None
    annotation: int
    on_screen: bool


def text_scores(item: Dataset, annotation: int, area: ScreenArea | None) -> Iterator[TextScore]:
    """Return the scores among the texts of an annotation: the last number, or the one with %."""
    for text in item.get("TextObjectSequence") or ():
        words = str(text.get("UnformattedTextValue", ""))
        plain = _CATEGORY.sub(" ", words)
        found = [(one[1], "".join((one[2] or "").split())) for one in _SCORE.finditer(plain)]
        if found:
            value, sign = next(((v, s) for v, s in found if s), found[-1])
            yield TextScore(
                float(value.replace(",", ".")),
                _SCALES.get(sign, ""),
                tuple(_PHRASE.findall(plain)),
                _place(text, area),
                annotation,
                is_on_screen(_units(text)),
            )


def text_labels(item: Dataset, annotation: int, area: ScreenArea | None) -> Iterator[TextScore]:
    """Return the texts of an annotation without a score that stand in the picture."""
    for text in item.get("TextObjectSequence") or ():
        words = str(text.get("UnformattedTextValue", ""))
        plain = _CATEGORY.sub(" ", words)
        phrases = tuple(_PHRASE.findall(plain))
        if not _SCORE.search(plain) and phrases and not is_on_screen(_units(text)):
            yield TextScore(None, "", phrases, _place(text, area), annotation, on_screen=False)


def says_nothing_found(item: Dataset) -> bool:
    """Tell whether a text of an annotation says in words that nothing was found, and no more."""
    for text in item.get("TextObjectSequence") or ():
        phrases = _PHRASE.findall(str(text.get("UnformattedTextValue", "")))
        if phrases and all(meaning_of(one) is Meaning.NO_FINDING for one in phrases):
            return True
    return False


def meaning_of_mark(
    phrases: Sequence[str], others: Sequence[str], own: tuple[TypeWord, ...]
) -> tuple[Meaning, ...]:
    """Return what the words of a text, or else others about the same place, stand for.

    Words that somebody decided on go first; then all types that phrases name, then single words of
    them ("suspicious mass"), then what the others say.
    """
    said = (*phrases, *others)
    decided = {plain_word(entry.word) for entry in own}
    if not any(plain_word(one) in decided for one in said):
        singles = [word for phrase in phrases for word in re.split(r"[ -]+", phrase)]
        for words in (phrases, singles):
            meanings = [first_meaning((word,)) for word in words]
            typed = tuple(dict.fromkeys(one for one in meanings if one and one.types))
            if typed:
                return typed
    meaning = first_meaning(said, own)
    # A layer called Breast holds marks all the same: what is left out of them, somebody decides.
    return (meaning,) if meaning and (meaning.types or decided_meaning(said, own)) else ()


def types_of(meanings: Sequence[Meaning]) -> tuple[AbnormalityType, ...]:
    """Return the types that meanings stand for."""
    return tuple(kind for meaning in meanings for kind in meaning.types)


def _units(text: Dataset) -> str:
    """Return what the place of a text counts: its anchor's, otherwise its box's."""
    anchored = "AnchorPointAnnotationUnits" if text.get("AnchorPoint") else ""
    return str(text.get(anchored or "BoundingBoxAnnotationUnits", ""))


def _place(text: Dataset, area: ScreenArea | None) -> tuple[float, float] | None:
    """Return where a text stands in the picture: its anchor, otherwise the middle of its box."""
    anchor = text.get("AnchorPoint")
    first = text.get("BoundingBoxTopLeftHandCorner")
    last = text.get("BoundingBoxBottomRightHandCorner")
    if anchor:
        point = (float(anchor[0]), float(anchor[1]))
    elif first and last:
        point = ((float(first[0]) + float(last[0])) / 2, (float(first[1]) + float(last[1])) / 2)
    else:
        return None
    if not is_on_screen(_units(text)):
        return point
    return area.in_picture(point) if area else None
