"""What kind of picture a header says it is: by class, codes, type values and numbers.

What somebody typed counts in one place only, where nothing else is said of a picture.
"""

from pydicom.uid import UID

from study_design.images.header.dicom import Header
from study_design.images.header.object_kinds import (
    is_secondary_capture,
    kind_without_picture,
    may_hold_ai_results,
)
from study_design.images.messages import Tier

# A breast on the table is magnified by its own thickness, up to 1.15; a view on a stand from 1.4.
LEAST_MAGNIFICATION = 1.3

MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2"
MAMMOGRAPHY_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1"
# Storage classes that real mammograms come in besides their own: CR and DX For Presentation.
MAMMOGRAPHY_LIKE = ("1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1")
BREAST_TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
TOMOSYNTHESIS_PROJECTIONS = (
    "1.2.840.10008.5.1.4.1.1.13.1.4",
    "1.2.840.10008.5.1.4.1.1.13.1.5",
)
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"

_CONTRAST_TYPES = {"POST_CONTRAST", "SUBTRACTION", "RECOMBINED", "DUAL_ENERGY", "HIGH_ENERGY"}
_SYNTHESISED_TYPES = ("GENERATED_2D", "TOMO_2D", "SYNTH", "C-VIEW", "CVIEW", "S-VIEW", "V-PREVIEW")
_QUALITY_CONTROL_TYPES = {
    "QC",
    "QA",
    "PHANTOM",
    "FLAT",
    "FLATFIELD",
    "FLAT_FIELD",
    "FLAT FIELD",
    "CALIBRATION",
    "UNIFORMITY",
    "DARK",
    "DARK_FIELD",
    "DARKFIELD",
    "DARK FIELD",
    "OFFSET",
    "GAIN",
    "TEST",
    "TEST_PATTERN",
    "TESTPATTERN",
    "TEST PATTERN",
}
# Modalities under which films are kept; a secondary capture of any other is no film.
_OF_FILMS = {"", "MG", "CR", "DX", "RG", "OT", "SC", "XC", "HC"}


def is_mammogram(header: Header) -> bool:
    """Tell whether class and modality are those of a mammogram; the modality may be absent.

    Computed radiography of breasts calls itself CR or DX, and names the breast as the body part or,
    where it names none, a view that no other part has.
    """
    if header.sop_class == MAMMOGRAPHY:
        return header.modality in {"MG", ""}
    is_breast = header.body_part == "BREAST" or (not header.body_part and _names_view(header))
    is_film = header.modality in {"CR", "DX"} and is_breast
    return header.sop_class in MAMMOGRAPHY_LIKE and (header.modality == "MG" or is_film)


def _names_view(header: Header) -> bool:
    """Tell whether View Code Sequence or View Position names CC or MLO."""
    named = {Tier.VIEW_CODE, Tier.VIEW_POSITION}
    return any(one.projection is not None and one.tier in named for one in header.evidence)


def is_tomosynthesis_elsewhere(header: Header) -> bool:
    """Tell whether it is a tomosynthesis in a class made for other images, as older systems do."""
    is_typed = any(word.startswith("TOMO") for word in header.image_type)
    is_elsewhere = header.sop_class == CT_IMAGE or (is_typed and not is_mammogram(header))
    return header.modality == "MG" and is_elsewhere


def no_mammogram(header: Header) -> str:
    """Return why a class and a modality are not those of a mammogram."""
    modality = header.modality[:16] or "absent"
    if header.sop_class in MAMMOGRAPHY_LIKE:
        return f"not a mammogram (modality {modality}, and the body part is not BREAST)"
    known = UID(header.sop_class)
    name = "of a class unknown here" if known.name == known else f"stored as {known.name}"
    return f"not a mammogram (modality {modality}, {name.removesuffix(' Storage')})"


def without_picture(header: Header) -> str:
    """Return what an object without a picture is, and who takes it."""
    kind = kind_without_picture(header.sop_class)
    told = f"{kind} (modality {header.modality[:16] or 'absent'}), not an image"
    is_of_ai = may_hold_ai_results(kind)
    return told + ("; results of an AI are imported by: detections" * is_of_ai)


def is_quality_control(header: Header) -> bool:
    """Tell whether an image is one of a detector or phantom, by its attributes and type values.

    Descriptions count where nothing else in the header names a view.
    """
    typed = bool(_QUALITY_CONTROL_TYPES & {*header.image_type, header.body_part})
    return header.is_quality_control or typed or (header.names_no_breast and not header.evidence)


def is_synthesised(header: Header) -> bool:
    """Tell whether Image Type says that a 2D view was computed from tomosynthesis.

    ORIGINAL and DERIVED prove nothing, for makers write both into acquired views. TOMO_2D is
    Siemens' word.
    """
    return any(word in value for value in header.image_type for word in _SYNTHESISED_TYPES)


def special_view(header: Header) -> str:
    """Return why a view is a special one, by its modifiers and the distances of the tube."""
    if header.view_modifiers:
        return f"a special view ({', '.join(header.view_modifiers)})"
    return f"a special view (magnified {header.magnification:.2g} times)"


def is_film(header: Header) -> bool:
    """Tell whether a picture may be a film that was digitised, if a person says that it is."""
    is_scan = is_secondary_capture(header.sop_class)
    return (is_scan or header.sop_class in MAMMOGRAPHY_LIKE) and header.modality in _OF_FILMS


def is_contrast_enhanced(header: Header) -> bool:
    """Tell whether a contrast agent was given, by its codes or Image Type."""
    return header.has_contrast_agent or bool(_CONTRAST_TYPES & {*header.image_type})


def is_special(header: Header) -> bool:
    """Tell whether modifiers of the view or the distances of the tube make it a special one."""
    return bool(header.view_modifiers) or header.magnification >= LEAST_MAGNIFICATION
