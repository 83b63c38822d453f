"""No name of a program's error reaches whoever manages the data."""

import errno
import re
import struct
import zlib
from pathlib import Path

import pytest

from study_design.images.arriving.damage_words import damage_words
from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.arriving.worker import DAMAGE
from study_design.images.messages import InspectRequest

_NAME = re.compile(r"[A-Z][a-z]+(Error|Exception)|Errno|\bNone\b")


@pytest.mark.parametrize("kind", [*DAMAGE, RecursionError, PermissionError, UnicodeDecodeError])
@pytest.mark.parametrize("act", ["inspect", "take", "compare", "same"])
def test_every_kind_of_damage_has_words(kind: type[Exception], act: str) -> None:
    error = (
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "Müller^Anna")
        if kind is UnicodeDecodeError
        else kind("Müller^Anna")
    )
    words = damage_words(error, act)
    assert words
    assert not _NAME.search(words)
    assert "Anna" not in words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RecursionError(), "nests sequences deeper"),
        (OSError(errno.EIO, "Input/output error"), "the disk or network drive failed"),
        (OSError("image file is truncated"), "cannot be made sense of"),
        (PermissionError(errno.EACCES, "x"), "may not read it"),
        (struct.error("x"), "ends too early"),
        (zlib.error("x"), "cannot be unpacked"),
    ],
)
def test_the_reason_says_what_to_look_for(error: Exception, words: str) -> None:
    assert words in damage_words(error, "inspect")


def test_a_header_that_nests_without_end_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "deep.dcm"
    depth = 1_500
    item = b"\x08\x00\x10\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    meta = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    group = b"\x02\x00\x00\x00UL\x04\x00" + len(meta).to_bytes(4, "little")
    path.write_bytes(bytes(128) + b"DICM" + group + meta + item * depth)
    with GuardedWorker() as worker, pytest.raises(FileRefusedError) as refused:
        worker.inspect(InspectRequest(path))
    assert not _NAME.search(str(refused.value))
