"""One process of the viewer's bench: all contestants alive, a random order in every round.

Run as `python -m reader_app.qt.bench.viewer_rounds ROUNDS SEED full|quick`; writes one line of JSON
to standard output.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from pydicom.pixels import get_decoder
from pydicom.uid import JPEGLosslessSV1

from reader_app.bench.goals import Timed
from reader_app.bench.pictures import FULL, QUICK, BenchSize, bench_exam, write_jpeg_lossless
from reader_app.bench.viewer import BenchError
from reader_app.display.display_frame import PaneSizes
from reader_app.display.display_kernels import warm_up
from reader_app.display.display_pyramid import Picture, build_picture
from reader_app.qt.application import reading_application
from reader_app.qt.bench.contestant import Contestant, timed_s
from reader_app.qt.bench.ours import OurNextCase, OurPanes, OurWindowLevel, OurZoom
from reader_app.qt.bench.rivals import (
    DecodedNextCase,
    NaiveNextCase,
    NaiveWindowLevel,
    SmoothZoom,
)
from reader_app.qt.bench.stalls import decoding_stall_s, prefetch_stall_s
from reader_app.qt.bench.yardsticks import Copy, QtFloor
from study_design.images.image_store import LoadedImage, load_pixels, write_image
from study_design.study_folder import StudyFolder

Timer = Callable[[int], float]
CASE = "BENCH-1"


def main(words: list[str]) -> int:
    """Time all rounds."""
    rounds, seed, size = int(words[0]), int(words[1]), QUICK if words[2] == "quick" else FULL
    application = reading_application(["bench"])
    warm_up()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            timers = _timers(size, Path(scratch), np.random.default_rng(seed))
            series = _rounds(timers, rounds, random.Random(seed))
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    facts = {"series": series, "decoder": " ".join(_decoders()) or "none"}
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    application.quit()
    return 0


def _rounds(
    timers: Mapping[Timed, Timer], rounds: int, order: random.Random
) -> dict[Timed, list[float]]:
    """Time everything once in each round; the first round warms up and is thrown away."""
    series: dict[Timed, list[float]] = {timed: [] for timed in timers}
    for number in range(rounds + 1):
        for timed in order.sample(list(timers), len(timers)):
            took_s = timers[timed](number)
            if number > 0:
                series[timed].append(took_s)
    return series


def _timers(
    size: BenchSize, scratch: Path, generator: np.random.Generator
) -> Mapping[Timed, Timer]:
    """Build all contestants and return what takes the time of each."""
    exam, other = (bench_exam(case, size, generator) for case in (CASE, "BENCH-2"))
    arrays, others = ([image.codes for image in images] for images in (exam, other))
    pictures = [_picture(image) for image in exam]
    fit = OurWindowLevel(pictures, size, one_to_one=False)
    close = OurWindowLevel(pictures, size, one_to_one=True)
    zoom = OurZoom(pictures, size)
    contestants: dict[Timed, Contestant] = {
        Timed.OURS_FIT: fit,
        Timed.OURS_ONE_TO_ONE: close,
        Timed.OURS_ZOOM: zoom,
        Timed.OURS_NEXT: OurNextCase(pictures, [_picture(image) for image in other], size),
        Timed.NAIVE_FIT: NaiveWindowLevel(arrays, size),
        Timed.NAIVE_ONE_TO_ONE: NaiveWindowLevel(arrays, size, close.hanging[-1]),
        Timed.SMOOTH_ZOOM: SmoothZoom(arrays, size, zoom.steps),
        Timed.NAIVE_NEXT: NaiveNextCase(arrays, others, size),
        Timed.COPY_FIT: Copy(_pixels(fit)),
        Timed.COPY_ONE_TO_ONE: Copy(_pixels(close)),
        Timed.FLOOR_FIT: QtFloor(size, [hanging.resampled().codes for hanging in fit.hanging]),
        Timed.FLOOR_ONE_TO_ONE: QtFloor(
            size, [hanging.resampled().codes for hanging in close.hanging]
        ),
    }
    files = _files(exam, scratch) if _decoders() else []
    if files:
        contestants[Timed.DECODED_NEXT] = DecodedNextCase(arrays, others, size, files)
    timers: dict[Timed, Timer] = {
        timed: partial(timed_s, contestant) for timed, contestant in contestants.items()
    }
    timers[Timed.OURS_STALL] = _prefetching(exam, scratch, fit.box.first_panes)
    if files:
        timers[Timed.DECODED_STALL] = lambda _number: decoding_stall_s(files)
    return timers


def _picture(image: LoadedImage) -> Picture:
    """Return an image ready to be shown."""
    return build_picture(image.mammogram, image.codes, image.air)


def _pixels(panes: OurPanes) -> int:
    """Return how many pixels a new look changes."""
    return sum(hanging.resampled().codes.size for hanging in panes.hanging)


def _files(exam: list[LoadedImage], scratch: Path) -> list[Path]:
    """Write the exam as JPEG Lossless files."""
    files = [scratch / f"{image.mammogram.image}.dcm" for image in exam]
    for file, image in zip(files, exam, strict=True):
        write_jpeg_lossless(file, image.codes)
    return files


def _prefetching(exam: list[LoadedImage], scratch: Path, panes: PaneSizes) -> Timer:
    """Return what times our prefetching of an exam that lies in a study's cache."""
    folder = StudyFolder(scratch / "study")
    for image in exam:
        write_image(folder, image.mammogram, image.codes, image.air)

    def load(_case: str) -> tuple[LoadedImage, ...]:
        return tuple(load_pixels(folder, image.mammogram) for image in exam)

    return lambda _number: prefetch_stall_s(load, CASE, panes)


def _decoders() -> tuple[str, ...]:
    """Return the decoders that pydicom has for JPEG Lossless, the one that it takes first."""
    return tuple(get_decoder(JPEGLosslessSV1).available_plugins)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
