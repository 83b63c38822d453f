"""How images are shown, as the lock fixed it: window, polarity, spacing, flips and air mask.

The lock writes one checksum an image into cases.csv, which it hashes with everything else. Studies
that were locked before that column was known have it in the record, in the first event that a later
version adds; until then nothing fixes it.
"""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from study_design.errors import ImageError, ProtocolError
from study_design.images.case_list import read_images, write_images
from study_design.images.image_store import display_sha256
from study_design.study_folder import StudyFolder

NOTHING_NOTED: Mapping[str, str] = MappingProxyType({})


def display_hashes(folder: StudyFolder) -> dict[str, str]:
    """Return what fixes how each image in use is shown, by image; cheap enough for a desk.

    An image that could not be shown, because its files are missing or damaged, is left out.
    """
    hashes = {}
    for image in read_images(folder):
        if image.excluded:
            continue
        with suppress(ImageError):
            hashes[image.image] = display_sha256(folder, image.image, image.case)
    return hashes


def fix_display(folder: StudyFolder) -> None:
    """Write into cases.csv how its images are shown, for the lock to hash.

    Raises
    ------
    ProtocolError
        Where an image in use could not be shown.
    """
    images, display = read_images(folder), display_hashes(folder)
    for image in images:
        if not image.excluded and image.image not in display:
            raise ProtocolError(
                f"Expected images that can be shown, got {image.image}: its files in cache/ are "
                "missing or damaged. Put them back from a backup, or exclude the case: "
                f"crossread exclude {folder.path.name} {image.case} --reason TEXT"
            )
    if images:
        write_images(folder, images, display)


def fixed_display(
    folder: StudyFolder, noted: Mapping[str, str] = NOTHING_NOTED
) -> Mapping[str, str]:
    """Return the checksum of how each image must be shown, by image, as far as it was fixed.

    Parameters
    ----------
    noted
        What the record holds for a study that was locked before cases.csv had the column.
    """
    listed = {image.image: image.display_sha256 for image in read_images(folder)}
    fixed = {name: sha256 for name, sha256 in listed.items() if sha256}
    return fixed or dict(noted)
