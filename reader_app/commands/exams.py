"""`exams`: which exams of a patient are read, and who is who: questions and answers."""

from collections.abc import Container, Iterable
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.cases.exam_settling import (
    question_on,
    questions_on,
    settle,
    take_back,
    two_in_one_slot,
)
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.case_list import PRIOR, cases_of, read_images
from study_design.images.exam_question import Answer, Asked, ExamQuestion
from study_design.record.actor import Actor
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
    given = (
        (Answer.ONE_PERSON, one_person),
        (Answer.SEVERAL_PERSONS, several_persons),
        (Answer.ONE_EXAM, one_exam),
        (Answer.PRIORS, current),
        (Answer.CASES, own),
    )
    if any(cases for _, cases in given) and not reason.strip():
        raise BadInputError("Expected a reason for the answer, got none. Add --reason TEXT.")
    refused: list[BadInputError] = []
    # Who is who comes first: it decides which exams belong together.
    for answer, cases in given:
        for case in cases or ():
            try:
                refused += _answer(folder, answer, case, by=signer(by), why=reason)
            except BadInputError as error:
                refused.append(error)
    _list(folder)
    for refusal in refused:
        typer.echo(f"Not done: {refusal}", err=True)
    if refused:
        raise typer.Exit(1)


def _answer(
    folder: StudyFolder, answer: Answer, case: str, *, by: Actor, why: str
) -> Iterable[BadInputError]:
    """Answer the question on a case, or every one that the answer answers.

    Each question stands for itself: of many, those are returned that refuse the answer.
    """
    priors = {image.exam for image in read_images(folder) if image.exam_role == PRIOR}
    if answer is Answer.CASES and case in priors:
        take_back(folder, case, by=by, why=why, now=now())
        typer.echo(f"{case} is a case of its own again.")
        return ()
    if case not in {_ALL, _NEWEST}:
        current = case if answer is Answer.PRIORS else ""
        _settle(folder, question_on(folder, case, answer), answer, current, by=by, why=why)
        return ()
    refused: list[BadInputError] = []
    met: set[tuple[Asked, frozenset[str]]] = set()
    # An answer may open or close other questions, so they are looked up anew each time.
    while (question := _next(folder, answer, met)) is not None:
        met.add((question.asked, frozenset(question.cases)))
        try:
            _settle(folder, question, answer, "", by=by, why=why)
        except BadInputError as error:
            refused.append(error)
    if not met:
        raise BadInputError(f'Expected questions that "{answer}" answers, got none.')
    return refused


def _next(
    folder: StudyFolder, answer: Answer, met: Container[tuple[Asked, frozenset[str]]]
) -> ExamQuestion | None:
    """Return the first question that an answer answers and that was not met yet."""
    return next(
        (
            one
            for one in questions_on(folder)
            if answer in one.answers and (one.asked, frozenset(one.cases)) not in met
        ),
        None,
    )


def _settle(
    folder: StudyFolder,
    question: ExamQuestion,
    answer: Answer,
    current: str,
    *,
    by: Actor,
    why: str,
) -> None:
    """Answer one question and say so."""
    settle(folder, question, answer, current=current, by=by, why=why, now=now())
    typer.echo(f"{', '.join(question.cases)}: {answer}.")


def _list(folder: StudyFolder) -> None:
    """Print what is asked, and the priors of the study."""
    asked, images = questions_on(folder), read_images(folder)
    for question in asked:
        clash = question.asked is Asked.EXAMS and two_in_one_slot(images, question.cases)
        options = _options(question, folder.path.name, is_one_exam_open=not clash)
        typer.echo(f"{question.words}\n  {' or '.join(options)}")
        if clash and Answer.ONE_EXAM in question.answers:
            named = " and ".join(image.image for image in clash)
            typer.echo(f"  No single exam as they are: {named} would fill one slot.")
    priors = [(entry.case, prior) for entry in cases_of(folder) for prior in entry.priors]
    for case, prior in priors:
        days = prior.days_before
        when = "unknown days" if days is None else counted(days, "day")
        typer.echo(f"{prior.exam}\tprior of {case}\t{when} before")
    typer.echo(f"Open questions on exams and persons: {len(asked)}; priors: {len(priors)}.")


def _options(question: ExamQuestion, study: str, *, is_one_exam_open: bool) -> Iterable[str]:
    """Return the options of the command that answer a question, and what else settles it."""
    case = question.cases[0]
    options = {
        Answer.ONE_PERSON: f"--one-person {case}",
        Answer.SEVERAL_PERSONS: f"--several-persons {case}",
        Answer.ONE_EXAM: f"--one-exam {case}",
        Answer.PRIORS: f"--current {case}",
        Answer.CASES: f"--own {case}",
    }
    told = [
        options[answer]
        for answer in question.answers
        if is_one_exam_open or answer is not Answer.ONE_EXAM
    ]
    if question.asked is Asked.EXAMS:
        told.append(f"leave one out: crossread exclude {study} {question.cases[-1]} --reason TEXT")
    elif question.asked in {Asked.DATES, Asked.PERSONS} and len(question.groups) == 1:
        told.append(
            f"crossread exclude {study} {case}, or crossread place {study} IMAGE --view none"
        )
    return told
