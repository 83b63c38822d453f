"""`files`: what became of every file that was ever brought to a study, and the JSON of imports."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from reader_app.commands.parts.signing import StudyPath, study_at
from study_design.counted import counted
from study_design.images.arriving.file_list import kept_files
from study_design.images.arriving.import_report import (
    ExamReport,
    FileReport,
    ImportReport,
    exam_reports,
    paths_shown,
)
from study_design.images.case_list import cases_of
from study_design.images.messages import Verdict
from study_design.study_folder import StudyFolder

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("files")(files_command)


def files_command(
    study: StudyPath,
    everything: Annotated[
        bool, typer.Option("--all", help="List also files that were simply taken, and copies.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what became of every file that was ever brought, and why."""
    folder = study_at(study)
    files = kept_files(folder)
    if as_json:
        print_json(ImportReport(files, exam_reports(cases_of(folder))), ())
        return
    copies = sum(file.verdict is Verdict.DUPLICATE for file in files)
    told = [
        file
        for file in files
        if everything or (file.reason and file.verdict is not Verdict.DUPLICATE)
    ]
    console = Console(highlight=False, markup=False)
    if told:
        console.print(files_table(told, "Files"))
    if copies and not everything:
        console.print(
            f"Copies of images of the study: {copies}. Listed by: crossread files "
            f"{folder.path.name} --all"
        )
    counts = Counter(file.verdict for file in files)
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    brought = counted(len(files), "file was brought", "files were brought")
    console.print(f"{brought} to the study{f': {parts}' if parts else ''}.")


def earlier_files(folder: StudyFolder, report: ImportReport) -> tuple[FileReport, ...]:
    """Return what earlier imports told of files that this one did not meet."""
    met = {file.path.absolute() for file in report.files}
    return tuple(file for file in kept_files(folder) if file.path not in met)


def files_table(files: Iterable[FileReport], title: str) -> Table:
    """Return a table of files, those that were not simply taken first."""
    told = sorted(files, key=lambda file: file.verdict is Verdict.ACCEPTED)
    table = Table("File", "Verdict", "Exam", "Reason", title=title)
    names = paths_shown(told)
    for file in told:
        table.add_row(names[file.path], file.verdict.value, file.exam, file.reason)
    return table


def print_json(report: ImportReport, earlier: Iterable[FileReport]) -> None:
    """Print one JSON object and nothing else.

    Parameters
    ----------
    report
        What an import, or a look at all imports, tells.
    earlier
        What earlier imports told of files that this one did not meet.
    """
    content = {
        "imported": report.is_imported,
        "files": [_file_json(file) for file in report.files],
        "exams": [_exam_json(exam) for exam in report.exams],
        "guesses": list(report.guesses),
        "earlier": [_file_json(file) for file in earlier],
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
