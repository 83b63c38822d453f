"""What the header of a DICOM file says of a mammogram: whose, which view, how it must be shown.

Headers of real files lie, leave out and repeat; nothing here raises for a value that makes no
sense, it is taken as absent. Texts that can hold anything a person typed are never passed on:
maker, model and names of windows come from closed lists.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from study_design.images.attributes import integer, items, number, numbers, text, texts, words
from study_design.images.mammogram import VoiFunction, VoiWindow
from study_design.images.messages import Identity
from study_design.images.view_names import parse_side, parse_view
from study_design.vocabulary import Projection, View

PIXEL_DATA = 0x7FE00010

# PS3.16 CID 4014, by the codes of SNM3 and SRT (the same) and of SCT.
VIEW_CODES = {
    "R-10242": Projection.CC,
    "399162004": Projection.CC,
    "R-10226": Projection.MLO,
    "399368009": Projection.MLO,
}
# PS3.16 CID 4015; any modifier, known here or not, makes a view a special one.
VIEW_MODIFIERS = {
    "R-102D6": "magnification",
    "399163009": "magnification",
    "R-102D7": "spot compression",
    "399055006": "spot compression",
    "R-102D5": "implant displaced",
    "399209000": "implant displaced",
    "R-102D2": "cleavage",
    "399161006": "cleavage",
    "R-102D1": "axillary tail",
    "399011000": "axillary tail",
    "R-102D3": "rolled lateral",
    "399197002": "rolled lateral",
    "R-102D4": "rolled medial",
    "399226001": "rolled medial",
    "R-102C2": "tangential",
    "399110001": "tangential",
}
# What makers call themselves, found anywhere in Manufacturer: the name that is passed on.
VENDORS = {
    "GE ": "GE MEDICAL SYSTEMS",
    "HOLOGIC": "HOLOGIC",
    "LORAD": "LORAD",
    "SIEMENS": "SIEMENS",
    "FUJI": "FUJIFILM",
    "PHILIPS": "PHILIPS",
    "SECTRA": "SECTRA",
    "PLANMED": "PLANMED",
    "GIOTTO": "IMS GIOTTO",
    "I.M.S.": "IMS GIOTTO",
    "KODAK": "KODAK",
    "CARESTREAM": "CARESTREAM",
    "AGFA": "AGFA",
    "KONICA": "KONICA MINOLTA",
    "CANON": "CANON",
    "METALTRONICA": "METALTRONICA",
    "FISCHER": "FISCHER",
    "CROSSREAD": "CROSSREAD",
}
# Names of windows that makers use; any other is shown by its number.
WINDOW_NAMES = ("NORMAL", "HARDER", "SOFTER", "LINEAR LUT", "DEFAULT", "USER")


@dataclass(frozen=True, slots=True)
class Header:
    """What decides whether a file is taken, and into which slot of which exam.

    Attributes
    ----------
    view
        The slot by laterality and view; None where the header does not tell.
    view_problem
        Why not, in words.
    other_view
        A view that is none of the four slots, by name; empty otherwise.
    view_modifiers
        Modifiers of the view in words (magnification, spot compression, ...).
    has_only_falling_lut
        No window, and a VOI LUT whose first entry exceeds its last: the full range would show a
        negative.
    """

    identity: Identity
    sop_class: str
    modality: str
    presentation_intent: str
    image_type: tuple[str, ...]
    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    has_pixels: bool
    view: View | None
    view_problem: str
    other_view: str
    view_modifiers: tuple[str, ...]
    is_partial_view: bool
    is_specimen: bool
    is_quality_control: bool
    is_spot_paddle: bool
    has_implant: bool
    has_only_falling_lut: bool


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Stored values from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance of pixel centres in the breast's plane, mm, and where it comes from in words."""

    mm: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the header wants the pixels shown; `notes` tells what had to be assumed."""

    low_is_bright: bool
    windows: tuple[VoiWindow, ...]
    rescale_slope: float
    rescale_intercept: float
    spacing: Spacing
    vendor: str
    padding: CodeRange | None
    patient_orientation: tuple[str, ...]
    notes: tuple[str, ...]


def read_header(path: Path) -> Header:
    """Read the header of a DICOM file, up to its pixels.

    Raises
    ------
    pydicom.errors.InvalidDicomError
        Where the file is not DICOM; damaged files raise whatever pydicom meets.
    """
    with path.open("rb") as stream:
        dataset, has_pixels = _up_to_pixels(stream)
    return header_of(dataset, has_pixels=has_pixels)


def _up_to_pixels(stream: BinaryIO) -> tuple[Dataset, bool]:
    """Return the dataset before the pixels and whether any pixels follow."""
    lengths = []

    def reached_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:  # noqa: ARG001
        if tag == PIXEL_DATA:
            lengths.append(length)
        return int(tag) >= PIXEL_DATA

    dataset = read_partial(stream, reached_pixels)
    return dataset, bool(lengths) and lengths[0] > 0


def header_of(dataset: Dataset, *, has_pixels: bool) -> Header:
    """Return the facts of a dataset by which a file is judged."""
    view, view_problem, other_view = _view(dataset)
    paddle = text(dataset, "PaddleDescription").upper()
    return Header(
        identity=Identity(
            patient=text(dataset, "PatientID"),
            study=text(dataset, "StudyInstanceUID"),
            accession=text(dataset, "AccessionNumber"),
            sop=text(dataset, "SOPInstanceUID"),
        ),
        sop_class=text(dataset, "SOPClassUID"),
        modality=text(dataset, "Modality"),
        presentation_intent=text(dataset, "PresentationIntentType"),
        image_type=texts(dataset, "ImageType"),
        rows=integer(dataset, "Rows"),
        columns=integer(dataset, "Columns"),
        frames=integer(dataset, "NumberOfFrames", default=1),
        samples=integer(dataset, "SamplesPerPixel", default=1),
        photometric=text(dataset, "PhotometricInterpretation"),
        bits_allocated=integer(dataset, "BitsAllocated"),
        bits_stored=integer(dataset, "BitsStored"),
        has_pixels=has_pixels,
        view=view,
        view_problem=view_problem,
        other_view=other_view,
        view_modifiers=_view_modifiers(dataset),
        is_partial_view=text(dataset, "PartialView") == "YES",
        is_specimen=bool(items(dataset, "SpecimenDescriptionSequence")),
        is_quality_control=text(dataset, "QualityControlImage") in {"YES", "BOTH"}
        or text(dataset, "CalibrationImage") == "YES",
        is_spot_paddle="SPOT" in paddle or "MAG" in paddle,
        has_implant=text(dataset, "BreastImplantPresent") == "YES",
        has_only_falling_lut=_has_only_falling_lut(dataset),
    )


def presentation_of(dataset: Dataset) -> Presentation:
    """Return how the pixels of a dataset must be shown."""
    low_is_bright = text(dataset, "PhotometricInterpretation") == "MONOCHROME1"
    shape = text(dataset, "PresentationLUTShape")
    notes = []
    if shape == ("IDENTITY" if low_is_bright else "INVERSE"):
        notes.append(f"Presentation LUT Shape {shape} contradicts the photometric interpretation")
    windows = _windows(dataset)
    if not windows and items(dataset, "VOILUTSequence"):
        notes.append("only a VOI LUT, which is not applied yet: shown full range")
    elif not windows:
        notes.append("no window in the header: the full range is shown")
    spacing = spacing_of(dataset)
    if spacing.mm is None:
        notes.append(f"no spacing: {spacing.source}")
    if (magnification(dataset) or 1.0) > 1.2:
        notes.append(f"magnified {magnification(dataset):g} times: a magnification view?")
    slope = number(dataset, "RescaleSlope")
    return Presentation(
        low_is_bright=low_is_bright,
        windows=windows,
        rescale_slope=slope or 1.0,
        rescale_intercept=number(dataset, "RescaleIntercept") or 0.0,
        spacing=spacing,
        vendor=vendor(dataset),
        padding=_padding(dataset),
        patient_orientation=texts(dataset, "PatientOrientation"),
        notes=tuple(notes),
    )


def vendor(dataset: Dataset) -> str:
    """Return the maker's name from a closed list; `other` where it is not on it."""
    said = text(dataset, "Manufacturer").upper() + " "
    if not said.strip():
        return ""
    return next((name for words, name in VENDORS.items() if words in said), "other")


