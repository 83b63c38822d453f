"""The link file: which pseudonym stands for which identifiers of the hospital.

It lies beside the study folder, never in it, and is sealed under a key that only the account has
which made it: in the keyring, or in a file of the account (`study_design.secrets`). Truth sheets
and AI files that name the hospital's identifiers are resolved through it. To carry it to another
machine it is sealed anew under a passphrase.
"""

import hashlib
import os
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Self

from study_design.encryption import (
    NamedKey,
    decrypt,
    decrypt_with_passphrase,
    encrypt,
    encrypt_with_passphrase,
    key_name,
)
from study_design.errors import BadInputError
from study_design.images.person import Person
from study_design.secrets import forget_key, key, known_key
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import CsvTable, csv_bytes, csv_table, write_atomically

_PURPOSE = "link"
_ERASED = "erased "


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One image: its names in the study, its pseudonymous UIDs, and what they stand for.

    Attributes
    ----------
    days_shifted
        Days by which the dates of the patient lie earlier in the study; a number as text, empty
        where the image has no dates.
    original_sha256
        Of the file that the image came from; empty where earlier versions took it.
    exam
        The exam of the image where it is a prior of its case; empty where it is the case's own.
    original_date, original_name, original_birth_date, original_sex
        Day of the exam and whom the file names: they tell priors, and two persons of one number.
    """

    case: str
    patient: str
    image: str
    view: str
    study_uid: str
    sop_uid: str
    original_patient: str = ""
    original_accession: str = ""
    original_study_uid: str = ""
    original_sop_uid: str = ""
    original_path: str = ""
    days_shifted: str = ""
    original_sha256: str = ""
    exam: str = ""
    original_date: str = ""
    original_name: str = ""
    original_birth_date: str = ""
    original_sex: str = ""

    @property
    def exam_name(self) -> str:
        """The exam of the image; that of a case's own images is called as the case."""
        return self.exam or self.case

    @property
    def is_prior(self) -> bool:
        """Whether the image is of an earlier exam than its case."""
        return bool(self.exam) and self.exam != self.case

    @property
    def is_erased(self) -> bool:
        """Whether consent was withdrawn: nothing tells any more whose image it was."""
        return self.original_study_uid.startswith(_ERASED)

    @property
    def erased(self) -> "LinkRow":
        """The row without identity; a checksum knows the exam should it be imported again."""
        digest = digest_of(self.original_patient, self.original_study_uid)
        told = f"{_ERASED}{digest if self.original_study_uid else ''}"
        return LinkRow(self.case, self.patient, self.image, self.view, "", "", "", "", told)

    @property
    def person(self) -> Person:
        """Whom the hospital's file names."""
        return Person(self.original_name, self.original_birth_date, self.original_sex)


COLUMNS = tuple(field.name for field in fields(LinkRow))
# Link files of earlier versions end here.
_NEEDED = COLUMNS[: COLUMNS.index("original_path") + 1]


@dataclass(frozen=True, slots=True)
class LinkFile:
    """The rows of a study's link file."""

    rows: tuple[LinkRow, ...] = ()
    _cases: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)
    _images: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cases: dict[str, set[str]] = {}
        images: dict[str, set[str]] = {}
        # What tells of a prior tells nothing of the case that is read.
        for row in (row for row in self.rows if not row.is_prior):
            of_image = _names_of_image(row)
            for name in map(_composed, of_image):
                images.setdefault(name, set()).add(row.image)
            for name in map(_composed, of_image | _names_of_exam(row)):
                cases.setdefault(name, set()).add(row.case)
        object.__setattr__(self, "_cases", {n: frozenset(of) for n, of in cases.items()})
        object.__setattr__(self, "_images", {n: frozenset(of) for n, of in images.items()})

    @classmethod
    def read(cls, folder: StudyFolder) -> Self:
        """Return the link file of a study; without rows where there is none.

        A plain link file, which earlier versions wrote, is sealed and removed at the first reading.

        Raises
        ------
        BadInputError
            Where this account does not have the key.
        EncryptionError
            Where the file was altered.
        """
        rows: tuple[LinkRow, ...] = ()
        if folder.link_file.exists():
            sealed = folder.link_file.read_bytes()
            rows = _rows(csv_table(folder.link_file, decrypt(sealed, _key_of(folder, sealed))))
        if folder.plain_link_csv.exists():
            known = {row.image for row in rows}
            plain = csv_table(folder.plain_link_csv, folder.plain_link_csv.read_bytes())
            rows = (*rows, *(row for row in _rows(plain) if row.image not in known))
            cls(rows).write(folder)
            folder.plain_link_csv.unlink()
        return cls(rows)

    def write(self, folder: StudyFolder) -> None:
        """Write the link file, sealed; its key is made with it."""
        name = str(uuid.uuid4())
        if folder.link_file.exists():
            sealed = folder.link_file.read_bytes()
            name = key_name(sealed)
            _key_of(folder, sealed)
        _write_private(
            folder.link_file, encrypt(self._content(), NamedKey(name, key(name, _PURPOSE)))
        )

    def export(self, path: Path, passphrase: str) -> None:
        """Write the link file under a passphrase, to be brought in on another machine."""
        _write_private(path, encrypt_with_passphrase(self._content(), passphrase))

    @classmethod
    def bring(cls, folder: StudyFolder, path: Path, passphrase: str) -> Self:
        """Make an exported link file that of the study here; return it.

        Raises
        ------
        BadInputError
            Where the study has a link file already, or none of its images is in the file.
        EncryptionError
            Where the passphrase is another one.
        """
        if folder.link_file.exists() and _key_or_none(folder.link_file.read_bytes()) is not None:
            raise BadInputError(
                f"Expected no link file beside {folder.path.name} that can be read here, got "
                f"{folder.link_file.name}. It is in use already; move it away to replace it."
            )
        link = cls(_rows(csv_table(path, decrypt_with_passphrase(path.read_bytes(), passphrase))))
        folder.link_file.unlink(missing_ok=True)
        link.write(folder)
        return link

    def with_rows(self, rows: Iterable[LinkRow], *, images: frozenset[str]) -> "LinkFile":
        """Return the file with rows added; old rows stay where the study lists their image."""
        return LinkFile((*(row for row in self.rows if row.image in images), *rows))

    def is_of_erased_exam(self, patient: str, study: str) -> bool:
        """Tell whether an exam was erased because consent was withdrawn."""
        told = f"{_ERASED}{digest_of(patient, study)}"
        return bool(study) and any(row.original_study_uid == told for row in self.rows)

    def of_case(self, case: str) -> tuple[LinkRow, ...]:
        """Return the rows of a case."""
        return tuple(row for row in self.rows if row.case == case)

    def resolve_case(self, text: str) -> str | None:
        """Return the case that an identifier of the study or of the hospital names.

        Known are the name of a case or image, Patient ID, Accession Number, Study and SOP Instance
        UID (the hospital's and the study's), file name and its stem; None where nothing matches.

        Raises
        ------
        BadInputError
            Where several cases match: a patient with two exams, or a hospital's identifier that
            spells like the study's name of another case.
        """
        return _only(text, self._cases.get(_composed(text), frozenset()), "cases")

    def resolve_image(self, text: str) -> str | None:
        """Return the image that an image name, SOP Instance UID, file name or stem names.

        Raises
        ------
        BadInputError
            Where several images match.
        """
        return _only(text, self._images.get(_composed(text), frozenset()), "images")

    def _content(self) -> bytes:
        """Return the table of the file."""
        return csv_bytes(COLUMNS, (asdict(row) for row in self.rows))


