"""What becomes of a DICOM file at import: taken, left aside, or refused, and the one reason why.

The rules stand in one table and are asked in its order; the first that applies decides. A file is
left aside (`extra`) where its class, its codes or its type values say that it is what a hospital
keeps among mammograms and fills none of the four slots; it is refused where it is damaged, of
another kind, or no mammogram that can be shown. What somebody typed never decides: it is a doubt on
a mammogram that is taken. What passes is a mammogram; its view is that on which the tiers of
`view_evidence` agree, and without one it waits for a decision.

A manifest is the strongest evidence: it settles what descriptions say, makes a film that was stored
as a secondary capture a mammogram, and overrules what the header says of the view, which stays a
doubt. It makes no mammogram of another kind of picture.
"""

from collections.abc import Callable
from dataclasses import dataclass

from study_design.images.header.dicom import Header
from study_design.images.header.object_kinds import (
    MEDIA_DIRECTORY,
    is_secondary_capture,
    kind_without_picture,
)
from study_design.images.header.picture_kinds import (
    BREAST_TOMOSYNTHESIS,
    MAMMOGRAPHY_FOR_PROCESSING,
    TOMOSYNTHESIS_PROJECTIONS,
    is_contrast_enhanced,
    is_film,
    is_mammogram,
    is_quality_control,
    is_special,
    is_synthesised,
    is_tomosynthesis_elsewhere,
    no_mammogram,
    special_view,
    without_picture,
)
from study_design.images.header.view_evidence import contradiction, read_view
from study_design.images.messages import Evidence, Judgement, Tier, Verdict
from study_design.images.pixels.colour import CHANNELS, COLOURS, PALETTE
from study_design.vocabulary import View

_OF_DICOM = "1.2.840.10008."
SMALLEST_SIDE_PX = 32
MOST_PIXELS = 60_000_000  # twice the largest detector: 4728 x 5928


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason not to take a file, and the test that finds it.

    Attributes
    ----------
    of_view
        It speaks of the view alone, which a manifest names better: it becomes a doubt then.
    of_kind
        It speaks of how a picture came to be, which a manifest settles for a digitised film.
    """

    verdict: Verdict
    applies: Callable[[Header], bool]
    reason: Callable[[Header], str]
    of_view: bool = False
    of_kind: bool = False


def _rule(
    verdict: Verdict,
    applies: Callable[[Header], bool],
    reason: str,
    *,
    of_view: bool = False,
    of_kind: bool = False,
) -> Rule:
    """Return a rule whose reason needs nothing from the file."""
    return Rule(verdict, applies, lambda _: reason, of_view, of_kind)


def _may_be_grey(header: Header) -> bool:
    """Tell whether a picture is grey, or has three channels or a palette that may be grey."""
    if header.samples == CHANNELS:
        return header.photometric in COLOURS
    return header.samples == 1 and header.photometric in {"MONOCHROME1", "MONOCHROME2", PALETTE}


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
    Rule(Verdict.EXTRA, lambda h: bool(kind_without_picture(h.sop_class)), without_picture),
    _rule(
        Verdict.EXTRA,
        lambda h: not h.has_pixels and not h.sop_class.startswith(_OF_DICOM),
        "an object of a class that its maker alone knows, without a picture",
    ),
    _rule(
        Verdict.EXTRA, is_quality_control, "a quality control image (of a detector or a phantom)"
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
        is_tomosynthesis_elsewhere,
        "a slice of a tomosynthesis; only 2D mammograms are read",
    ),
    _rule(
        Verdict.REFUSED,
        lambda h: is_secondary_capture(h.sop_class),
        "a secondary capture (digitised film or a screenshot), not a digital mammogram; name case "
        "and view of a film in a manifest",
        of_kind=True,
    ),
    Rule(Verdict.REFUSED, lambda h: not is_mammogram(h), no_mammogram, of_kind=True),
    Rule(
        Verdict.EXTRA,
        lambda h: h.frames > 1,
        lambda h: f"a multi-frame object of {h.frames} frames; only 2D mammograms are read",
    ),
    _rule(Verdict.EXTRA, is_synthesised, "a 2D view synthesised from tomosynthesis"),
    _rule(
        Verdict.EXTRA,
        lambda h: any(word.startswith("TOMO") for word in h.image_type),
        "a slice or projection of a tomosynthesis; only 2D mammograms are read",
    ),
    _rule(Verdict.REFUSED, lambda h: not h.has_pixels, "no pixels in the file"),
    _rule(
        Verdict.REFUSED,
        lambda h: not _may_be_grey(h),
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
    _rule(
        Verdict.EXTRA,
        lambda h: h.is_specimen or "SPECIMEN" in h.image_type,
        "a specimen, not a breast",
    ),
    _rule(
        Verdict.EXTRA,
        is_contrast_enhanced,
        "a contrast-enhanced view",
    ),
    Rule(
        Verdict.EXTRA,
        is_special,
        special_view,
        of_view=True,
    ),
    _rule(Verdict.EXTRA, lambda h: h.is_partial_view, "a partial view", of_view=True),
    _rule(Verdict.EXTRA, lambda h: h.has_implant, "a breast with an implant", of_view=True),
    _rule(
        Verdict.EXTRA,
        lambda h: h.is_spot_paddle,
        "a spot or magnification paddle was used",
        of_view=True,
    ),
    Rule(
        Verdict.EXTRA,
        lambda h: bool(h.other_view),
        lambda h: f"the view {h.other_view}, which is none of the four slots",
        of_view=True,
    ),
)


def judge(header: Header, *, claimed: View | None = None) -> Judgement:
    """Return what becomes of a file.

    Parameters
    ----------
    header
        The facts of its header.
    claimed
        The view that a manifest names. It decides; where the header tells otherwise, that stays a
        doubt.
    """
    against: list[str] = []
    for rule in RULES:
        is_settled = claimed is not None and rule.of_kind and is_film(header)
        if is_settled or not rule.applies(header):
            continue
        if claimed is None or not rule.of_view:
            return Judgement(rule.verdict, rule.reason(header), None, header.evidence)
        against.append(rule.reason(header))
    if claimed is not None:
        return _judge_claim(header, claimed, against)
    if not header.identity.study:
        reason = "no Study Instance UID tells its exam; name its case in a manifest"
        return Judgement(Verdict.REFUSED, reason, None, header.evidence)
    reading = read_view(header.evidence)
    return Judgement(
        Verdict.ACCEPTED,
        reading.note or reading.problem,
        reading.view,
        header.evidence,
        orientation=header.orientation,
        doubts=header.doubts,
    )


def _judge_claim(header: Header, claimed: View, against: list[str]) -> Judgement:
    """Return what becomes of a mammogram whose view a manifest names."""
    other = contradiction(header.evidence, claimed)
    said = [*([f"it is {other}"] if other else []), *against]
    claim = Evidence(Tier.MANIFEST, claimed.side, claimed.projection)
    problem = read_view((claim, *header.evidence)).problem
    note = f"the view of the manifest was taken ({problem})" if problem else ""
    return Judgement(
        Verdict.ACCEPTED,
        note,
        claimed,
        (claim, *header.evidence),
        doubts=tuple(f"the manifest says {claimed}, the header says: {what}" for what in said),
    )
