"""`import`, `place`, `exclude`: mammograms into a study, into slots, and cases out of it again."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from reader_app.commands.fetching import PacsSource, Source, WebSource, fetched_images
from reader_app.commands.files import earlier_files, files_table, print_json
from reader_app.commands.parts.network_options import (
    Accessions,
    Dates,
    PatientIds,
    StudyUids,
    Title,
    TlsCa,
    TlsCertificate,
    TlsKey,
    filters_of,
    tls_files,
)
from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import By, StudyPath, now, signer, study_at, warn
from reader_app.commands.parts.table_options import Decimal, Encoding, SheetName
from study_design.cases.case_import import import_images
from study_design.cases.exclusion import exclude_case
from study_design.cases.image_placing import ImagePlace, place_images
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.arriving.import_report import (
    ImportReport,
    RefusedFilesError,
)
from study_design.images.case_list import read_images
from study_design.images.link_file import missing_link
from study_design.images.messages import Verdict
from study_design.images.network.archive import Archive
from study_design.images.network.dicom_entity import DEFAULT_PORT, TITLE, partner_at
from study_design.images.network.remote_images import Filters
from study_design.tables.csv_file import TableForm
from study_design.tables.foreign.view_names import parse_view
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
            help="CSV or xlsx: case,laterality,view,path[,pixel_spacing_mm,mirrored,exam_role,"
            "days_before] (exam_role: current or prior). Case names are used as they stand: they "
            "must identify nobody."
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
    pacs: Annotated[
        str | None,
        typer.Option(
            metavar="TITLE@HOST:PORT",
            help="Fetch from a PACS (C-FIND, then C-MOVE to --port here, or C-GET).",
        ),
    ] = None,
    patient_id: PatientIds = None,
    accession: Accessions = None,
    study_uid: StudyUids = None,
    date: Dates = "",
    title: Title = TITLE,
    port: Annotated[
        int, typer.Option(help="With --pacs: where we listen, as the PACS knows us.")
    ] = DEFAULT_PORT,
    address: Annotated[
        str, typer.Option(help="With --pacs: the address to listen on; that towards it without.")
    ] = "",
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_ca: TlsCa = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Take the rest where files are refused.")
    ] = False,
    encoding: Encoding = "",
    decimal: Decimal = None,
    sheet: SheetName = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Bring four-view exams into a study: de-identified, checked, decoded once."""
    filters = filters_of(patient_id, accession, study_uid, date)
    tls = tls_files(tls_certificate, tls_key, tls_ca)
    source: Source | None = None
    if pacs is not None:
        source = PacsSource(Archive(partner_at(pacs), title=title, tls=tls), port, address, tls)
    if dicomweb is not None:
        if source is not None:
            raise typer.BadParameter("give --dicomweb or --pacs, not both")
        source = WebSource(dicomweb)
    _refuse_misuse(source, filters, given=bool(paths) or manifest is not None)
    folder = study_at(study)
    lost = missing_link(folder, len(read_images(folder)))
    warn(*([lost] if lost else []))
    try:
        with (
            fetched_images(folder, source, filters, silent=as_json) as fetched,
            progress_bar(silent=as_json) as show,
        ):
            wanted = [*(paths or []), *fetched.files]
            # Nothing is wanted where the server has nothing that is not in the study already.
            report = (
                ImportReport(())
                if source and not wanted
                else import_images(
                    folder,
                    wanted,
                    manifest=manifest,
                    form=TableForm(encoding, decimal, sheet),
                    keep_going=keep_going,
                    progress=lambda step: show(f"Read {step.act}", step.done, step.total),
                )
            )
            whole = fetched.told_with(folder, report)
    except RefusedFilesError as error:
        if as_json:
            print_json(error.report, earlier_files(folder, error.report))
        raise
    if as_json:
        print_json(whole, earlier_files(folder, whole))
    else:  # each object that was left at an archive would be a row, and is counted instead
        _print_tables(replace(report, exams=whole.exams))


def _refuse_misuse(source: Source | None, filters: Filters, *, given: bool) -> None:
    """Refuse an import from nowhere, and filters without an archive."""
    if not given and source is None:
        raise typer.BadParameter("give files or folders, --manifest, --dicomweb or --pacs")
    if source is None and filters != Filters():
        raise typer.BadParameter(
            "--patient-id, --accession, --study-uid and --date belong to --dicomweb or --pacs"
        )


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
    copies = sum(file.verdict is Verdict.DUPLICATE for file in report.files)
    told = [f for f in report.files if f.reason and f.verdict is not Verdict.DUPLICATE]
    if told:
        console.print(files_table(told, "Files that need a look"))
    if copies:
        console.print(f"Copies of images of the study: {copies}.")
    for guess in report.guesses:
        console.print(f"Guessed: {guess}")
    for patient, cases in _with_several_exams(report).items():
        console.print(
            f"{patient} has {counted(len(cases), 'exam')}, one patient in the analysis: "
            f"{', '.join(cases)}."
        )
    incomplete = sum(bool(exam.problems) for exam in report.exams)
    accepted = sum(file.verdict is Verdict.ACCEPTED for file in report.files)
    console.print(
        f"{accepted} of {counted(len(report.files), 'file')} taken; "
        f"{counted(len(report.exams), 'exam')}, {incomplete} with problems."
    )
