"""Which file of the hospital each row of `files.csv` stands for: `STUDY.files`, sealed.

Paths name patients, so they lie beside the study like the link file, under a key that only the
account has which imported. They serve a person who looks for a file and nothing else: where they
cannot be read, a row has a number in the place of its name.
"""

import uuid
from collections.abc import Mapping
from contextlib import suppress

from study_design.encryption import EncryptionError, NamedKey, decrypt, encrypt, key_name
from study_design.errors import CrossreadError
from study_design.private import private_files
from study_design.secrets import forget_key, key, known_key
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import csv_bytes, csv_table, write_atomically

_PURPOSE = "file-names"
_COLUMNS = ("file", "path")


def read_names(folder: StudyFolder) -> Mapping[str, str]:
    """Return the path of each row of files.csv; none where this account cannot read them."""
    if not folder.file_names.exists():
        return {}
    sealed = folder.file_names.read_bytes()
    try:
        of_account = known_key(key_name(sealed), _PURPOSE)
        content = decrypt(sealed, of_account) if of_account else b""
        rows = csv_table(folder.file_names, content).rows if content else ()
    except CrossreadError:
        return {}
    return {row["file"]: row["path"] for row in rows}


def add_names(folder: StudyFolder, names: Mapping[str, str]) -> None:
    """Add the paths of files; those of another account, which cannot be read here, go."""
    known = read_names(folder)
    if names.items() <= known.items():
        return
    _write(folder, {**known, **names}, _name_of_key(folder) if known else str(uuid.uuid4()))


def forget_names(folder: StudyFolder, files: frozenset[str]) -> None:
    """Remove the paths of some files for ever, as where a patient withdraws; their rows stay."""
    known = read_names(folder)
    if not files & set(known):
        return
    left = {file: path for file, path in known.items() if file not in files}
    _write(folder, left, _name_of_key(folder))


def discard_names(folder: StudyFolder) -> None:
    """Remove the paths of a study and their key; nothing where there are none."""
    if folder.file_names.exists():
        with suppress(EncryptionError):  # altered: no key opens it
            forget_key(_name_of_key(folder), _PURPOSE)
        folder.file_names.unlink()


def _write(folder: StudyFolder, names: Mapping[str, str], name_of_key: str) -> None:
    """Write the paths of rows, sealed under a key of this account, for its owner alone."""
    rows = [
        {"file": file, "path": path.encode(errors="replace").decode()}
        for file, path in names.items()
    ]
    of_account = NamedKey(name_of_key, key(name_of_key, _PURPOSE))
    with private_files():
        write_atomically(folder.file_names, encrypt(csv_bytes(_COLUMNS, rows), of_account))


def _name_of_key(folder: StudyFolder) -> str:
    """Return the name of the key under which the paths are sealed."""
    return key_name(folder.file_names.read_bytes())