def digest_of(patient: str, study: str) -> str:
    """Return by what an erased exam is known when its files come again."""
    return hashlib.sha256(f"{patient}\0{study}".encode()).hexdigest()


def discard_link(folder: StudyFolder) -> None:
    """Remove the link file of a study and its key, for ever; nothing where there is none."""
    if folder.link_file.exists():
        forget_key(key_name(folder.link_file.read_bytes()), _PURPOSE)
        folder.link_file.unlink()


def missing_link(folder: StudyFolder, images: int) -> str:
    """Return what is lost where a study with images has no link file; empty where nothing is."""
    if not images or folder.link_file.exists() or folder.plain_link_csv.exists():
        return ""
    return (
        f"there is no {folder.link_file.name} beside the study: identifiers of the hospital are "
        "not understood, and an exam imported again would count as a new case. Copy it beside the "
        f"study, or bring it in: crossread link {folder.path.name} --bring FILE"
    )


def _composed(name: str) -> str:
    """Return a name as it is compared: one letter may be spelled as a letter and its accent."""
    return unicodedata.normalize("NFC", name.strip())


def _names_of_image(row: LinkRow) -> frozenset[str]:
    """Return what may name the image of a row."""
    path = Path(row.original_path)
    names = {row.image, row.sop_uid, row.original_sop_uid, row.original_path, path.name, path.stem}
    return frozenset(names - {""})


def _names_of_exam(row: LinkRow) -> frozenset[str]:
    """Return what may name the case of a row besides its images."""
    names = {row.case, row.study_uid, row.original_study_uid}
    return frozenset((names | {row.original_patient, row.original_accession}) - {""})


def _only(text: str, found: frozenset[str], what: str) -> str | None:
    """Return the one name found; None for none."""
    if len(found) > 1:
        raise BadInputError(
            f"Expected {text!r} to name one of the study's {what}, got "
            f"{', '.join(sorted(found)[:4])}, which it may all mean. Use another identifier, such "
            "as the SOP or Study Instance UID."
        )
    return next(iter(found), None)


def _rows(table: CsvTable) -> tuple[LinkRow, ...]:
    """Return the rows of a link file's table."""
    table.require(*_NEEDED)
    return tuple(LinkRow(**{name: row.get(name, "") for name in COLUMNS}) for row in table.rows)


def _key_or_none(sealed: bytes) -> bytes | None:
    """Return the key of a sealed link file; None where this account does not have it."""
    return known_key(key_name(sealed), _PURPOSE)


def _key_of(folder: StudyFolder, sealed: bytes) -> bytes:
    """Return the key of a study's link file, or refuse."""
    found = _key_or_none(sealed)
    if found is None:
        name = folder.path.name
        raise BadInputError(
            f"Expected the key of {folder.link_file.name} in this account, got none: another "
            f"account or machine made the file. There: crossread link {name} --export FILE; here: "
            f"crossread link {name} --bring FILE"
        )
    return found


def _write_private(path: Path, content: bytes) -> None:
    """Write a file so that nobody but its owner can read it, at no time."""
    previous = os.umask(0o077)
    try:
        write_atomically(path, content)
    finally:
        os.umask(previous)