def window_name(said: str, place: int) -> str:
    """Return the name of a window from a closed list, or its number, counted from 1."""
    return said.upper() if said.upper() in WINDOW_NAMES else f"window {place}"


def magnification(dataset: Dataset) -> float | None:
    """Return the Estimated Radiographic Magnification Factor, None where it makes no sense."""
    factor = number(dataset, "EstimatedRadiographicMagnificationFactor")
    return factor if factor is not None and 0.5 <= factor <= 20 else None


def spacing_of(dataset: Dataset) -> Spacing:
    """Return the spacing in the plane of the breast (PS3.3 10.7.1.3, C.8.11.3).

    Imager Pixel Spacing, which is that of the detector, divided by the magnification factor; where
    it is absent, Pixel Spacing.
    """
    imager = _square(numbers(dataset, "ImagerPixelSpacing"))
    if imager:
        factor = magnification(dataset)
        if factor is None:
            return Spacing(imager, "Imager Pixel Spacing, magnification not stated")
        return Spacing(imager / factor, f"Imager Pixel Spacing / magnification {factor:g}")
    plain = _square(numbers(dataset, "PixelSpacing"))
    if plain:
        kind = text(dataset, "PixelSpacingCalibrationType")
        if kind in {"FIDUCIAL", "GEOMETRY"}:
            return Spacing(plain, f"Pixel Spacing, calibrated ({kind.lower()})")
        return Spacing(plain, "Pixel Spacing, calibration not stated")
    return Spacing(None, "neither Imager Pixel Spacing nor Pixel Spacing of square pixels")


