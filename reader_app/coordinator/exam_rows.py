"""An exam as the Cases page lists it: its images, what is asked of it, what stands in the way."""

from dataclasses import dataclass

from reader_app.coordinator.exam_problems import (
    OF_DOUBT,
    OF_QUESTION,
    Filter,
    Problem,
    ProblemKind,
    kind_of,
)
from study_design.images.asked_place import asked_place
from study_design.images.case_list import PriorExam
from study_design.images.display_doubt import DisplayDoubt
from study_design.images.exam_question import ExamQuestion
from study_design.images.found_text import FoundText, TextBox, TextVerdict, may_identify
from study_design.vocabulary import View

HALF_ASKED = "save: which of this person's exams are read may be asked then"


@dataclass(frozen=True, slots=True)
class ExamImage:
    """An image of an exam: its slot, and the text found on it.

    Attributes
    ----------
    view
        None for an image that is not used.
    problem
        Why a person must decide on its place; empty where nobody need.
    text
        Every place with text or a marker, decided on or not.
    doubts
        What is doubtful of it and of how it is shown, and nobody has accepted.
    notes
        What else its import noted: what had to be assumed.
    """

    image: str
    view: View | None
    problem: str = ""
    text: tuple[FoundText, ...] = ()
    doubts: tuple[DisplayDoubt, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_open_text(self) -> bool:
        """Whether there is text or a marker that nobody has looked at."""
        return bool(self._open_boxes)

    @property
    def may_identify(self) -> bool:
        """Whether that text is longer than a marker of the view."""
        return may_identify(self._open_boxes)

    @property
    def _open_boxes(self) -> list[TextBox]:
        return [text.box for text in self.text if text.verdict is TextVerdict.OPEN]


@dataclass(frozen=True, slots=True)
class ExamRow:
    """An exam of the list; without `stored`, its headers were read and nothing is imported yet.

    Attributes
    ----------
    questions
        What is asked of it and of other exams.
    priors
        Earlier exams of the case, which are not read.
    prior_of
        The exam that is read in its place, once that is saved.
    is_half_asked
        Whether it was answered whose it is, so that saving may ask which exams are read.
    """

    case: str
    patient: str
    images: tuple[ExamImage, ...]
    other_problems: tuple[str, ...] = ()
    excluded: bool = False
    reason: str = ""
    stored: bool = True
    questions: tuple[ExamQuestion, ...] = ()
    priors: tuple[PriorExam, ...] = ()
    prior_of: str = ""
    is_half_asked: bool = False

    def image_in(self, view: View) -> ExamImage | None:
        """Return the image in a slot; None where the slot is empty."""
        return next((image for image in self.images if image.view is view), None)

    @property
    def unused(self) -> tuple[ExamImage, ...]:
        """The images that fill no slot."""
        return tuple(image for image in self.images if image.view is None)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands in the way of reading it; nothing does once it is excluded."""
        if self.excluded or self.prior_of:
            return ()
        return (
            *(Problem(OF_QUESTION[one.asked], one.words) for one in self.questions),
            *([Problem(ProblemKind.EXAMS, HALF_ASKED)] if self.is_half_asked else []),
            *(
                Problem(ProblemKind.MISSING, f"{view} is missing")
                for view in View
                if self.image_in(view) is None
            ),
            *(
                Problem(ProblemKind.PLACE, asked_place(image.image, image.problem), image.image)
                for image in self.images
                if image.problem
            ),
            *(
                Problem(
                    ProblemKind.TEXT,
                    f"text on {image.view or image.image}: look at it",
                    image.image,
                )
                for image in self.images
                if image.may_identify
            ),
            *(
                Problem(
                    OF_DOUBT[doubt.about],
                    f"{doubt.asks(image.view or image.image)} {doubt.doubt}",
                    image.image,
                )
                for image in self.images
                if image.view is not None
                for doubt in image.doubts
            ),
            *(Problem(kind_of(words), words) for words in self.other_problems),
        )

    def passes(self, chosen: Filter) -> bool:
        """Tell whether a filter lets the exam through."""
        if chosen is Filter.ALL:
            return True
        if chosen is Filter.EXCLUDED or self.excluded:
            return self.excluded and chosen is Filter.EXCLUDED
        kinds = {problem.kind.value for problem in self.problems}
        if chosen is Filter.PROBLEM:
            return bool(kinds)
        return not kinds if chosen is Filter.READY else chosen.value in kinds
