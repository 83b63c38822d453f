"""What has arrived of a person and lies beside the study: it goes where she withdraws her consent.

Objects that wait for an import, and those that were refused, which nothing else ever deletes. They
are known by exam, or by Patient ID where name, birth date and sex do not say another person.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydicom.tag import BaseTag

from study_design.images.header.bare_file import read_until
from study_design.images.header.dicom import identity_of
from study_design.images.link_file import LinkRow
from study_design.images.messages import Identity
from study_design.images.person import differing

_STUDY_UID = 0x0020000D
_NOBODY = Identity()


def waiting_of(rows: Sequence[LinkRow], incoming: Path) -> Iterator[Path]:
    """Return objects in the incoming folder of a study that are of the exams or persons of rows."""
    exams = {row.original_study_uid for row in rows if not row.is_erased} - {""}
    images = {row.original_sop_uid for row in rows} - {""}
    for path in sorted(one for one in incoming.rglob("*") if one.is_file()):
        found = _identity(path)
        if (
            path.stem in images
            or found.study in exams
            or any(_is_of(found, row) for row in rows if not row.is_erased)
        ):
            yield path


def _is_of(found: Identity, row: LinkRow) -> bool:
    """Tell whether an object bears the number of a person, and nothing says that it is another."""
    same_number = bool(found.patient) and found.patient == row.original_patient
    return same_number and not differing(found.person, row.person)


def _identity(path: Path) -> Identity:
    """Return whose an object is, as far as its header can be read."""

    def past_exam(tag: BaseTag, vr: str | None, length: int) -> bool:  # noqa: ARG001
        return int(tag) > _STUDY_UID

    try:
        with path.open("rb") as stream:
            return identity_of(read_until(stream, past_exam))
    except Exception:  # noqa: BLE001  damaged files raise whatever pydicom meets
        return _NOBODY
