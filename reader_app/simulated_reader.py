"""Simulated readers: decide every answer beforehand and write it down as keys and mouse moves.

This runs in a process that may know the truth and the AI's results. The process with the windows
gets the scripts only, so its blinding can be tested with simulated readers too. The numbers below
are invented so that a study has something to show; they describe no real reader.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reader_app.breast_boxes import CaseBreasts
from reader_app.reading_script import Act, ReadScript
from study_design.detections import CaseResult, Detection
from study_design.geometry import Box, Point, iou
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.reference_standard import Lesion
from study_design.vocabulary import AbnormalityType, Side, View

TYPE_KEYS = {
    AbnormalityType.MASS: "M",
    AbnormalityType.CALCIFICATION: "C",
    AbnormalityType.ASYMMETRY: "A",
    AbnormalityType.DISTORTION: "D",
}
HANGING_STEPS = 5
# A hand moves the mouse at least this often while the eyes search.
STILL_S = 20.0
# Rating, at most, that a malignant lesion adds which was seen but not taken for one.
UNEASE = 18.0
# Rating from which a simulated reader gives BI-RADS 3, 4 and 5 to a finding.
CATEGORY_FROM = (("5", 85.0), ("4", 40.0), ("3", 15.0), ("2", 0.0))
SAME_PLACE_IOU = 0.1


@dataclass(frozen=True, slots=True)
class Skill:
    """What makes a group of simulated readers.

    Attributes
    ----------
    sees
        Shift of the normal score with which a lesion of a type is seen; 0 means half of them.
    malignant_rating, benign_rating, rating_sd
        Mean rating of a malignant and a benign lesion that was seen, and the scatter.
    false_marks
        Share of breasts in which something is marked where nothing is.
    takes_over
        Share of the AI's right detections, among lesions not seen, that the reader takes over.
    falls_for
        The same of wrong detections.
    leans_on_ai
        Weight of the AI's score in the rating of a finding that both have.
    seconds
        Median reading time without the AI.
    aided_share
        Reading time with the AI as a share of that without.
    """

    sees: Mapping[AbnormalityType, float]
    malignant_rating: float
    benign_rating: float
    rating_sd: float
    false_marks: float
    takes_over: float
    falls_for: float
    leans_on_ai: float
    seconds: float
    aided_share: float


SENIOR = Skill(
    sees={
        AbnormalityType.MASS: 1.5,
        AbnormalityType.CALCIFICATION: 1.7,
        AbnormalityType.ASYMMETRY: 0.8,
        AbnormalityType.DISTORTION: 0.5,
    },
    malignant_rating=68.0,
    benign_rating=34.0,
    rating_sd=15.0,
    false_marks=0.04,
    takes_over=0.45,
    falls_for=0.04,
    leans_on_ai=0.15,
    seconds=320.0,
    aided_share=0.86,
)
JUNIOR = Skill(
    sees={
        AbnormalityType.MASS: 0.6,
        AbnormalityType.CALCIFICATION: 0.9,
        AbnormalityType.ASYMMETRY: -0.1,
        AbnormalityType.DISTORTION: -0.5,
    },
    malignant_rating=60.0,
    benign_rating=38.0,
    rating_sd=18.0,
    false_marks=0.10,
    takes_over=0.75,
    falls_for=0.15,
    leans_on_ai=0.35,
    seconds=740.0,
    aided_share=0.78,
)


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


def write_reading(
    assignments: Sequence[Assignment],
    knowledge: Mapping[str, CaseKnowledge],
    study: StudyFile,
    *,
    seed: int,
) -> tuple[ReadScript, ...]:
    """Decide and script every read of the plan; the same seed gives the same scripts."""
    return tuple(
        _script(assignment, knowledge[assignment.case], study, seed=seed)
        for assignment in assignments
    )


def _script(
    assignment: Assignment, known: CaseKnowledge, study: StudyFile, *, seed: int
) -> ReadScript:
    """Script one read."""
    skill = JUNIOR if assignment.group == "junior" else SENIOR
    rng = _generator(seed, assignment.reader, assignment.case, assignment.period)
    aided = study.arm(assignment.arm).ai
    ai = known.ai.detections if aided and known.ai else ()
    reports = _lesion_reports(known, ai, skill, rng, seed=seed)
    reports += _false_reports(known, skill, rng)
    # A case that takes long does so for every reader and in both arms.
    slow = _generator(seed, "time", assignment.case).lognormal(0.0, 0.25)
    seconds = skill.seconds * (skill.aided_share if aided else 1.0) * slow
    seconds *= rng.lognormal(0.0, 0.1)
    acts = _look(aided=bool(ai))
    for report in reports:
        acts += _mark(report, rng)
    acts += _conclude(reports, known, rng)
    return ReadScript(assignment.cell, _paced(acts, seconds, known, rng))


def _generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator that belongs to a seed and a list of names."""
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest, dtype=np.uint32)])


