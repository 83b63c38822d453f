"""What the link file tells of exams and persons, and what it leaves open; pure.

Exams are of one patient by their Patient ID. That is asked where headers under one number name
different persons, where one person seems to have two numbers, and where two numbers share a study.
The exams of a patient are ordered by their dates, of which nothing but days between them goes out.
"""

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from study_design.counted import counted
from study_design.images.case_list import CURRENT, PRIOR, CaseImage
from study_design.images.exam_question import Asked, ExamQuestion
from study_design.images.link_file import LinkRow
from study_design.images.person import (
    Person,
    differing,
    groups_of,
    is_one,
    may_be_numbers_of_one,
)

_MOST_ALIKE = 40
_ONE_STUDY = "share a Study Instance UID"
_ONE_NAME = "bear one name and birth date"


@dataclass(frozen=True, slots=True)
class _Exam:
    """An exam that is read, and what its files say."""

    case: str
    patient: str
    numbers: frozenset[str]
    studies: frozenset[str]
    days: tuple[int, ...]
    persons: frozenset[Person]


def questions_of(images: Iterable[CaseImage], rows: Iterable[LinkRow]) -> tuple[ExamQuestion, ...]:
    """Return everything that is asked of the exams of a study."""
    exams = _exams(tuple(images), tuple(rows))
    return (*_one_number(exams), *_two_numbers(exams), *_several_days(exams), *_several(exams))


def with_days_before(images: Sequence[CaseImage], rows: Sequence[LinkRow]) -> tuple[CaseImage, ...]:
    """Return the same images; priors of which nobody said how old they are have it from dates."""
    days = _days_by_exam(rows)
    return tuple(_dated(image, days) for image in images)


def _dated(image: CaseImage, days: Mapping[str, tuple[int, ...]]) -> CaseImage:
    """Return an image with the days between its exam and the current one, where both have dates."""
    prior, current = days.get(image.exam_name, ()), days.get(image.case, ())
    if image.exam_role != PRIOR or image.days_before is not None or not prior or not current:
        return image
    between = max(current) - max(prior)
    return replace(image, days_before=between) if between > 0 else image


def _exams(images: Sequence[CaseImage], rows: Sequence[LinkRow]) -> tuple[_Exam, ...]:
    """Return the current exams that are not excluded, by the names of their cases."""
    known = {row.image: row for row in rows}
    cases: dict[str, list[CaseImage]] = {}
    for image in images:
        if image.exam_role == CURRENT:
            cases.setdefault(image.case, []).append(image)
    return tuple(
        _exam(case, of, [known[i.image] for i in of if i.image in known])
        for case, of in sorted(cases.items())
        if not all(image.excluded for image in of)
    )


def _exam(case: str, images: Sequence[CaseImage], rows: Sequence[LinkRow]) -> _Exam:
    """Return what the files of an exam say."""
    return _Exam(
        case,
        images[0].patient,
        frozenset(row.original_patient for row in rows if row.original_patient),
        frozenset(row.original_study_uid for row in rows if row.original_study_uid),
        tuple(sorted({day for row in rows if (day := _day(row)) is not None})),
        frozenset(row.person for row in rows),
    )


def _days_by_exam(rows: Sequence[LinkRow]) -> dict[str, tuple[int, ...]]:
    """Return the days of every exam, counted from some day."""
    found: dict[str, set[int]] = {}
    for row in rows:
        day = _day(row)
        if day is not None:
            found.setdefault(row.exam_name, set()).add(day)
    return {exam: tuple(sorted(days)) for exam, days in found.items()}


def _day(row: LinkRow) -> int | None:
    """Return the day of an image, counted from some day; None where it has none."""
    said = row.original_date
    try:
        return datetime.date(int(said[:4]), int(said[4:6]), int(said[6:])).toordinal()
    except ValueError:
        return None


def _one_number(exams: Sequence[_Exam]) -> Iterator[ExamQuestion]:
    """Ask whether exams under one Patient ID are of one person, where their headers differ."""
    for exam in exams:
        fields = _differing(exam.persons)
        if fields:
            words = (
                f"images of {exam.case} name different persons ({fields} differ): is it one person?"
            )
            yield ExamQuestion(Asked.PERSONS, ((exam.case,),), words)
    by_number: dict[str, list[_Exam]] = {}
    for exam in exams:
        for number in exam.numbers:
            by_number.setdefault(number, []).append(exam)
    asked: set[tuple[str, ...]] = set()
    for _, of in sorted(by_number.items()):
        groups = groups_of((exam.case, person) for exam in of for person in exam.persons)
        cases = tuple(exam.case for exam in of)
        if len(of) < 2 or len(groups) < 2 or cases in asked:
            continue
        asked.add(cases)
        fields = _differing(person for exam in of for person in exam.persons)
        count = "two" if len(groups) == 2 else "several"
        words = f"{_listed(cases)} bear one Patient ID, but {fields} differ: one person or {count}?"
        yield ExamQuestion(Asked.PERSONS, _apart(groups), words)


