"""What a segment stands for: an abnormality, a part of the breast, or something to be asked.

The code of its type says it, then its label, then its category: a morphologically abnormal
structure is an abnormality, anatomy and tissue are none. Source: PS3.16 CID 7150, PS3.3 C.8.20.2.
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from study_design.errors import BadInputError
from study_design.exchange.ai_files import cad_codes as cad
from study_design.exchange.ai_files.sr_tree import code_of
from study_design.tables.foreign.type_words import (
    MAP_ADVICE,
    Meaning,
    TypeWord,
    meaning_of,
    plain_word,
)

_ABNORMAL = (codes.SCT.MorphologicallyAbnormalStructure, Code("M-01000", "SRT", "Altered"))
_NO_ABNORMALITY = (
    codes.SCT.AnatomicalStructure,
    Code("123037004", "SCT", "Anatomical Structure"),
    codes.SCT.Tissue,
    codes.SCT.PhysicalObject,
    codes.SCT.BodySubstance,
    codes.SCT.SpatialAndRelationalConcept,
    codes.SCT.Function,
)


@dataclass(frozen=True, slots=True)
class SegmentKind:
    """A segment by its name in the results, with what it stands for.

    Attributes
    ----------
    question
        Why it cannot be told what the segment stands for; empty where it can.
    """

    number: int
    name: str
    word: str
    meanings: tuple[Meaning, ...]
    question: str = ""

    @property
    def is_left_out(self) -> bool:
        """Whether the segment is no abnormality."""
        return Meaning.LEFT_OUT in self.meanings

    @property
    def is_abnormality(self) -> bool:
        """Whether the segment stands for an abnormality, so that none of it is nothing found."""
        return bool(self.meanings) and not self.is_left_out


def segment_kind(item: Dataset, words: tuple[TypeWord, ...] = ()) -> SegmentKind:
    """Return what an item of the Segment Sequence stands for.

    Parameters
    ----------
    words
        What somebody decided that labels and code meanings stand for; they go before the standard.
    """
    number = int(item.SegmentNumber)
    label = str(item.get("SegmentLabel", "")).strip()
    code = code_of(item, "SegmentedPropertyTypeCodeSequence")
    category = code_of(item, "SegmentedPropertyCategoryCodeSequence")
    name = str(item.get("TrackingID") or f"{number} {label}".strip())
    word = label or (code.meaning if code else "")
    decided = {plain_word(entry.word): entry.meaning for entry in words}
    for said in (label, code.meaning if code else ""):
        if said and plain_word(said) in decided:
            return SegmentKind(number, name, word, (decided[plain_word(said)],))
    meanings, question = _meanings_of(code, category, label), ""
    if not meanings:
        question = str(cad.unknown_code(code or category))
    elif category is not None and category in _NO_ABNORMALITY and Meaning.LEFT_OUT not in meanings:
        question = (
            f"expected a segment of an abnormality or of a part of the breast, got {word!r} in the "
            f"category {category.meaning!r}. {MAP_ADVICE}which it is: "
            f'"{word}" = "left out" or a type'
        )
    return SegmentKind(number, name, word, meanings, question)


def understood(kind: SegmentKind) -> SegmentKind:
    """Return a segment, or refuse one of which it cannot be told what it stands for."""
    if kind.question:
        raise BadInputError(f"segment {kind.number}: {kind.question}")
    return kind


def _meanings_of(code: Code | None, category: Code | None, label: str) -> tuple[Meaning, ...]:
    """Return what code, label and category say together; nothing where they leave it open."""
    meanings = cad.meanings_of(code) if code is not None else ()
    of_label = meaning_of(label) if label else None
    if meanings in ((), (Meaning.OTHER,)) and of_label is not None:
        return (of_label,)
    if meanings:
        return meanings
    if category is None:
        return ()
    if category in _ABNORMAL:
        return (Meaning.OTHER,)
    return (Meaning.LEFT_OUT,) if category in _NO_ABNORMALITY else ()
