"""The command that brings AI results in, from files of any product, and takes them out."""

from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, StudyPath, now, signer, study_at, warn
from reader_app.commands.parts.table_options import Decimal, Encoding, SheetName, with_form
from reader_app.commands.study import linked
from reader_app.coordinator.detections_desk import known_map, map_beside
from reader_app.screen import require_screen
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    import_detections,
)
from study_design.exchange.detection_removal import remove_detections
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("detections")(detections_command)


def detections_command(
    study: StudyPath,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]")] = None,
    system: Annotated[str, typer.Option(help="Name of the AI system.")] = "",
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="What columns and words of another product mean, as TOML; see "
            "study_design/exchange/ai_files/README.md. Without it the one that --preview kept.",
        ),
    ] = None,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview",
            help="Show columns, boxes on the pictures and problems; then accept or not.",
        ),
    ] = False,
    without_row: Annotated[
        WithoutRow | None,
        typer.Option(
            "--without-row",
            help="What holds for cases of which the files say nothing, or of some images alone: "
            "none (the system looked and found nothing) or not_processed (it did not look).",
        ),
    ] = None,
    leave_out_others: Annotated[
        bool,
        typer.Option(
            "--leave-out-others",
            help="Leave out rows of images and cases that the study does not have; they are "
            "counted and recorded.",
        ),
    ] = False,
    remove: Annotated[
        str, typer.Option(metavar="NAME", help="Take the results of a system out of the study.")
    ] = "",
    by: By = "",
    encoding: Encoding = "",
    decimal: Decimal = None,
    sheet: SheetName = "",
) -> None:
    """Bring the results of an AI system in, or take them out.

    Our own JSON or CSV, COCO JSON, VinDr-like or any other table, DICOM: mammography CAD SR,
    TID 1500, SEG, GSPS. All of it comes in, or nothing.
    """
    folder = study_at(study)
    if remove:
        _remove(folder, remove, signer(by), bool(paths or system))
        return
    if not paths or not system:
        raise BadInputError(
            f"Expected files and a system, got {'no system' if paths else 'no files'}. Say: "
            f"crossread detections {folder.path.name} PATH... --system NAME"
        )
    link = linked(folder)
    column_map = with_form(known_map(folder, system, map_file), encoding, decimal, sheet)
    beside = map_beside(folder, system)
    if map_file is None and beside.is_file():
        typer.echo(f"Columns and words as {beside.name} says.")
    source = DetectionSource(
        tuple(paths),
        system,
        link.resolve_case,
        link.resolve_image,
        column_map,
        without_row,
        leave_out_others,
    )
    who = signer(by)
    imported = (
        _previewed(folder, source, who)
        if preview
        else import_detections(folder, source, by=who, now=now())
    )
    warn(*imported.warnings)
    typer.echo(
        f"{system}: {counted(imported.boxes, 'box')} on {counted(imported.with_finding, 'case')}."
    )


def _remove(folder: StudyFolder, system: str, by: Actor, has_files: bool) -> None:
    """Take the results of a system out."""
    if has_files:
        raise BadInputError(
            f"Expected --remove {system} alone, got files or a system beside it. Do one at a time."
        )
    remove_detections(folder, system, by=by, now=now())
    typer.echo(f"Took the results of {system} out of {folder.path.name}.")


def _previewed(folder: StudyFolder, source: DetectionSource, by: Actor) -> DetectionImport:
    """Show what an import would bring, and bring it in where it is accepted."""
    require_screen()
    # Qt is loaded for the window alone: the other commands also run where it is not there.
    from reader_app.qt.coordinator.open_detections import show_detections

    imported = show_detections(folder, source, by=by)
    if imported is None:
        raise BadInputError(
            f"Nothing of {source.system} was brought in: the preview was cancelled."
        )
    return imported
