"""Pictures to time the viewer with: as large and as grainy as mammograms, tissue everywhere.

Without air nothing is gained by leaving it out, so this is the hardest picture for our display path
and an ordinary one for its rivals.
"""

from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation, JPEGLosslessSV1
from scipy import ndimage

from study_design.images.image_store import LoadedImage, codes_sha256
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

Codes = NDArray[np.uint16]
BITS = 12
SPACING_MM = 0.065
COARSE_PX = 64  # distance over which tissue changes
GRAIN = 25.0


@dataclass(frozen=True, slots=True)
class BenchSize:
    """Size of each view in pixels and of the window in device pixels."""

    rows: int = 4096
    columns: int = 3328
    width: int = 3840
    height: int = 2160


FULL = BenchSize()
QUICK = BenchSize(1024, 832, 960, 540)


def bench_exam(case: str, size: BenchSize, generator: np.random.Generator) -> list[LoadedImage]:
    """Return four views of a made-up exam in hanging order."""
    images = []
    for view in View:
        codes = _tissue(size, generator)
        mammogram = Mammogram(
            image=f"{case}-{view.value}",
            case=case,
            view=view,
            rows=size.rows,
            columns=size.columns,
            bits_stored=BITS,
            sha256=codes_sha256(codes),
            windows=(VoiWindow(2000, 3000, explanation="NORMAL"),),
            spacing_mm=SPACING_MM,
        )
        images.append(LoadedImage(mammogram, codes, np.zeros(codes.shape, dtype=np.bool_)))
    return images


def write_jpeg_lossless(path: Path, codes: Codes) -> None:
    """Write a DICOM file as archives hold it: JPEG Lossless, first-order prediction."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    dataset.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    dataset.SOPInstanceUID = "2.25.1"
    dataset.Rows, dataset.Columns = codes.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, BITS, BITS - 1
    dataset.PixelRepresentation, dataset.SamplesPerPixel = 0, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    frame = imagecodecs.ljpeg_encode(codes, bitspersample=BITS)
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path, enforce_file_format=True)


def _tissue(size: BenchSize, generator: np.random.Generator) -> Codes:
    """Return slow changes of grey with grain on them, 12 bits."""
    coarse = generator.normal(2000, 500, (size.rows // COARSE_PX, size.columns // COARSE_PX))
    slow = ndimage.zoom(coarse, COARSE_PX, order=1)
    grain = generator.normal(0, GRAIN, slow.shape)
    return np.clip(slow + grain, 0, 2**BITS - 1).astype(np.uint16)
