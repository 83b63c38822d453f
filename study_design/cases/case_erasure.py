"""Consent withdrawn: the pixels of a case go for ever, wherever the study holds them, and its name.

The record comes first; then copies go, who it was, and the images themselves last. A program that
was killed in between is followed by `finish_erasures` whenever the study is opened again, and
`verify` names what could not be deleted. What stays is what was done with the case: its reads, AI
results and truth, under a pseudonym that nothing ties to a person any more.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from study_design.disk import sync_folder
from study_design.errors import BadInputError, CrossreadError, ProtocolError
from study_design.images.arriving.file_flow import forget_files
from study_design.images.arriving.work_folder import work_folder
from study_design.images.byte_search import holds_name, is_named
from study_design.images.case_list import CaseImage, read_images, write_images
from study_design.images.link_file import LinkFile, LinkRow
from study_design.protocol.plan import read_plan
from study_design.record.acts import Signature, signed_act
from study_design.record.erasure import ErasedCase, erased_cases
from study_design.record.events import EventType, StoredEvent
from study_design.record.locked import LOCKS_AND_LIFTS, lock_of, locked_protocol
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import CaseErased, CaseExcluded, CaseWithdrawn
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import has_record, open_store
from study_design.record.withdrawal import withdrawn_cases
from study_design.study_folder import StudyFolder

if TYPE_CHECKING:
    from study_design.images.arriving.waiting_objects import WaitingObjects

ERASED = "consent withdrawn: images erased"

# Files that name images and hold no pixels.
_WITHOUT_PIXELS = frozenset({".csv", ".json", ".jsonl", ".toml", ".md", ".txt", ".sqlite"})
# Pages hold pixels where a picture is written into them.
_PAGES, _PICTURE = frozenset({".html", ".htm", ".svg", ".xml"}), b"data:image/"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did.

    Attributes
    ----------
    images
        The images of the case, by name.
    copies
        Other files of the study that held them.
    waiting
        Objects of the case that waited to be imported, or had been refused.
    untold
        Such objects that are left, for nobody can tell whose they are.
    others
        Other cases of the same patient.
    """

    images: tuple[str, ...]
    copies: tuple[Path, ...]
    waiting: tuple[Path, ...]
    untold: tuple[Path, ...]
    others: tuple[str, ...]


def erase_case(folder: StudyFolder, case: str, signature: Signature) -> Erasure:
    """Withdraw a case and erase its images, its caches and who it was.

    Before the lock the case is excluded, after it withdrawn; a frozen study keeps its analysis and
    loses the images. Erasing again finishes what could not be deleted before.

    Raises
    ------
    BadInputError
        Where there is no such case.
    RecordError
        Where the record was altered.
    ProtocolError
        Where a locked file was changed, or a file cannot be deleted.
    ImportRunningError
        Where an import is under way.
    """
    images = read_images(folder)
    own = [image for image in images if image.case == case]
    if not own:
        raise BadInputError(
            f"Expected the name of a case in cases.csv, got {case!r}. Check the name."
        )
    # An import that runs meanwhile would write down again who the case is.
    with work_folder(folder.required()):
        with open_store(folder) as store:
            events = sound_events(store)
            for act in _acts(folder, events, case, own):
                store.append(signed_act(act, signature))
        if lock_of(events) is None:
            leave_out(folder, {case})
        gone = _delete(folder, [image.image for image in own])
    patient = own[0].patient
    others = sorted({i.case for i in images if i.patient == patient and i.case != case})
    names = tuple(image.image for image in own)
    return Erasure(names, gone.copies, gone.waiting.own, gone.waiting.untold, tuple(others))


def finish_erasures(folder: StudyFolder) -> None:
    """Delete what a killed program left of erased images; what cannot be deleted is left."""
    if not has_record(folder):
        return
    with suppress(CrossreadError, OSError, ValueError):
        with open_store(folder) as store:
            events = store.events(types=[EventType.CASE_ERASED, *LOCKS_AND_LIFTS])
        erased = erased_cases(events)
        if erased and lock_of(events) is None:
            leave_out(folder, {case.case for case in erased})
        if any(_is_left(folder, image) for case in erased for image in case.images):
            with work_folder(folder):
                _delete(folder, [image for case in erased for image in case.images])


def erasures(folder: StudyFolder) -> tuple[ErasedCase, ...]:
    """Return the cases of a study that were erased."""
    if not has_record(folder):
        return ()
    with open_store(folder) as store:
        return erased_cases(store.events(types=[EventType.CASE_ERASED]))


def left_of(folder: StudyFolder, erased: Iterable[ErasedCase]) -> Iterator[str]:
    """Name files that should have gone."""
    for case in erased:
        for image in case.images:
            for path in _files_of(folder, image):
                name = path.relative_to(folder.path).as_posix()
                yield f"{name} was erased by event {case.number} and is still there. Delete it."


def brought_back(folder: StudyFolder, erased: Iterable[ErasedCase]) -> Iterator[str]:
    """Name cases of which the link file knows that they were erased, and which a backup had still.

    The record of an older backup does not know of an erasure after it.
    """
    with suppress(CrossreadError):
        known = {image for case in erased for image in case.images}
        rows = [row for row in LinkFile.read(folder).rows if row.is_erased]
        back = {row.case for row in rows if row.image not in known and _is_left(folder, row.image)}
        for case in sorted(back):
            yield (
                f"Case {case} was erased once, for consent was withdrawn, and its images are back: "
                f"crossread withdraw {folder.path.name} {case} --erase --sure {case} "
                "--reason TEXT"
            )


