"""One process of the loading bench: everything in a random order in every round.

Run as `python -m reader_app.bench.load_rounds ROUNDS SEED full|quick`; writes one line of JSON to
standard output.
"""

import ctypes
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.pixels import get_decoder
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from reader_app.bench.load import Loaded
from reader_app.bench.pictures import BITS, FULL, QUICK, BenchSize, Codes, bench_exam
from reader_app.bench.viewer import BenchError
from reader_app.display.display_kernels import warm_up
from reader_app.display.display_pyramid import Picture, build_picture
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.image_store import LoadedImage, codes_sha256, load_pixels, write_image
from study_design.images.mammogram import Mammogram
from study_design.images.messages import Pseudonyms, TakeRequest
from study_design.images.pixels.decode import DECODERS, decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.images.pixels.transfer_syntaxes import CODINGS
from study_design.phantom.transfer_syntax import put_pixels
from study_design.study_folder import StudyFolder

Act = Callable[[], object]
Decode = Callable[[Path], Codes]

MEMORY_BYTES = 400_000_000  # more than any act takes
BREAST_WIDTH, BREAST_HEIGHT = 0.75, 0.45  # half axes, as shares of the picture: 53 % tissue


@dataclass(frozen=True, slots=True)
class SyntaxTimes:
    """What is timed of a transfer syntax: our decoding, pydicom's default, our codec by itself."""

    syntax: UID
    ours: Loaded
    pydicom: Loaded
    codec: Loaded | None = None


SYNTAXES = (
    SyntaxTimes(ExplicitVRLittleEndian, Loaded.OURS_RAW, Loaded.PYDICOM_RAW),
    SyntaxTimes(RLELossless, Loaded.OURS_RLE, Loaded.PYDICOM_RLE),
    SyntaxTimes(
        JPEGLosslessSV1,
        Loaded.OURS_JPEG_LOSSLESS,
        Loaded.PYDICOM_JPEG_LOSSLESS,
        Loaded.CODEC_JPEG_LOSSLESS,
    ),
    SyntaxTimes(JPEGLSLossless, Loaded.OURS_JPEG_LS, Loaded.PYDICOM_JPEG_LS, Loaded.CODEC_JPEG_LS),
    SyntaxTimes(
        JPEG2000Lossless, Loaded.OURS_JPEG_2000, Loaded.PYDICOM_JPEG_2000, Loaded.CODEC_JPEG_2000
    ),
    SyntaxTimes(HTJ2KLossless, Loaded.OURS_HTJ2K, Loaded.PYDICOM_HTJ2K, Loaded.CODEC_HTJ2K),
)


def main(words: list[str]) -> int:
    """Time all rounds."""
    rounds, seed, size = int(words[0]), int(words[1]), QUICK if words[2] == "quick" else FULL
    warm_up()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            acts = _acts(size, Path(scratch), np.random.default_rng(seed))
            series = _rounds(acts, rounds, random.Random(seed))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    decoders = [f"{times.syntax.name}: {_default(times.syntax)}" for times in SYNTAXES[1:]]
    sys.stdout.write(json.dumps({"series": series, "decoder": "; ".join(decoders)}) + "\n")
    sys.stdout.flush()
    return 0


def tree_cpu_s() -> float:
    """Return the CPU time of this process and of its children that have ended, where known."""
    spent_s = time.process_time()
    if sys.platform != "win32":  # the children's time is missing there
        import resource

        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent_s += children.ru_utime + children.ru_stime
    return spent_s


def _settle_memory() -> None:
    """Let each act begin alike: none of its memory is at hand, all of it is in the machine.

    Else reading the bytes of four views takes 12 ms or 60, as the act before it left memory; and
    the host of a virtual machine takes back what is free for seconds, then any act that asks for
    it waits for up to 300 ms of CPU.
    """
    np.ones(MEMORY_BYTES, dtype=np.uint8)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def ours(path: Path) -> Codes:
    """Decode as an import does."""
    return decode_dicom(open_pixels(path)).codes


def by_pydicom(path: Path) -> Codes:
    """Decode as pydicom does when nothing is said."""
    pixels: Codes = dcmread(path).pixel_array
    return pixels


def _rounds(
    acts: Mapping[Loaded, Act], rounds: int, order: random.Random
) -> dict[Loaded, list[float]]:
    """Time everything once in each round; the first round warms up and is thrown away."""
    series: dict[Loaded, list[float]] = {timed: [] for timed in acts}
    for number in range(rounds + 1):
        for timed in order.sample(list(acts), len(acts)):
            _settle_memory()
            start_s = tree_cpu_s()
            acts[timed]()
            if number > 0:
                series[timed].append(tree_cpu_s() - start_s)
    return series


