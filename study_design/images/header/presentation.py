"""How the header of a DICOM file wants its pixels shown: windows, polarity, padding, spacing.

Headers of real files lie, leave out and repeat; nothing here raises for a value that makes no
sense, it is taken as absent. Texts that can hold anything a person typed are never passed on:
maker and names of windows come from closed lists.
"""

from dataclasses import dataclass

from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from study_design.images.header.attributes import integer, items, spelled_numbers, text, texts
from study_design.images.header.header_tables import VoiLut, modality_table, voi_luts
from study_design.images.header.header_windows import WINDOW_NAMES, header_windows
from study_design.images.header.patient_orientation import directions
from study_design.images.header.shutter import shutter_doubts
from study_design.images.header.spacing import Spacing, magnification, spacing_of
from study_design.images.header.value_range import rescale_of, stored_range, stored_value
from study_design.images.mammogram import (
    ModalityTransformation,
    VoiWindow,
    shows_low_bright,
    window_of_table,
)
from study_design.images.value_table import ValueTable

# What makers call themselves, found anywhere in Manufacturer: the name that is passed on.
VENDORS = {
    " GE ": "GE MEDICAL SYSTEMS",
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
# Where a comma for the point was understood, a note says so.
WRITTEN_WITH_A_POINT = (
    "WindowCenter",
    "WindowWidth",
    "RescaleSlope",
    "RescaleIntercept",
    "ImagerPixelSpacing",
    "PixelSpacing",
    "NominalScannedPixelSpacing",
    "EstimatedRadiographicMagnificationFactor",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
)
# Of a breast on the detector; more is a magnification view.
LARGEST_CONTACT_MAGNIFICATION = 1.2


@dataclass(frozen=True, slots=True)
class CodeRange:
    """Stored values from `low` to `high`, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the header wants the pixels shown.

    Attributes
    ----------
    windows
        In the order of the file, first those of Window Center, then those of VOI LUT Sequence.
    modality_table
        Takes the place of slope and intercept where there is one.
    doubts
        Where the header contradicts itself about how the picture is shown, for the reader's eyes.
    notes
        What had to be assumed besides.
    """

    low_is_bright: bool
    windows: tuple[VoiWindow, ...]
    rescale_slope: float
    rescale_intercept: float
    spacing: Spacing
    vendor: str
    padding: CodeRange | None
    patient_orientation: tuple[str, ...]
    notes: tuple[str, ...]
    modality_table: ValueTable | None = None
    doubts: tuple[str, ...] = ()

    @property
    def modality(self) -> ModalityTransformation:
        """What leads from stored values to those that windows are meant for."""
        return ModalityTransformation(
            self.rescale_slope, self.rescale_intercept, self.modality_table
        )

    @property
    def shows_low_bright(self) -> bool:
        """Whether low codes are bright on the screen when all of it has been applied."""
        return shows_low_bright(self.modality, self.windows, low_is_bright=self.low_is_bright)


def presentation_of(dataset: Dataset) -> Presentation:
    """Return how the pixels of a dataset must be shown."""
    low_is_bright = text(dataset, "PhotometricInterpretation").upper() == "MONOCHROME1"
    said, table, luts = header_windows(dataset), modality_table(dataset), voi_luts(dataset)
    windows = (*said.windows, *_lut_windows(luts))
    spacing, rescale = spacing_of(dataset), rescale_of(dataset)
    polarity = _polarity_doubts(dataset, low_is_bright=low_is_bright)
    is_silent = not said.doubts and not items(dataset, "VOILUTSequence")
    no_window = "no window in the header" if is_silent else "no window of the header is left"
    return Presentation(
        low_is_bright=low_is_bright,
        windows=windows,
        rescale_slope=rescale.slope,
        rescale_intercept=rescale.intercept,
        spacing=spacing,
        vendor=vendor(dataset),
        padding=padding_of(dataset),
        patient_orientation=directions(texts(dataset, "PatientOrientation")),
        notes=(
            *(() if windows else (f"{no_window}: the full range is shown",)),
            *said.notes,
            *_comma_notes(dataset),
            *_padding_notes(dataset),
            *_spacing_notes(dataset, spacing),
        ),
        modality_table=table,
        doubts=(
            *polarity,
            *said.doubts,
            *(rescale.doubts if table is None else ()),
            *_grey_doubts(dataset, table, luts),
            *shutter_doubts(dataset),
        ),
    )


def _polarity_doubts(dataset: Dataset, *, low_is_bright: bool) -> tuple[str, ...]:
    """Say that Presentation LUT Shape contradicts the photometric interpretation, if it does.

    MONOCHROME1 goes with INVERSE and MONOCHROME2 with IDENTITY (PS3.3 C.8.11.3.1.2).
    """
    shape = text(dataset, "PresentationLUTShape").upper()
    if shape != ("IDENTITY" if low_is_bright else "INVERSE"):
        return ()
    return (f"Presentation LUT Shape {shape} contradicts the photometric interpretation",)


def _comma_notes(dataset: Dataset) -> tuple[str, ...]:
    """Name the attributes in which a comma was read for the point."""
    found = [
        dictionary_description(keyword)
        for keyword in WRITTEN_WITH_A_POINT
        if any(not one.is_plain and one.readings for one in spelled_numbers(dataset, keyword))
    ]
    return (f"a comma for the decimal point in {', '.join(found)}",) if found else ()


def _padding_notes(dataset: Dataset) -> tuple[str, ...]:
    """Return a note on padding that no pixel can have."""
    if stored_value(dataset, "PixelPaddingValue") is None or padding_of(dataset) is not None:
        return ()
    bits = integer(dataset, "BitsStored")
    return (f"Pixel Padding Value is no value of {bits} bits: not used",)


def _grey_doubts(
    dataset: Dataset, table: ValueTable | None, luts: tuple[VoiLut, ...]
) -> tuple[str, ...]:
    """Return what the header says of grey levels and what cannot be so."""
    doubts = []
    if items(dataset, "PresentationLUTSequence"):
        doubts.append("a Presentation LUT is not applied")
    if len(luts) < len(items(dataset, "VOILUTSequence")):
        doubts.append("a VOI LUT contradicts its descriptor: left out")
    if items(dataset, "ModalityLUTSequence") and table is None:
        doubts.append("the Modality LUT contradicts its descriptor: left out")
    if any(2 * int(lut.table.entries.max()) <= lut.table.highest for lut in luts):
        doubts.append("a VOI LUT leaves half of its greys unused: shown dark")
    return tuple(doubts)


def _spacing_notes(dataset: Dataset, spacing: Spacing) -> tuple[str, ...]:
    """Return what was assumed about sizes."""
    notes = [spacing.doubt] if spacing.doubt else []
    if spacing.mm is None:
        notes.append(f"no spacing: {spacing.source}")
    factor = magnification(dataset) or 1.0
    if factor > LARGEST_CONTACT_MAGNIFICATION:
        notes.append(f"magnified {factor:g} times: a magnification view?")
    return tuple(notes)


def vendor(dataset: Dataset) -> str:
    """Return the maker's name from a closed list; `other` where it is not on it."""
    # A blank on either side: the two letters of GE end other names.
    said = f" {text(dataset, 'Manufacturer').upper()} "
    if not said.strip():
        return ""
    return next((name for words, name in VENDORS.items() if words in said), "other")


def _lut_windows(luts: tuple[VoiLut, ...]) -> tuple[VoiWindow, ...]:
    """Return VOI LUTs as windows that span their inputs; a name alone would be a window's too."""
    windows = []
    for place, lut in enumerate(luts, start=1):
        name = lut.explanation.upper() if lut.explanation.upper() in WINDOW_NAMES else str(place)
        explanation = name if name.endswith("LUT") else f"{name} LUT"
        windows.append(window_of_table(lut.table, explanation))
    return tuple(windows)


def padding_of(dataset: Dataset) -> CodeRange | None:
    """Return the stored values that stand for no tissue at all (PS3.3 C.7.5.1.1.2).

    None where no pixel can have them.
    """
    value = stored_value(dataset, "PixelPaddingValue")
    if value is None:
        return None
    limit = stored_value(dataset, "PixelPaddingRangeLimit")
    low, high = sorted((value, value if limit is None else limit))
    return CodeRange(low, high) if stored_range(dataset).meets(low, high) else None
