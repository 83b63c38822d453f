"""Small mammograms as DICOM files, made here with pydicom and imagecodecs."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    MediaStorageDirectoryStorage,
    generate_uid,
)

from study_design.life.new_study import new_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View

SHARED = Path(__file__).resolve().parents[3] / ".." / "shared"

NOW = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)

# What stands in Patient Orientation of a picture stored as it is hung.
HANGING = {"R-CC": ["P", "L"], "L-CC": ["A", "R"], "R-MLO": ["P", "FL"], "L-MLO": ["A", "FR"]}

MakeDicom = Callable[..., Path]


@pytest.fixture(scope="session")
def real_images() -> Path:
    folder = SHARED / "data" / "images"
    if not folder.is_dir():
        pytest.skip("the real images lie beside the repository and are absent here")
    return folder


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    (tmp_path / "work").mkdir()
    return new_study(
        tmp_path / "work" / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=NOW
    )


def breast_pixels(view: str, rows: int = 160, columns: int = 120, seed: int = 0) -> Any:
    """Return 12 bit pixels of a half disc of tissue at the chest wall's edge, air 0."""
    random = np.random.default_rng([seed, *view.encode()])
    y, x = np.mgrid[:rows, :columns]
    inside = ((y - rows / 2) / (0.4 * rows)) ** 2 + (x / (0.6 * columns)) ** 2 < 1
    pixels = np.where(inside, random.integers(800, 3000, (rows, columns)), 0).astype(np.uint16)
    return pixels[:, ::-1].copy() if view.startswith("R") else pixels


def compressed(pixels: NDArray[np.uint16], syntax: UID) -> bytes:
    """Return the pixels in a compressed transfer syntax."""
    if syntax == JPEGLosslessSV1:
        return imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=1, bitspersample=12)
    if syntax == JPEGLossless:
        return imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=5, bitspersample=12)
    if syntax == JPEGLSLossless:
        return imagecodecs.jpegls_encode(pixels)
    assert syntax == JPEG2000Lossless
    return imagecodecs.jpeg2k_encode(pixels, reversible=True, codecformat="j2k", bitspersample=12)


@pytest.fixture
def make_dicom(tmp_path: Path) -> MakeDicom:
    """Return a function that writes a mammogram; keywords are attributes, None removes one."""

    def make(
        name: str = "image.dcm",
        view: str = "R-CC",
        *,
        pixels: NDArray[Any] | None = None,
        syntax: UID = ExplicitVRLittleEndian,
        patient: str = "PAT-1",
        **attributes: Any,
    ) -> Path:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = breast_pixels(view) if pixels is None else pixels
        dataset = _dataset(view, pixels, syntax, patient)
        for keyword, value in attributes.items():
            if value is None:
                dataset.pop(keyword, None)
            else:
                setattr(dataset, keyword, value)
        dataset.save_as(
            path,
            implicit_vr=syntax == ImplicitVRLittleEndian,
            little_endian=syntax != ExplicitVRBigEndian,
            enforce_file_format=True,
        )
        return path

    return make


def _dataset(view: str, pixels: NDArray[Any], syntax: UID, patient: str) -> Dataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID = generate_uid(entropy_srcs=["study", patient])
    dataset.AccessionNumber = f"ACC-{patient}"[:16]
    dataset.PatientID = patient
    dataset.PatientName = f"Name^{patient}"
    dataset.Modality = "MG"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.Manufacturer = "GE MEDICAL SYSTEMS"
    dataset.ImageLaterality, dataset.ViewPosition = view.split("-")
    dataset.PatientOrientation = HANGING[view]
    dataset.ImagerPixelSpacing = [0.1, 0.1]
    dataset.EstimatedRadiographicMagnificationFactor = 1.05
    dataset.WindowCenter, dataset.WindowWidth = 2000, 1500
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.SamplesPerPixel = 1
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated = 8 * pixels.dtype.itemsize
    dataset.BitsStored = 12 if pixels.dtype.itemsize == 2 else 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if syntax.is_encapsulated:
        dataset.PixelData = encapsulate([compressed(pixels, syntax)])
        dataset["PixelData"].VR = "OB"
    else:
        order = ">" if syntax == ExplicitVRBigEndian else "<"
        raw = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
        dataset.add_new("PixelData", "OW", raw)
    return dataset


@pytest.fixture
def make_exam(make_dicom: MakeDicom) -> Callable[..., list[Path]]:
    """Return a function that writes the four views of a patient."""

    def make(patient: str = "PAT-1", folder: str = "", **attributes: Any) -> list[Path]:
        prefix = f"{folder}/" if folder else ""
        return [
            make_dicom(
                f"{prefix}{patient}_{view}.dcm",
                view,
                patient=patient,
                pixels=breast_pixels(view, seed=sum(patient.encode())),
                **attributes,
            )
            for view in HANGING
        ]

    return make


@pytest.fixture
def make_index(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a DICOMDIR and the files it names; None: leave one out."""

    def make(files: dict[str, bytes | None], *, divided_by: str = "parts") -> Path:
        root = tmp_path / "disc"
        root.mkdir()
        records = []
        for name, content in files.items():
            record = Dataset()
            record.DirectoryRecordType = "IMAGE"
            record.ReferencedFileID = name.split("/") if divided_by == "parts" else name
            records.append(record)
            if content is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
        index = Dataset()
        index.file_meta = FileMetaDataset()
        index.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        index.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
        index.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        index.FileSetID = "DISC"
        index.DirectoryRecordSequence = records
        index.save_as(root / "DICOMDIR", enforce_file_format=True)
        return root / "DICOMDIR"

    return make


@pytest.fixture
def exam(make_dicom: MakeDicom) -> Callable[..., list[Path]]:
    """Return a function that writes one of several exams of a patient, by its number."""

    def write(
        number: int, patient: str = "PAT-1", views: Any = tuple(View), **said: Any
    ) -> list[Path]:
        said = {"StudyInstanceUID": f"1.2.{number}", "PatientName": "Doe^Jane", **said}
        return [
            make_dicom(
                f"{number}-{view}.dcm",
                view.value,
                pixels=breast_pixels(view.value, seed=number),
                patient=patient,
                **said,
            )
            for view in views
        ]

    return write