def _lesion_reports(
    known: CaseKnowledge,
    ai: Sequence[Detection],
    skill: Skill,
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
        plain = _generator(seed, "lesion", known.case, name).normal()
        seen = 0.7 * plain + 0.7 * rng.normal() + skill.sees[rows[0].types[0]] > 0
        if seen or (hit is not None and rng.random() < skill.takes_over):
            score = 100 * hit.score / known.top_score if hit else None
            reports.append(_report_lesion(rows, score, skill, rng))
    for detection in ai:
        if detection.detection not in matched and rng.random() < skill.falls_for:
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
    rows: Sequence[Lesion], ai_score: float | None, skill: Skill, rng: np.random.Generator
) -> Report:
    """Decide type, places and rating of a lesion; the AI's score, 0-100, pulls at the rating."""
    mean = skill.malignant_rating if rows[0].malignant else skill.benign_rating
    rating = rng.normal(mean, skill.rating_sd)
    if ai_score is not None:
        rating = (1 - skill.leans_on_ai) * rating + skill.leans_on_ai * ai_score
    places = tuple((row.view, _shaken(row.where, rng)) for row in rows if row.view and row.where)
    if len(places) > 1 and rng.random() < 0.1:
        places = places[:1]
    return Report(rows[0].types[0], places[:2], _rounded(rating))


def _false_reports(known: CaseKnowledge, skill: Skill, rng: np.random.Generator) -> list[Report]:
    """Decide what is marked where nothing is, on one view, somewhere in the middle of a breast."""
    reports = []
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
        rating = _rounded(rng.normal(skill.benign_rating, skill.rating_sd))
        reports.append(Report(AbnormalityType(kind), ((views[0], place),), rating))
    return reports


def _shaken(box: Box, rng: np.random.Generator) -> Box:
    """Return a box as an unsteady hand draws it, never leaving the picture at the top or left."""
    dx, dy = rng.normal(0.0, 0.06, 2) * (box.width_px, box.height_px)
    return Box(max(box.x_px + dx, 0.0), max(box.y_px + dy, 0.0), box.width_px, box.height_px)


def _rounded(rating: float) -> float:
    """Return a rating as it is typed: a whole number from 1 to 99."""
    return float(min(max(round(rating), 1), 99))


def _look(*, aided: bool) -> list[Act]:
    """Open the case, go through the hanging steps and back to all four views; show the AI."""
    acts = [Act(0.0, key="Space")] * (1 + HANGING_STEPS)
    return [*acts, Act(0.0, key="G")] if aided else acts


def _mark(report: Report, rng: np.random.Generator) -> list[Act]:
    """Mark a finding on its views and fill in its card."""
    acts = [Act(0.0, key=TYPE_KEYS[report.type])]
    drag = rng.random() < 0.5
    for view, box in report.places:
        corners = (
            Point(box.x_px, box.y_px),
            Point(box.x_px + box.width_px, box.y_px + box.height_px),
        )
        acts.append(Act(0.0, view=view, points=corners if drag else (box.centre,)))
    if len(report.places) == 1:
        acts.append(Act(0.0, key="X"))
    category = next(name for name, least in CATEGORY_FROM if report.rating >= least)
    digits = f"{report.rating:.0f}"
    return acts + [Act(0.0, key=key) for key in (category, *digits, "Enter")]


def _conclude(
    reports: Sequence[Report], known: CaseKnowledge, rng: np.random.Generator
) -> list[Act]:
    """Answer for the breasts without findings, look at the summary, validate."""
    keys: list[str] = []
    marked = {report.side for report in reports}
    if marked != set(Side):
        uneasy = any(
            lesion.malignant and lesion.view and lesion.view.side not in marked
            for lesion in known.lesions
        )
        unease = UNEASE * rng.random() if uneasy else 0.0
        rating = int(np.clip(rng.normal(5.0, 3.0) + unease, 0, 30))
        keys += ["N" if rng.random() < 0.7 else "B", *str(rating)]
    keys += [f"Shift+{rng.integers(1, 5)}", "Enter", "Enter"]
    return [Act(0.0, key=key) for key in keys]


def _paced(
    acts: Sequence[Act], seconds: float, known: CaseKnowledge, rng: np.random.Generator
) -> tuple[Act, ...]:
    """Spread the reading time over the acts; the gate before the first costs nobody's time."""
    shares = rng.dirichlet(np.full(len(acts) - 1, 2.0)) * seconds
    paced = [_after(acts[0], 2.0)]
    for share, act in zip(shares, acts[1:], strict=True):
        moves = int(share // STILL_S)
        paced += [_move(known, share / (moves + 1), rng) for _ in range(moves)]
        paced.append(_after(act, share / (moves + 1)))
    return tuple(paced)


def _after(act: Act, seconds: float) -> Act:
    """Return an act that waits first."""
    return replace(act, after_s=round(float(seconds), 3))


def _move(known: CaseKnowledge, seconds: float, rng: np.random.Generator) -> Act:
    """Return a movement of the mouse to somewhere in a breast."""
    view = list(known.breasts)[int(rng.integers(len(known.breasts)))]
    breast = known.breasts[view].box
    across, down = rng.random(2)
    place = Point(breast.x_px + across * breast.width_px, breast.y_px + down * breast.height_px)
    return Act(round(float(seconds), 3), view=view, points=(place,), press=False)
