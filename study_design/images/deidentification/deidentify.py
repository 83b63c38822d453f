"""Identity removed from a mammogram by an allow-list: what is not named here does not pass.

A new dataset is built; nothing is deleted from the old one. Numbers pass as numbers, codes only
with the values listed, texts never: maker, model and window names come from closed lists. UIDs are
new, dates are shifted, times are left empty. Pixels pass bit for bit as decoded, native in little
endian order: a compressed frame can hold words between its segments, behind its end and even within
its scan, and unused bits can hold anything.
"""

import datetime

from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from study_design.decimal_string import decimal_string, shortest_decimal
from study_design.images.deidentification.kept_greys import pass_greys, put_pixels
from study_design.images.header.attributes import integer, numbers, text, texts
from study_design.images.header.object_kinds import is_secondary_capture
from study_design.images.header.patient_orientation import directions
from study_design.images.header.picture_kinds import MAMMOGRAPHY
from study_design.images.header.presentation import vendor
from study_design.images.header.spacing import stated_magnification
from study_design.images.messages import Pseudonyms
from study_design.images.pixels.decode import StoredPixels
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
    magnified = stated_magnification(source)
    if magnified is not None:
        target.EstimatedRadiographicMagnificationFactor = shortest_decimal(magnified)
    pass_greys(source, target)
    _pass_dates(source, target, names.days_shifted)
    if text(source, "ImageComments") == INVENTED_HEADER:
        target.ImageComments = INVENTED_HEADER
    if pixels.lossy:  # also where the header does not say it
        target.LossyImageCompression = "01"
    # A frame may hold more bits than the header says.
    bits_allocated = 8 if pixels.bits_stored <= 8 == integer(source, "BitsAllocated") else 16
    put_pixels(target, pixels, bits_allocated=bits_allocated)
    if "PhotometricInterpretation" not in target:  # of three channels that were alike
        target.PhotometricInterpretation = "MONOCHROME2"
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
    put_pixels(target, pixels, bits_allocated=16)
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
    values = [shortest_decimal(value) if vr == "DS" else int(value) for value in found]
    target.add_new(keyword, vr, values if len(values) > 1 else values[0])


def _pass_codes(source: Dataset, target: Dataset, keyword: str, allowed: list[str]) -> None:
    """Pass those values of an attribute that are on its list."""
    found = [value.upper() for value in texts(source, keyword) if value.upper() in allowed]
    if found:
        setattr(target, keyword, found if len(found) > 1 else found[0])
