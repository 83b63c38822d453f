"""Phantom exams as Digital Mammography X-Ray Image Storage - For Presentation files.

The files are what a mammography unit would send (DICOM PS3.3 A.27), so that import, hanging and
windowing are exercised for real; every one says that it shows a phantom, not a person.
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGLosslessSV1,
    generate_uid,
)

from study_design.errors import BadInputError
from study_design.phantom.exam import PhantomExam, Window
from study_design.phantom.render import BITS_STORED, PhantomImage, RenderedExam
from study_design.phantom.truth import ExamTruth, exam_truth
from study_design.vocabulary import Projection, View

MANUFACTURER = "Crossread phantom"
# No word in it that real images speak of: a phantom goes the way of a real exam.
SYNTHETIC = "Computed, not a person. Not for clinical use."
_MAGNIFICATION = 1.05
_DEFAULT_STUDY_DATE = datetime.date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class WrittenView:
    """The file of one view."""

    view: View
    path: Path


@dataclass(frozen=True, slots=True)
class WrittenExam:
    """The four files of an exam, the patient's (phantom) identifier in them, and the truth."""

    patient_id: str
    files: tuple[WrittenView, ...]
    truth: ExamTruth


@dataclass(frozen=True, slots=True)
class _Code:
    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True, slots=True)
class _VoiWindow:
    center: float
    width: float
    explanation: str


# PS3.16 CID 4014; the SNOMED RT codes are retired, and many archives are full of them.
_VIEW_CODES = {
    (Projection.CC, "SCT"): _Code("399162004", "SCT", "cranio-caudal"),
    (Projection.MLO, "SCT"): _Code("399368009", "SCT", "medio-lateral oblique"),
    (Projection.CC, "SRT"): _Code("R-10242", "SRT", "cranio-caudal"),
    (Projection.MLO, "SRT"): _Code("R-10226", "SRT", "medio-lateral oblique"),
}
_BREAST_CODES = {
    "SCT": _Code("76752008", "SCT", "Breast"),
    "SRT": _Code("T-04000", "SRT", "Breast"),
}
_WINDOWS = {
    Window.LINEAR: (_VoiWindow(2000.0, 3400.0, "NORMAL"), _VoiWindow(1700.0, 2400.0, "HARDER")),
    Window.SIGMOID: (_VoiWindow(2000.0, 3200.0, "NORMAL"), _VoiWindow(1900.0, 2300.0, "HARDER")),
}


