"""Whether two images of the import are one picture, whichever computer decoded them.

The inverse transforms of lossy codecs round: two codecs, or one on two processors, may give a pixel
one grey level apart. So lossy pixels that an archive or another computer sends again, perhaps
decompressed by now, are compared within that level; all others bit for bit. Called in the guarded
child process only, as is whatever opens a DICOM file.
"""

import numpy as np
from pydicom import dcmread

from study_design.images.header.attributes import text
from study_design.images.image_store import LoadedImage, load_mammogram, load_pixels
from study_design.images.mammogram import Mammogram
from study_design.images.messages import KeptPicture
from study_design.study_folder import StudyFolder

# ISO 10918-2, 15444-4 and 15444-15 let decoders differ; each rounds its sum once.
_CODECS_APART = 1


def is_same_picture(one: KeptPicture, other: KeptPicture) -> bool:
    """Tell whether two images show the same, bit for bit or, of lossy ones, as codecs round it."""
    folders = StudyFolder(one.folder), StudyFolder(other.folder)
    first, second = load_mammogram(folders[0], one.image), load_mammogram(folders[1], other.image)
    if first.sha256 == second.sha256:
        return True
    if (first.rows, first.columns) != (second.rows, second.columns):
        return False
    if not (_is_lossy(folders[0], first) or _is_lossy(folders[1], second)):
        return False
    pixels = load_pixels(folders[0], first), load_pixels(folders[1], second)
    return _farthest(*pixels) <= _CODECS_APART


def _is_lossy(folder: StudyFolder, mammogram: Mammogram) -> bool:
    """Tell whether the pixels of an image have ever been compressed with loss."""
    path = folder.images / f"{mammogram.image}.dcm"
    return text(dcmread(path, stop_before_pixels=True), "LossyImageCompression") == "01"


def _farthest(one: LoadedImage, other: LoadedImage) -> int:
    """Return by how many grey levels a stored value differs at most."""
    first, second = (
        image.codes.astype(np.int32) + image.mammogram.code_offset for image in (one, other)
    )
    return int(np.abs(first - second).max())
