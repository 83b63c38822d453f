"""The exams of a study as the import window lists them, with the changes that are not saved yet.

Nothing here touches a file: a change makes a new table, undo takes the newest one back, and what
is to be saved is the difference between the rows as they were read and as they are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reader_app.coordinator.exam_answers import Settle
from reader_app.coordinator.exam_changes import (
    AcceptDisplay,
    Change,
    Exclude,
    JudgeText,
    Place,
    TakeBack,
)
from reader_app.coordinator.exam_problems import Filter
from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from study_design.images.exam_question import Answer, Asked, open_questions
from study_design.images.found_text import TextVerdict
from study_design.vocabulary import View


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
            for case in _cases_of(change, case_of, by_case):
                if case in by_case:
                    by_case[case] = _changed(by_case[case], change)
        return tuple(by_case.values())

    def with_change(self, *changes: Change) -> "ImportTable":
        """Return the table with changes; those that would change nothing are left out."""
        table = self
        for change in changes:
            changed = replace(table, changes=(*table.changes, change))
            table = table if changed.rows == table.rows else changed
        return table

    def refusal(self, *changes: Change) -> str:
        """Return why changes, or answers that wait to be saved, cannot be saved then; else empty.

        Two images in one slot make no exam, in whatever order the changes come.
        """
        table = self.with_change(*changes)
        rows = {row.case: row for row in table.rows}
        told = (_clash(change, rows) for change in (*table.settlements, *changes))
        return next(filter(None, told), "")

    def undone(self) -> "ImportTable":
        """Return the table without its newest change."""
        return replace(self, changes=self.changes[:-1])

    def over(self, rows: Iterable[ExamRow]) -> "ImportTable":
        """Return the table of exams that were read anew, with the changes that are still to do."""
        table = ImportTable(problems_first(rows))
        known = {name for row in table.stored for name in (row.case, *_names(row))}
        known |= {prior.exam for row in table.stored for prior in row.priors}
        for change in self.changes:
            still = (
                any(change.question in row.questions for row in table.rows)
                if isinstance(change, Settle)
                else known.issuperset(_names_in(change))
            )
            table = table.with_change(change) if still else table
        return table

    def exams_of(self, change: Change) -> tuple[str, ...]:
        """Return the exams that a change concerns."""
        case_of = {image.image: row.case for row in self.stored for image in row.images}
        return _cases_of(change, case_of, {row.case: row for row in self.stored})

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
        """The images that were found displayed correctly."""
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


def _clash(change: Change, rows: Mapping[str, ExamRow]) -> str:
    """Return which views several exams have that are answered to be one; empty where none."""
    if not (
        isinstance(change, Settle)
        and change.answer is Answer.ONE_EXAM
        and change.question.asked is Asked.EXAMS
    ):
        return ""
    exams = [rows[case] for case in change.question.cases if case in rows]
    having = {
        view: [exam.case for exam in exams if not exam.excluded and exam.image_in(view)]
        for view in View
    }
    twice = [view for view, cases in having.items() if len(cases) > 1]
    if not twice:
        return ""
    names = ", ".join(view.value.replace("-", " ") for view in twice)
    return (
        f"{' and '.join(having[twice[0]])} are no exam stored twice, for both have {names}. Set "
        "one of each to not used first (0), or read one exam and leave the other out."
    )


def _cases_of(
    change: Change, case_of: Mapping[str, str], rows: Mapping[str, ExamRow]
) -> tuple[str, ...]:
    """Return the exams that a change concerns; an exclusion concerns all that are asked with it."""
    if isinstance(change, Exclude):
        out = change.case
        asked = (row.case for row in rows.values() for one in row.questions if out in one.cases)
        return tuple(dict.fromkeys((out, *asked)))
    if isinstance(change, Settle):
        return change.question.cases
    if isinstance(change, TakeBack):
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
        return replace(
            row,
            questions=left,
            prior_of=change.prior_of(row.case),
            is_half_asked=row.is_half_asked or change.question.is_of_persons,
        )
    if isinstance(change, Exclude):
        out = frozenset({change.case})
        still = tuple(question.without(out) for question in open_questions(row.questions, out))
        if row.case != change.case:
            return replace(row, questions=still)
        return replace(row, questions=still, excluded=True, reason=change.reason)
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
