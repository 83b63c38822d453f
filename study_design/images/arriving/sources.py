"""Which files an import looks at: those of a manifest, or all that lie under the given paths.

ZIP archives are unpacked into a folder that the import removes again; a DICOMDIR adds the files
that it names and that are not there, so that nobody misses them unawares.

The paths of a manifest are relative to it or to the paths given beside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError
from study_design.images.arriving.dicomdir import MediaIndexError, is_media_index, referenced_files
from study_design.images.arriving.file_kind import START_BYTES, FileKind, kind_of
from study_design.images.arriving.manifest import Claim, read_manifest
from study_design.images.arriving.zip_archive import HIDDEN, ArchiveError, is_archive, unpack
from study_design.tables.csv_file import AS_FOUND, TableForm

_PDF = b"%PDF"  # some hold no byte that text does not


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
    paths: Iterable[Path],
    manifest: Path | None = None,
    *,
    unpack_into: Path,
    form: TableForm = AS_FOUND,
) -> Sources:
    """Return the files to look at.

    Parameters
    ----------
    paths
        Files, folders, ZIP archives, DICOMDIR indexes; with a manifest, where its files are.
    manifest
        A table that names case, side and view of each file.
    form
        What somebody says of the manifest's file.
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
        return _of_manifest(manifest, given, unpack_into, form)
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


def _of_manifest(
    manifest: Path, given: tuple[Path, ...], unpack_into: Path, form: TableForm
) -> Sources:
    """Return the files that a manifest lists."""
    listed = read_manifest(manifest, form)
    unpacked = {_unpacked(path, unpack_into): path for path in given if is_archive(path)}
    roots = [manifest.parent, *(path for path in given if path.is_dir()), *unpacked]
    by_name = {path.name: path for path in given if path.is_file()}
    files = []
    for row in listed.rows:
        path = _located(row.path, roots, by_name)
        if path is None:
            listed.faults.add(
                row.row, f"{row.place}: expected a file at {row.path!r}, got none. Check it."
            )
            continue
        archived = (at / path.relative_to(r) for r, at in unpacked.items() if r in path.parents)
        files.append(Source(path, row.claim, origin=next(archived, None)))
    listed.faults.refuse()
    return Sources(tuple(dict.fromkeys(files)), listed.notes)


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
