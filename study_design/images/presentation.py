"""How the header of a DICOM file wants its pixels shown: windows, polarity, spacing, padding.

Headers of real files lie, leave out and repeat; nothing here raises for a value that makes no
sense, it is taken as absent. Texts that can hold anything a person typed are never passed on:
maker and names of windows come from closed lists.
"""

import math
from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.images.attributes import items, number, numbers, text, texts, words
from study_design.images.mammogram import VoiFunction, VoiWindow

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


def has_only_falling_lut(dataset: Dataset) -> bool:
    """Tell whether a VOI LUT that turns grey levels round stands there and no window does."""
    tables = [words(item, "LUTData") for item in items(dataset, "VOILUTSequence")]
    return not _windows(dataset) and any(table[0] > table[-1] for table in tables if table)


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


def _padding(dataset: Dataset) -> CodeRange | None:
    """Return the stored values that stand for no tissue at all (PS3.3 C.7.5.1.1.2)."""
    value = number(dataset, "PixelPaddingValue")
    if value is None:
        return None
    limit = number(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((value, value if limit is None else limit))
    return CodeRange(int(low), int(high))