def write_dicom(
    rendered: RenderedExam,
    folder: Path,
    *,
    transfer_syntax: str = ExplicitVRLittleEndian,
    study_date: datetime.date = _DEFAULT_STUDY_DATE,
) -> WrittenExam:
    """Write the four views of an exam, one file each.

    Parameters
    ----------
    rendered
        The exam and its images.
    folder
        Where the files go; made if need be. Names begin with the patient's identifier, so exams of
        different seeds may share a folder.
    transfer_syntax
        Explicit VR Little Endian, or JPEG Lossless, Non-Hierarchical, First-Order Prediction
        (1.2.840.10008.1.2.4.70), which many mammography archives hold.
    study_date
        The date of the exam. UIDs do not depend on it: they follow from the exam.

    Raises
    ------
    BadInputError
        For another transfer syntax.
    """
    syntax = UID(transfer_syntax)
    if syntax not in (ExplicitVRLittleEndian, JPEGLosslessSV1):
        raise BadInputError(
            f"Transfer syntax: expected {ExplicitVRLittleEndian} or {JPEGLosslessSV1}, got "
            f"{transfer_syntax}. Choose one of the two."
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = exam_files(rendered.exam, folder, spacing_mm=rendered.images[0].spacing_mm)
    for number, (image, file) in enumerate(zip(rendered.images, written.files, strict=True), 1):
        dataset = _header(rendered.exam, image, number, study_date)
        _set_pixels(dataset, image, syntax)
        dataset.save_as(file.path, enforce_file_format=True)
    return written


def exam_files(exam: PhantomExam, folder: Path, *, spacing_mm: float) -> WrittenExam:
    """Return what `write_dicom` writes of an exam into a folder, without writing it."""
    patient_id = f"PHANTOM-{exam.seed:04d}"
    files = tuple(
        WrittenView(view, folder / f"{patient_id}-{number}.dcm")
        for number, view in enumerate(View, start=1)
    )
    return WrittenExam(patient_id, files, exam_truth(exam, spacing_mm=spacing_mm))


def _header(
    exam: PhantomExam, image: PhantomImage, number: int, study_date: datetime.date
) -> FileDataset:
    """Return the file's attributes, module by module."""
    dataset = FileDataset("", {}, preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _set_patient_and_study(dataset, exam, study_date)
    _set_series_and_equipment(dataset, exam)
    _set_instance(dataset, exam, image, number)
    _set_view(dataset, exam, image)
    _set_display(dataset, exam)
    return dataset


def _set_patient_and_study(dataset: Dataset, exam: PhantomExam, study_date: datetime.date) -> None:
    dataset.PatientName = f"PHANTOM^{exam.seed:04d}"
    dataset.PatientID = f"PHANTOM-{exam.seed:04d}"
    dataset.PatientBirthDate = f"{1945 + exam.seed % 35}0101"
    dataset.PatientSex = "F"
    dataset.PatientComments = SYNTHETIC
    dataset.StudyInstanceUID = _uid(exam, "study")
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = f"{study_date:%Y%m%d}"
    dataset.AcquisitionDate = f"{study_date:%Y%m%d}"
    dataset.StudyTime = dataset.SeriesTime = "090000"
    dataset.ReferringPhysicianName = ""
    dataset.StudyID = f"{exam.seed % 10**16}"
    dataset.AccessionNumber = f"PH{exam.seed % 10**14:04d}"
    dataset.StudyDescription = "Computed screening mammogram"


def _set_series_and_equipment(dataset: Dataset, exam: PhantomExam) -> None:
    dataset.Modality = "MG"
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.SeriesInstanceUID = _uid(exam, "series")
    dataset.SeriesNumber = 1
    dataset.SeriesDescription = "Computed, four views"
    dataset.FrameOfReferenceUID = _uid(exam, "frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = MANUFACTURER


def _set_instance(dataset: Dataset, exam: PhantomExam, image: PhantomImage, number: int) -> None:
    dataset.SOPClassUID = DigitalMammographyXRayImageStorageForPresentation
    dataset.SOPInstanceUID = _uid(exam, "image", str(image.view), repr(image.spacing_mm))
    dataset.SyntheticData = "YES"
    dataset.InstanceNumber = number
    dataset.AcquisitionNumber = number
    dataset.ContentTime = dataset.AcquisitionTime = f"0900{number:02d}"
    dataset.ImageType = ["DERIVED", "PRIMARY"]
    dataset.DerivationDescription = "Computed from random numbers"
    dataset.ImageComments = SYNTHETIC
    dataset.LossyImageCompression = "00"
    dataset.BurnedInAnnotation = "NO"
    dataset.QualityControlImage = "NO"
    dataset.AcquisitionContextSequence = []


def _set_view(dataset: Dataset, exam: PhantomExam, image: PhantomImage) -> None:
    scheme = "SRT" if exam.seed % 3 == 0 else "SCT"
    view_code = _coded(_VIEW_CODES[image.view.projection, scheme])
    view_code.ViewModifierCodeSequence = []
    dataset.ViewCodeSequence = [view_code]
    dataset.ViewPosition = str(image.view.projection)
    dataset.ImageLaterality = str(image.view.side)
    dataset.AnatomicRegionSequence = [_coded(_BREAST_CODES[scheme])]
    dataset.BodyPartExamined = "BREAST"
    dataset.OrganExposed = "BREAST"
    dataset.PatientOrientation = list(image.patient_orientation)
    dataset.PositionerType = "MAMMOGRAPHIC"
    dataset.BreastImplantPresent = "NO"
    dataset.PartialView = "NO"
    dataset.DetectorType = "DIRECT"
    # The spacing in the breast's plane is the imager's divided by the magnification.
    dataset.EstimatedRadiographicMagnificationFactor = _MAGNIFICATION
    dataset.ImagerPixelSpacing = [round(image.spacing_mm * _MAGNIFICATION, 9)] * 2


def _set_display(dataset: Dataset, exam: PhantomExam) -> None:
    """Set how stored values become greys: the image pixel, DX image and VOI LUT modules."""
    dataset.PixelIntensityRelationship = "LOG"
    dataset.PixelIntensityRelationshipSign = 1
    dataset.RescaleIntercept = 0
    dataset.RescaleSlope = 1
    dataset.RescaleType = "US"
    dataset.PresentationLUTShape = "IDENTITY"
    windows = _WINDOWS[exam.window]
    dataset.WindowCenter = [window.center for window in windows]
    dataset.WindowWidth = [window.width for window in windows]
    dataset.WindowCenterWidthExplanation = [window.explanation for window in windows]
    dataset.VOILUTFunction = str(exam.window)


def _set_pixels(dataset: FileDataset, image: PhantomImage, syntax: UID) -> None:
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = image.pixels.shape
    dataset.BitsAllocated = 16
    dataset.BitsStored = BITS_STORED
    dataset.HighBit = BITS_STORED - 1
    dataset.PixelRepresentation = 0
    dataset.PixelPaddingValue = 0
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = syntax
    if syntax == JPEGLosslessSV1:
        # Selection value 1 is what the "SV1" of the transfer syntax stands for.
        frame = imagecodecs.jpeg8_encode(
            image.pixels, lossless=True, predictor=1, bitspersample=BITS_STORED
        )
        dataset.PixelData = encapsulate([bytes(frame)])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    else:
        dataset.PixelData = image.pixels.astype("<u2").tobytes()
        dataset["PixelData"].VR = "OW"


def _coded(code: _Code) -> Dataset:
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme
    item.CodeMeaning = code.meaning
    return item


def _uid(exam: PhantomExam, *parts: str) -> str:
    """Return a UID that follows from the exam alone: the same phantom is the same instance."""
    return str(generate_uid(entropy_srcs=[MANUFACTURER, repr(exam), *parts]))
