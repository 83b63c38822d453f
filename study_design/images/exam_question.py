"""What headers leave open of exams and persons, and the coordinator's answers.

`questions.csv` has one row a question. It holds names of cases and days between exams, no dates and
nothing of whom a header names. A question without an answer is a problem of its exams.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv, write_csv


class Asked(StrEnum):
    """What is asked."""

    PERSONS = "one number, one person?"
    NUMBERS = "two numbers, one person?"
    DATES = "one exam of several days?"
    EXAMS = "which exams are read?"


class Answer(StrEnum):
    """What a person may answer."""

    ONE_PERSON = "one person"
    SEVERAL_PERSONS = "several persons"
    ONE_EXAM = "one exam"
    CASES = "cases of their own"
    PRIORS = "current and prior"


# Who is asked first: until it is clear who is who, nobody can say which exam is whose prior.
_OF_PERSONS = (Asked.PERSONS, Asked.NUMBERS)
MANIFEST = "manifest"
_HOW = "Settle it with crossread exams"


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """A question on some exams.

    Attributes
    ----------
    groups
        The exams, by their cases; those that may be of one person stand together.
    words
        What the headers say, without names and dates.
    days
        Of `EXAMS`: days by which each exam lies before the newest; None where no date is known.
    answer, by, why
        Empty while nobody has answered.
    """

    asked: Asked
    groups: tuple[tuple[str, ...], ...]
    words: str
    days: tuple[int | None, ...] = ()
    answer: Answer | None = None
    by: str = ""
    why: str = ""

    @property
    def cases(self) -> tuple[str, ...]:
        """The exams, in the order of the groups."""
        return tuple(case for group in self.groups for case in group)

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered."""
        return self.answer is None

    @property
    def is_of_persons(self) -> bool:
        """Whether it asks who is who, before which nobody is asked which exams are read."""
        return self.asked in _OF_PERSONS

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What may be answered."""
        if self.asked is Asked.DATES:
            return (Answer.ONE_EXAM,)
        if self.asked is not Asked.EXAMS:
            both = (Answer.ONE_PERSON, Answer.SEVERAL_PERSONS)
            return both if len(self.groups) > 1 else both[:1]
        known = [days for days in self.days if days is not None]
        ordered, alike = len(set(known)) == len(known), len(set(known)) < 2
        return (
            *([Answer.PRIORS] if ordered else []),
            Answer.CASES,
            *([Answer.ONE_EXAM] if alike else []),
        )

    def without(self, out: frozenset[str]) -> "ExamQuestion":
        """Return the question without some exams."""
        left = (tuple(case for case in group if case not in out) for group in self.groups)
        days = zip(self.cases, self.days, strict=False)
        return replace(
            self,
            groups=tuple(group for group in left if group),
            days=tuple(before for case, before in days if case not in out),
        )

    def settles(self, other: "ExamQuestion") -> bool:
        """Tell whether the answer to this question answers another one too."""
        if self.asked is not other.asked or not set(self.cases).issuperset(other.cases):
            return False
        return self.answer is not Answer.SEVERAL_PERSONS or all(
            any(set(mine).issuperset(group) for mine in self.groups) for group in other.groups
        )

    def days_of(self, case: str) -> int | None:
        """Return by how many days an exam lies before the newest; None where unknown."""
        return dict(zip(self.cases, self.days, strict=False)).get(case)


def read_questions(folder: StudyFolder) -> tuple[ExamQuestion, ...]:
    """Return every question; none where there is no list.

    Raises
    ------
    BadInputError
        Where a cell makes no sense.
    """
    if not folder.questions_csv.exists():
        return ()
    rows = read_csv(folder.questions_csv).require(*_COLUMNS).rows
    return tuple(_question(row, f"questions.csv, row {n}") for n, row in enumerate(rows, start=2))


_COLUMNS = ("asked", "cases", "words", "days", "answer", "by", "why")


def write_questions(folder: StudyFolder, questions: Iterable[ExamQuestion]) -> None:
    """Write the list anew."""
    ordered = sorted(questions, key=lambda one: (one.cases, one.asked))
    write_csv(
        folder.questions_csv,
        _COLUMNS,
        (
            {
                "asked": one.asked,
                "cases": "|".join(" ".join(group) for group in one.groups),
                "words": one.words,
                "days": " ".join("?" if days is None else str(days) for days in one.days),
                "answer": one.answer or "",
                "by": one.by,
                "why": one.why,
            }
            for one in ordered
        ),
    )


def with_answers(
    found: Iterable[ExamQuestion], before: Iterable[ExamQuestion]
) -> tuple[ExamQuestion, ...]:
    """Return the questions that were answered before, and those found that were not.

    A question is asked again where it concerns other exams than before, or other persons.
    """
    answered = tuple(one for one in before if not one.is_open)
    new = (one for one in found if not any(known.settles(one) for known in answered))
    return (*answered, *new)


def answered_by_manifest(question: ExamQuestion, said: frozenset[str]) -> ExamQuestion:
    """Return a question; one on which exams are read is answered where a manifest says it of all.

    Parameters
    ----------
    said
        The cases of which a manifest says that they are read.
    """
    if question.asked is not Asked.EXAMS or not said.issuperset(question.cases):
        return question
    return replace(question, answer=Answer.CASES, by=MANIFEST, why="exam_role of the manifest")


def open_questions(
    questions: Iterable[ExamQuestion], excluded: Iterable[str] = ()
) -> tuple[ExamQuestion, ...]:
    """Return the questions that somebody must answer now.

    An exam that is left out raises none, and nobody is asked which exam is the prior before it is
    clear whose they are.
    """
    out = frozenset(excluded)
    still = [one for one in questions if one.is_open and _concerns(one, out)]
    unclear = {case for one in still if one.asked in _OF_PERSONS for case in one.cases}
    return tuple(
        one for one in still if one.asked is not Asked.EXAMS or not unclear.intersection(one.cases)
    )


def question_problems(questions: Sequence[ExamQuestion], case: str) -> tuple[str, ...]:
    """Return the problem that each of the open questions is for an exam."""
    return tuple(f"{one.words} {_HOW}" for one in questions if case in one.cases)


def _concerns(question: ExamQuestion, out: frozenset[str]) -> bool:
    """Tell whether a question is left once some exams are out of the study."""
    groups = [group for group in question.groups if not out.issuperset(group)]
    if question.asked is Asked.EXAMS:
        return len(set(question.cases) - out) > 1
    return len(groups) > 1 or (len(question.groups) == 1 and bool(groups))


def _question(row: Mapping[str, str], where: str) -> ExamQuestion:
    """Return the question of a row."""
    if row["asked"] not in tuple(Asked):
        raise BadInputError(f"{where}: expected one of {', '.join(Asked)}, got {row['asked']!r}.")
    if row["answer"] and row["answer"] not in tuple(Answer):
        raise BadInputError(f"{where}: expected one of {', '.join(Answer)}, got {row['answer']!r}.")
    days = row["days"].split()
    if any(one != "?" and not one.isdecimal() for one in days):
        raise BadInputError(f"{where}, days: expected whole numbers or ?, got {row['days']!r}.")
    return ExamQuestion(
        Asked(row["asked"]),
        tuple(tuple(group.split()) for group in row["cases"].split("|")),
        row["words"],
        tuple(None if one == "?" else int(one) for one in days),
        Answer(row["answer"]) if row["answer"] else None,
        row["by"],
        row["why"],
    )
