"""The study's own DICOM files, read where somebody may have damaged them since they were kept."""

import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydicom import dcmread
from pydicom.errors import BytesLengthException, InvalidDicomError

from study_design.errors import ImageError
from study_design.study_folder import StudyFolder

# What pydicom raises for a damaged file; a value is looked at only when it is asked for.
DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@contextmanager
def kept_file(path: Path) -> Iterator[None]:
    """Tell a damaged file as that, while it is read and asked for its values.

    Raises
    ------
    ImageError
        In place of whatever the damage makes of the reading.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a damaged file is told in one line, ours
            yield
    except DAMAGE as error:
        raise ImageError(
            f"Expected images/{path.name} as it was imported, got a damaged file. Put it back from "
            "a backup, or import the exam into a new study."
        ) from error


def kept_uids(folder: StudyFolder, images: Iterable[str]) -> Iterator[str]:
    """Return the SOP Instance UIDs under which images go out, as far as their files tell."""
    for image in images:
        with suppress(OSError, *DAMAGE):
            path = folder.images / f"{image}.dcm"
            yield str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)
