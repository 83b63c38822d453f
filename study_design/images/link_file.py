"""The link file: which pseudonym stands for which identifiers of the hospital.

It lies beside the study folder, never in it, readable by its owner only. Truth sheets and AI files
that name the hospital's identifiers are resolved through it.
"""

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from study_design.errors import BadInputError
from study_design.exchange.csv_file import read_csv, write_csv
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One image: its names in the study, its pseudonymous UIDs, and what they stand for."""

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


COLUMNS = tuple(field.name for field in fields(LinkRow))


@dataclass(frozen=True, slots=True)
class LinkFile:
    """The rows of a study's link file."""

    rows: tuple[LinkRow, ...] = ()

    @classmethod
    def read(cls, folder: StudyFolder) -> Self:
        """Return the link file of a study; without rows where there is none."""
        if not folder.link_csv.exists():
            return cls()
        table = read_csv(folder.link_csv).require(*COLUMNS)
        return cls(tuple(LinkRow(**{name: row[name] for name in COLUMNS}) for row in table.rows))

    def write(self, folder: StudyFolder) -> None:
        """Write the link file so that nobody but its owner can read it, at no time."""
        previous = os.umask(0o077)
        try:
            write_csv(folder.link_csv, COLUMNS, (asdict(row) for row in self.rows))
            folder.link_csv.chmod(0o600)
        finally:
            os.umask(previous)

    def with_rows(self, rows: Iterable[LinkRow], *, images: frozenset[str]) -> "LinkFile":
        """Return the file with rows added; old rows stay where the study lists their image."""
        return LinkFile((*(row for row in self.rows if row.image in images), *rows))

    def resolve_case(self, text: str) -> str | None:
        """Return the case that an identifier of the study or of the hospital names.

        Known are the name of a case or image, Patient ID, Accession Number, Study and SOP Instance
        UID (the hospital's and the study's), file name and its stem; None where nothing matches.

        Raises
        ------
        BadInputError
            Where several cases match, such as a patient with two exams.
        """
        return self._only(text, {row.case for row in self._matching(text)}, "cases")

    def resolve_image(self, text: str) -> str | None:
        """Return the image that an image name, SOP Instance UID, file name or stem names.

        Raises
        ------
        BadInputError
            Where several images match.
        """
        return self._only(text, {row.image for row in self._of_images(text)}, "images")

    def _matching(self, text: str) -> list[LinkRow]:
        """Return the rows that an identifier matches, the study's own names first."""
        wanted = text.strip()
        if not wanted:
            return []
        by_case = [row for row in self.rows if row.case == wanted]
        return (
            by_case
            or self._of_images(wanted)
            or [
                row
                for row in self.rows
                if wanted
                in {
                    row.original_patient,
                    row.original_accession,
                    row.original_study_uid,
                    row.study_uid,
                }
            ]
        )

    def _of_images(self, text: str) -> list[LinkRow]:
        """Return the rows whose image an identifier names."""
        wanted = text.strip()
        if not wanted:
            return []
        by_name = [row for row in self.rows if row.image == wanted]
        return by_name or [
            row
            for row in self.rows
            if wanted in {row.sop_uid, row.original_sop_uid, row.original_path}
            or wanted in _file_names(row.original_path)
        ]

    def _only(self, text: str, found: set[str], what: str) -> str | None:
        """Return the one name found; None for none."""
        if len(found) > 1:
            raise BadInputError(
                f"Expected {text!r} to name one of the study's {what}, got "
                f"{', '.join(sorted(found)[:4])}. Use the names of the study."
            )
        return next(iter(found), None)


def _file_names(path: str) -> set[str]:
    """Return the name and the stem of a path; none of an empty one."""
    return {Path(path).name, Path(path).stem} - {""}
