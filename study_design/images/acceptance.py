"""What becomes of a DICOM file at import: taken, left aside, or refused, and the one reason why.

The rules stand in one table and are asked in its order; the first that applies decides. A file is
left aside (`extra`) where it is what a hospital keeps among mammograms and fills none of the four
slots; it is refused where it is damaged, of another kind, or no mammogram that can be shown. What
passes is a mammogram; its view is that on which the tiers of `view_evidence` agree, and without one
it waits for a decision.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydicom.uid import UID

from study_design.images.dicom import Header
from study_design.images.messages import Evidence, Judgement, Tier, Verdict
from study_design.images.view_evidence import contradiction, read_view
from study_design.vocabulary import View

SMALLEST_SIDE_PX = 32
MOST_PIXELS = 60_000_000  # twice the largest detector: 4728 x 5928

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
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
# Objects without pictures that archives keep beside mammograms (PS3.4 B.5), by the start of their
# class; the longer starts stand first.
COMPANIONS = {
    "1.2.840.10008.5.1.4.1.1.11.": "a presentation state",
    "1.2.840.10008.5.1.4.1.1.88.59": "a key object selection",
    "1.2.840.10008.5.1.4.1.1.88.50": "a report of a mammography CAD system",
    "1.2.840.10008.5.1.4.1.1.88.": "a structured report",
    "1.2.840.10008.5.1.4.1.1.66.4": "a segmentation",
    "1.2.840.10008.5.1.4.1.1.66": "raw or registration data",
    "1.2.840.10008.5.1.4.1.1.104.": "a document",
}
_OF_AI = ("presentation state", "CAD system", "structured report", "segmentation")

# Names under which makers sell 2D views computed from tomosynthesis: C-View and Intelligent 2D
# (Hologic), S-View (Fujifilm), Insight 2D (Siemens), V-Preview (GE), G-View (IMS Giotto).
_SYNTHESISED = re.compile(
    r"\b[CSG][- ]?VIEW\b|\bV-?PREVIEW\b|\bINSIGHT ?2D|\bINTELLIGENT ?2D|\bSYNTH|\bS[YM]?2D\b"
)
_CONTRAST = re.compile(r"\bCE[SD]?M\b|\bI-VIEW\b|\bSENOBRIGHT\b|\bTICEM\b|\bSUBTRACT")
_CONTRAST_TYPES = {"POST_CONTRAST", "SUBTRACTION", "RECOMBINED", "DUAL_ENERGY", "HIGH_ENERGY"}
_BIOPSY = re.compile(r"\bSTEREO|\bBIOPS")
_QUALITY_CONTROL = re.compile(r"\bQC\b|\bQUALITY CONTROL\b|\bFLAT ?FIELD\b")
_QUALITY_CONTROL_TYPES = {"QC", "PHANTOM", "FLATFIELD", "FLAT_FIELD", "CALIBRATION"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason not to take a file, and the test that finds it."""

    verdict: Verdict
    applies: Callable[[Header], bool]
    reason: Callable[[Header], str]


def _rule(verdict: Verdict, applies: Callable[[Header], bool], reason: str) -> Rule:
    """Return a rule whose reason needs nothing from the file."""
    return Rule(verdict, applies, lambda _: reason)


def _is_mammogram(header: Header) -> bool:
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


def _is_tomosynthesis_elsewhere(header: Header) -> bool:
    """Tell whether it is a tomosynthesis in a class made for other images, as older systems do."""
    is_typed = any(word.startswith("TOMO") for word in header.image_type)
    is_elsewhere = header.sop_class == CT_IMAGE or (is_typed and not _is_mammogram(header))
    return header.modality == "MG" and is_elsewhere


def _no_mammogram(header: Header) -> str:
    """Return why a class and a modality are not those of a mammogram."""
    modality = header.modality[:16] or "absent"
    if header.sop_class in MAMMOGRAPHY_LIKE:
        return f"not a mammogram (modality {modality}, and the body part is not BREAST)"
    known = UID(header.sop_class)
    name = "of a class unknown here" if known.name == known else f"stored as {known.name}"
    return f"not a mammogram (modality {modality}, {name.removesuffix(' Storage')})"


def _companion(header: Header) -> str:
    """Return what kind of object without a picture it is; empty for any other."""
    kinds = (kind for start, kind in COMPANIONS.items() if header.sop_class.startswith(start))
    return next(kinds, "")


def _is_synthesised(header: Header) -> bool:
    """Tell whether a 2D view was computed from tomosynthesis, by Image Type or the maker's name.

    Two attributes say it, never the absence of one: ORIGINAL and DERIVED prove nothing, for makers
    write both into acquired views. TOMO_2D is Siemens' word.
    """
    typed = any("GENERATED_2D" in v or "TOMO_2D" in v or "SYNTH" in v for v in header.image_type)
    return typed or bool(_SYNTHESISED.search(header.described))