def _acts(size: BenchSize, scratch: Path, generator: np.random.Generator) -> dict[Loaded, Act]:
    """Write all files and return what is timed."""
    exam = [_breast(image) for image in bench_exam("LOAD-1", size, generator)]
    acts: dict[Loaded, Act] = {}
    for times in SYNTAXES:
        path = _written(exam[0], times.syntax, scratch)
        for timed, decode in ((times.ours, ours), (times.pydicom, by_pydicom)):
            if not np.array_equal(decode(path), exam[0].codes):
                raise BenchError(f"Expected the pixels as they were written, not so: {timed.value}")
            acts[timed] = _decoding(decode, path)
        if times.codec is not None:
            acts[times.codec] = _codec(times.syntax, path)
    raw = [_written(image, ExplicitVRLittleEndian, scratch) for image in exam]
    jpeg = [_written(image, JPEGLosslessSV1, scratch) for image in exam]
    htj2k = [_written(image, HTJ2KLossless, scratch) for image in exam]
    return acts | {
        Loaded.PYRAMID_RAW: _pyramids(exam, raw, ours),
        Loaded.PYRAMID_HTJ2K: _pyramids(exam, htj2k, ours),
        Loaded.PYRAMID_JPEG_LOSSLESS: _pyramids(exam, jpeg, ours),
        Loaded.PYRAMID_PYDICOM: _pyramids(exam, jpeg, by_pydicom),
        Loaded.PYRAMID_CACHE: _cached_pyramids(exam, StudyFolder(scratch / "study")),
        Loaded.IMPORT: _guarded(exam, raw, scratch / "imported"),
        Loaded.BYTES: lambda: [path.read_bytes() for path in raw],
        Loaded.CHECKSUM: lambda: [codes_sha256(image.codes) for image in exam],
    }


def _breast(image: LoadedImage) -> LoadedImage:
    """Return a made-up view with air around a half ellipse, as a mammogram has it."""
    rows, columns = image.codes.shape
    y, x = np.ogrid[:rows, :columns]
    height, width = BREAST_HEIGHT * rows, BREAST_WIDTH * columns
    air = ((y - rows / 2) / height) ** 2 + (x / width) ** 2 > 1
    codes = np.where(air, 0, image.codes).astype(np.uint16)
    return LoadedImage(image.mammogram, codes, air)


def _written(image: LoadedImage, syntax: UID, scratch: Path) -> Path:
    """Return the file of a view in a transfer syntax, written where it is not there yet."""
    path = scratch / f"{image.mammogram.image}-{syntax}.dcm"
    if not path.exists():
        dataset = Dataset()
        dataset.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
        dataset.SOPInstanceUID = "2.25.1"
        dataset.PhotometricInterpretation = "MONOCHROME2"
        put_pixels(dataset, image.codes, syntax, bits_stored=BITS)
        dataset.save_as(path, enforce_file_format=True)
    return path


def _decoding(decode: Decode, path: Path) -> Act:
    """Return what decodes a file."""
    return lambda: decode(path)


def _codec(syntax: UID, path: Path) -> Act:
    """Return what decompresses the frame of a file and does nothing else."""
    frame, decode = open_pixels(path).frame(), DECODERS[CODINGS[syntax]]
    return lambda: decode(frame)


def _pyramids(exam: Sequence[LoadedImage], paths: Sequence[Path], decode: Decode) -> Act:
    """Return what brings four files to pictures; their air is known since the import."""
    return lambda: [
        build_picture(image.mammogram, decode(path), image.air)
        for image, path in zip(exam, paths, strict=True)
    ]


def _cached_pyramids(exam: Sequence[LoadedImage], folder: StudyFolder) -> Act:
    """Return what brings the four views from a study's cache to pictures."""
    mammograms = []
    for image in exam:
        mammograms.append(replace(image.mammogram, sha256=codes_sha256(image.codes)))
        write_image(folder, mammograms[-1], image.codes, image.air)

    return lambda: [_cached_picture(folder, mammogram) for mammogram in mammograms]


def _cached_picture(folder: StudyFolder, mammogram: Mammogram) -> Picture:
    """Load a view, checked, and build its pyramid; what was loaded is let go before the next."""
    image = load_pixels(folder, mammogram)
    return build_picture(mammogram, image.codes, image.air)


def _guarded(exam: Sequence[LoadedImage], paths: Sequence[Path], target: Path) -> Act:
    """Return what takes four files in a guarded child of their own."""

    def take() -> None:
        with GuardedWorker() as worker:
            for image, path in zip(exam, paths, strict=True):
                view, name = image.mammogram.view, image.mammogram.image
                if view is not None:
                    names = Pseudonyms("LOAD-1", "P1", name, view, "2.25.1", "2.25.2")
                    worker.take(TakeRequest(path, target, names), image.codes.size / 1e6)

    return take


def _default(syntax: UID) -> str:
    """Return the decoder that pydicom takes when nothing is said."""
    return next(iter(get_decoder(syntax).available_plugins), "none")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
