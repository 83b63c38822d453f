"""Identity removed from a mammogram by an allow-list: what is not named here does not pass.

A new dataset is built; nothing is deleted from the old one. Numbers pass as numbers, codes only
with the values listed, texts never: maker, model and window names come from closed lists. UIDs are
new, dates are shifted, times are left empty. Pixels pass bit for bit as decoded, native in little
endian order: a compressed frame can hold words between its segments, behind its end and even within
its scan, and unused bits can hold anything.
"""

import datetime

import numpy as np
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from study_design.decimal_string import decimal_string
from study_design.images.attributes import integer, numbers, text, texts
from study_design.images.decode import StoredPixels
from study_design.images.header_tables import modality_table, voi_luts
from study_design.images.header_windows import header_windows, window_name
from study_design.images.messages import Pseudonyms
from study_design.images.object_kinds import is_secondary_capture
from study_design.images.patient_orientation import directions
from study_design.images.picture_kinds import MAMMOGRAPHY
from study_design.images.presentation import padding_of, vendor
from study_design.images.value_range import stored_value
from study_design.images.value_table import ValueTable
from study_design.vocabulary import Projection, View

METHOD = "Crossread allow-list 2: numbers, listed codes, shifted dates"
INVENTED_HEADER = "Header made by Crossread from a manifest; the source was a picture without one"

NUMBERS = (
    "KVP",
    "ExposureTime",
    "XRayTubeCurrent",
    "Exposure",
    "ExposureInuAs",
    "RelativeXRayExposure",
    "BodyPartThickness",
    "CompressionForce",
    "FocalSpots",
    "OrganDose",
    "EntranceDoseInmGy",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
    "DistanceSourceToEntrance",
    "EstimatedRadiographicMagnificationFactor",
    "PositionerPrimaryAngle",
    "DetectorSecondaryAngle",
    "FieldOfViewDimensions",
    "FieldOfViewOrigin",
    "FieldOfViewRotation",
    "CollimatorLeftVerticalEdge",
    "CollimatorRightVerticalEdge",
    "CollimatorUpperHorizontalEdge",
    "CollimatorLowerHorizontalEdge",
    "ImagerPixelSpacing",
    "PixelSpacing",
    "NominalScannedPixelSpacing",
    "DetectorBinning",
    "DetectorElementPhysicalSize",
    "DetectorElementSpacing",
    "DetectorActiveDimensions",
    "Sensitivity",
    "PixelIntensityRelationshipSign",
    "RescaleIntercept",
    "RescaleSlope",
    "LossyImageCompressionRatio",
)

CODES = {
    "ImageType": "ORIGINAL DERIVED PRIMARY SECONDARY",
    "PresentationIntentType": "PRESENTATION",
    "BodyPartExamined": "BREAST",
    "OrganExposed": "BREAST",
    "AnodeTargetMaterial": "MOLYBDENUM RHODIUM TUNGSTEN",
    "FilterMaterial": "MOLYBDENUM RHODIUM ALUMINUM SILVER COPPER TIN",
    "FilterType": "STRIP FLAT WEDGE BUTTERFLY MULTIPLE NONE",
    "Grid": "FIXED FOCUSED RECIPROCATING PARALLEL CROSSED NONE",
    "FieldOfViewShape": "RECTANGLE ROUND HEXAGONAL",
    "FieldOfViewHorizontalFlip": "YES NO",
    "CollimatorShape": "RECTANGULAR CIRCULAR POLYGONAL",
    "DetectorType": "DIRECT SCINTILLATOR STORAGE FILM",
    "DetectorConfiguration": "AREA SLOT",
    "PositionerType": "MAMMOGRAPHIC",
    "ExposureControlMode": "AUTOMATIC MANUAL",
    "BreastImplantPresent": "YES NO",
    "PartialView": "YES NO",
    "QualityControlImage": "YES NO BOTH",
    "BurnedInAnnotation": "YES NO",
    "PixelSpacingCalibrationType": "FIDUCIAL GEOMETRY",
    "PhotometricInterpretation": "MONOCHROME1 MONOCHROME2",
    "PixelIntensityRelationship": "LIN LOG DISP",
    "PresentationLUTShape": "IDENTITY INVERSE",
    "RescaleType": "US",
    "LossyImageCompression": "00 01",
    "LossyImageCompressionMethod": "ISO_10918_1 ISO_14495_1 ISO_15444_1",
}

MODELS = (
    "Senographe Essential",
    "Senographe DS",
    "Senograph DS",
    "Senographe 2000D",
    "Senographe Pristina",
    "Selenia Dimensions",
    "Lorad Selenia",
    "3Dimensions",
    "Mammomat Inspiration",
    "MAMMOMAT Revelation",
    "Mammomat Novation",
    "AMULET Innovality",
    "MicroDose",
)

EMPTY = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "SeriesNumber",
)

# Their days pass, shifted for each patient by a number of days that only the link file knows; the
# times of day do not pass.
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")

