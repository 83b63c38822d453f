"""What became of every file that was ever brought, each counted once however often it is met.

`files.csv` has one row a file. Its path would name patients, so a keyed hash stands for it, whose
key only the account has that imports; on another account a file met again counts as another one.
`file_names` keeps the paths for that account. A row is updated by later imports and never removed;
rows of an import that kept nothing are listed and do not count.
"""

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.images.arriving.file_names import add_names, forget_names, read_names
from study_design.images.arriving.import_report import ALONE, ERASED_EXAM, FileReport
from study_design.images.case_list import read_images
from study_design.images.link_file import LinkFile
from study_design.images.messages import Verdict
from study_design.secrets import key, known_key
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv, write_csv

_PURPOSE = "files"
_ID_BYTES, _HASH_LETTERS = 8, 32


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that an import met.

    Attributes
    ----------
    file
        The name of the key and the keyed hash of its path.
    image
        What it became in the study, or of what it is a copy; empty for any other file.
    exam, view
        The case that it belongs to and the slot that it filled; empty where there is none.
    imported
        False where all imports that met it were refused.
    study, patient
        Keyed hashes of Study Instance UID and Patient ID of an object that belongs to no exam yet.
    """

    file: str
    verdict: str
    reason: str
    image: str = ""
    exam: str = ""
    view: str = ""
    imported: bool = True
    study: str = ""
    patient: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether it became an image of the study, in a slot or waiting for one."""
        return bool(self.image) and self.verdict != Verdict.DUPLICATE


@dataclass(frozen=True, slots=True)
class FileCount:
    """How many files were not taken for a reason."""

    reason: str
    files: int


@dataclass(frozen=True, slots=True)
class FileFlow:
    """The flow of files: those seen are copies, left aside, refused or taken, each once.

    Attributes
    ----------
    duplicates
        Copies of an image of the study.
    extra, refused
        The most frequent reason first, ties by their words.
    taken
        Files that became images of the study.
    """

    seen: int = 0
    duplicates: int = 0
    extra: tuple[FileCount, ...] = ()
    refused: tuple[FileCount, ...] = ()
    taken: int = 0


_COLUMNS = tuple(field.name for field in fields(SeenFile))
# Lists of earlier versions end with the image.
_NEEDED = _COLUMNS[:4]


def note_files(
    folder: StudyFolder, reports: Iterable[FileReport], *, imported: bool = True
) -> None:
    """Note what became of the files of an import.

    A file that has become an image stays that image, though it is a copy of itself when it is met
    again; of any other file the newest verdict counts. What an import says that kept nothing is
    noted where no other import has said anything of the file.
    """
    known = {seen.file: seen for seen in read_files(folder)}
    told = tuple(reports)
    if not told:
        return
    key_id = next(iter(known), secrets.token_hex(_ID_BYTES)).partition("-")[0]
    of_account = key(key_id, _PURPOSE)
    images = {image.image for image in read_images(folder)}
    owner = {seen.image: seen.file for seen in known.values() if _is_image(seen, images)}
    names: dict[str, str] = {}
    for report in told:
        file = f"{key_id}-{_hash(of_account, str(report.path.absolute()))}"
        if report.reason != ERASED_EXAM:  # of which nothing may be kept that names a patient
            names[file] = str(report.path.absolute())
        earlier = known.get(file)
        if earlier and earlier.imported and (not imported or _is_image(earlier, images)):
            continue
        seen = _seen(file, report, imported)
        if report.study_uid:
            seen = replace(seen, study=_hash(of_account, report.study_uid))
        if report.patient_id:
            seen = replace(seen, patient=_hash(of_account, report.patient_id))
        if seen.image and seen.image not in owner:
            # The first that is met of an image taken before files were counted.
            is_copy = report.verdict is Verdict.DUPLICATE
            seen = replace(seen, verdict=Verdict.ACCEPTED, reason="") if is_copy else seen
            owner[seen.image] = file
        known[file] = seen
    add_names(folder, names)
    rows = _with_their_exams(folder, known.values(), images, of_account)
    write_csv(folder.files_csv, _COLUMNS, map(asdict, rows))


