"""DICOM files read up to an attribute, also those that lack what a DICOM file begins with.

Old archives and scanners write data sets without the preamble and `DICM` (PS3.10 7.1), without the
file meta information, or without the transfer syntax in it. What they hold is told by its own first
attribute then.
"""

import re
from collections.abc import Callable
from typing import BinaryIO

from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

_SEEN = 8
# A first attribute of group 0002 or 0008: tag, then a value representation and what it needs, or a
# length that the first attributes of these groups can have.
_FIRST_ATTRIBUTE = re.compile(
    rb"(?:\x02\0[\0-\x16]\0|\x08\0[\0-\x18]\0)(?:[A-Z]{2}..|..\0\0)|\0\x08\0[\0-\x18][A-Z]{2}..",
    re.DOTALL,
)

Stop = Callable[[BaseTag, str | None, int], bool]


def read_until(stream: BinaryIO, stop: Stop | None = None) -> FileDataset:
    """Return the attributes of a DICOM file before the one at which to stop; None: all.

    Raises
    ------
    InvalidDicomError
        Where it has neither a preamble nor a first attribute of DICOM; damaged files raise whatever
        pydicom meets.
    """
    start = stream.read(_SEEN)
    stream.seek(0)
    is_bare = _FIRST_ATTRIBUTE.match(start) is not None
    return read_partial(stream, stop, force=is_bare)


def syntax_of(dataset: Dataset) -> UID:
    """Return the transfer syntax of a file; where it states none, that in which it was read."""
    stated = dataset.file_meta.get("TransferSyntaxUID")
    if stated:
        return UID(stated)
    is_implicit, is_little_endian = dataset.original_encoding
    if is_implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if is_little_endian else ExplicitVRBigEndian
