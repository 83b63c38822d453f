"""Odd files made from the rows of table.txt: every byte is written here, by no library."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.datadict import tag_for_keyword
from pydicom.pixels.encoders import RLELosslessEncoder

SYNTAXES = {
    "IMPLICIT": "1.2.840.10008.1.2",
    "EXPLICIT": "1.2.840.10008.1.2.1",
    "DEFLATED": "1.2.840.10008.1.2.1.99",
    "BIG": "1.2.840.10008.1.2.2",
    "RLE": "1.2.840.10008.1.2.5",
    "LJ": "1.2.840.10008.1.2.4.70",
    "JLS": "1.2.840.10008.1.2.4.80",
    "J2K": "1.2.840.10008.1.2.4.90",
    "HT": "1.2.840.10008.1.2.4.201",
}
MAMMOGRAM = {
    "SOPClassUID": "UI:1.2.840.10008.5.1.4.1.1.1.2",
    "Modality": "CS:MG",
    "PresentationIntentType": "CS:FOR PRESENTATION",
    "ImageType": "CS:ORIGINAL\\PRIMARY",
    "Manufacturer": "LO:HOLOGIC",
    "BodyPartExamined": "CS:BREAST",
    "ImageLaterality": "CS:R",
    "ViewPosition": "CS:CC",
    "PatientOrientation": "CS:P\\L",
    "ImagerPixelSpacing": "DS:0.105\\0.105",
    "EstimatedRadiographicMagnificationFactor": "DS:1.05",
    "SamplesPerPixel": "US:1",
    "PhotometricInterpretation": "CS:MONOCHROME2",
    "PresentationLUTShape": "CS:IDENTITY",
    "WindowCenter": "DS:2000",
    "WindowWidth": "DS:3400",
    "WindowCenterWidthExplanation": "LO:NORMAL",
    "VOILUTFunction": "CS:LINEAR",
    "RescaleIntercept": "DS:0",
    "RescaleSlope": "DS:1",
}
PIXELS = (0x7FE0, 0x0010)
NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FD": "d", "FL": "f"}
LONG_LENGTHS = {"OB", "OW", "OF", "OD", "UN", "UT", "SQ", "UC"}
UNDEFINED = 0xFFFFFFFF
ROWS, COLUMNS = 64, 48
HEX = re.compile(r"<([0-9A-Fa-f]+)>")
RAMP = re.compile(r"(ramp|bytes)\((\d+),(\d+),(\d+)\)")

Words = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a file's pixels mean, the words that hold them, and how many bits are stored."""

    values: NDArray[np.int64]
    words: Words
    bits: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made, and the stored values that it holds."""

    path: Path
    values: NDArray[np.int64]


def split_outside(text: str, divider: str) -> Iterator[str]:
    """Yield the parts of a text that stand between dividers outside of brackets."""
    depth, part = 0, ""
    for one in text:
        depth += (one == "[") - (one == "]")
        if one == divider and not depth:
            yield part.strip()
            part = ""
        else:
            part += one
    yield part.strip()


def made_pixels(number: int, options: dict[str, str]) -> Pixels:
    """Return half a disc of tissue at the right edge, where the chest wall of a right breast is."""
    kind = options.get("pixels", "12")
    y, x = np.mgrid[:ROWS, :COLUMNS]
    inside = ((y - 32) / 26) ** 2 + ((COLUMNS - 1 - x) / 30) ** 2 < 1
    grain = np.random.default_rng(number).integers(800, 3000, (ROWS, COLUMNS))
    grain[ROWS // 2, -1] = 2999  # the highest of every file
    values = np.where(inside, grain, 0)
    bits, signed = int(kind.lstrip("s")), kind.startswith("s")
    values = values >> 4 if bits == 8 else values
    values = values * 16 if bits == 16 and not signed else values
    values = (values - 1024 if signed else values).astype(np.int64)
    words = (values & ((1 << (8 if bits == 8 else 16)) - 1)).astype(np.uint16)
    keep = int(options.get("keep", "0xFFFF"), 16)
    words = (words & keep | int(options.get("or", "0"), 16)) << int(options.get("shift", "0"))
    return Pixels(values, words.astype(np.uint16), bits, signed)


def frame_of(words: Words, syntax: str, coded: str) -> bytes:
    """Return a compressed frame; `coded` is its sign and precision, such as u14 or s16."""
    bits, signed = int(coded[1:]), coded[0] == "s"
    kept = words & np.uint16((1 << bits) - 1)
    if bits <= 8:
        kept = kept.astype(np.uint8)
    if syntax == "J2K":
        pixels = words.view(np.int16) if signed else kept
        return bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", bitspersample=bits))
    if syntax == "HT":
        pixels = words.view(np.int16) if signed else kept
        return bytes(imagecodecs.htj2k_encode(pixels, reversible=True))
    if syntax == "LJ":
        encoded = imagecodecs.jpeg8_encode(kept, lossless=True, predictor=1, bitspersample=bits)
        return bytes(encoded)
    if syntax == "JLS":
        of_grey = {"samples_per_pixel": 1, "photometric_interpretation": "MONOCHROME2"}
        size = {"rows": ROWS, "columns": COLUMNS, "bits_stored": bits}
        return bytes(jpeg_ls.encode_pixel_data(kept.tobytes(), **size, **of_grey))
    frame: bytes = RLELosslessEncoder.encode(
        words.astype("<u2").tobytes(),
        rows=ROWS,
        columns=COLUMNS,
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        encoding_plugin="pydicom",
    )
    return frame


def encapsulated(frame: bytes) -> bytes:
    item = struct.Struct("<HHI")
    frame += b"\0" * (len(frame) % 2)
    return (
        item.pack(0xFFFE, 0xE000, 0)
        + item.pack(0xFFFE, 0xE000, len(frame))
        + frame
        + item.pack(0xFFFE, 0xE0DD, 0)
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes elements in a byte order, with value representations or without them."""

    order: str = "<"
    explicit: bool = True
    undefined: bool = False
    padded: bool = True

    def value(self, vr: str, said: str) -> bytes:
        """Return the bytes of a value: numbers, `<1B24>`, `ramp(...)`, `[items]` or text."""
        if vr in NUMBERS:
            cast = float if vr in {"FD", "FL"} else int
            numbers = [cast(one) for one in said.split("\\") if one]
            return struct.pack(f"{self.order}{len(numbers)}{NUMBERS[vr]}", *numbers)
        if vr == "SQ":
            return b"".join(map(self.item, re.findall(r"\[(.*?)\](?=\[|$)", said)))
        ramp = RAMP.fullmatch(said)
        if ramp:
            entries = np.linspace(int(ramp[3]), int(ramp[4]), int(ramp[2])).round()
            return entries.astype("u1" if ramp[1] == "bytes" else f"{self.order}u2").tobytes()
        parts = HEX.split(said)
        texts = (one.encode("latin-1") for one in parts[::2])
        bits = (*map(bytes.fromhex, parts[1::2]), b"")
        return b"".join(text + raw for text, raw in zip(texts, bits, strict=True))

    def item(self, said: str) -> bytes:
        """Return an item of a sequence."""
        content = self.elements(dict(one.split("=", 1) for one in split_outside(said, ";") if one))
        length = UNDEFINED if self.undefined else len(content)
        end = self._head((0xFFFE, 0xE00D), 0) if self.undefined else b""
        return self._head((0xFFFE, 0xE000), length) + content + end

    def elements(self, said: dict[str, str]) -> bytes:
        """Return elements in the order of their tags."""
        tagged = sorted((tag_of(keyword), value) for keyword, value in said.items())
        return b"".join(self.element(tag, *value.split(":", 1)) for tag, value in tagged)

    def element(self, tag: tuple[int, int], vr: str, said: str) -> bytes:
        """Return one element."""
        value = self.value(vr, said)
        if self.padded and len(value) % 2:
            value += b"\0" if vr in {"UI", "OB", "UN"} else b" "
        if vr == "SQ" and self.undefined:
            return self.header(tag, vr, UNDEFINED) + value + self._head((0xFFFE, 0xE0DD), 0)
        return self.header(tag, vr, len(value)) + value

    def header(self, tag: tuple[int, int], vr: str, length: int) -> bytes:
        """Return what stands in front of a value."""
        if not self.explicit:
            return self._head(tag, length)
        start = struct.pack(f"{self.order}HH", *tag) + vr.encode()
        if vr in LONG_LENGTHS:
            return start + b"\0\0" + struct.pack(f"{self.order}I", length)
        return start + struct.pack(f"{self.order}H", length)

    def _head(self, tag: tuple[int, int], length: int) -> bytes:
        return struct.pack(f"{self.order}HHI", *tag, length)


