"""Which files an import looks at: those of a manifest, or all that lie under the given paths.

ZIP archives are unpacked into a folder that the import removes again; a DICOMDIR adds the files
that it names and that are not there, so that nobody misses them unawares.

A manifest is a CSV file `case,laterality,view,path[,pixel_spacing_mm,mirrored,exam_role,exam,
days_before]`. Its case names are used inside the study as they stand, so they must not identify
anybody; its paths are relative to the manifest or to the paths given beside it. `exam_role` settles
which exams of a patient are read: `current`, or `prior` to the exam of their case.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.csv_file import number, read_csv, whole_number
from study_design.images.case_list import CURRENT, PRIOR
from study_design.images.dicomdir import MediaIndexError, is_media_index, referenced_files
from study_design.images.file_kind import START_BYTES, FileKind, kind_of
from study_design.images.view_names import parse_view
from study_design.images.zip_archive import HIDDEN, ArchiveError, is_archive, unpack
from study_design.vocabulary import View

MANIFEST_COLUMNS = ("case", "laterality", "view", "path")
_PDF = b"%PDF"  # some hold no byte that text does not
# A name that begins with a dot is hidden, one that ends with it loses it on Windows.
_MOST_DAYS_BEFORE = 36525
_CASE_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,64}(?<!\.)")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a manifest says of a file; None where it says nothing.

    Attributes
    ----------
    exam
        The exam within the case: that of the case itself, or a prior.
    days_before
        Days from a prior to the current exam.
    role_is_said
        Whether it says of the exam that it is read, or a prior.
    """

    case: str
    view: View
    spacing_mm: float | None = None
    mirrored: bool | None = None
    exam: str = ""
    days_before: int | None = None
    role_is_said: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file to look at.

    Attributes
    ----------
    path
        Where it lies during the import.
    named
        False where it was only found in a folder or an archive.
    origin
        Where a person finds it, `ARCHIVE.zip/MEMBER` for a part of an archive; None: at `path`.
    problem
        Why it need not be opened: it is not there, or an archive that cannot be unpacked.
    """

    path: Path
    claim: Claim | None = None
    named: bool = True
    origin: Path | None = None
    problem: str = ""

    @property
    def shown(self) -> Path:
        """The path under which reports and the link file know it."""
        return self.origin or self.path


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of an import, in order, and what was guessed of the manifest's form."""

    files: tuple[Source, ...]
    guesses: tuple[str, ...] = ()


def find_sources(
    paths: Iterable[Path], manifest: Path | None = None, *, unpack_into: Path
) -> Sources:
    """Return the files to look at.

    Parameters
    ----------
    paths
        Files, folders, ZIP archives, DICOMDIR indexes; with a manifest, where its files are.
    manifest
        A CSV file that names case, side and view of each file.
    unpack_into
        Where archives are unpacked, made when there is one; the caller removes it.

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
        return _of_manifest(manifest, given, unpack_into)
    found: dict[Path, Source] = {}
    for path in given:
        for source in _under(path, unpack_into):
            found.setdefault(source.path.resolve(), source)
    return Sources(tuple(found.values()))


def is_plain_text(path: Path) -> bool:
    """Tell whether a file is readable text: a licence, a note, a table, and no image."""
    try:
        start = path.read_bytes()[:4096] if path.stat().st_size < 10_000_000 else b"\0"
    except OSError:
        return False
    if kind_of(start[:START_BYTES]) is FileKind.DICOM:
        return False
    controls = set(range(32)) - {9, 10, 12, 13}
    return bool(start) and not start.startswith(_PDF) and not controls & set(start)


def _under(path: Path, unpack_into: Path) -> Iterator[Source]:
    """Return the files at or under a path; of an archive its members."""
    for file in _walk(path) if path.is_dir() else [path]:
        if is_archive(file):
            yield from _members(file, unpack_into)
        else:
            yield from _with_references(Source(file, named=not path.is_dir()))


def _members(archive: Path, unpack_into: Path) -> Iterator[Source]:
    """Return the unpacked files of an archive; the archive itself where it cannot be unpacked."""
    try:
        root = unpack(archive, unpack_into)
    except ArchiveError as error:
        yield Source(archive, problem=str(error))
        return
    for file in _walk(root):
        origin = archive / file.relative_to(root)
        yield from _with_references(Source(file, named=False, origin=origin))


def _with_references(source: Source) -> Iterator[Source]:
    """Return a file and, where it is a DICOMDIR, the files that it names."""
    if not is_media_index(source.path):
        yield source
        return
    try:
        references = referenced_files(source.path)
    except MediaIndexError as error:
        yield Source(source.path, origin=source.origin, problem=str(error))
        return
    yield source
    for reference in references:
        within = reference.path.relative_to(source.path.parent)
        problem = "" if reference.exists else f"named by {source.path.name}, but not there"
        yield Source(reference.path, origin=source.shown.parent / within, problem=problem)


def _walk(folder: Path) -> list[Path]:
    """Return the files under a folder, hidden ones left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(HIDDEN) for part in path.relative_to(folder).parts)
    )


