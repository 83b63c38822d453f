"""`exams`: which exams of a patient are read, and who is who: questions and answers."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at, warn
from reader_app.coordinator.same_day import leave_outs
from study_design.cases.exam_settling import (
    question_on,
    questions_on,
    settle,
    take_back,
    two_in_one_slot,
)
from study_design.errors import BadInputError
from study_design.images.case_list import PRIOR, CaseImage, cases_of, read_images
from study_design.images.exam_question import Answer, Asked, ExamQuestion
from study_design.study_folder import StudyFolder

Cases = list[str] | None
_ALL, _NEWEST = "all", "newest"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("exams")(exams_command)


def exams_command(
    study: StudyPath,
    current: Annotated[
        Cases,
        typer.Option(
            metavar="CASE",
            help="This exam is read, the patient's older ones are its priors; `newest` for the "
            "newest exam of every patient.",
        ),
    ] = None,
    own: Annotated[
        Cases,
        typer.Option(
            metavar="CASE",
            help="All exams of this case's patient are cases of their own; a prior becomes one "
            "again; `all` for every patient.",
        ),
    ] = None,
    one_exam: Annotated[
        Cases,
        typer.Option(
            metavar="CASE", help="Images of several days or studies are one exam; `all` for all."
        ),
    ] = None,
    one_person: Annotated[
        Cases,
        typer.Option(metavar="CASE", help="The exams of this question are of one person."),
    ] = None,
    several_persons: Annotated[
        Cases,
        typer.Option(metavar="CASE", help="The exams of this question are of several persons."),
    ] = None,
    by: By = "",
    reason: Reason = "",
) -> None:
    """List what is open of exams and persons, and answer it; before the protocol is locked."""
    folder = study_at(study)
    # Who is who comes first: it decides which exams belong together.
    for answer, cases in (
        (Answer.ONE_PERSON, one_person),
        (Answer.SEVERAL_PERSONS, several_persons),
        (Answer.ONE_EXAM, one_exam),
        (Answer.PRIORS, current),
        (Answer.CASES, own),
    ):
        for case in cases or ():
            _answer(folder, answer, case, by=signer(by), why=reason)
    _list(folder)


def _answer(folder: StudyFolder, answer: Answer, case: str, *, by: str, why: str) -> None:
    """Answer the question on a case, or every one that the answer answers."""
    priors = {image.exam for image in read_images(folder) if image.exam_role == PRIOR}
    if answer is Answer.CASES and case in priors:
        take_back(folder, case, by=by, why=why, now=now())
        typer.echo(f"{case} is a case of its own again.")
        return
    if case in {_ALL, _NEWEST}:
        images = read_images(folder)
        asked = [one for one in questions_on(folder) if answer in _possible(one, images)]
        for left in (one for one in questions_on(folder) if answer in one.answers):
            if left not in asked:
                warn(f"{', '.join(left.cases)} stay open: both have images of the same view.")
        if not asked:
            raise BadInputError(f'Expected questions that "{answer}" answers, got none.')
    else:
        asked = [question_on(folder, case, answer)]
    for question in asked:
        wanted = case if answer is Answer.PRIORS and case != _NEWEST else ""
        settle(folder, question, answer, current=wanted, by=by, why=why, now=now())
        typer.echo(f"{', '.join(question.cases)}: {answer}.")


def _list(folder: StudyFolder) -> None:
    """Print what is asked, and the priors of the study."""
    asked, images = questions_on(folder), read_images(folder)
    for question in asked:
        typer.echo(f"{question.words}\n  {' or '.join(_options(question, images))}")
    priors = [(entry.case, prior) for entry in cases_of(folder) for prior in entry.priors]
    for case, prior in priors:
        days = "unknown" if prior.days_before is None else prior.days_before
        typer.echo(f"{prior.exam}\tprior of {case}\t{days} days before")
    typer.echo(f"Open questions on exams and persons: {len(asked)}; priors: {len(priors)}.")


def _possible(question: ExamQuestion, images: Sequence[CaseImage]) -> tuple[Answer, ...]:
    """Return what may be answered; exams with images of one view each are no exam stored twice."""
    twice = question.asked is Asked.EXAMS and two_in_one_slot(images, question.cases)
    return tuple(one for one in question.answers if not (twice and one is Answer.ONE_EXAM))


def _options(question: ExamQuestion, images: Sequence[CaseImage]) -> Iterable[str]:
    """Return the options of the command that answer a question."""
    case = question.cases[0]
    options = {
        Answer.ONE_PERSON: f"--one-person {case}",
        Answer.SEVERAL_PERSONS: f"--several-persons {case}",
        Answer.ONE_EXAM: f"--one-exam {case}",
        Answer.PRIORS: f"--current {case}",
        Answer.CASES: f"--own {case}",
    }
    told = [options[answer] for answer in _possible(question, images)]
    told += [
        " and ".join(f"crossread exclude STUDY {case} --reason TEXT" for case in one.out)
        for one in leave_outs(question)
    ]
    if question.asked in {Asked.DATES, Asked.PERSONS} and len(question.groups) == 1:
        told.append("crossread exclude, or crossread place --view none")
    return told
