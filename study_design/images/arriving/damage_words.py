"""Why a file could not be read, in words of whoever manages the data.

Only the kind of an error is used: its text may quote the file, and its name means nothing to those
who must find out what to do with the file.
"""

import struct
import zlib

from PIL import Image
from pydicom.errors import BytesLengthException

_PARTS = {"inspect": "header", "take": "pixels", "compare": "header"}

# From the special to the general; `{part}` is what was being read.
_WORDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((FileNotFoundError,), "it was moved, renamed or removed while it was imported"),
    ((PermissionError,), "this account may not read it; ask its owner for the right to"),
    ((IsADirectoryError, NotADirectoryError), "a folder stands where the file was"),
    ((RecursionError,), "damaged: its {part} nests sequences deeper than any device writes them"),
    (
        (EOFError, struct.error, BytesLengthException),
        "damaged: its {part} ends too early, or states a wrong length",
    ),
    ((zlib.error,), "damaged: what is compressed in it cannot be unpacked"),
    ((Image.DecompressionBombError,), "a picture far larger than any mammogram"),
    ((UnicodeError,), "damaged: text in its {part} is in no known writing"),
)
_OF_THE_DISK = (
    "the disk or network drive failed while it was read; copy it to this computer and import it"
)
_OTHERWISE = "damaged: its {part} cannot be made sense of"


def damage_words(error: BaseException, act: str) -> str:
    """Return the reason to refuse a file that made a library fail.

    Parameters
    ----------
    act
        What was being done: `inspect` reads headers, anything else pixels too.
    """
    part = _PARTS.get(act, "pixels")
    for kinds, words in _WORDS:
        if isinstance(error, kinds):
            return words.format(part=part)
    # Libraries raise OSError for damaged pictures too; the system's own has a number.
    if isinstance(error, OSError) and error.errno is not None:
        return _OF_THE_DISK
    return _OTHERWISE.format(part=part)
