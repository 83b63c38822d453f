r"""Whether the CC views of an exam are stored as its MLO views are; if not, a side is in doubt.

Patient Orientation A\R is that of a left CC view as it hangs, and of a right one turned upside
down. Makers that turn right breasts turn both views of them. So a right CC view with A\R beside a
right MLO view whose chest wall lies at the right edge (P\FL) is a left breast by its orientation.
"""

from dataclasses import replace

from study_design.images.arriving.exam_slots import Candidate
from study_design.images.messages import Tier
from study_design.vocabulary import Projection, Side, View

_LEFT_OR_TURNED = ("A", "R")
_CHEST_WALL_RIGHT = "P"


def against_each_other(exam: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the mammograms of an exam; one that the others contradict has lost its view."""
    is_stored_as_hung = any(
        candidate.judgement.view is View.of(Side.RIGHT, Projection.MLO)
        and candidate.judgement.orientation[:1] == (_CHEST_WALL_RIGHT,)
        for candidate in exam
    )
    return tuple(_doubted(candidate) if is_stored_as_hung else candidate for candidate in exam)


def _doubted(candidate: Candidate) -> Candidate:
    """Return a candidate without its view where its orientation is that of the other breast."""
    judgement = candidate.judgement
    is_claimed = any(one.tier is Tier.MANIFEST for one in judgement.evidence)
    is_right_cc = judgement.view is View.of(Side.RIGHT, Projection.CC)
    if is_claimed or not is_right_cc or judgement.orientation != _LEFT_OR_TURNED:
        return candidate
    tier = next(one.tier for one in judgement.evidence if one.side)
    reason = (
        f"laterality conflict: {tier} says R, Patient Orientation says L (it would be R upside "
        "down, but the R-MLO of the exam is not stored so)"
    )
    return replace(candidate, judgement=replace(judgement, view=None, reason=reason))
