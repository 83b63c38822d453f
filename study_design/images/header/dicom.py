"""What the header of a DICOM file says of an image: whose it is, what it is, which view.

Headers of real files lie, leave out and repeat; nothing here raises for a value that makes no
sense, it is taken as absent. What a person may have typed is matched with known words and never
passed on.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.tag import BaseTag

from study_design.errors import ImageError
from study_design.images.header.attributes import integer, items, number, text, texts
from study_design.images.header.bare_file import read_until
from study_design.images.header.description_words import descriptions, names_no_breast
from study_design.images.header.orientation import upright
from study_design.images.header.patient_orientation import directions
from study_design.images.header.view_evidence import evidence_of, other_view, view_modifiers
from study_design.images.messages import Evidence, Identity
from study_design.images.person import Person

PIXEL_DATA = 0x7FE00010
# Files met among images, by how they begin.
OTHER_FILES = {
    b"%PDF": "a PDF document",
    b"\xff\xd8\xff": "a JPEG picture; export the image as DICOM",
    b"PK\x03\x04": "a ZIP archive or an office document; unpack an archive and import its folder",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"GIF8": "a GIF picture",
    b"BM": "a bitmap picture",
    b"SQLite format 3": "a database",
    b"MZ": "a program",
}
# Paddles name themselves: "10CM SPOT", "MAG 1.5". A word within another is none of these.
_SPOT_PADDLE = re.compile(r"(?<![A-Z])(?<!NO )(?<!NON)(?<!NON-)(SPOT|MAG|MAGNIFICATION)(?![A-Z])")
DATES = ("AcquisitionDate", "ContentDate", "StudyDate")


@dataclass(frozen=True, slots=True)
class Header:
    """What decides whether a file is taken, and into which slot of which exam.

    Attributes
    ----------
    doubts
        What descriptions that somebody typed say against a plain view.
    names_no_breast
        Whether a description names a picture for quality control.
    evidence
        What each tier says of side and projection.
    orientation
        Patient Orientation of the upright picture, where it consists of letters of directions only.
    other_view
        A view that is none of the four slots, by name; empty otherwise.
    view_modifiers
        Modifiers of the view in words (magnification, spot compression, ...).
    magnification
        How many times larger the detector shows the breast; 0 where unknown.
    """

    identity: Identity
    sop_class: str
    modality: str
    body_part: str
    presentation_intent: str
    image_type: tuple[str, ...]
    doubts: tuple[str, ...]
    names_no_breast: bool
    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    has_pixels: bool
    evidence: tuple[Evidence, ...]
    orientation: tuple[str, ...]
    other_view: str
    view_modifiers: tuple[str, ...]
    magnification: float
    is_partial_view: bool
    is_specimen: bool
    is_quality_control: bool
    is_spot_paddle: bool
    has_implant: bool
    has_contrast_agent: bool


def read_header(path: Path) -> Header:
    """Read the header of a DICOM file, up to its pixels.

    Raises
    ------
    ImageError
        Where the file is not DICOM, or only begins like it; other damage raises whatever pydicom
        meets.
    """
    with path.open("rb") as stream:
        start = stream.read(132)
        stream.seek(0)
        try:
            dataset, has_pixels = _up_to_pixels(stream)
        except InvalidDicomError as error:
            raise ImageError(f"not a DICOM file{_but(start)}") from error
        except MemoryError as error:
            raise ImageError(
                "begins as DICOM does, but then asks for more memory than any mammogram: damaged, "
                "or not DICOM"
            ) from error
    return header_of(dataset, has_pixels=has_pixels)


def _but(start: bytes) -> str:
    """Return what a file is instead, by its first bytes; empty where they tell nothing."""
    if not start:
        return ": it is empty"
    kinds = (kind for magic, kind in OTHER_FILES.items() if start.startswith(magic))
    return "".join(f" but {kind}" for kind in kinds)


def _up_to_pixels(stream: BinaryIO) -> tuple[Dataset, bool]:
    """Return the dataset before the pixels and whether any pixels follow."""
    lengths = []

    def reached_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:  # noqa: ARG001
        if tag == PIXEL_DATA:
            lengths.append(length)
        return int(tag) >= PIXEL_DATA

    dataset = read_until(stream, reached_pixels)
    return dataset, bool(lengths) and lengths[0] > 0


def header_of(dataset: Dataset, *, has_pixels: bool) -> Header:
    """Return the facts of a dataset by which a file is judged."""
    paddle = text(dataset, "PaddleDescription").upper()
    return Header(
        identity=_identity(dataset),
        # An index of a disc (DICOMDIR) states its class in the file meta information only.
        sop_class=text(dataset, "SOPClassUID")
        or text(getattr(dataset, "file_meta", Dataset()), "MediaStorageSOPClassUID"),
        modality=text(dataset, "Modality"),
        body_part=text(dataset, "BodyPartExamined").upper(),
        presentation_intent=text(dataset, "PresentationIntentType").upper(),
        image_type=tuple(value.upper() for value in texts(dataset, "ImageType")),
        doubts=tuple(described.doubt for described in descriptions(dataset)),
        names_no_breast=names_no_breast(dataset),
        rows=integer(dataset, "Rows"),
        columns=integer(dataset, "Columns"),
        frames=integer(dataset, "NumberOfFrames", default=1),
        samples=integer(dataset, "SamplesPerPixel", default=1),
        photometric=text(dataset, "PhotometricInterpretation").upper(),
        bits_allocated=integer(dataset, "BitsAllocated"),
        bits_stored=integer(dataset, "BitsStored"),
        has_pixels=has_pixels,
        evidence=evidence_of(dataset),
        orientation=upright(directions(texts(dataset, "PatientOrientation"))),
        other_view=other_view(dataset),
        view_modifiers=view_modifiers(dataset),
        magnification=number(dataset, "EstimatedRadiographicMagnificationFactor") or 0.0,
        is_partial_view=text(dataset, "PartialView") == "YES",
        is_specimen=bool(items(dataset, "SpecimenDescriptionSequence")),
        is_quality_control=text(dataset, "QualityControlImage") in {"YES", "BOTH"}
        or text(dataset, "CalibrationImage") == "YES",
        is_spot_paddle=bool(_SPOT_PADDLE.search(paddle)),
        has_implant=text(dataset, "BreastImplantPresent") == "YES",
        has_contrast_agent=bool(items(dataset, "ContrastBolusAgentSequence")),
    )


def _identity(dataset: Dataset) -> Identity:
    """Return the hospital's identifiers; the date is the first of three that is one."""
    dates = [text(dataset, keyword).replace(".", "") for keyword in DATES]
    # Who removed the identity may have given one name to everybody.
    is_named = text(dataset, "PatientIdentityRemoved") != "YES"
    return Identity(
        patient=text(dataset, "PatientID"),
        study=text(dataset, "StudyInstanceUID"),
        accession=text(dataset, "AccessionNumber"),
        sop=text(dataset, "SOPInstanceUID"),
        date=next((date for date in dates if len(date) == 8 and date.isdecimal()), ""),
        person=Person(
            text(dataset, "PatientName"),
            text(dataset, "PatientBirthDate").replace(".", ""),
            text(dataset, "PatientSex").upper(),
        )
        if is_named
        else Person(),
    )
