"""The coordinator's act on the place of images: into another slot of their exam, or not used.

Recorded with who and why before anything changes. An image that changes its view is hung anew, and
its de-identified DICOM file, its cache and cases.csv say the new view; its name, its pixels and
their checksum stay, so that what refers to it still finds it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydicom import dcmread
from pydicom.filebase import DicomBytesIO

from study_design.errors import BadInputError
from study_design.images.case_list import CURRENT, CaseImage, read_images, write_images
from study_design.images.deidentification.deidentify import write_view
from study_design.images.display_doubt import note_doubts, settle_view_doubts
from study_design.images.header.attributes import texts
from study_design.images.header.orientation import HANGING_DOUBTS, Flips, flips_for
from study_design.images.header.view_evidence import orientation_evidence
from study_design.images.image_store import LoadedImage, load_mammogram, load_pixels, write_image
from study_design.images.kept_file import kept_file
from study_design.images.pixels.breast import find_breast
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import ImagePlaced
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """Where an image is wanted; `view` is None for one that is not used."""

    image: str
    view: View | None


def place_images(
    folder: StudyFolder, places: Iterable[ImagePlace], *, by: Actor, why: str, now: datetime
) -> None:
    """Put images into slots of their exams, several at once, so that two can change places.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where there is no such image, two are wanted in one slot, or no reason is given.
    ImageError
        Where an image is missing or damaged.
    """
    refuse_when_locked(folder, "place an image")
    reason = " ".join(why.split())
    if not reason:
        raise BadInputError("Expected a reason for placing an image, got none. Add --reason TEXT.")
    listed = read_images(folder)
    wanted = {place.image: place.view for place in places}
    placed = [
        _placed(image, wanted[image.image], reason) if image.image in wanted else image
        for image in listed
    ]
    _check(placed, wanted.keys() - {image.image for image in listed})
    moved = [new for new, old in zip(placed, listed, strict=True) if new != old]
    hung = [(_hung(folder, image), image) for image in moved]
    with open_store(folder) as store:
        for image in moved:
            placed_at = ImagePlaced(image.image, image.view or "", reason)
            store.append(staff_act(placed_at, by=by, now=now))
    for loaded, image in hung:
        _write_dicom(folder, image)
        write_image(folder, loaded.mammogram, loaded.codes, loaded.air)
    note_doubts(folder, {image.image: loaded.mammogram.doubts for loaded, image in hung})
    settle_view_doubts(
        folder, (image.image for image in moved if image.view), by=by.name, why=reason
    )
    write_images(folder, placed)


def _placed(image: CaseImage, view: View | None, reason: str) -> CaseImage:
    """Return the row of an image in its slot; one that is not used is excluded, with the reason."""
    if view is None:
        return replace(image, view=None, excluded=True, reason=reason)
    return replace(image, view=view, excluded=False, reason="")


def _check(images: Iterable[CaseImage], unknown: Iterable[str]) -> None:
    """Refuse names that no image has, and two images in one slot."""
    for name in sorted(unknown):
        raise BadInputError(f"Expected the name of an image in cases.csv, got {name!r}.")
    filled: dict[tuple[str, View], str] = {}
    for image in images:
        if image.view is None or image.exam_role != CURRENT:
            continue
        rival = filled.setdefault((image.case, image.view), image.image)
        if rival != image.image:
            raise BadInputError(
                f"Expected one image as {image.view} of {image.case}, got {rival} and "
                f"{image.image}. Put one of them elsewhere."
            )


def _hung(folder: StudyFolder, image: CaseImage) -> LoadedImage:
    """Return an image as it hangs in its new slot."""
    loaded = load_pixels(folder, load_mammogram(folder, image.image, image.case))
    mammogram = loaded.mammogram
    flips = Flips(False, False)
    if image.view is not None:
        path = folder.images / f"{image.image}.dcm"
        with kept_file(path):
            orientation = texts(dcmread(path, stop_before_pixels=True), "PatientOrientation")
        chest_wall = find_breast(loaded.codes, low_is_bright=mammogram.shows_low_bright).chest_wall
        # One that names the other breast is not trusted: the chest wall in the picture decides.
        if orientation_evidence(orientation).side not in {None, image.view.side}:
            orientation = ()
        flips = flips_for(image.view, orientation, chest_wall)
    return replace(
        loaded,
        mammogram=replace(
            mammogram,
            view=image.view,
            flip_horizontal=flips.horizontal,
            flip_vertical=flips.vertical,
            transposed=flips.transposed,
            mirrored=flips.mirrored,
            doubts=(
                *(doubt for doubt in mammogram.doubts if doubt not in HANGING_DOUBTS),
                *filter(None, [flips.doubt]),
            ),
        ),
    )


def _write_dicom(folder: StudyFolder, image: CaseImage) -> None:
    """Have the DICOM file of an image say its new view."""
    path = folder.images / f"{image.image}.dcm"
    content = DicomBytesIO()
    with kept_file(path):
        dataset = dcmread(path)
        write_view(dataset, image.view)
        dataset.save_as(content, enforce_file_format=True)
    write_atomically(path, content.getvalue())
