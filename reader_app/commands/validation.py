"""The command that runs the estimators on reference cases and says what they reproduce."""

import errno
import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from analysis.checks.qualification import qualification_page, qualify
from analysis.checks.reference_check import CheckedValue, ReferenceCheck, check
from analysis.reference_methods.reference_case import ReferenceCaseError
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.tables.csv_file import write_atomically

HEADER = ("case", "quantity", "expected", "got", "difference", "ok")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("validate")(validate_command)


def validate_command(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DIR]", help="Reference cases; without it the shipped ones."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME...", help="Check these methods only: one name or several."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write a qualification report to print and sign (HTML).")
    ] = None,
) -> None:
    """Run the estimators on reference cases: case, quantity, expected, got, difference, ok."""
    folder, methods = _folder_and_methods(words or [], method or [])
    try:
        found = check(folder, methods)
    except ReferenceCaseError as error:
        raise BadInputError(f"Reference cases: {error}.") from error
    if report is not None:
        _write_report(report, qualification_page(qualify(found, folder)))
    typer.echo(_json(found) if as_json else _table(found))
    if not found.complete:
        raise typer.Exit(1)


def _write_report(path: Path, page: str) -> None:
    """Write the page; a place that cannot be written to is the user's to mend."""
    try:
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
        write_atomically(path, page.encode())
    except OSError as error:
        raise BadInputError(
            f"Expected a file to write the report to, got {path} ({error.strerror}). Name a file "
            "in a folder that is there."
        ) from error


def _folder_and_methods(words: list[str], named: list[str]) -> tuple[Path | None, list[str]]:
    """Tell the folder from further names of methods, which may follow `--method` without it."""
    folders = [word for word in words if not named or Path(word).is_dir()]
    if len(folders) > 1:
        raise typer.BadParameter(f"give one folder of reference cases, got {', '.join(folders)}")
    methods = named + [word for word in words if word not in folders]
    return (Path(folders[0]) if folders else None), methods


def _table(found: ReferenceCheck) -> str:
    """Return every value in a row, what is missing, and the count in the last line."""
    rows = [HEADER, *(_cells(value) for value in found.values)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADER))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines += found.notes
    verdict = "counted as not reproduced" if len(found.values) < found.n_values else "not counted"
    lines += [
        f"{one.method}: no such method yet ({counted(one.n_cases, 'case')}, "
        f"{counted(one.n_values, 'value')}, {verdict})"
        for one in found.missing
    ]
    lines.append(f"{found.n_reproduced} of {found.n_values} values reproduced")
    return "\n".join(lines)


def _cells(value: CheckedValue) -> tuple[str, ...]:
    """Return one value as a row of text."""
    return (
        value.case,
        value.quantity,
        f"{value.expected:.15g}",
        value.reason if value.got is None else f"{value.got:.15g}",
        "" if value.difference is None else f"{value.difference:.2g}",
        "yes" if value.ok else "NO",
    )


def _json(found: ReferenceCheck) -> str:
    """Return everything as JSON; what is no number is text, as in the reference cases."""
    content = {
        "values": [
            {name: _plain(one) for name, one in asdict(value).items()}
            | {"difference": _plain(value.difference)}
            for value in found.values
        ],
        "missing_methods": [asdict(one) for one in found.missing],
        "notes": list(found.notes),
        "n_reproduced": found.n_reproduced,
        "n_values": found.n_values,
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)


def _plain(value: object) -> object:
    """Return a number that JSON has a word for, or its name."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Inf" if value > 0 else "-Inf")
    return value
