"""`burned-in`: text in the pixels listed, laid out for the eyes, found harmless or blanked."""

import re
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.cases.text_judgement import accept_text, blank_text, search_text
from study_design.cases.text_sheet import write_text_sheet
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.case_list import read_images
from study_design.images.found_text import TextBox, TextVerdict, read_found_text
from study_design.study_folder import StudyFolder

_BOX = re.compile(r"(\d+),(\d+),(\d+),(\d+)")


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("burned-in")(burned_in_command)


def burned_in_command(
    study: StudyPath,
    sheet: Annotated[
        Path | None, typer.Option(help="Write a contact sheet (HTML) of every place.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="IMAGE", help="Find the text on this image harmless; `all` for all."),
    ] = None,
    blank: Annotated[str, typer.Option(metavar="IMAGE", help="Blank the text on this image.")] = "",
    box: Annotated[
        str, typer.Option(metavar="X,Y,WIDTH,HEIGHT", help="Blank this part, in stored pixels.")
    ] = "",
    search: Annotated[bool, typer.Option("--search", help="Look through all images anew.")] = False,
    by: By = "",
    reason: Reason = "",
) -> None:
    """List text and markers in the pixels; decide on them. Nothing is told to readers."""
    folder = study_at(study)
    if box and not blank:
        raise typer.BadParameter("--box needs --blank IMAGE")
    if search:
        _search(folder)
    if accept:
        waiting = {text.image for text in read_found_text(folder)}
        images = waiting if "all" in accept else set(accept)
        count = accept_text(folder, images, by=signer(by), why=reason, now=now())
        typer.echo(f"Found {counted(count, 'place')} harmless.")
    if blank:
        part = _box(box) if box else None
        boxes = blank_text(folder, blank, part, by=signer(by), why=reason, now=now())
        typer.echo(f"Blanked {counted(len(boxes), 'place')} on {blank}.")
    if sheet is not None:
        written = counted(write_text_sheet(folder, sheet), "place")
        typer.echo(f"Wrote {written} to {sheet}.")
    _list(folder)


def _search(folder: StudyFolder) -> None:
    """Look for text on every image on which nothing is decided."""
    found = read_found_text(folder)
    decided = {text.image for text in found if text.verdict is not TextVerdict.OPEN}
    for listed in read_images(folder):
        if listed.image not in decided:
            search_text(folder, listed.image)


def _box(text: str) -> TextBox:
    """Return the box that an option spells."""
    numbers = _BOX.fullmatch(text.replace(" ", ""))
    if not numbers:
        raise BadInputError(f"Expected --box X,Y,WIDTH,HEIGHT in whole pixels, got {text!r}.")
    return TextBox(*map(int, numbers.groups()))


def _list(folder: StudyFolder) -> None:
    """Print every place with what was decided on it."""
    found = read_found_text(folder)
    for text in found:
        typer.echo(f"{text.image}\t{text.box}\t{text.verdict}\t{text.by}\t{text.why}".rstrip())
    waiting = sum(text.verdict is TextVerdict.OPEN for text in found)
    places = counted(len(found), "place")
    typer.echo(f"{places} with text or a marker, {waiting} not decided on.")
