"""The coordinator's answers to questions on exams and persons.

Recorded with who and why before anything changes. An answer gives exams their case, role and days,
and cases their patient, by which they cluster; the kept images and the link file follow. After a
program that was killed in between the question is still open, and the answer is given again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from study_design.cases.image_renaming import rename_images, require_files
from study_design.errors import BadInputError
from study_design.images.arriving.image_keeping import asked_of
from study_design.images.case_list import (
    CURRENT,
    PRIOR,
    CaseImage,
    excluded_cases,
    read_images,
    write_images,
)
from study_design.images.exam_question import (
    Answer,
    Asked,
    ExamQuestion,
    open_questions,
    read_questions,
    write_questions,
)
from study_design.images.link_file import LinkFile
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import ExamsSettled
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


def questions_on(folder: StudyFolder) -> tuple[ExamQuestion, ...]:
    """Return the questions that somebody must answer now, without exams that are left out."""
    out = excluded_cases(read_images(folder))
    return tuple(one.without(out) for one in open_questions(read_questions(folder), out))


def question_on(folder: StudyFolder, case: str, answer: Answer) -> ExamQuestion:
    """Return the open question on a case that an answer answers.

    Raises
    ------
    BadInputError
        Where there is none.
    """
    asked = [one for one in questions_on(folder) if case in one.cases]
    found = next((one for one in asked if answer in one.answers), None)
    if found is None:
        what = (
            f"a question that may be answered by: {' or '.join(asked[0].answers)}"
            if asked
            else "none"
        )
        raise BadInputError(
            f'Expected a question on {case} that "{answer}" answers, got {what}. See: crossread '
            f"exams {folder.path.name}"
        )
    return found


def settle(
    folder: StudyFolder,
    question: ExamQuestion,
    answer: Answer,
    *,
    current: str = "",
    by: Actor,
    why: str,
    now: datetime,
) -> None:
    """Answer a question.

    Parameters
    ----------
    current
        Of `PRIORS`: the exam that is read; the newest where it is empty.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where the answer is none to the question, contradicts the dates, or no reason is given;
        where this account cannot read the link file.
    """
    refuse_when_locked(folder, "settle which exams are read")
    reason = " ".join(why.split())
    if not reason:
        raise BadInputError("Expected a reason for the answer, got none. Add --reason TEXT.")
    if answer not in question.answers:
        raise BadInputError(
            f"Expected one of {', '.join(question.answers)}, got {answer}. Choose one of them."
        )
    before, link = read_images(folder), LinkFile.read(folder)
    out = excluded_cases(before)
    cases = tuple(case for case in question.cases if case not in out)
    read = _current_exam(question, cases, current) if answer is Answer.PRIORS else ""
    after = _answered(before, question, answer, cases, read)
    require_files(folder, before, after)
    with open_store(folder) as store:
        act = ExamsSettled(question.asked, question.cases, answer, read, reason)
        store.append(staff_act(act, by=by, now=now))
    answered = replace(question.without(out), answer=answer, by=by.name, why=reason)
    _write(folder, link, before, after, answered)


def take_back(folder: StudyFolder, exam: str, *, by: Actor, why: str, now: datetime) -> None:
    """Make a case of its own of a prior again.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where there is no such prior, or no reason is given.
    """
    refuse_when_locked(folder, "settle which exams are read")
    reason = " ".join(why.split())
    if not reason:
        raise BadInputError("Expected a reason for the answer, got none. Add --reason TEXT.")
    before = read_images(folder)
    of = {image.case for image in before if image.exam_role == PRIOR and image.exam == exam}
    if not of:
        raise BadInputError(f"Expected the name of a prior in cases.csv, got {exam!r}. Check it.")
    after = [_own(image) if image.exam_name == exam else image for image in before]
    cases = (*sorted(of), exam)
    require_files(folder, before, after)
    with open_store(folder) as store:
        act = ExamsSettled(Asked.EXAMS, cases, Answer.CASES, "", reason)
        store.append(staff_act(act, by=by, now=now))
    answer = ExamQuestion(
        Asked.EXAMS, (cases,), f"{exam} was a prior", (), Answer.CASES, by.name, reason
    )
    _write(folder, LinkFile.read(folder), before, after, answer)


def _write(
    folder: StudyFolder,
    link: LinkFile,
    before: Sequence[CaseImage],
    after: Sequence[CaseImage],
    answer: ExamQuestion,
) -> None:
    """Write what an answer changes: kept images, link file, cases.csv, and the answer last."""
    renamed = rename_images(folder, link, before, after)
    write_images(folder, after)
    same = (answer.asked, frozenset(answer.cases))
    others = [one for one in read_questions(folder) if (one.asked, frozenset(one.cases)) != same]
    write_questions(folder, (*others, answer))
    write_questions(folder, asked_of(folder, after, renamed.rows))


def _current_exam(question: ExamQuestion, cases: Sequence[str], wanted: str) -> str:
    """Return the exam that is read; the others must be older, as far as dates tell."""
    days = {case: question.days_of(case) for case in cases}
    known = [case for case in cases if days[case] is not None]
    if not wanted and len(known) < len(cases):
        raise BadInputError(
            f"Expected the exam that is read, for the date of another of {', '.join(cases)} is "
            "not known, got none. Name it."
        )
    current = wanted or min(known, key=lambda case: days[case] or 0)
    if current not in cases:
        raise BadInputError(f"Expected one of {', '.join(cases)}, got {current!r}. Name one.")
    own = days[current]
    newer = [case for case in known if own is not None and (days[case] or 0) < own]
    if newer:
        raise BadInputError(
            f"Expected the newest exam as the one that is read, got {current}, which is older than "
            f"{', '.join(newer)}. Name that, or exclude it first."
        )
    return current


def _answered(
    images: Sequence[CaseImage],
    question: ExamQuestion,
    answer: Answer,
    cases: Sequence[str],
    current: str,
) -> list[CaseImage]:
    """Return the images as an answer leaves them."""
    if answer is Answer.PRIORS:
        base = question.days_of(current)
        return [
            _prior(image, current, base, question) if image.case in cases else image
            for image in images
        ]
    if answer is Answer.ONE_EXAM and question.asked is Asked.EXAMS:
        return _merged(images, cases)
    if answer is Answer.ONE_PERSON:
        patients = {image.patient for image in images if image.case in cases}
        home = min(patients, key=lambda name: (len(name), name))
        return [replace(i, patient=home) if i.case in cases else i for i in images]
    if answer is Answer.SEVERAL_PERSONS:
        patients_of = _patients(images, question.groups)
        return [replace(i, patient=patients_of.get(i.case, i.patient)) for i in images]
    return list(images)


def _prior(image: CaseImage, current: str, base: int | None, question: ExamQuestion) -> CaseImage:
    """Return an image of the exam that is read, or of a prior of it, its own priors among them."""
    if image.case == current:
        return image
    own = question.days_of(image.case)
    days = own - base if own is not None and base is not None else None
    if image.exam_role == PRIOR:
        further = image.days_before
        days = days + further if days is not None and further is not None else None
    return replace(
        image, case=current, exam=image.exam_name, exam_role=PRIOR, days_before=days or None
    )


def _own(image: CaseImage) -> CaseImage:
    """Return an image of a prior as one of a case of its own."""
    return replace(
        image, case=image.exam_name, exam=image.exam_name, exam_role=CURRENT, days_before=None
    )


def _merged(images: Sequence[CaseImage], cases: Sequence[str]) -> list[CaseImage]:
    """Return the images of several exams as those of one; two in one slot are refused."""
    home = min(cases)
    merged = [
        replace(i, case=home, exam=home if i.exam_role == CURRENT else i.exam)
        if i.case in cases
        else i
        for i in images
    ]
    clash = two_in_one_slot(images, cases)
    if clash:
        raise BadInputError(
            f"Expected one {clash[0].view} in one exam, got "
            f"{' and '.join(image.image for image in clash)}. Set one of them to not used first, "
            "take both exams as cases of their own, or exclude one."
        )
    return merged


def two_in_one_slot(images: Iterable[CaseImage], cases: Sequence[str]) -> tuple[CaseImage, ...]:
    """Return two images that would fill one slot if some cases were one exam; none where none."""
    filled: dict[View, CaseImage] = {}
    for image in images:
        if image.case in cases and image.view and image.exam_role == CURRENT:
            rival = filled.setdefault(image.view, image)
            if rival is not image:
                return rival, image
    return ()


def _patients(images: Iterable[CaseImage], groups: Sequence[tuple[str, ...]]) -> Mapping[str, str]:
    """Return the patient of each case, another for each group; the first keeps its own."""
    listed = tuple(images)
    of_case = {image.case: image.patient for image in listed}
    last = max((int(n[1:]) for n in set(of_case.values()) if n[1:].isdecimal()), default=0)
    taken: set[str] = set()
    found: dict[str, str] = {}
    for group in groups:
        known = [of_case[case] for case in group if case in of_case]
        name = next((one for one in known if one not in taken), "")
        if not name:
            last += 1
            name = f"P{last:03d}"
        taken.add(name)
        found |= dict.fromkeys(group, name)
    return found
