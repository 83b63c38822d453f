"""What a simulated reader reports of a case: findings with places and ratings, right and wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reader_app.simulated.breasts import CaseBreasts
from reader_app.simulated.skill import State, generator
from study_design.detections import CaseResult, Detection
from study_design.geometry import Box, iou
from study_design.reference_standard import Lesion
from study_design.vocabulary import AbnormalityType, Side, View

SAME_PLACE_IOU = 0.1


@dataclass(frozen=True, slots=True)
class CaseKnowledge:
    """What the deciding process knows of one case.

    `top_score` is the highest score that the AI system can give.
    """

    case: str
    lesions: tuple[Lesion, ...]
    breasts: CaseBreasts
    ai: CaseResult | None = None
    top_score: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """A finding that the simulated reader will mark, on one view or on two."""

    type: AbnormalityType
    places: tuple[tuple[View, Box], ...]
    rating: float

    @property
    def side(self) -> Side:
        """The breast of the finding."""
        return self.places[0][0].side


def decide(
    known: CaseKnowledge, mind: State, rng: np.random.Generator, *, aided: bool, seed: int
) -> list[Report]:
    """Return what the reader will mark.

    Parameters
    ----------
    known
        Truth and AI results of the case.
    mind
        The reader at this place of the plan.
    aided
        Whether the AI's detections are on the screen.
    seed
        Of the study: decides how plain each lesion is to see, for all readers alike.
    """
    ai = known.ai.detections if aided and known.ai else ()
    reports = _lesion_reports(known, ai, mind, rng, seed=seed)
    return reports + _false_reports(known, mind, rng)


def _lesion_reports(
    known: CaseKnowledge,
    ai: Sequence[Detection],
    mind: State,
    rng: np.random.Generator,
    *,
    seed: int,
) -> list[Report]:
    """Decide what is reported: lesions seen or taken over from the AI, and what it got wrong."""
    reports = []
    matched: set[str] = set()
    for name in sorted({lesion.lesion for lesion in known.lesions}):
        rows = [row for row in known.lesions if row.lesion == name and row.where and row.view]
        if not rows:
            continue
        hit = next((d for d in ai if _covers(d, rows)), None)
        matched |= {hit.detection} if hit else set()
        # How plain a lesion is to see is its own property, the same for all readers.
        plain = generator(seed, "lesion", known.case, name).normal()
        seen = 0.7 * plain + 0.7 * rng.normal() + mind.sees(rows[0].types[0]) > 0
        if seen or (hit is not None and rng.random() < mind.skill.takes_over):
            score = 100 * hit.score / known.top_score if hit else None
            reports.append(_report_lesion(rows, score, mind, rng))
    for detection in ai:
        if detection.detection not in matched and rng.random() < mind.skill.falls_for:
            places = tuple((box.view, box.where) for box in detection.boxes[:2])
            rating = 100 * detection.score / known.top_score * rng.uniform(0.5, 1.0)
            reports.append(Report(detection.types[0], places, _rounded(rating)))
    return reports


def _covers(detection: Detection, rows: Sequence[Lesion]) -> bool:
    """Tell whether a detection lies on a lesion."""
    return any(
        box.view is row.view
        and row.where is not None
        and iou(box.where, row.where) > SAME_PLACE_IOU
        for box in detection.boxes
        for row in rows
    )


def _report_lesion(
    rows: Sequence[Lesion], ai_score: float | None, mind: State, rng: np.random.Generator
) -> Report:
    """Decide type, places and rating of a lesion; the AI's score, 0-100, pulls at the rating."""
    skill = mind.skill
    mean = skill.malignant_rating if rows[0].malignant else skill.benign_rating
    rating = rng.normal(mean + mind.traits.bias, skill.rating_sd)
    if ai_score is not None:
        rating = (1 - skill.leans_on_ai) * rating + skill.leans_on_ai * ai_score
    places = tuple((row.view, _shaken(row.where, rng)) for row in rows if row.view and row.where)
    if len(places) > 1 and rng.random() < 0.1:
        places = places[:1]
    return Report(rows[0].types[0], places[:2], _rounded(rating))


def _false_reports(known: CaseKnowledge, mind: State, rng: np.random.Generator) -> list[Report]:
    """Decide what is marked where nothing is, on one view, somewhere in the middle of a breast."""
    reports = []
    skill = mind.skill
    for side in Side:
        views = [view for view in known.breasts if view.side is side]
        if rng.random() >= skill.false_marks or not views:
            continue
        breast = known.breasts[views[0]].box
        size_px = 0.12 * min(breast.width_px, breast.height_px)
        across, down = rng.uniform(0.35, 0.65, 2)
        place = Box(
            breast.x_px + across * breast.width_px - size_px / 2,
            breast.y_px + down * breast.height_px - size_px / 2,
            size_px,
            size_px,
        )
        kind = rng.choice([AbnormalityType.ASYMMETRY, AbnormalityType.MASS])
        rating = _rounded(rng.normal(skill.benign_rating + mind.traits.bias, skill.rating_sd))
        reports.append(Report(AbnormalityType(kind), ((views[0], place),), rating))
    return reports


def _shaken(box: Box, rng: np.random.Generator) -> Box:
    """Return a box as an unsteady hand draws it, never leaving the picture at the top or left."""
    dx, dy = rng.normal(0.0, 0.06, 2) * (box.width_px, box.height_px)
    return Box(max(box.x_px + dx, 0.0), max(box.y_px + dy, 0.0), box.width_px, box.height_px)


def _rounded(rating: float) -> float:
    """Return a rating as it is typed: a whole number from 1 to 99."""
    return float(min(max(round(rating), 1), 99))
