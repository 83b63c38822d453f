"""What is timed of decoding and of loading a case, and the goals of both.

The numbers are from the design's measurements on a shared computer of 2 cores. Times are CPU
seconds of the whole process tree, so that neither threads nor a child process work for nothing.
"""

from enum import StrEnum

from reader_app.bench.goals import Goal
from reader_app.bench.viewer import BenchPlan


class Loaded(StrEnum):
    """Something whose time is taken in every round; a view has 13.6 million pixels."""

    OURS_RAW = "ours: one view, raw"
    OURS_RLE = "ours: one view, RLE"
    OURS_JPEG_LOSSLESS = "ours: one view, JPEG Lossless .70"
    OURS_JPEG_LS = "ours: one view, JPEG-LS"
    OURS_JPEG_2000 = "ours: one view, JPEG 2000"
    OURS_HTJ2K = "ours: one view, HTJ2K"
    PYDICOM_RAW = "pydicom: one view, raw"
    PYDICOM_RLE = "pydicom: one view, RLE"
    PYDICOM_JPEG_LOSSLESS = "pydicom: one view, JPEG Lossless .70"
    PYDICOM_JPEG_LS = "pydicom: one view, JPEG-LS"
    PYDICOM_JPEG_2000 = "pydicom: one view, JPEG 2000"
    PYDICOM_HTJ2K = "pydicom: one view, HTJ2K"
    PYRAMID_RAW = "ours: four views to pyramid, raw"
    PYRAMID_CACHE = "ours: four views to pyramid, from the study's cache, checked"
    PYRAMID_HTJ2K = "ours: four views to pyramid, HTJ2K"
    PYRAMID_JPEG_LOSSLESS = "ours: four views to pyramid, JPEG Lossless .70"
    PYRAMID_PYDICOM = "pydicom: four views to pyramid, JPEG Lossless .70"
    IMPORT = "ours: four raw views through the guarded child, its start included"
    BYTES = "yardstick: reading the raw bytes of four views"
    CODEC_JPEG_LOSSLESS = "yardstick: the codec alone, one view, JPEG Lossless .70"
    CODEC_JPEG_LS = "yardstick: the codec alone, one view, JPEG-LS"
    CODEC_JPEG_2000 = "yardstick: the codec alone, one view, JPEG 2000"
    CODEC_HTJ2K = "yardstick: the codec alone, one view, HTJ2K"
    CHECKSUM = "yardstick: SHA-256 of four views"


LOAD_GOALS = (
    Goal("raw, one view / pydicom", Loaded.OURS_RAW, Loaded.PYDICOM_RAW, 0.37, 0.3),
    Goal("RLE, one view / pydicom", Loaded.OURS_RLE, Loaded.PYDICOM_RLE, 0.45, 0.1),
    Goal(
        "JPEG Lossless .70, one view / pydicom",
        Loaded.OURS_JPEG_LOSSLESS,
        Loaded.PYDICOM_JPEG_LOSSLESS,
        0.36,
        0.3,
        Loaded.CODEC_JPEG_LOSSLESS,
    ),
    Goal(
        "JPEG-LS, one view / pydicom",
        Loaded.OURS_JPEG_LS,
        Loaded.PYDICOM_JPEG_LS,
        0.32,
        0.25,
        Loaded.CODEC_JPEG_LS,
    ),
    Goal(
        "JPEG 2000, one view / pydicom",
        Loaded.OURS_JPEG_2000,
        Loaded.PYDICOM_JPEG_2000,
        0.69,
        0.6,
        Loaded.CODEC_JPEG_2000,
    ),
    Goal(
        "HTJ2K, one view / pydicom",
        Loaded.OURS_HTJ2K,
        Loaded.PYDICOM_HTJ2K,
        0.25,
        0.2,
        Loaded.CODEC_HTJ2K,
    ),
    Goal("four views to pyramid, raw / bytes", Loaded.PYRAMID_RAW, Loaded.BYTES, 1.6, 1.4),
    Goal(
        "four views to pyramid, cache / bytes",
        Loaded.PYRAMID_CACHE,
        Loaded.BYTES,
        2.8,
        2.0,
        Loaded.CHECKSUM,
    ),
    Goal("four views to pyramid, HTJ2K / bytes", Loaded.PYRAMID_HTJ2K, Loaded.BYTES, 10, 8),
    Goal(
        "four views to pyramid, JPEG Lossless .70 / bytes",
        Loaded.PYRAMID_JPEG_LOSSLESS,
        Loaded.BYTES,
        16,
        13,
    ),
)

LOAD = BenchPlan("Load", "reader_app.bench.load_rounds", Loaded, LOAD_GOALS)
