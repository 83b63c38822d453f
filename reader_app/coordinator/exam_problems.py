"""What stands in the way of reading an exam, by kinds: what the Cases page filters and counts."""

from dataclasses import dataclass
from enum import StrEnum

from study_design.images.display_doubt import About
from study_design.images.exam_question import Asked


class ProblemKind(StrEnum):
    """What stands in the way of reading an exam, in the coordinator's words."""

    MISSING = "View missing"
    PERSON = "Same person?"
    EXAMS = "Prior exam?"
    PLACE = "Which view?"
    TEXT = "Text in picture"
    VIEW = "Plain view?"
    DISPLAY = "Displayed correctly?"
    OTHER = "Other problem"


OF_DOUBT = {
    About.VIEW: ProblemKind.VIEW,
    About.DISPLAY: ProblemKind.DISPLAY,
    About.EXAM: ProblemKind.OTHER,
}


class Filter(StrEnum):
    """Which exams the window lists."""

    ALL = "All exams"
    PROBLEM = "With a problem"
    MISSING = ProblemKind.MISSING.value
    PERSON = ProblemKind.PERSON.value
    EXAMS = ProblemKind.EXAMS.value
    PLACE = ProblemKind.PLACE.value
    TEXT = ProblemKind.TEXT.value
    VIEW = ProblemKind.VIEW.value
    DISPLAY = ProblemKind.DISPLAY.value
    OTHER = ProblemKind.OTHER.value
    EXCLUDED = "Excluded"
    READY = "Ready"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way; `image` is empty where it concerns the whole exam."""

    kind: ProblemKind
    words: str
    image: str = ""


OF_QUESTION = {
    Asked.PERSONS: ProblemKind.PERSON,
    Asked.NUMBERS: ProblemKind.PERSON,
    Asked.DATES: ProblemKind.EXAMS,
    Asked.EXAMS: ProblemKind.EXAMS,
}
# How the words of a problem begin or end that an import tells by its headers alone.
_BY_WORDS = {
    "which view is": ProblemKind.PLACE,
    "which image of ": ProblemKind.PLACE,
    "one person or ": ProblemKind.PERSON,
    "is it one person?": ProblemKind.PERSON,
    "which should be read?": ProblemKind.EXAMS,
    "is it one exam?": ProblemKind.EXAMS,
}


def kind_of(words: str) -> ProblemKind:
    """Return the kind of a problem that an import tells in words."""
    return next((kind for said, kind in _BY_WORDS.items() if said in words), ProblemKind.OTHER)