# PS3.16 CID 7050: which profile and options of PS3.15 Annex E are met.
_BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile", "DCM")
_MODIFIED_DATES = (
    "113107",
    "Retain Longitudinal Temporal Information Modified Dates Option",
    "DCM",
)

_VIEW_CODES = {
    Projection.CC: ("399162004", "cranio-caudal"),
    Projection.MLO: ("399368009", "medio-lateral oblique"),
}


def deidentify(source: Dataset, pixels: StoredPixels, names: Pseudonyms) -> FileDataset:
    """Return a new dataset with the decoded pixels and the technical attributes of a mammogram."""
    target = _new_dataset(names)
    said = text(source, "SOPClassUID")
    # A film that a manifest names becomes what a picture without a header does.
    target.SOPClassUID = MAMMOGRAPHY if is_secondary_capture(said) else said
    target.file_meta.MediaStorageSOPClassUID = target.SOPClassUID
    for keyword in NUMBERS:
        _pass_numbers(source, target, keyword)
    for keyword, allowed in CODES.items():
        _pass_codes(source, target, keyword, allowed.split())
    if text(source, "PresentationIntentType") == "FOR PRESENTATION":
        target.PresentationIntentType = "FOR PRESENTATION"
    target.PatientOrientation = list(directions(texts(source, "PatientOrientation")))
    target.Manufacturer = vendor(source)
    model = text(source, "ManufacturerModelName").upper()
    target.ManufacturerModelName = next((m for m in MODELS if m.upper() in model), "")
    _pass_windows(source, target)
    _pass_padding(source, target)
    _pass_dates(source, target, names.days_shifted)
    if text(source, "ImageComments") == INVENTED_HEADER:
        target.ImageComments = INVENTED_HEADER
    _pass_lookup_tables(source, target)
    if pixels.lossy:  # also where the header does not say it
        target.LossyImageCompression = "01"
    # A frame may hold more bits than the header says.
    bits_allocated = 8 if pixels.bits_stored <= 8 == integer(source, "BitsAllocated") else 16
    _put_pixels(target, pixels, bits_allocated=bits_allocated)
    return target


def wrap_picture(
    pixels: StoredPixels,
    names: Pseudonyms,
    spacing_mm: float | None,
    *,
    low_is_bright: bool = False,
) -> FileDataset:
    """Return a dataset round the pixels of a PNG or TIFF; its header says that it is invented."""
    target = _new_dataset(names)
    target.SOPClassUID = target.file_meta.MediaStorageSOPClassUID = MAMMOGRAPHY
    target.PresentationIntentType = "FOR PRESENTATION"
    target.ImageType = ["DERIVED", "SECONDARY"]
    target.ImageComments = INVENTED_HEADER
    target.Manufacturer = ""
    target.PatientOrientation = ""
    target.PhotometricInterpretation = "MONOCHROME1" if low_is_bright else "MONOCHROME2"
    target.PresentationLUTShape = "INVERSE" if low_is_bright else "IDENTITY"
    if spacing_mm is not None:
        target.PixelSpacing = [decimal_string(spacing_mm)] * 2
    _put_pixels(target, pixels, bits_allocated=16)
    return target


def _new_dataset(names: Pseudonyms) -> FileDataset:
    """Return a dataset that holds pseudonyms and what every image must hold."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = UID(names.sop_uid)
    target = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    target.SOPInstanceUID = names.sop_uid
    target.StudyInstanceUID = names.study_uid
    target.SeriesInstanceUID = generate_uid(prefix=None, entropy_srcs=[names.study_uid, "series"])
    target.Modality = "MG"
    target.PatientID = target.PatientName = names.patient
    target.PatientIdentityRemoved = "YES"
    target.DeidentificationMethod = METHOD
    target.DeidentificationMethodCodeSequence = [_code(*_BASIC_PROFILE)]
    target.LongitudinalTemporalInformationModified = "REMOVED"
    for keyword in EMPTY:
        setattr(target, keyword, None)
    target.SeriesDescription = names.case
    write_view(target, names.view)
    target.AnatomicRegionSequence = [_code("76752008", "Breast")]
    target.AcquisitionContextSequence = []
    return target


def write_burned_in(target: Dataset, *, identifies: bool | None) -> None:
    """Have a dataset say what was found in its pixels, whatever the hospital's header said.

    Parameters
    ----------
    identifies
        True where text may identify somebody, False where a person found that none does; None
        where a marker stands there that nobody has looked at: then nothing is said.
    """
    target.pop("BurnedInAnnotation", None)
    if identifies is not None:
        target.BurnedInAnnotation = "YES" if identifies else "NO"


def write_view(target: Dataset, view: View | None) -> None:
    """Have a dataset of the study say which view it is; None: nothing that names a view."""
    for keyword in ("InstanceNumber", "ImageLaterality", "ViewPosition"):
        target.pop(keyword, None)
    target.ViewCodeSequence = []
    if view is not None:
        target.InstanceNumber = list(View).index(view) + 1
        target.ImageLaterality = view.side.value
        target.ViewPosition = view.projection.value
        target.ViewCodeSequence = [_code(*_VIEW_CODES[view.projection])]
        target.ViewCodeSequence[0].ViewModifierCodeSequence = []


def _code(value: str, meaning: str, scheme: str = "SCT") -> Dataset:
    """Return an item of a code sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _pass_dates(source: Dataset, target: Dataset, days_shifted: int | None) -> None:
    """Pass the dates that make sense, so many days earlier; none where that is not known."""
    for keyword in DATES if days_shifted is not None else ():
        said = text(source, keyword)
        try:
            date = datetime.date(int(said[:4]), int(said[4:6]), int(said[6:]))
            shifted = date - datetime.timedelta(days=days_shifted or 0)
        except (ValueError, OverflowError):
            continue
        setattr(target, keyword, f"{shifted:%Y%m%d}")
        target.LongitudinalTemporalInformationModified = "MODIFIED"
    if target.LongitudinalTemporalInformationModified == "MODIFIED":
        target.DeidentificationMethodCodeSequence.append(_code(*_MODIFIED_DATES))


