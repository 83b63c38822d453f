"""What the header of a DICOM file says of an image: whose it is, what it is, which view.

Headers of real files lie, leave out and repeat; nothing here raises for a value that makes no
sense, it is taken as absent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from study_design.images.attributes import integer, items, text, texts
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
        # An index of a disc (DICOMDIR) states its class in the file meta information only.
        sop_class=text(dataset, "SOPClassUID")
        or text(getattr(dataset, "file_meta", Dataset()), "MediaStorageSOPClassUID"),
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
    )


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
