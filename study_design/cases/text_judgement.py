"""The coordinator's two acts on text in the pixels: to find it harmless, or to blank it.

Each is recorded with who and why. Blanking writes the code of air over a part of an image, in the
DICOM file and in the cache alike, and renews the checksums; what stood there is lost to the study.
Only the files that the import itself has written are opened, so no foreign file is met here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO

from study_design.errors import BadInputError
from study_design.images.case_list import read_images, write_images
from study_design.images.deidentification.deidentify import write_burned_in
from study_design.images.found_text import (
    FoundText,
    TextBox,
    TextVerdict,
    note_found_text,
    read_found_text,
    write_found_text,
)
from study_design.images.image_store import (
    LoadedImage,
    codes_sha256,
    load_mammogram,
    load_pixels,
    write_image,
)
from study_design.images.kept_file import kept_file
from study_design.images.pixels.burned_in import find_text
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import BurnedInJudged
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_atomically

# PS3.16 CID 7050: how identity was removed.
_CLEAN_PIXEL_DATA = ("113101", "Clean Pixel Data Option")


def search_text(folder: StudyFolder, image: str) -> tuple[TextBox, ...]:
    """Look for text on an image of the study, note what is found, and return it."""
    loaded = load_pixels(folder, load_mammogram(folder, image))
    found = find_text(loaded.codes, loaded.air, low_is_bright=loaded.mammogram.shows_low_bright)
    note_found_text(folder, {image: found})
    return found


def accept_text(
    folder: StudyFolder, images: Iterable[str], *, by: Actor, why: str, now: datetime
) -> int:
    """Find the text on images harmless that nobody has decided on; return how many places.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where no reason is given, or no text waits for a decision there.
    """
    why = _refuse_unless_allowed(folder, why)
    wanted = frozenset(images)
    found = read_found_text(folder)
    waiting = [t for t in found if t.image in wanted and t.verdict is TextVerdict.OPEN]
    if not waiting:
        raise BadInputError(
            "Expected images with text that waits for a decision, got none of them. See: "
            f"crossread burned-in {folder.path.name}"
        )
    for image in sorted({text.image for text in waiting}):
        boxes = [text.box for text in waiting if text.image == image]
        sha256 = load_mammogram(folder, image).sha256
        _record(folder, image, TextVerdict.HARMLESS, boxes, sha256, by=by, why=why, now=now)
    for image in {text.image for text in waiting}:
        path = folder.images / f"{image}.dcm"
        with kept_file(path):
            dataset = dcmread(path)
            write_burned_in(dataset, identifies=False)
            content = DicomBytesIO()
            dataset.save_as(content, enforce_file_format=True)
        write_atomically(path, content.getvalue())
    accepted = set(waiting)
    write_found_text(
        folder,
        (
            replace(text, verdict=TextVerdict.HARMLESS, by=by.name, why=why)
            if text in accepted
            else text
            for text in found
        ),
    )
    return len(waiting)


def blank_text(
    folder: StudyFolder,
    image: str,
    box: TextBox | None = None,
    *,
    by: Actor,
    why: str,
    now: datetime,
) -> tuple[TextBox, ...]:
    """Blank a part of an image, or every place on it that waits for a decision; return the parts.

    Raises
    ------
    ProtocolError
        Where the protocol is locked.
    BadInputError
        Where no reason is given, the box leaves the image, or there is nothing to blank.
    ImageError
        Where the image is missing or damaged.
    """
    why = _refuse_unless_allowed(folder, why)
    if image not in {listed.image for listed in read_images(folder)}:
        raise BadInputError(f"Expected the name of an image in cases.csv, got {image!r}.")
    found = read_found_text(folder)
    waiting = [t.box for t in found if t.image == image and t.verdict is TextVerdict.OPEN]
    boxes = waiting if box is None else [box]
    loaded = load_pixels(folder, load_mammogram(folder, image))
    _check(boxes, loaded)
    codes, air, code_of_air = loaded.codes.copy(), loaded.air.copy(), _code_of_air(loaded)
    for part in boxes:
        codes[_within(part)] = code_of_air
        air[_within(part)] = True
    mammogram = replace(loaded.mammogram, sha256=codes_sha256(codes))
    _record(folder, image, TextVerdict.BLANKED, boxes, mammogram.sha256, by=by, why=why, now=now)
    _blank_dicom(folder, image, boxes, code_of_air + mammogram.code_offset)
    write_image(folder, mammogram, codes, air)
    write_images(
        folder,
        (
            replace(listed, sha256=mammogram.sha256) if listed.image == image else listed
            for listed in read_images(folder)
        ),
    )
    others = [text for text in found if text.image != image or text.box not in boxes]
    header = next((text.header for text in found if text.image == image), "")
    blanked = [FoundText(image, part, TextVerdict.BLANKED, by.name, why, header) for part in boxes]
    write_found_text(folder, [*others, *blanked])
    return tuple(boxes)


def _refuse_unless_allowed(folder: StudyFolder, why: str) -> str:
    """Return the reason as one line; refuse without one, and in a locked study."""
    refuse_when_locked(folder, "decide on text in the pixels")
    reason = " ".join(why.split())
    if not reason:
        raise BadInputError("Expected a reason for the decision, got none. Add --reason TEXT.")
    return reason


def _check(boxes: list[TextBox], loaded: LoadedImage) -> None:
    """Refuse nothing to blank, and a box that is empty or leaves the image."""
    mammogram = loaded.mammogram
    if not boxes:
        raise BadInputError(
            f"Expected text on {mammogram.image} that waits for a decision, got none. Name the "
            "part to blank: --box X,Y,WIDTH,HEIGHT"
        )
    for box in boxes:
        inside = min(box.x_px, box.y_px) >= 0 and min(box.width_px, box.height_px) > 0
        if not inside or (
            box.x_px + box.width_px > mammogram.columns or box.y_px + box.height_px > mammogram.rows
        ):
            raise BadInputError(
                f"Expected a box inside {mammogram.columns} x {mammogram.rows} pixels, got {box}."
            )


def _code_of_air(loaded: LoadedImage) -> int:
    """Return the commonest code of air; without air, the one that is shown darkest."""
    if loaded.air.any():
        return int(np.bincount(loaded.codes[loaded.air]).argmax())
    darkest = loaded.codes.max() if loaded.mammogram.shows_low_bright else loaded.codes.min()
    return int(darkest)


def _within(box: TextBox) -> tuple[slice, slice]:
    """Return the rows and columns of a box."""
    rows = slice(box.y_px, box.y_px + box.height_px)
    return rows, slice(box.x_px, box.x_px + box.width_px)


def _blank_dicom(folder: StudyFolder, image: str, boxes: list[TextBox], stored: int) -> None:
    """Write a stored value over parts of the pixels of a DICOM file of the study."""
    path = folder.images / f"{image}.dcm"
    content = DicomBytesIO()
    with kept_file(path):
        dataset = dcmread(path)
        pixels = dataset.pixel_array.copy()
        for box in boxes:
            pixels[_within(box)] = stored
        data = pixels.tobytes()
        dataset.PixelData = data + b"\0" * (len(data) % 2)
        write_burned_in(dataset, identifies=False)
        methods = list(dataset.get("DeidentificationMethodCodeSequence", []))
        if all(method.CodeValue != _CLEAN_PIXEL_DATA[0] for method in methods):
            cleaned = Dataset()
            cleaned.CodeValue, cleaned.CodeMeaning = _CLEAN_PIXEL_DATA
            cleaned.CodingSchemeDesignator = "DCM"
            dataset.DeidentificationMethodCodeSequence = [*methods, cleaned]
        dataset.save_as(content, enforce_file_format=True)
    write_atomically(path, content.getvalue())


def _record(
    folder: StudyFolder,
    image: str,
    verdict: TextVerdict,
    boxes: list[TextBox],
    sha256: str,
    *,
    by: Actor,
    why: str,
    now: datetime,
) -> None:
    """Write a decision into the record before anything changes."""
    where = tuple((box.x_px, box.y_px, box.width_px, box.height_px) for box in boxes)
    judged = BurnedInJudged(image, verdict.value, where, sha256, why)
    with open_store(folder) as store:
        store.append(staff_act(judged, by=by, now=now))