def tag_of(name: str) -> tuple[int, int]:
    """Return the tag of a keyword, or of `0009,0010`."""
    number = int(name.replace(",", ""), 16) if "," in name else tag_for_keyword(name)
    assert number is not None, name
    return number >> 16, number & 0xFFFF


def file_bytes(number: int, made: str) -> tuple[bytes, dict[str, str], NDArray[np.int64]]:
    """Return the bytes of a row's file, its options, and its stored values.

    Options are written in small letters, attributes by keyword or tag as `VR:value`; `-Keyword`
    leaves one out.
    """
    parts = [part for part in split_outside(made, ";") if part]
    said = dict(part.split("=", 1) for part in parts if "=" in part)
    options = {key: value for key, value in said.items() if key[0].islower()}
    syntax, pixels = options.get("syntax", "EXPLICIT"), made_pixels(number, options)
    allocated = 8 if pixels.bits == 8 else 16
    elements = MAMMOGRAM | {
        "SOPInstanceUID": f"UI:2.25.7{number}",
        "StudyInstanceUID": f"UI:2.25.8{number}",
        "PatientID": f"LO:ROW-{number}",
        "Rows": f"US:{ROWS}",
        "Columns": f"US:{COLUMNS}",
        "BitsAllocated": f"US:{allocated}",
        "BitsStored": f"US:{pixels.bits}",
        "HighBit": f"US:{pixels.bits - 1}",
        "PixelRepresentation": f"US:{int(pixels.signed)}",
    }
    elements |= {key: value for key, value in said.items() if not key[0].islower()}
    for left_out in (part[1:] for part in parts if part.startswith("-")):
        elements.pop(left_out)
    writer = Writer(
        ">" if syntax == "BIG" else "<",
        syntax != "IMPLICIT",
        "undefined" in parts,
        "odd" not in parts,
    )
    behind = {key: elements.pop(key) for key in [*elements] if tag_of(key) > PIXELS}
    dataset = writer.elements(elements) + pixel_element(writer, pixels, syntax, options)
    dataset += writer.elements(behind)
    return (
        whole_file(dataset + Writer().value("OB", options.get("tail", "")), syntax, options),
        (options),
        pixels.values,
    )


