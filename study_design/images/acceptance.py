"""What becomes of a DICOM file at import: taken, left aside, or refused, and the one reason why.

The rules stand in one table and are asked in its order; the first that applies decides. A file is
left aside (`extra`) where it is a good picture that fills none of the four slots; it is refused
where showing it as a mammogram would be wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

from study_design.images.dicom import Header
from study_design.images.messages import Judgement, Verdict
from study_design.vocabulary import View

SMALLEST_SIDE_PX = 32
MOST_PIXELS = 60_000_000  # twice the largest detector: 4728 x 5928

MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.1.2"
MAMMOGRAPHY_FOR_PROCESSING = "1.2.840.10008.5.1.4.1.1.1.2.1"
# Storage classes that real mammograms come in besides their own, with the modality MG.
MAMMOGRAPHY_LIKE = ("1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1")
BREAST_TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"


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
    """Tell whether class and modality are those of a mammogram; the modality may be absent."""
    if header.sop_class == MAMMOGRAPHY:
        return header.modality in {"MG", ""}
    return header.modality == "MG" and header.sop_class in MAMMOGRAPHY_LIKE


RULES: tuple[Rule, ...] = (
    _rule(
        Verdict.EXTRA,
        lambda h: h.sop_class == MEDIA_DIRECTORY,
        "a DICOMDIR index; the files it names are imported themselves",
    ),
    _rule(
        Verdict.REFUSED,
        lambda h: (
            h.sop_class == MAMMOGRAPHY_FOR_PROCESSING or h.presentation_intent == "FOR PROCESSING"
        ),
        "FOR PROCESSING: raw detector values; export the FOR PRESENTATION image instead",
    ),
    _rule(
        Verdict.EXTRA,
        lambda h: "GENERATED_2D" in h.image_type,
        "a 2D view synthesised from tomosynthesis",
    ),
    _rule(
        Verdict.REFUSED,
        lambda h: (
            h.sop_class.startswith(BREAST_TOMOSYNTHESIS)
            or any(word.startswith("TOMO") for word in h.image_type)
        ),
        "tomosynthesis; only 2D mammograms are read",
    ),
    _rule(
        Verdict.REFUSED,
        lambda h: h.sop_class.startswith(SECONDARY_CAPTURE),
        "a secondary capture (digitised film or a screenshot), not a digital mammogram; export "
        "a film as PNG and import it by a manifest",
    ),
    Rule(
        Verdict.REFUSED,
        lambda h: not _is_mammogram(h),
        lambda h: f"not a mammogram (modality {h.modality[:16] or 'absent'})",
    ),
    Rule(
        Verdict.REFUSED,
        lambda h: h.frames > 1,
        lambda h: f"a multi-frame object of {h.frames} frames; only 2D mammograms are read",
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
    _rule(Verdict.EXTRA, lambda h: "STEREO" in h.image_type, "a stereo view of a biopsy"),
    _rule(
        Verdict.EXTRA,
        lambda h: h.is_specimen or "SPECIMEN" in h.image_type,
        "a specimen, not a breast",
    ),
    _rule(Verdict.EXTRA, lambda h: h.is_quality_control, "a quality control image"),
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
        The view that a manifest names; it decides where the header does not tell, and a header
        that tells otherwise makes the file refused.
    """
    for rule in RULES:
        if rule.applies(header):
            return Judgement(rule.verdict, rule.reason(header))
    if claimed is None:
        if header.view is None:
            return Judgement(Verdict.REFUSED, header.view_problem)
        return Judgement(Verdict.ACCEPTED, view=header.view)
    if header.view not in {None, claimed}:
        return Judgement(
            Verdict.REFUSED, f"the manifest says {claimed}, the header {header.view}; correct one"
        )
    return Judgement(Verdict.ACCEPTED, view=claimed)
