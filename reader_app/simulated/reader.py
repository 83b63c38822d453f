"""Simulated readers: decide every answer beforehand and write it down as keys and mouse moves.

This runs in a process that may know the truth and the AI's results. The process with the windows
gets the scripts only, so its blinding can be tested with simulated readers too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reader_app.simulated.findings import CaseKnowledge, Report, decide
from reader_app.simulated.script import Act, ReadScript
from reader_app.simulated.skill import State, draw_traits, generator, skill_of
from study_design.geometry import Point
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.vocabulary import AbnormalityType, Side

TYPE_KEYS = {
    AbnormalityType.MASS: "M",
    AbnormalityType.CALCIFICATION: "C",
    AbnormalityType.ASYMMETRY: "A",
    AbnormalityType.DISTORTION: "D",
}
HANGING_STEPS = 5
# A hand moves the mouse at least this often while the eyes search.
STILL_S = 20.0
# Nobody validates answers before having looked at them.
LOOK_S = 0.5
# Rating, at most, that a malignant lesion adds which was seen but not taken for one.
UNEASE = 18.0
# Rating from which a simulated reader gives BI-RADS 3, 4 and 5 to a finding.
CATEGORY_FROM = (("5", 85.0), ("4", 40.0), ("3", 15.0), ("2", 0.0))


def write_reading(
    assignments: Sequence[Assignment],
    knowledge: Mapping[str, CaseKnowledge],
    study: StudyFile,
    *,
    seed: int,
) -> tuple[ReadScript, ...]:
    """Decide and script every read of the plan; the same seed gives the same scripts."""
    blocks = Counter((a.reader, a.period, a.block) for a in assignments)
    places: Counter[tuple[str, int, int]] = Counter()
    scripts = []
    for assignment in sorted(assignments, key=lambda a: (a.reader, a.period, a.position)):
        block = (assignment.reader, assignment.period, assignment.block)
        tired = places[block] / max(blocks[block] - 1, 1)
        places[block] += 1
        traits = draw_traits(generator(seed, "reader", assignment.reader))
        mind = State(skill_of(assignment.group), traits, tired)
        aided = study.arm(assignment.arm).ai
        scripts.append(_script(assignment, knowledge[assignment.case], mind, aided, seed))
    return tuple(scripts)


def _script(
    assignment: Assignment, known: CaseKnowledge, mind: State, aided: bool, seed: int
) -> ReadScript:
    """Script one read."""
    rng = generator(seed, assignment.reader, assignment.case, assignment.period)
    reports = decide(known, mind, rng, aided=aided, seed=seed)
    # A case that takes long does so for every reader and in both arms.
    slow = generator(seed, "time", assignment.case).lognormal(0.0, 0.25)
    seconds = mind.seconds(aided=aided) * slow * rng.lognormal(0.0, 0.1)
    acts = _look(with_ai=aided and known.ai is not None and bool(known.ai.detections))
    for report in reports:
        acts += _mark(report, rng)
    acts += _conclude(reports, known, rng)
    return ReadScript(assignment.cell, _paced(acts, seconds, known, rng))


def _look(*, with_ai: bool) -> list[Act]:
    """Open the case, go through the hanging steps and back to all four views; show the AI."""
    acts = [Act(0.0, key="Space")] * (1 + HANGING_STEPS)
    return [*acts, Act(0.0, key="G")] if with_ai else acts


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
    lacking = max(0.0, LOOK_S - shares[-1])
    shares[np.argmax(shares)] -= lacking
    shares[-1] += lacking
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
