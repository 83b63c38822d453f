"""Which files an import looks at: those of a manifest, or all that lie under the given paths.

A manifest is a CSV file `case,laterality,view,path[,pixel_spacing_mm,mirrored]`. Its case names are
used inside the study as they stand, so they must not identify anybody; its paths are relative to
the manifest or to the paths given beside it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.csv_file import number, read_csv
from study_design.images.view_names import parse_view
from study_design.vocabulary import View

MANIFEST_COLUMNS = ("case", "laterality", "view", "path")
_CASE_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_HIDDEN = (".", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a manifest says of a file; None where it says nothing."""

    case: str
    view: View
    spacing_mm: float | None = None
    mirrored: bool | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to look at; `named` unless it was only found in a folder."""

    path: Path
    claim: Claim | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of an import, in order, and what was guessed of the manifest's form."""

    files: tuple[Source, ...]
    guesses: tuple[str, ...] = ()


def find_sources(paths: Iterable[Path], manifest: Path | None = None) -> Sources:
    """Return the files to look at.

    Raises
    ------
    BadInputError
        Where a path does not exist or a manifest cannot be understood.
    """
    given = tuple(paths)
    for path in given:
        if not path.exists():
            raise BadInputError(f"Expected a file or folder at {path}, got none. Check the path.")
    if manifest is not None:
        return _of_manifest(manifest, given)
    found: dict[Path, Source] = {}
    for path in given:
        for file in _walk(path) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), Source(file, named=not path.is_dir()))
    return Sources(tuple(found.values()))


def is_plain_text(path: Path) -> bool:
    """Tell whether a file is readable text: a licence, a note, a table, and no image."""
    try:
        start = path.read_bytes()[:4096] if path.stat().st_size < 10_000_000 else b"\0"
    except OSError:
        return False
    controls = set(range(32)) - {9, 10, 12, 13}
    return bool(start) and not controls & set(start)


def _walk(folder: Path) -> list[Path]:
    """Return the files under a folder, hidden ones left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(_HIDDEN) for part in path.relative_to(folder).parts)
    )


def _of_manifest(manifest: Path, given: tuple[Path, ...]) -> Sources:
    """Return the files that a manifest lists."""
    table = read_csv(manifest).require(*MANIFEST_COLUMNS)
    roots = [manifest.parent, *(path for path in given if path.is_dir())]
    by_name = {path.name: path for path in given if path.is_file()}
    files = []
    for place, row in enumerate(table.rows, start=2):
        where = f"{manifest.name}, row {place}"
        path = _located(row["path"], roots, by_name)
        if not row["path"] or path is None:
            raise BadInputError(f"{where}: expected a file at {row['path']!r}, got none. Check it.")
        files.append(Source(path, _claim(row, where)))
    if not files:
        raise BadInputError(f"{manifest.name}: expected a row for each image, got none.")
    return Sources(tuple(dict.fromkeys(files)), table.guesses)


def _located(said: str, roots: list[Path], by_name: Mapping[str, Path]) -> Path | None:
    """Return the file that a manifest's path names; None where there is none."""
    # A manifest written on Windows separates folders by backslashes.
    spellings = (said, said.replace("\\", "/"))
    candidates = [root / spelling for root in roots for spelling in spellings]
    found = next((path for path in candidates if path.is_file()), None)
    return found or by_name.get(Path(spellings[1]).name)


def _claim(row: Mapping[str, str], where: str) -> Claim:
    """Return what a row of a manifest says."""
    if not _CASE_NAME.fullmatch(row["case"]) or not row["case"].strip("."):
        raise BadInputError(
            f"{where}: expected a case name of letters, digits, '.', '_' and '-' (at most 64), "
            f"got {row['case']!r}. Rename the case."
        )
    view = parse_view(row["view"], row["laterality"])
    if view is None:
        raise BadInputError(
            f"{where}: expected laterality R or L and view CC or MLO, got "
            f"{row['laterality']!r} and {row['view']!r}. Correct the row."
        )
    spacing = row.get("pixel_spacing_mm", "")
    spacing_mm = number(spacing, f"{where}, pixel_spacing_mm") if spacing else None
    if spacing_mm is not None and not 0.001 <= spacing_mm <= 10:
        raise BadInputError(
            f"{where}, pixel_spacing_mm: expected mm between 0.001 and 10, got {spacing}."
        )
    return Claim(row["case"], view, spacing_mm, _yes_or_no(row.get("mirrored", ""), where))


def _yes_or_no(text: str, where: str) -> bool | None:
    """Return a truth value as spreadsheets spell it; None for an empty cell."""
    spelled = {"": None, "1": True, "0": False, "true": True, "false": False}
    spelled |= {"yes": True, "no": False, "1.0": True, "0.0": False}
    if text.lower() not in spelled:
        raise BadInputError(f"{where}, mirrored: expected 1 or 0, got {text!r}. Correct the cell.")
    return spelled[text.lower()]