def _square(pair: tuple[float, ...]) -> float | None:
    """Return the spacing of square pixels (within 1 %); None for any other pair."""
    if len(pair) != 2 or not all(0.001 <= value <= 10 for value in pair):
        return None
    return pair[0] if math.isclose(*pair, rel_tol=0.01) else None


def _view(dataset: Dataset) -> tuple[View | None, str, str]:
    """Return the slot, why there is none, and the name of a view that is none of the four."""
    said = [text(dataset, name).upper() for name in ("ImageLaterality", "Laterality")]
    sides = {parse_side(word) for word in said if word}
    if len(sides) != 1 or None in sides:
        return None, "laterality absent or contradictory; name it in a manifest", ""
    codes = [text(item, "CodeValue") for item in items(dataset, "ViewCodeSequence")]
    coded = [VIEW_CODES.get(code) for code in codes if code]
    position = text(dataset, "ViewPosition").upper()
    side = next(iter(sides))
    by_position = parse_view(position, side.value if side else "")
    if coded and coded[0] is None:
        return None, "", position[:8] or "of another code"
    if position and by_position is None and not coded:
        return None, "", position[:8]
    by_code = View.of(side, coded[0]) if side and coded and coded[0] else None
    if by_code and by_position and by_code is not by_position:
        return None, f"View Code says {by_code}, View Position {by_position}", ""
    view = by_code or by_position
    return view, "" if view else "no view in the header; name it in a manifest", ""


def _view_modifiers(dataset: Dataset) -> tuple[str, ...]:
    """Return the modifiers of the view in words, once each."""
    codes = [
        text(modifier, "CodeValue")
        for item in items(dataset, "ViewCodeSequence")
        for modifier in items(item, "ViewModifierCodeSequence")
    ]
    return tuple(dict.fromkeys(VIEW_MODIFIERS.get(code, "modified") for code in codes))


def _windows(dataset: Dataset) -> tuple[VoiWindow, ...]:
    """Return the windows whose numbers make sense, with their function (PS3.3 C.11.2)."""
    said = text(dataset, "VOILUTFunction")
    function = VoiFunction(said) if said in tuple(VoiFunction) else VoiFunction.LINEAR
    smallest = 1.0 if function is VoiFunction.LINEAR else 0.0
    pairs = zip(numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth"), strict=False)
    names = texts(dataset, "WindowCenterWidthExplanation")
    return tuple(
        VoiWindow(
            centre,
            width,
            function,
            window_name(names[place] if place < len(names) else "", place + 1),
        )
        for place, (centre, width) in enumerate(pairs)
        if width > 0 and width >= smallest
    )


def _has_only_falling_lut(dataset: Dataset) -> bool:
    """Tell whether a VOI LUT that turns grey levels round stands there and no window does."""
    tables = [words(item, "LUTData") for item in items(dataset, "VOILUTSequence")]
    return not _windows(dataset) and any(table[0] > table[-1] for table in tables if table)


def _padding(dataset: Dataset) -> CodeRange | None:
    """Return the stored values that stand for no tissue at all (PS3.3 C.7.5.1.1.2)."""
    value = number(dataset, "PixelPaddingValue")
    if value is None:
        return None
    limit = number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((value, value if limit is None else limit))
    return CodeRange(int(low), int(high))