def _apart(groups: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Return groups in which each exam stands once, in the first group that it fits."""
    seen: set[str] = set()
    found = []
    for group in groups:
        left = tuple(case for case in group if case not in seen)
        seen.update(left)
        found.append(left)
    return tuple(group for group in found if group)


def _two_numbers(exams: Sequence[_Exam]) -> Iterator[ExamQuestion]:
    """Ask whether exams under two Patient IDs are of one person."""
    linked: dict[frozenset[str], str] = {}
    for one, other in _alike(exams, lambda exam: exam.studies):
        linked[frozenset((one.case, other.case))] = _ONE_STUDY
    born = _alike(exams, lambda exam: frozenset(p.birth_date for p in exam.persons if p.is_known))
    for one, other in born:
        if any(is_one(a, b) for a in one.persons for b in other.persons):
            linked.setdefault(frozenset((one.case, other.case)), _ONE_NAME)
    by_case = {exam.case: exam for exam in exams}
    for cases, why in _joined(linked):
        of = [by_case[case] for case in cases]
        if why != _ONE_STUDY and not may_be_numbers_of_one(exam.patient for exam in of):
            continue
        groups: dict[str, list[str]] = {}
        for exam in of:
            groups.setdefault(exam.patient, []).append(exam.case)
        have = "have different Patient IDs" if all(e.numbers for e in of) else "lack a Patient ID"
        words = f"{_listed(cases)} {have}, but {why}: one person or two?"
        yield ExamQuestion(Asked.NUMBERS, tuple(map(tuple, groups.values())), words)


def _alike(
    exams: Sequence[_Exam], marks: Callable[[_Exam], frozenset[str]]
) -> Iterator[tuple[_Exam, _Exam]]:
    """Return pairs of exams of two patients by their numbers that share a mark.

    A mark that very many share is none: a date that somebody put in place of all birth dates.
    """
    by_mark: dict[str, list[_Exam]] = {}
    for exam in exams:
        for mark in marks(exam):
            by_mark.setdefault(mark, []).append(exam)
    for _, of in sorted(by_mark.items()):
        for one, other in itertools.combinations(of, 2) if len(of) <= _MOST_ALIKE else ():
            if one.patient != other.patient:
                yield one, other


def _joined(linked: Mapping[frozenset[str], str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return exams that are tied to each other, and by what."""
    left = dict(linked)
    while left:
        pair, why = left.popitem()
        cases = set(pair)
        while touching := [one for one in left if one & cases]:
            for one in touching:
                cases |= one
                left.pop(one)
        yield tuple(sorted(cases)), why


def _several_days(exams: Sequence[_Exam]) -> Iterator[ExamQuestion]:
    """Ask whether images of several days under one study are one exam."""
    for exam in exams:
        if len(exam.days) > 1 and len(exam.studies) < 2:
            apart = exam.days[-1] - exam.days[0]
            words = (
                f"images of {exam.case} are of several dates under one Study Instance UID, "
                f"{_days(apart)} apart: is it one exam?"
            )
            yield ExamQuestion(Asked.DATES, ((exam.case,),), words)


def _several(exams: Sequence[_Exam]) -> Iterator[ExamQuestion]:
    """Ask which exams of a patient are read, the newest first."""
    patients: dict[str, list[_Exam]] = {}
    for exam in exams:
        patients.setdefault(exam.patient, []).append(exam)
    for patient, of in sorted(patients.items()):
        if len(of) < 2:
            continue
        of.sort(key=lambda exam: (-max(exam.days, default=0), exam.case))
        newest = max((day for exam in of for day in exam.days), default=0)
        days = tuple(newest - max(exam.days) if exam.days else None for exam in of)
        words = (
            f"{patient} has {counted(len(of), 'exam')} ({_order(of, days)}): which should be read?"
        )
        cases = tuple(exam.case for exam in of)
        yield ExamQuestion(Asked.EXAMS, (cases,), words, days)


def _order(exams: Sequence[_Exam], days: Sequence[int | None]) -> str:
    """Return how the exams of a patient follow each other, in words."""
    first = exams[0].case
    told = []
    for exam, before in list(zip(exams, days, strict=True))[1:]:
        if before is None or days[0] is None:
            told.append(f"{exam.case} of an unknown date")
        elif before == 0:
            told.append(f"{exam.case} on the same day as {first}")
        else:
            told.append(f"{exam.case} {_days(before)} before {first}")
    return "; ".join(told)


def _days(count: int) -> str:
    """Return a number of days in words."""
    return f"{count} day" if count == 1 else f"{count} days"


def _differing(persons: Iterable[Person]) -> str:
    """Return in what some headers differ, in words; empty where in nothing."""
    found = [differing(one, other) for one, other in itertools.combinations(tuple(persons), 2)]
    words = {"name": "names", "birth date": "birth dates", "sex": "sexes"}
    return " and ".join(w for what, w in words.items() if any(what in fields for fields in found))


def _listed(cases: Sequence[str]) -> str:
    """Return names of cases as a sentence lists them."""
    return f"{', '.join(cases[:-1])} and {cases[-1]}"
