"""Compares every picture of a study, in images/ and in cache/, with what cases.csv says of it."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset

from study_design.errors import ImageError
from study_design.images.case_list import CaseImage, read_images
from study_design.images.fixed_display import NOTHING_NOTED
from study_design.images.image_store import (
    codes_sha256,
    display_sha256,
    load_mammogram,
    load_pixels,
)
from study_design.images.kept_file import DAMAGE
from study_design.study_folder import StudyFolder


def image_problems(
    folder: StudyFolder,
    report: Callable[[str, int, int], None],
    fixed: Mapping[str, str] = NOTHING_NOTED,
    erased: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """Name pictures that are missing, not what cases.csv says, not shown as fixed, or not in it.

    Parameters
    ----------
    fixed
        How each image must be shown, as `fixed_display` returns it.
    erased
        Images of which nothing may be left, for consent was withdrawn.
    report
        Told what is done, how many and of how many.
    """
    if not folder.cases_csv.is_file():
        return  # that the list is missing is told elsewhere
    images = read_images(folder)
    for done, image in enumerate(images, start=1):
        if image.image not in erased:
            yield from _file_problems(folder, image)
            yield from _cache_problems(folder, image, fixed)
        report("Checked images", done, len(images))
    listed = {f"{image.image}.dcm" for image in images}
    for path in sorted(folder.images.glob("*")):
        if path.name not in listed:
            yield f"images/{path.name} was added."


def _file_problems(folder: StudyFolder, image: CaseImage) -> Iterator[str]:
    """Compare the pixels of a DICOM file with cases.csv."""
    path = folder.images / f"{image.image}.dcm"
    name = f"images/{path.name}"
    if not path.is_file():
        yield f"{name} is missing."
        return
    if not holds_pixels(path, image.sha256):
        yield f"{name} was changed: its pixels are not those of cases.csv."


def holds_pixels(path: Path, sha256: str) -> bool:
    """Tell whether a DICOM file holds the pixels of a checksum, stored as the import does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged file is told in one line, ours
        try:
            dataset = dcmread(path)
            if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
                return False  # the import stores decoded pixels: no codec is asked here
            return codes_sha256(_codes(dataset)) == sha256
        except DAMAGE:
            return False


def _codes(dataset: Dataset) -> NDArray[np.uint16]:
    """Return the pixels of a file that `images.deidentify` wrote, as codes."""
    width, bits = dataset.BitsAllocated // 8, dataset.BitsStored
    count = dataset.Rows * dataset.Columns
    words = np.frombuffer(dataset.PixelData, dtype=f"<u{width}", count=count).astype(np.uint16)
    codes = words & np.uint16((1 << bits) - 1)
    if dataset.PixelRepresentation == 1:
        codes ^= np.uint16(1 << (bits - 1))  # signed pixels are stored as their two's complement
    return codes


def _cache_problems(
    folder: StudyFolder, image: CaseImage, fixed: Mapping[str, str]
) -> Iterator[str]:
    """Compare the decoded pixels and facts that the reading window opens with what was fixed."""
    try:
        shown = load_mammogram(folder, image.image, image.case)
        load_pixels(folder, shown)
    except ImageError:
        yield f"cache/{image.image}: its files are missing or damaged."
        return
    facts = (shown.case, shown.view, shown.sha256, shown.rows, shown.columns)
    if facts != (image.case, image.view, image.sha256, image.rows, image.columns) or (
        shown.spacing_mm != image.spacing_mm
    ):
        yield f"cache/{image.image}.json was changed: it is not what cases.csv says."
    elif not fixed or image.excluded:
        return
    elif image.image not in fixed:
        yield f"cache/{image.image}: how it is shown was never fixed."
    elif display_sha256(folder, image.image, image.case) != fixed[image.image]:
        yield f"cache/{image.image}: how it is shown was changed since the lock."
