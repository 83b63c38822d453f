"""`import`, `place`, `exclude`: mammograms into a study, into slots, and cases out of it again."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from reader_app.commands.progress import progress_bar
from reader_app.commands.receiving import fetched_images
from reader_app.commands.signing import By, StudyPath, now, signer, study_at, warn
from study_design.errors import BadInputError
from study_design.images.case_import import import_images
from study_design.images.case_list import read_images
from study_design.images.dicomweb import Filters
from study_design.images.exclusion import exclude_case
from study_design.images.image_placing import ImagePlace, place_images
from study_design.images.import_report import (
    ExamReport,
    FileReport,
    ImportReport,
    RefusedFilesError,
    paths_shown,
)
from study_design.images.link_file import missing_link
from study_design.images.messages import Verdict
from study_design.images.view_names import parse_view
from study_design.vocabulary import View


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("import")(import_command)
    app.command("place")(place_command)
    app.command("exclude")(exclude_command)


def import_command(
    study: StudyPath,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...",
            help="DICOM files, folders, ZIP archives, DICOMDIR; optional with --manifest or "
            "--dicomweb.",
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="CSV: case,laterality,view,path[,pixel_spacing_mm,mirrored]. Case names are used "
            "as they stand: they must identify nobody."
        ),
    ] = None,
    dicomweb: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Fetch from a DICOMweb server. User and password, or a token, come from "
            "CROSSREAD_DICOMWEB_USER, _PASSWORD and _TOKEN, or are asked for.",
        ),
    ] = None,
    patient_id: Annotated[
        list[str] | None, typer.Option(help="With --dicomweb: of this patient; repeat for more.")
    ] = None,
    accession: Annotated[
        list[str] | None, typer.Option(help="With --dicomweb: this exam; repeat for more.")
    ] = None,
    date: Annotated[str, typer.Option(help="With --dicomweb: 20240131 or 20240101-20240131.")] = "",
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Take the rest where files are refused.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring four-view exams into a study: de-identified, checked, decoded once."""
    filters = Filters(tuple(patient_id or ()), tuple(accession or ()), date)
    if not paths and manifest is None and dicomweb is None:
        raise typer.BadParameter("give files or folders, --manifest CSV or --dicomweb URL")
    if dicomweb is None and filters != Filters():
        raise typer.BadParameter("--patient-id, --accession and --date belong to --dicomweb")
    folder = study_at(study)
    lost = missing_link(folder, len(read_images(folder)))
    warn(*([lost] if lost else []))
    try:
        with (
            fetched_images(folder, dicomweb, filters, silent=as_json) as fetched,
            progress_bar(silent=as_json) as show,
        ):
            wanted = [*(paths or []), *fetched]
            # Nothing is wanted where the server has nothing that is not in the study already.
            report = (
                ImportReport(())
                if dicomweb and not wanted
                else import_images(
                    folder,
                    wanted,
                    manifest=manifest,
                    keep_going=keep_going,
                    progress=lambda step: show(f"Read {step.act}", step.done, step.total),
                )
            )
    except RefusedFilesError as error:
        if as_json:
            _print_json(error.report)
        raise
    if as_json:
        _print_json(report)
    else:
        _print_tables(report)


def place_command(
    study: StudyPath,
    image: Annotated[str, typer.Argument(help="The image, as cases.csv names it.")],
    view: Annotated[
        str, typer.Option(metavar="VIEW", help="R-CC, L-CC, R-MLO, L-MLO; none: not used.")
    ],
    reason: Annotated[str, typer.Option(help="How you know; it goes into the record.")],
    by: By = "",
) -> None:
    """Say which view an image is, or that it is not used; before the protocol is locked."""
    wanted = parse_view(view)
    if wanted is None and view.strip().lower() != "none":
        raise BadInputError(
            f"Expected --view as one of {', '.join(View)} or none, got {view!r}. Correct it."
        )
    place = ImagePlace(image, wanted)
    place_images(study_at(study), [place], by=signer(by), why=reason, now=now())
    told = f"is {wanted}" if wanted else "is not used"
    typer.echo(f"{image} {told}.")


def exclude_command(
    study: StudyPath,
    case: Annotated[str, typer.Argument(help="The case, as cases.csv names it.")],
    reason: Annotated[str, typer.Option(help="Why; it goes into the flow diagram.")],
    by: By = "",
) -> None:
    """Take a case out of the study before reading starts; it stays listed with the reason."""
    exclude_case(study_at(study), case, reason, by=signer(by), now=now())
    typer.echo(f"{case} is excluded.")


def _print_json(report: ImportReport) -> None:
    """Print one JSON object and nothing else."""
    content = {
        "imported": report.is_imported,
        "files": [_file_json(file) for file in report.files],
        "exams": [_exam_json(exam) for exam in report.exams],
        "guesses": list(report.guesses),
    }
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


def _file_json(file: FileReport) -> dict[str, object]:
    """Return a file as the contract spells it, and which tier of its header says what of its view.

    `evidence` lists the most trusted tier first.
    """
    return {
        "path": str(file.path),
        "verdict": file.verdict,
        "reason": file.reason,
        "exam": file.exam or None,
        "view": file.view,
        "evidence": [{"tier": one.tier, "says": one.says} for one in file.evidence],
    }


def _exam_json(exam: ExamReport) -> dict[str, object]:
    """Return an exam as the contract spells it."""
    return {
        "case": exam.case,
        "patient": exam.patient,
        "slots": {slot.view.value: slot.image for slot in exam.slots},
        "problems": list(exam.problems),
    }


def _with_several_exams(report: ImportReport) -> dict[str, list[str]]:
    """Return the cases of every patient who has more than one."""
    cases: dict[str, list[str]] = {}
    for exam in sorted(report.exams, key=lambda exam: exam.case):
        cases.setdefault(exam.patient, []).append(exam.case)
    return {patient: several for patient, several in cases.items() if len(several) > 1}


def _print_tables(report: ImportReport) -> None:
    """Print the exams, problems first, then every file that was not simply taken."""
    console = Console(highlight=False, markup=False)
    exams = Table("Case", *(view.value for view in View), "Problems", title="Exams")
    for exam in report.exams:
        filled = ("yes" if slot.image else "missing" for slot in exam.slots)
        exams.add_row(exam.case, *filled, "; ".join(exam.problems))
    console.print(exams)
    files = Table("File", "Verdict", "Reason", title="Files that need a look")
    told = [file for file in report.files if file.reason]
    names = paths_shown(report.files)
    for file in sorted(told, key=lambda told_file: told_file.verdict is Verdict.ACCEPTED):
        files.add_row(names[file.path], file.verdict.value, file.reason)
    if told:
        console.print(files)
    for guess in report.guesses:
        console.print(f"Guessed: {guess}")
    for patient, cases in _with_several_exams(report).items():
        console.print(
            f"{patient} has {len(cases)} exams, one patient in the analysis: {', '.join(cases)}."
        )
    incomplete = sum(bool(exam.problems) for exam in report.exams)
    accepted = sum(file.verdict is Verdict.ACCEPTED for file in report.files)
    console.print(
        f"{accepted} of {len(report.files)} files taken; {len(report.exams)} exams, "
        f"{incomplete} with problems."
    )