def _pass_numbers(source: Dataset, target: Dataset, keyword: str) -> None:
    """Pass the numbers of an attribute, written anew; nothing where one of them is none."""
    found, vr = numbers(source, keyword), dictionary_VR(keyword)
    if not found:
        return
    values = [_decimal_string(value) if vr == "DS" else int(value) for value in found]
    target.add_new(keyword, vr, values if len(values) > 1 else values[0])


def _pass_windows(source: Dataset, target: Dataset) -> None:
    """Pass the windows that make sense, as they were understood, each with its name."""
    windows = header_windows(source).windows
    if windows:
        target.WindowCenter = [_decimal_string(window.centre) for window in windows]
        target.WindowWidth = [_decimal_string(window.width) for window in windows]
        target.WindowCenterWidthExplanation = [window.explanation for window in windows]
        target.VOILUTFunction = windows[0].function.value


def _pass_padding(source: Dataset, target: Dataset) -> None:
    """Pass the padding values, in the representation that Pixel Representation asks for."""
    if padding_of(source) is None:
        return
    vr = "SS" if integer(source, "PixelRepresentation") == 1 else "US"
    for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit"):
        value = stored_value(source, keyword)
        if value is not None:
            target.add_new(keyword, vr, value)


def _decimal_string(value: float) -> str:
    """Return a number as DICOM writes it; 180 without a point, as some attributes demand."""
    whole = value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else decimal_string(value)


def _pass_codes(source: Dataset, target: Dataset, keyword: str, allowed: list[str]) -> None:
    """Pass those values of an attribute that are on its list."""
    found = [value.upper() for value in texts(source, keyword) if value.upper() in allowed]
    if found:
        setattr(target, keyword, found if len(found) > 1 else found[0])


def _pass_lookup_tables(source: Dataset, target: Dataset) -> None:
    """Pass the lookup tables that fit their descriptors, written anew from their entries."""
    modality = modality_table(source)
    if modality is not None:
        item = _table_item(modality)
        item.ModalityLUTType = "US"
        target.ModalityLUTSequence = [item]
        for keyword in ("RescaleSlope", "RescaleIntercept", "RescaleType"):
            target.pop(keyword, None)
    passed = []
    for place, lut in enumerate(voi_luts(source), start=1):
        item = _table_item(lut.table)
        item.LUTExplanation = window_name(lut.said, place)
        passed.append(item)
    if passed:
        target.VOILUTSequence = passed


def _table_item(table: ValueTable) -> Dataset:
    """Return an item of a sequence of tables (PS3.3 C.11.1.1.1 and C.11.2.1.1)."""
    item = Dataset()
    # One representation for all three numbers: a count that signed words cannot hold goes before.
    vr = "SS" if table.first < 0 and table.entries.size < 1 << 15 else "US"
    first = table.first if vr == "SS" else table.first % (1 << 16)
    item.add_new("LUTDescriptor", vr, [table.entries.size % (1 << 16), first, table.bits])
    entries = table.entries.astype(np.uint8) if table.bits == 8 else table.entries
    data = entries.tobytes()
    item.add_new("LUTData", "OW", data + b"\0" * (len(data) % 2))
    return item


def _put_pixels(target: Dataset, pixels: StoredPixels, *, bits_allocated: int) -> None:
    """Store decoded pixels in the lowest bits of 8 or 16 allocated ones."""
    target.Rows, target.Columns = pixels.codes.shape
    target.SamplesPerPixel = 1
    target.PixelRepresentation = int(pixels.code_offset < 0)
    target.BitsAllocated = bits_allocated
    target.BitsStored = pixels.bits_stored
    target.HighBit = pixels.bits_stored - 1
    # Modulo the width of a pixel this is the two's complement of a negative one.
    offset = np.uint16(pixels.code_offset % (1 << 16))
    stored = pixels.codes + offset if offset else pixels.codes
    data = stored.astype(f"<u{bits_allocated // 8}", copy=False).tobytes()
    data = data + b"\0" if len(data) % 2 else data
    target.add_new("PixelData", "OB" if bits_allocated == 8 else "OW", data)
