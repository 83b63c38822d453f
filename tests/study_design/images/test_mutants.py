"""Damaged files of every transfer syntax through the real import (promise 4 of reliability).

`CROSSREAD_MUTANTS=10000 pytest tests/study_design/images/test_mutants.py --timeout 0` makes the
full run; without the variable 300 are made. A mutant follows from its number and syntax alone.
What takes longer than 5 s, and a second for each megapixel, is killed and says so: that must not
happen. The time that a child takes to start is the machine's and not the file's.
"""

import os
import random
import re
import shutil
import struct
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    DigitalMammographyXRayImageStorageForPresentation,
    JPEGBaseline8Bit,
)

from study_design.cases.case_import import import_images
from study_design.images.arriving.guarded_worker import MEMORY_BYTES
from study_design.images.messages import Verdict
from study_design.life.new_study import new_study
from study_design.phantom.transfer_syntax import TRANSFER_SYNTAXES, put_pixels
from study_design.record.actor import Actor

COUNT = int(os.environ.get("CROSSREAD_MUTANTS", "300"))
IN_ONE_IMPORT = 50
EACH = -(-COUNT // len(TRANSFER_SYNTAXES))

PATIENT, INSTANCE = b"MUTANT-000000", b"2.25.7000000"
NUMBERS = b"\0", b"\1", b"\x7f", b"\xff"
LENGTHS = 0, 1, 2, 0xFFFD, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF
SIZES = 0, 1, 31, 33, 512, 7000, 32768, 65535
# Frames, samples, rows, columns, bits allocated, stored and high, representation.
LIARS = (0x0008, 0x0002, 0x0010, 0x0011, 0x0100, 0x0101, 0x0102, 0x0103)
HEADERS_OF_FRAMES = re.compile(rb"\xff[\xc0-\xcf\xf7\x51\x50\x52\x5c\x90]", re.DOTALL)
VALUE_REPRESENTATIONS = re.compile(rb"(CS|DS|IS|LO|OB|OW|PN|SH|SQ|UI|UN|US|UT)", re.DOTALL)

Chance = random.Random
Mutation = Callable[[bytearray, Chance], None]


def whole_file(syntax: UID) -> bytes:
    """Return a small good mammogram with sequences and private attributes."""
    y, x = np.mgrid[:96, :64]
    inside = ((y - 48) / 38) ** 2 + (x / 40) ** 2 < 1
    bits = 8 if syntax == JPEGBaseline8Bit else 12
    grain = np.random.default_rng(1).integers(1 << (bits - 2), 1 << (bits - 1), inside.shape)
    pixels = np.where(inside, grain, 0).astype("u1" if bits == 8 else "u2")
    dataset = Dataset()
    dataset.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    dataset.SOPInstanceUID = INSTANCE.decode()
    dataset.StudyInstanceUID = "2.25.8"
    dataset.PatientID = PATIENT.decode()
    dataset.Modality, dataset.PresentationIntentType = "MG", "FOR PRESENTATION"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ImageLaterality, dataset.ViewPosition = "L", "CC"
    dataset.PatientOrientation = ["A", "R"]
    dataset.ImagerPixelSpacing = [0.1, 0.1]
    dataset.WindowCenter, dataset.WindowWidth = [900, 1000], [800, 900]
    dataset.NumberOfFrames = 1
    view, table = Dataset(), Dataset()
    view.CodeValue, view.CodingSchemeDesignator, view.CodeMeaning = "R-10242", "SRT", "cc"
    dataset.ViewCodeSequence = [view]
    table.add_new("LUTDescriptor", "US", [4, 0, 12])
    table.add_new("LUTData", "OW", np.arange(4, dtype="<u2").tobytes())
    dataset.VOILUTSequence = [table]
    dataset.private_block(0x0019, "GARBAGE", create=True).add_new(1, "UN", b"\1\2\3\4" * 8)
    dataset.PhotometricInterpretation = "MONOCHROME2"
    put_pixels(dataset, pixels, syntax, bits_stored=bits)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def pixels_at(content: bytearray) -> int:
    """Return where the pixels begin, as far as that can be told of damaged bytes."""
    found = max(content.rfind(b"\xe0\x7f\x10\x00"), content.rfind(b"\x7f\xe0\x00\x10"))
    return found if found > 132 else len(content) // 2


def flip_bits(content: bytearray, chance: Chance, low: int, high: int) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        content[chance.randrange(low, max(low + 1, high))] ^= 1 << chance.randrange(8)


def flip_anywhere(content: bytearray, chance: Chance) -> None:
    flip_bits(content, chance, 0, len(content))


def flip_in_header(content: bytearray, chance: Chance) -> None:
    flip_bits(content, chance, 128, pixels_at(content))


def flip_in_pixels(content: bytearray, chance: Chance) -> None:
    flip_bits(content, chance, min(pixels_at(content), len(content) - 1), len(content))


def cut(content: bytearray, chance: Chance) -> None:
    del content[chance.randrange(100, len(content)) :]


def lie_about_length(content: bytearray, chance: Chance) -> None:
    """Overwrite the length of an element, with two bytes or with four."""
    places = [found.end() for found in VALUE_REPRESENTATIONS.finditer(content, 132)]
    at, length = chance.choice(places or [140]), chance.choice(LENGTHS)
    if chance.random() < 0.5:
        content[at : at + 2] = struct.pack("<H", length & 0xFFFF)
    else:
        content[at + 2 : at + 6] = struct.pack("<I", length)


def lie_about_size(content: bytearray, chance: Chance) -> None:
    """Overwrite numbers that describe the pixels, and sometimes what the frame says too."""
    size = chance.choice(SIZES)
    for order in "<>":
        element = struct.pack(f"{order}HH", 0x0028, chance.choice(LIARS))
        at = content.find(element)
        if at > 0:
            content[at + 8 : at + 10] = struct.pack(f"{order}H", size)
    if chance.random() < 0.4:
        lie_in_frame(content, chance)


def lie_in_frame(content: bytearray, chance: Chance) -> None:
    """Overwrite bytes behind a marker of the compressed frame."""
    places = [found.end() for found in HEADERS_OF_FRAMES.finditer(content, pixels_at(content))]
    at = chance.choice(places[:6] or [len(content) - 20]) + chance.randrange(16)
    content[at : at + 2] = chance.choice(NUMBERS) + chance.choice(NUMBERS)


def lie_about_fragments(content: bytearray, chance: Chance) -> None:
    at = content.find(b"\xfe\xff\x00\xe0", pixels_at(content))
    if at > 0:
        content[at + 4 : at + 8] = struct.pack("<I", chance.choice(LENGTHS))


def nest(content: bytearray, chance: Chance) -> None:
    """Insert sequences within sequences, of undefined length, some never ended."""
    depth = chance.choice((3, 60, 1000, 5000))
    begin = b"\x40\x00\x30\xa7SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    insert(content, begin * depth + end * chance.choice((0, depth, depth - 1)))


def insert_monster(content: bytearray, chance: Chance) -> None:
    """Insert an element that claims a length it does not have."""
    kind = chance.choice((b"OB", b"UN", b"SQ", b"UT", b"OW"))
    length = struct.pack("<I", chance.choice(LENGTHS))
    insert(content, b"\x29\x00\x10\x10" + kind + b"\0\0" + length + chance.randbytes(64))


def insert_garbage(content: bytearray, chance: Chance) -> None:
    garbage = chance.randbytes(chance.choice((1, 16, 4096, 65536)))
    header = b"\x29\x00\x01\x10UN\0\0" + struct.pack("<I", len(garbage))
    insert(content, header * chance.randrange(2) + garbage)


def insert(content: bytearray, piece: bytes) -> None:
    """Put bytes before the attributes that describe the pixels."""
    at = max(content.find(b"\x28\x00\x02\x00"), 132)
    content[at:at] = piece


def shuffle(content: bytearray, chance: Chance) -> None:
    """Take a piece away, repeat it or put it elsewhere."""
    at = chance.randrange(128, len(content))
    piece = bytes(content[at : at + chance.choice((1, 2, 8, 100, 2000))])
    if chance.random() < 0.7:
        del content[at : at + len(piece)]
    if chance.random() < 0.7:
        other = chance.randrange(128, len(content) + 1)
        content[other:other] = piece


def change_syntax(content: bytearray, chance: Chance) -> None:
    at = content.find(b"\x02\0\x10\0UI") + 8
    length = struct.unpack_from("<H", content, at - 2)[0]
    said = str(chance.choice(TRANSFER_SYNTAXES)).encode()[:length]
    content[at : at + length] = said.ljust(length, b"\0")


MUTATIONS: tuple[Mutation, ...] = (
    flip_anywhere,
    flip_in_header,
    flip_in_pixels,
    cut,
    lie_about_length,
    lie_about_size,
    lie_in_frame,
    lie_about_fragments,
    nest,
    insert_monster,
    insert_garbage,
    shuffle,
    change_syntax,
)


def mutant(whole: bytes, syntax: UID, number: int) -> bytes:
    """Return a damaged file; each is another patient and instance, and none those of the whole."""
    chance = random.Random(f"{syntax} {number}")
    start = 144 + struct.unpack_from("<I", whole, 140)[0]
    deflated = syntax == DeflatedExplicitVRLittleEndian
    inside = deflated and chance.random() < 0.8
    body = zlib.decompress(whole[start:], -zlib.MAX_WBITS) if deflated else whole[start:]
    content = bytearray(whole[:start] + body)
    content = content.replace(PATIENT, b"MUTANT-%06d" % (number + 1))
    content = content.replace(INSTANCE, b"2.25.7%06d" % (number + 1))
    if deflated and not inside:
        content[start:] = packed(content[start:])
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(MUTATIONS)(content, chance)
    if inside:
        content[start:] = packed(content[start:])
    return bytes(content)


def packed(body: bytearray) -> bytes:
    """Return a dataset as a deflated file holds it."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(bytes(body)) + packer.flush()


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda s: s.name[:40])
def test_no_damaged_file_stops_hangs_or_swells_an_import(tmp_path: Path, syntax: UID) -> None:
    whole = whole_file(syntax)
    study = new_study(
        tmp_path / "S", template="zhou2023", by=Actor("C"), now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    verdicts: Counter[Verdict] = Counter()
    for first in range(0, EACH, IN_ONE_IMPORT):
        folder = tmp_path / "mutants"
        folder.mkdir()
        for number in range(first, min(first + IN_ONE_IMPORT, EACH)):
            (folder / f"{number:06d}.dcm").write_bytes(mutant(whole, syntax, number))
        (folder / "good.dcm").write_bytes(whole)
        report = import_images(study, [folder], keep_going=True)
        assert len(report.files) == len(list(folder.iterdir()))
        assert all(file.reason for file in report.files if file.verdict is Verdict.REFUSED)
        good = report.files[-1]
        assert good.verdict in {Verdict.ACCEPTED, Verdict.DUPLICATE}, good.reason
        hung = [file for file in report.files if "too long" in file.reason]
        assert not hung, f"of those from {first}: {hung}"
        verdicts.update(file.verdict for file in report.files)
        shutil.rmtree(folder)
    assert verdicts[Verdict.REFUSED] > 0.1 * EACH
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items()))
    sys.stdout.write(f"{syntax.name}: {told}\n")


@pytest.mark.skipif(os.name == "nt", reason="memory is limited by time alone there")
def test_the_guarded_children_of_these_tests_stayed_within_their_memory() -> None:
    import resource

    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert 0 < largest <= MEMORY_BYTES