def _with_their_exams(
    folder: StudyFolder, files: Iterable[SeenFile], images: Container[str], of_account: bytes
) -> tuple[SeenFile, ...]:
    """Return rows in which objects that came before the mammograms of their exams belong to them.

    An archive may send a report first, in an association of its own.
    """
    rows = tuple(files)
    if not any(row.study for row in rows):
        return rows
    cases = {
        _hash(of_account, link.original_study_uid): link.case
        for link in LinkFile.read(folder).rows
        if link.image in images and link.original_study_uid
    }
    return tuple(
        replace(
            row,
            exam=cases[row.study],
            reason=row.reason.removesuffix(ALONE),
            study="",
            patient="",
        )
        if row.study in cases
        else row
        for row in rows
    )


def forget_files(
    folder: StudyFolder,
    images: Iterable[str],
    objects: Container[str] = (),
    patients: Iterable[str] = (),
) -> None:
    """Forget the paths of the files of images and of whatever else belongs to their cases.

    What became of the files stays, for the flow of cases counts them.

    Parameters
    ----------
    objects
        Names of files that arrived, of the same persons.
    patients
        Their identifiers, by which files are known that belong to no exam of the study.
    """
    gone = frozenset(images)
    arrived = {file for file, path in read_names(folder).items() if Path(path).name in objects}
    files = read_files(folder)
    cases = {seen.exam for seen in files if seen.image in gone} - {""}
    hashes = _hashes(files, patients)
    forgotten = {
        seen.file
        for seen in files
        if seen.image in gone or seen.exam in cases or seen.patient in hashes
    } | arrived
    forget_names(folder, frozenset(forgotten))
    if any(seen.file in forgotten and (seen.study or seen.patient) for seen in files):
        left = (replace(s, study="", patient="") if s.file in forgotten else s for s in files)
        write_csv(folder.files_csv, _COLUMNS, map(asdict, left))


def _hashes(files: Sequence[SeenFile], patients: Iterable[str]) -> frozenset[str]:
    """Return the keyed hashes of some patients; none on an account that has not the key."""
    of_account = known_key(files[0].file.partition("-")[0], _PURPOSE) if files else None
    return (
        frozenset(_hash(of_account, one) for one in patients if one) if of_account else frozenset()
    )


def _is_image(seen: SeenFile, images: Container[str]) -> bool:
    """Tell whether a file is an image of the study: one that an import was killed over is none."""
    return seen.is_taken and seen.image in images


def _seen(file: str, report: FileReport, imported: bool) -> SeenFile:
    """Return the row of a file."""
    view = report.view or ""
    return SeenFile(file, report.verdict, report.reason, report.image, report.exam, view, imported)


def read_files(folder: StudyFolder) -> tuple[SeenFile, ...]:
    """Return every file that was met; none where none was counted.

    Raises
    ------
    BadInputError
        Where a cell makes no sense.
    """
    if not folder.files_csv.exists():
        return ()
    rows = read_csv(folder.files_csv).require(*_NEEDED).rows
    for line, row in enumerate(rows, start=2):
        if row["verdict"] not in tuple(Verdict):
            raise BadInputError(
                f"files.csv, row {line}: expected one of {', '.join(Verdict)}, got "
                f"{row['verdict']!r}."
            )
    return tuple(
        SeenFile(
            **{name: row.get(name, "") for name in _COLUMNS if name != "imported"},
            imported=row.get("imported", "1") == "1",
        )
        for row in rows
    )


def file_flow(folder: StudyFolder) -> FileFlow:
    """Return the flow of the files of a study, as far as imports kept anything."""
    files = [seen for seen in read_files(folder) if seen.imported]
    rest = [seen for seen in files if not seen.is_taken]
    duplicates = [seen for seen in rest if seen.verdict == Verdict.DUPLICATE]
    return FileFlow(
        seen=len(files),
        duplicates=len(duplicates),
        extra=_counts(seen for seen in rest if seen.verdict == Verdict.EXTRA),
        refused=_counts(seen for seen in rest if seen.verdict == Verdict.REFUSED),
        taken=len(files) - len(rest),
    )


def _hash(of_account: bytes, text: str) -> str:
    """Return what stands for a path or a UID."""
    spelled = text.encode(errors="surrogateescape")
    return hmac.new(of_account, spelled, hashlib.sha256).hexdigest()[:_HASH_LETTERS]


def _counts(files: Iterable[SeenFile]) -> tuple[FileCount, ...]:
    """Return how many files have each reason; what follows its first part tells of one file."""
    counted = Counter(seen.reason.partition(";")[0] for seen in files)
    ordered: Sequence[tuple[str, int]] = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(FileCount(reason, files) for reason, files in ordered)