def leave_out(folder: StudyFolder, cases: set[str]) -> None:
    """Exclude erased cases of a study that is not locked."""
    images = read_images(folder)
    after = [
        replace(image, excluded=True, reason=ERASED)
        if image.case in cases and image.reason != ERASED
        else image
        for image in images
    ]
    if after != list(images):
        write_images(folder, after)


def _acts(
    folder: StudyFolder, events: Sequence[StoredEvent], case: str, images: Sequence[CaseImage]
) -> Iterator[CaseWithdrawn | CaseExcluded | CaseErased]:
    """Return what must be written down, as far as it is not yet."""
    if lock_of(events) is None:
        if not all(image.excluded for image in images):
            yield CaseExcluded(case, ERASED)
    else:
        locked_protocol(folder, events)
        planned = case in {cell.case for cell in read_plan(folder)}
        known = {one.case for one in withdrawn_cases(events)}
        if planned and case not in known and not is_frozen(events):
            yield CaseWithdrawn(case)
    if case not in {one.case for one in erased_cases(events)}:
        yield CaseErased(case, {image.image: image.sha256 for image in images})


@dataclass(frozen=True, slots=True)
class _Gone:
    """What else was deleted with images: copies of them, and what waited of their case."""

    copies: tuple[Path, ...]
    waiting: "WaitingObjects"


def _delete(folder: StudyFolder, images: Sequence[str]) -> _Gone:
    """Delete copies of images in the study, then who they show, then the images."""
    # Every program asks at its start whether anything is left; few have anything to read.
    from study_design.images.arriving.waiting_objects import objects_of

    try:
        link = LinkFile.read(folder)
    except CrossreadError:
        link = None  # another account's: it says who the case is there, and nothing is lost here
    rows = [row for row in link.rows if row.image in set(images)] if link else []
    own: tuple[Path, ...] = ()
    # A listener may set an object aside meanwhile: looked for until none is found.
    while (waiting := objects_of(folder, frozenset(images), link)).own:
        _unlink(waiting.own)
        own += waiting.own
    waiting = replace(waiting, own=own)
    copies = tuple(_copies(folder, images, rows))
    _unlink(copies)
    _remove_empty({path.parent for path in waiting.own})
    with suppress(CrossreadError):  # a list that makes no sense, or another account's
        arrived = {path.name for path in waiting.own}
        forget_files(folder, images, arrived, {row.original_patient for row in rows})
    if link is not None and any(not row.is_erased for row in rows):
        gone = {row for row in rows if not row.is_erased}
        LinkFile(tuple(row.erased if row in gone else row for row in link.rows)).write(folder)
    # Last: as long as one of them is there, the next program begins again.
    _unlink([path for image in images for path in _files_of(folder, image)])
    return _Gone(copies, waiting)


def _unlink(paths: Sequence[Path]) -> None:
    """Delete files, and wait until they are gone from the disk."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ProtocolError(
                f"Expected to delete {path.name}, got {error.strerror}. Make {path.parent} "
                "writable, then open the study again."
            ) from error
    for home in {path.parent for path in paths}:
        sync_folder(home)


def _remove_empty(homes: Iterable[Path]) -> None:
    """Remove folders of what waited, and the one that holds them, where nothing is left in them."""
    for home in (*homes, *{home.parent for home in homes}):
        with suppress(OSError):  # not empty
            home.rmdir()


def _is_left(folder: StudyFolder, image: str) -> bool:
    """Tell whether a file of an erased image is still there."""
    return any(True for _ in _files_of(folder, image))


def _files_of(folder: StudyFolder, image: str) -> Iterator[Path]:
    """Return the files that hold an image."""
    paths = [folder.images / f"{image}.dcm"]
    paths += [folder.cache / f"{image}{suffix}" for suffix in (".npy", ".air", ".json")]
    yield from (path for path in paths if path.exists())


def _copies(folder: StudyFolder, images: Sequence[str], rows: Sequence[LinkRow]) -> Iterator[Path]:
    """Return other files of the study that hold the images."""
    from study_design.images.kept_file import kept_uids

    uids = {row.sop_uid for row in rows} | set(kept_uids(folder, images))
    marks = [name.encode() for name in (*images, *uids) if name]
    homes = (folder.images, folder.cache, folder.detections, folder.reference_standard)
    for path in sorted(folder.path.rglob("*")):
        within = path.relative_to(folder.path).parts
        is_own = within[0].startswith((".", folder.record.name)) or set(homes) & {*path.parents}
        if (
            path.is_file()
            and not is_own
            and path.suffix.lower() not in _WITHOUT_PIXELS
            and _holds(path, marks)
        ):
            yield path


def _holds(path: Path, marks: Sequence[bytes]) -> bool:
    """Tell whether a file that may hold pixels names one of some images."""
    if path.suffix.lower() in _PAGES and not holds_name(path, [_PICTURE]):
        return False
    name = path.name.encode(errors="replace")
    return any(is_named(name, mark) for mark in marks) or holds_name(path, marks)
