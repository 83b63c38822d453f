"""Whose the objects are that wait beside a study or were refused, for the day consent is withdrawn.

They bear identities, as they came. A header tells whose an object is; one that cannot be read is
searched for the identifiers themselves, as a damaged file may hold them still.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.byte_search import holds_name
from study_design.images.link_file import LinkFile, LinkRow
from study_design.images.messages import Identity, InspectRequest
from study_design.images.person import differing
from study_design.study_folder import StudyFolder

# A shorter number stands in many a file by chance.
_LEAST_LETTERS = 6


@dataclass(frozen=True, slots=True)
class WaitingObjects:
    """Objects of a case, and others of which nobody can tell whose they are."""

    own: tuple[Path, ...] = ()
    untold: tuple[Path, ...] = ()


def incoming_of(folder: StudyFolder) -> Path:
    """Return where objects wait that arrived for a study."""
    return folder.path.with_name(f"{folder.path.name}.incoming")


def objects_of(
    folder: StudyFolder, images: Container[str], link: LinkFile | None
) -> WaitingObjects:
    """Return what waits of some images, in every way into the study and among what was refused.

    An object is theirs by its exam, or by its patient where it is of no other exam of the study and
    name, birth date and sex name no other person.
    Objects of exams that were erased before are theirs too. Without a link file nobody can tell.
    """
    home = incoming_of(folder)
    # What is still on its way lies in a folder with a dot, and is judged once it is here.
    files = [
        path
        for path in sorted(home.rglob("*.dcm"))
        if not any(part.startswith(".") for part in path.relative_to(home).parts)
    ]
    if not files:
        return WaitingObjects()
    if link is None:
        return WaitingObjects(untold=tuple(files))
    rows = [row for row in link.rows if row.image in images]
    of_others = {row.original_study_uid for row in link.rows if row not in rows} - {""}
    own, untold = [], []
    with GuardedWorker() as worker:
        for file in files:
            identity = _identity(worker, file)
            erased = link.is_of_erased_exam(identity.patient, identity.study)
            if erased or _is_theirs(file, identity, rows, of_others):
                own.append(file)
            elif not identity.patient and not identity.study:
                untold.append(file)
    return WaitingObjects(tuple(own), tuple(untold))


def _identity(worker: GuardedWorker, file: Path) -> Identity:
    """Return what the header of an object says; nothing where it cannot be read."""
    try:
        return worker.inspect(InspectRequest(file, None)).identity
    except FileRefusedError:
        return Identity()


def _is_theirs(
    file: Path, identity: Identity, rows: Sequence[LinkRow], of_others: set[str]
) -> bool:
    """Tell whether an object is of the images of some rows, their exam or their patient."""
    if file.stem in {row.original_sop_uid for row in rows} - {""}:
        return True
    exams = {row.original_study_uid for row in rows} - {""}
    patients = {row.original_patient for row in rows} - {""}
    if identity.study or identity.patient:
        # Two persons may bear one number.
        is_person = any(
            identity.patient == row.original_patient and not differing(identity.person, row.person)
            for row in rows
            if row.original_patient
        )
        return identity.study in exams or (is_person and identity.study not in of_others)
    named = exams | {row.original_sop_uid for row in rows} | patients
    return holds_name(file, [n.encode() for n in named if len(n) >= _LEAST_LETTERS])