def _of_manifest(manifest: Path, given: tuple[Path, ...], unpack_into: Path) -> Sources:
    """Return the files that a manifest lists."""
    table = read_csv(manifest).require(*MANIFEST_COLUMNS)
    unpacked = {_unpacked(path, unpack_into): path for path in given if is_archive(path)}
    roots = [manifest.parent, *(path for path in given if path.is_dir()), *unpacked]
    by_name = {path.name: path for path in given if path.is_file()}
    files = []
    for place, row in enumerate(table.rows, start=2):
        where = f"{manifest.name}, row {place}"
        path = _located(row["path"], roots, by_name)
        if not row["path"] or path is None:
            raise BadInputError(f"{where}: expected a file at {row['path']!r}, got none. Check it.")
        archived = (at / path.relative_to(r) for r, at in unpacked.items() if r in path.parents)
        files.append(Source(path, _claim(row, where), origin=next(archived, None)))
    if not files:
        raise BadInputError(f"{manifest.name}: expected a row for each image, got none.")
    return Sources(tuple(dict.fromkeys(files)), table.guesses)


def _unpacked(archive: Path, unpack_into: Path) -> Path:
    """Return the folder of an unpacked archive that a manifest's files lie in."""
    try:
        return unpack(archive, unpack_into)
    except ArchiveError as error:
        raise BadInputError(
            f"{archive.name}: expected a ZIP archive of images, got {error}."
        ) from (error)


def _located(said: str, roots: list[Path], by_name: Mapping[str, Path]) -> Path | None:
    """Return the file that a manifest's path names; None where there is none."""
    # A manifest written on Windows separates folders by backslashes.
    spellings = (said, said.replace("\\", "/"))
    candidates = [root / spelling for root in roots for spelling in spellings]
    found = next((path for path in candidates if _is_file(path)), None)
    return found or by_name.get(Path(spellings[1]).name)


def _is_file(path: Path) -> bool:
    """Tell whether there is a file of a name, which may be none that a system takes."""
    try:
        return path.is_file()
    except OSError:
        return False


def _claim(row: Mapping[str, str], where: str) -> Claim:
    """Return what a row of a manifest says."""
    if not _CASE_NAME.fullmatch(row["case"]):
        raise BadInputError(
            f"{where}: expected a case name of letters, digits, '.', '_' and '-' (at most 64, no "
            f"dot at either end), got {row['case']!r}. Rename the case."
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
    exam, days_before = _exam(row, where)
    return Claim(
        row["case"],
        view,
        spacing_mm,
        _yes_or_no(row.get("mirrored", ""), where),
        exam,
        days_before,
        bool(row.get("exam_role", "")),
    )


def _exam(row: Mapping[str, str], where: str) -> tuple[str, int | None]:
    """Return the exam that a row of a manifest is of, and by how many days it is a prior."""
    role, days = row.get("exam_role", "").lower(), row.get("days_before", "")
    if role not in {"", CURRENT, PRIOR}:
        raise BadInputError(
            f"{where}, exam_role: expected {CURRENT} or {PRIOR}, got {row['exam_role']!r}. Correct "
            "the cell."
        )
    if role != PRIOR:
        if days:
            raise BadInputError(
                f"{where}, days_before: expected it of a prior alone, got {days!r}. Write "
                f"{PRIOR} under exam_role, or empty the cell."
            )
        return row["case"], None
    count = whole_number(days, f"{where}, days_before", 1, _MOST_DAYS_BEFORE) if days else None
    exam = row.get("exam", "") or "-".join(filter(None, (row["case"], PRIOR, days)))
    if not _CASE_NAME.fullmatch(exam) or exam == row["case"]:
        raise BadInputError(
            f"{where}, exam: expected a name of the prior of letters, digits, '.', '_' and '-', "
            f"other than that of its case, got {exam!r}. Rename it."
        )
    return exam, count


def _yes_or_no(text: str, where: str) -> bool | None:
    """Return a truth value as spreadsheets spell it; None for an empty cell."""
    spelled = {"": None, "1": True, "0": False, "true": True, "false": False}
    spelled |= {"yes": True, "no": False, "1.0": True, "0.0": False}
    if text.lower() not in spelled:
        raise BadInputError(f"{where}, mirrored: expected 1 or 0, got {text!r}. Correct the cell.")
    return spelled[text.lower()]
