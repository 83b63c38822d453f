"""Pictures of three channels: grey where all are alike, refused where they are in colour."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.pixels import pixel_array
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from study_design.cases.case_import import import_images
from study_design.errors import ImageError
from study_design.images.image_store import case_images
from study_design.images.pixels.colour import PALETTE_AS_GREY, READ_AS_GREY
from study_design.images.pixels.decode import decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.study_folder import StudyFolder

GREY = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1))
FILM = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7", "Modality": "OT"}
ENCODERS: dict[UID, Callable[[NDArray[Any]], bytes]] = {
    JPEGLosslessSV1: lambda p: imagecodecs.jpeg8_encode(
        p, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB"
    ),
    JPEGLSLossless: imagecodecs.jpegls_encode,
    JPEG2000Lossless: lambda p: imagecodecs.jpeg2k_encode(p, reversible=True, codecformat="j2k"),
    JPEG2000: lambda p: imagecodecs.jpeg2k_encode(p, level=60, codecformat="j2k"),
    JPEGBaseline8Bit: lambda p: imagecodecs.jpeg8_encode(p, level=95),
}


@pytest.fixture
def film(make_dicom: Any) -> Callable[..., Path]:
    """Return a function that writes a scanned film of three channels."""

    def make(
        channels: NDArray[Any],
        syntax: UID = ExplicitVRLittleEndian,
        photometric: str = "RGB",
        *,
        by_plane: bool = False,
    ) -> Path:
        path: Path = make_dicom("film.dcm", "L-CC", **FILM, pixels=channels[..., 0])
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, photometric
        dataset.PlanarConfiguration = int(by_plane)
        bits = 8 * channels.dtype.itemsize
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
        ordered = np.moveaxis(channels, -1, 0) if by_plane else channels
        dataset["PixelData"].VR = "OB" if bits == 8 else "OW"
        dataset.PixelData = ordered.tobytes()
        if syntax == RLELossless:
            dataset.PlanarConfiguration = 0
            dataset.compress(RLELossless, channels)
        elif syntax in ENCODERS:
            dataset.file_meta.TransferSyntaxUID = syntax
            dataset.PixelData = encapsulate([ENCODERS[syntax](channels)])
            dataset["PixelData"].VR = "OB"
        elif syntax == ExplicitVRBigEndian:
            dataset.file_meta.TransferSyntaxUID = syntax
            dataset["PixelData"].VR = "OW"
            dataset.PixelData = ordered.byteswap().tobytes() if bits > 8 else ordered.tobytes()
        dataset.save_as(path, little_endian=syntax != ExplicitVRBigEndian, implicit_vr=False)
        return path

    return make


@pytest.mark.parametrize("by_plane", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_equal_channels_are_read_bit_for_bit(
    film: Callable[..., Path], syntax: UID, dtype: str, by_plane: bool
) -> None:
    grey = GREY.astype(dtype) * (1 if dtype == "u1" else 250)
    path = film(np.dstack([grey] * 3), syntax, by_plane=by_plane)
    found = decode_dicom(open_pixels(path))
    np.testing.assert_array_equal(found.codes, grey)
    assert (found.notes, found.doubts) == ((READ_AS_GREY,), ())


@pytest.mark.parametrize("syntax", list(ENCODERS), ids=lambda syntax: syntax.name[:30])
def test_compressed_channels_that_are_alike_are_those_that_pydicom_decodes(
    film: Callable[..., Path], syntax: UID
) -> None:
    lossy = syntax in {JPEGBaseline8Bit, JPEG2000}
    said = {JPEGBaseline8Bit: "YBR_FULL_422", JPEG2000: "YBR_ICT"}
    path = film(np.dstack([GREY] * 3), syntax, said.get(syntax, "RGB"))
    found = decode_dicom(open_pixels(path))
    assert READ_AS_GREY in found.notes
    if not lossy:
        np.testing.assert_array_equal(found.codes, GREY)
    theirs = pixel_array(path)[..., 1].astype(int)
    assert int(abs(found.codes.astype(int) - theirs).max()) <= (1 if lossy else 0)


def test_brightness_with_neutral_colours_is_grey(film: Callable[..., Path]) -> None:
    neutral = np.full_like(GREY, 128)
    found = decode_dicom(
        open_pixels(film(np.dstack([GREY, neutral, neutral]), photometric="YBR_FULL"))
    )
    np.testing.assert_array_equal(found.codes, GREY)


def test_colours_of_half_the_width_are_read_where_they_are_neutral(
    film: Callable[..., Path],
) -> None:
    pairs = GREY.reshape(64, -1, 2)
    words = np.dstack([pairs, np.full((*pairs.shape[:2], 2), 128, np.uint8)])
    path = film(np.dstack([GREY] * 3), photometric="YBR_FULL_422")
    dataset = dcmread(path)

    def write(stored: NDArray[Any]) -> None:
        dataset.PixelData = stored.tobytes()
        dataset.save_as(path)

    write(words)
    found = decode_dicom(open_pixels(path))
    np.testing.assert_array_equal(found.codes, GREY)
    np.testing.assert_array_equal(found.codes, pixel_array(path, raw=True)[..., 0])
    assert found.notes == (READ_AS_GREY,)
    words[3, 5, 3] = 131
    write(words)
    with pytest.raises(ImageError, match=r"in colour: its channels differ by up to 3 of 255"):
        decode_dicom(open_pixels(path))
    write(words[:-1])
    with pytest.raises(ImageError, match="the pixels end early"):
        decode_dicom(open_pixels(path))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("first", [0, 7])
def test_a_palette_of_greys_gives_its_greys_and_one_of_colours_is_refused(
    make_dicom: Any, study: StudyFolder, tmp_path: Path, bits: int, first: int
) -> None:
    path: Path = make_dicom("film.dcm", "L-CC", **FILM, pixels=GREY)
    ramp = np.arange(255, -1, -1).astype(f"<u{bits // 8}") * (257 if bits == 16 else 1)

    def write(*, red: bytes = ramp.tobytes(), padding: int | None = None) -> None:
        dataset = dcmread(path)
        dataset.PhotometricInterpretation = "PALETTE COLOR"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
        dataset["PixelData"].VR, dataset.PixelData = "OB", GREY.tobytes()
        for name, table in (("Red", red), ("Green", ramp.tobytes()), ("Blue", ramp.tobytes())):
            descriptor = f"{name}PaletteColorLookupTableDescriptor"
            dataset.add_new(descriptor, "US", [256, first, bits])
            setattr(dataset, f"{name}PaletteColorLookupTableData", table)
        if padding is not None:
            dataset.add_new("PixelPaddingValue", "US", padding)
        dataset.save_as(path)

    write()
    whole = path.read_bytes()
    found = decode_dicom(open_pixels(path))
    wanted = ramp[np.clip(GREY.astype(int) - first, 0, 255)]
    np.testing.assert_array_equal(found.codes, wanted)
    assert (found.bits_stored, found.code_offset) == (bits, 0)
    assert PALETTE_AS_GREY in found.notes
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("case,laterality,view,path\nF1,L,CC,source/film.dcm\n")
    (taken,) = import_images(study, [], manifest=manifest).files
    assert (taken.verdict.value, PALETTE_AS_GREY in taken.reason) == ("accepted", True)
    kept = dcmread(next(study.images.iterdir()))
    assert (kept.PhotometricInterpretation, kept.BitsStored) == ("MONOCHROME2", bits)
    assert not [element.keyword for element in kept if "Palette" in element.keyword]
    np.testing.assert_array_equal(kept.pixel_array, wanted)
    tinted = ramp.copy()
    tinted[100 - first] -= 1
    write(red=tinted.tobytes())
    with pytest.raises(ImageError, match="in colour: its channels differ by up to"):
        decode_dicom(open_pixels(path))
    write(padding=0)
    with pytest.raises(ImageError, match="padding declared among the entries of a palette"):
        decode_dicom(open_pixels(path))
    path.write_bytes(whole)
    write(red=b"")
    with pytest.raises(ImageError, match="a palette that no picture can be made of"):
        decode_dicom(open_pixels(path))


@pytest.mark.parametrize(
    "syntax",
    [ExplicitVRLittleEndian, RLELossless, *ENCODERS],
    ids=lambda syntax: syntax.name[:30],
)
def test_a_picture_in_colour_is_refused_and_told_how_far(
    film: Callable[..., Path], syntax: UID
) -> None:
    tinted = np.dstack([GREY, GREY, GREY // 2])
    with pytest.raises(ImageError, match=r"in colour: its channels differ by up to \d+ of 255"):
        decode_dicom(open_pixels(film(tinted, syntax)))


def test_a_colour_scan_of_a_film_comes_in_by_a_manifest_and_a_tinted_one_does_not(
    film: Callable[..., Path], study: StudyFolder, tmp_path: Path
) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "case,laterality,view,path,pixel_spacing_mm\nF1,L,CC,source/film.dcm,0.05\n"
    )
    film(np.dstack([GREY, GREY, GREY // 2]))
    (refused,) = import_images(study, [], manifest=manifest, keep_going=True).files
    assert (refused.verdict.value, refused.reason[:19]) == ("refused", "a picture in colour")
    film(np.dstack([GREY] * 3))
    (taken,) = import_images(study, [], manifest=manifest).files
    assert (taken.verdict.value, READ_AS_GREY in taken.reason) == ("accepted", True)
    (mammogram,) = case_images(study, "F1")
    kept = dcmread(study.images / f"{mammogram.image}.dcm")
    assert (kept.SamplesPerPixel, kept.PhotometricInterpretation) == (1, "MONOCHROME2")
    np.testing.assert_array_equal(kept.pixel_array, GREY)
