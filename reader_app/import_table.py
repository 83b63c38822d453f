"""The exams of a study as the import window lists them, with the changes that are not saved yet.

Nothing here touches a file: a change makes a new table, undo takes the newest one back, and what
is to be saved is the difference between the rows as they were read and as they are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reader_app.exam_answers import Settle
from reader_app.exam_changes import AcceptDisplay, Change, Exclude, JudgeText, Place, TakeBack
from reader_app.exam_problems import OF_DOUBT, OF_QUESTION, Filter, Problem, ProblemKind, kind_of
from study_design.images.case_list import PriorExam
from study_design.images.display_doubt import DisplayDoubt
from study_design.images.exam_question import ExamQuestion
from study_design.images.found_text import FoundText, TextBox, TextVerdict, may_identify
from study_design.vocabulary import View


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
            *(
                Problem(ProblemKind.MISSING, f"{view} is missing")
                for view in View
                if self.image_in(view) is None
            ),
            *(
                Problem(
                    ProblemKind.PLACE, f"which view is {image.image}? {image.problem}", image.image
                )
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


@dataclass(frozen=True, slots=True)
class ImportTable:
    """The exams as they are stored, problems first, and the changes on top, oldest first."""

    stored: tuple[ExamRow, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def rows(self) -> tuple[ExamRow, ...]:
        """The exams as the changes leave them."""
        by_case = {row.case: row for row in self.stored}
        case_of = {image.image: row.case for row in self.stored for image in row.images}
        for change in self.changes:
            for case in _cases_of(change, case_of):
                if case in by_case:
                    by_case[case] = _changed(by_case[case], change)
        return tuple(by_case.values())

    def with_change(self, change: Change) -> "ImportTable":
        """Return the table with a change; the same table where it would change nothing."""
        changed = replace(self, changes=(*self.changes, change))
        return self if changed.rows == self.rows else changed

    def undone(self) -> "ImportTable":
        """Return the table without its newest change."""
        return replace(self, changes=self.changes[:-1])

    def over(self, rows: Iterable[ExamRow]) -> "ImportTable":
        """Return the table of exams that were read anew, with the changes that are still to do."""
        table = ImportTable(problems_first(rows))
        known = {name for row in table.stored for name in (row.case, *_names(row))}
        known |= {prior.exam for row in table.stored for prior in row.priors}
        asked = {question for row in table.stored for question in row.questions}
        for change in self.changes:
            still = (
                change.question in asked
                if isinstance(change, Settle)
                else known.issuperset(_names_in(change))
            )
            table = table.with_change(change) if still else table
        return table

    @property
    def placements(self) -> tuple[Place, ...]:
        """Where images go that are stored elsewhere; what moved there and back is left out."""
        before = {image.image: image for row in self.stored for image in row.images}
        after = (image for row in self.rows for image in row.images)
        return tuple(
            Place(image.image, image.view)
            for image in after
            if (image.view, image.problem)
            != (before[image.image].view, before[image.image].problem)
        )

    @property
    def exclusions(self) -> tuple[Exclude, ...]:
        """The exams to be excluded; a case once, for the reason given last."""
        newest = {c.case: c for c in self.changes if isinstance(c, Exclude)}
        return tuple(newest.values())

    @property
    def settlements(self) -> tuple[Settle | TakeBack, ...]:
        """What was answered to questions, and which answers are taken back."""
        return tuple(change for change in self.changes if isinstance(change, Settle | TakeBack))

    @property
    def judgements(self) -> tuple[JudgeText, ...]:
        """What was decided on text."""
        return tuple(change for change in self.changes if isinstance(change, JudgeText))

    @property
    def accepted(self) -> tuple[AcceptDisplay, ...]:
        """The images that were found shown rightly."""
        return tuple(change for change in self.changes if isinstance(change, AcceptDisplay))


def _names(row: ExamRow) -> tuple[str, ...]:
    """Return the names of an exam's images."""
    return tuple(image.image for image in row.images)


def problems_first(rows: Iterable[ExamRow]) -> tuple[ExamRow, ...]:
    """Return exams with problems, then those that are ready, then the excluded, each by name.

    Exams of one question stand together.
    """
    return tuple(
        sorted(rows, key=lambda row: (row.excluded, not row.problems, _neighbour(row), row.case))
    )


def _neighbour(row: ExamRow) -> str:
    """Return the first of the exams beside which an exam is looked at."""
    return min((case for question in row.questions for case in question.cases), default=row.case)


def count(rows: Iterable[ExamRow], chosen: Filter) -> int:
    """Return how many exams a filter lets through."""
    return sum(row.passes(chosen) for row in rows)


def _cases_of(change: Change, case_of: Mapping[str, str]) -> tuple[str, ...]:
    """Return the exams that a change concerns."""
    if isinstance(change, Settle):
        return change.question.cases
    if isinstance(change, Exclude | TakeBack):
        return (change.case,)
    return (case_of[change.image],)


def _names_in(change: Place | Exclude | JudgeText | AcceptDisplay | TakeBack) -> tuple[str, ...]:
    """Return the exams and images that must be there for a change."""
    if isinstance(change, TakeBack):
        return change.case, change.exam
    return (change.case if isinstance(change, Exclude) else change.image,)


def _changed(row: ExamRow, change: Change) -> ExamRow:
    """Return an exam after one change."""
    if isinstance(change, Settle):
        left = tuple(question for question in row.questions if question != change.question)
        return replace(row, questions=left, prior_of=change.prior_of(row.case))
    if isinstance(change, Exclude):
        return replace(row, excluded=True, reason=change.reason)
    if isinstance(change, TakeBack):
        left_over = tuple(prior for prior in row.priors if prior.exam != change.exam)
        return replace(row, priors=left_over)
    if isinstance(change, JudgeText):
        images = (_judged(i, change.verdict) if i.image == change.image else i for i in row.images)
        return replace(row, images=tuple(images))
    if isinstance(change, AcceptDisplay):
        seen = (replace(i, doubts=()) if i.image == change.image else i for i in row.images)
        return replace(row, images=tuple(seen))
    moved = next(image for image in row.images if image.image == change.image)
    return replace(row, images=tuple(_placed(image, moved, change) for image in row.images))


def _placed(image: ExamImage, moved: ExamImage, change: Place) -> ExamImage:
    """Return an image after another one, or it itself, has moved."""
    if image.image == moved.image:
        return replace(image, view=change.view, problem="")
    if change.view is not None and image.view is change.view:
        return replace(image, view=moved.view)
    return image


def _judged(image: ExamImage, verdict: TextVerdict) -> ExamImage:
    """Return an image whose open text is decided on."""
    return replace(
        image,
        text=tuple(
            replace(text, verdict=verdict) if text.verdict is TextVerdict.OPEN else text
            for text in image.text
        ),
    )