RULES: tuple[Rule, ...] = (
    _rule(
        Verdict.REFUSED,
        lambda h: not h.sop_class,
        "no SOP Class UID: damaged, or no DICOM object",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: h.sop_class == MEDIA_DIRECTORY,
        "a DICOMDIR index; the files it names are imported themselves",
    ),
    Rule(
        Verdict.EXTRA,
        lambda h: bool(_companion(h)),
        lambda h: (
            f"{_companion(h)} (modality {h.modality[:16] or 'absent'}), not an image"
            + ("; results of an AI are imported by: detections" * _companion(h).endswith(_OF_AI))
        ),
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: (
            h.sop_class == MAMMOGRAPHY_FOR_PROCESSING or h.presentation_intent == "FOR PROCESSING"
        ),
        "FOR PROCESSING: raw detector values; export the FOR PRESENTATION image instead",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: h.sop_class == BREAST_TOMOSYNTHESIS,
        "tomosynthesis; only 2D mammograms are read",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: h.sop_class in TOMOSYNTHESIS_PROJECTIONS,
        "a projection of a tomosynthesis; only 2D mammograms are read",
    ),
    _rule(
        Verdict.EXTRA,
        _is_tomosynthesis_elsewhere,
        "a slice of a tomosynthesis; only 2D mammograms are read",
    ),
    _rule(
        Verdict.REFUSED,
        lambda h: h.sop_class.startswith(SECONDARY_CAPTURE),
        "a secondary capture (digitised film or a screenshot), not a digital mammogram; "
        "export a film as PNG and import it by a manifest",
    ),
    Rule(Verdict.REFUSED, lambda h: not _is_mammogram(h), _no_mammogram),
    Rule(
        Verdict.EXTRA,
        lambda h: h.frames > 1,
        lambda h: f"a multi-frame object of {h.frames} frames; only 2D mammograms are read",
    ),
    _rule(Verdict.EXTRA, _is_synthesised, "a 2D view synthesised from tomosynthesis"),
    _rule(
        Verdict.EXTRA,
        lambda h: any(word.startswith("TOMO") for word in h.image_type),
        "a slice or projection of a tomosynthesis; only 2D mammograms are read",
    ),
    _rule(Verdict.REFUSED, lambda h: not h.has_pixels, "no pixels in the file"),
    _rule(
        Verdict.REFUSED,
        lambda h: h.samples != 1 or h.photometric not in {"MONOCHROME1", "MONOCHROME2"},
        "not a grey-level image; a mammogram is MONOCHROME1 or MONOCHROME2",
    ),
    Rule(
        Verdict.REFUSED,
        lambda h: min(h.rows, h.columns) < SMALLEST_SIDE_PX,
        lambda h: f"{h.rows} x {h.columns} pixels are no mammogram",
    ),
    Rule(
        Verdict.REFUSED,
        lambda h: h.rows * h.columns > MOST_PIXELS,
        lambda h: f"{h.rows} x {h.columns} pixels are more than any detector has",
    ),
    Rule(
        Verdict.REFUSED,
        lambda h: h.bits_allocated not in {8, 16} or not 6 <= h.bits_stored <= h.bits_allocated,
        lambda h: (
            f"{h.bits_stored} of {h.bits_allocated} bits a pixel; expected 6 to 16 in 8 or 16"
        ),
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: any(word.startswith("STEREO") for word in h.image_type),
        "a stereo view of a biopsy",
    ),
    _rule(Verdict.EXTRA, lambda h: bool(_BIOPSY.search(h.described)), "a view of a biopsy"),
    _rule(
        Verdict.EXTRA,
        lambda h: h.is_specimen or "SPECIMEN" in h.image_type or "SPECIMEN" in h.described,
        "a specimen, not a breast",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: (
            h.is_quality_control
            or bool(_QUALITY_CONTROL_TYPES & {*h.image_type, h.body_part})
            or bool(_QUALITY_CONTROL.search(h.described))
        ),
        "a quality control image",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: bool(_CONTRAST_TYPES & {*h.image_type} or _CONTRAST.search(h.described)),
        "a contrast-enhanced view",
    ),
    Rule(
        Verdict.EXTRA,
        lambda h: bool(h.view_modifiers),
        lambda h: f"a special view ({', '.join(h.view_modifiers)})",
    ),
    _rule(Verdict.EXTRA, lambda h: h.is_partial_view, "a partial view"),
    _rule(Verdict.EXTRA, lambda h: h.has_implant, "a breast with an implant"),
    _rule(Verdict.EXTRA, lambda h: h.is_spot_paddle, "a spot or magnification paddle was used"),
    Rule(
        Verdict.EXTRA,
        lambda h: bool(h.other_view),
        lambda h: f"the view {h.other_view}, which is none of the four slots",
    ),
)


def judge(header: Header, *, claimed: View | None = None) -> Judgement:
    """Return what becomes of a file.

    Parameters
    ----------
    header
        The facts of its header.
    claimed
        The view that a manifest names; it decides where the header does not tell or contradicts
        itself, and a header that tells otherwise makes the file refused.
    """
    for rule in RULES:
        if rule.applies(header):
            return Judgement(rule.verdict, rule.reason(header), None, header.evidence)
    if claimed is not None:
        return _judge_claim(header, claimed)
    if not header.identity.study:
        reason = "no Study Instance UID tells its exam; name its case in a manifest"
        return Judgement(Verdict.REFUSED, reason, None, header.evidence)
    reading = read_view(header.evidence)
    note = reading.note or reading.problem
    return Judgement(
        Verdict.ACCEPTED, note, reading.view, header.evidence, orientation=header.orientation
    )


def _judge_claim(header: Header, claimed: View) -> Judgement:
    """Return what becomes of a mammogram whose view a manifest names."""
    against = contradiction(header.evidence, claimed)
    if against:
        reason = f"the manifest says {claimed}, the header {against}; correct one"
        return Judgement(Verdict.REFUSED, reason, None, header.evidence)
    claim = Evidence(Tier.MANIFEST, claimed.side, claimed.projection)
    problem = read_view((claim, *header.evidence)).problem
    note = f"the view of the manifest was taken ({problem})" if problem else ""
    return Judgement(Verdict.ACCEPTED, note, claimed, (claim, *header.evidence))