def pixel_element(writer: Writer, pixels: Pixels, syntax: str, options: dict[str, str]) -> bytes:
    if syntax in {"RLE", "LJ", "JLS", "J2K", "HT"}:
        coded = options.get("coded", f"{'s' if pixels.signed else 'u'}{pixels.bits}")
        value = encapsulated(frame_of(pixels.words, syntax, coded))
        return writer.header(PIXELS, "OB", UNDEFINED) + value
    width = 1 if pixels.bits == 8 else 2
    value = pixels.words.astype(f"{writer.order}u{width}").tobytes()
    vr = options.get("vr", "OB" if width == 1 else "OW")
    return writer.header(PIXELS, vr, len(value)) + value


def whole_file(dataset: bytes, syntax: str, options: dict[str, str]) -> bytes:
    """Return a dataset with what a file has in front of it, or lacks."""
    meta = {
        "MediaStorageSOPClassUID": MAMMOGRAM["SOPClassUID"],
        "MediaStorageSOPInstanceUID": "UI:2.25.7",
        "TransferSyntaxUID": f"UI:{SYNTAXES[syntax]}",
    }
    if options.get("meta") == "no syntax":
        del meta["TransferSyntaxUID"]
    content = Writer().elements(meta)
    length = struct.pack("<I", len(content))
    content = Writer().header((2, 0), "UL", 4) + length + content
    if options.get("meta") == "none":
        content = b""
    if syntax == "DEFLATED":
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        dataset = deflate.compress(dataset) + deflate.flush()
    preamble = Writer().value("OB", options.get("preamble", "")).ljust(128, b"\0")
    prefix = b"" if options.get("prefix") == "none" else preamble + b"DICM"
    return prefix + content + dataset


@pytest.fixture(scope="session")
def make_odd_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, str], Made]:
    """Return a function that writes the file of a row."""
    folder = tmp_path_factory.mktemp("odd")

    def make(number: int, made: str) -> Made:
        content, options, values = file_bytes(number, made)
        path = folder / f"{number:03d}" / options.get("name", "image.dcm")
        path.parent.mkdir()
        path.write_bytes(content)
        return Made(path, values)

    return make
