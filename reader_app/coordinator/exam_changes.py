"""What a coordinator changes on the Cases page, before it is saved."""

from dataclasses import dataclass

from reader_app.coordinator.exam_answers import Settle
from study_design.images.found_text import TextVerdict
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class Place:
    """An image goes to a slot of its exam, or is not used; what fills the slot changes places."""

    image: str
    view: View | None


@dataclass(frozen=True, slots=True)
class Exclude:
    """An exam is left out of the study, for a reason."""

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class JudgeText:
    """The open text on an image identifies nobody, or is blanked."""

    image: str
    verdict: TextVerdict


@dataclass(frozen=True, slots=True)
class AcceptDisplay:
    """An image is displayed correctly, in spite of what its header says."""

    image: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A prior of a case is read as a case of its own."""

    case: str
    exam: str


Change = Place | Exclude | JudgeText | AcceptDisplay | Settle | TakeBack
