"""What of a reported run holds in the study: its images and cases, and boxes in stored pixels.

Everything that is wrong is collected, entry by entry, so that one look shows it all. Where anything
is wrong nothing may come in.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.exam_status import exam_end, highest_score
from study_design.exchange.ai_files.reported import Problem, ReportedBox, ReportedCase, ReportedRun
from study_design.exchange.ai_files.rows_of_others import NotOfStudyError, Others
from study_design.exchange.ai_files.study_images import (
    StudyNames,
    are_fractions,
    refuse_fraction_among_pixels,
    refuse_no_box,
    stored_corners,
)
from study_design.exchange.ai_files.without_row import UnsaidCase
from study_design.images.case_list import CaseImage
from study_design.tables.foreign.units import ScoreScale, Unit, guessed_scale
from study_design.vocabulary import AiStatus, Side

UNSCORED = ScoreScale(0, 1)
# Scores up to 10 may as well be low ones of 100.
OF_TEN = ScoreScale(0, 10)


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run in the study's names; the results count only where there are no problems.

    `unsaid`: cases whose end the files leave open; in the results they were not processed.
    """

    results: SystemResults
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    unsaid: tuple[UnsaidCase, ...] = ()
    others: Others | None = None


@dataclass(slots=True)
class _Notes:
    """What is found on the way."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unsaid: list[UnsaidCase] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    def wrong(self, place: str, words: str) -> None:
        self.problems.append(Problem(place, words))

    def of_another(self, place: str, error: NotOfStudyError) -> None:
        self.others.setdefault(place, str(error))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box on an image of the study."""

    reported: ReportedBox
    image: CaseImage
    found: DetectionBox


def named_in_study(run: ReportedRun, system: str, names: StudyNames) -> NamedRun:
    """Return a run with the study's cases and images and boxes in stored pixels.

    Exam and breasts get the highest score of their boxes where the files give none. Cases that the
    files say nothing of are not in the results.
    """
    notes = _Notes(warnings=list(run.warnings))
    _take_problems(run, names, notes)
    scale = _scale(run, notes)
    boxes = run.boxes
    if not run.units_told and are_fractions(boxes):
        notes.warnings.append("all coordinates are 0 to 1: taken for fractions of the picture")
        boxes = tuple(replace(box, unit=Unit.FRACTIONS) for box in boxes)
    placed = [
        one
        for n, box in enumerate(boxes, 1)
        if (one := _placed(box, n, names, notes, guessed=not run.units_told))
    ]
    _name_repeats(placed, notes)
    _name_wrong_scores(run, boxes, scale, notes)
    said = _stated(run.cases, names, notes)
    of_case: dict[str, list[_Placed]] = defaultdict(list)
    for one in placed:
        of_case[one.image.case].append(one)
    cases = []
    for case in dict.fromkeys([*of_case, *said]):
        detections = _detections(of_case.get(case, ()), notes)
        cases.append(_case(case, said.get(case, ()), detections, names, notes))
    of_boxes = [one.reported.on for one in placed]
    twins = list(dict.fromkeys(on.image for on in of_boxes if names.is_twin(on)))
    if twins:
        notes.warnings.append(
            f"{len(twins)} images are not the study's own but of the same case and view (FOR "
            f"PROCESSING twins?): {', '.join(twins[:3])}; boxes were taken over"
        )
    results = SystemResults(
        system,
        run.version,
        str(scale),
        run.simulated,
        run.provenance,
        tuple(cases),
        run.phantom_trained,
    )
    return NamedRun(
        results,
        tuple(notes.problems),
        tuple(notes.warnings),
        tuple(notes.unsaid),
        _others(run, notes),
    )


def _in_order(place: str) -> list[str | int]:
    """Return by what places stand as in the file: row 9 before row 10."""
    parts = re.split(r"(\d+)", place)
    return [int(part) if number % 2 else part for number, part in enumerate(parts)]


def _take_problems(run: ReportedRun, names: StudyNames, notes: _Notes) -> None:
    """Note what was wrong on reading, but for rows of other studies."""
    for problem in run.problems:
        try:
            if problem.on is not None:
                names.image(problem.on)
        except NotOfStudyError as error:
            notes.of_another(problem.place, error)
            continue
        except BadInputError:
            pass  # the row is wrong in two ways
        notes.problems.append(problem)


def _others(run: ReportedRun, notes: _Notes) -> Others | None:
    """Return how many rows are of other studies; None where all are of this one."""
    if not notes.others:
        return None
    met = {box.place for box in run.boxes} | {problem.place for problem in run.problems}
    # What is said of an image with boxes is told by its boxes already.
    places = met | {one.place for one in run.cases if one.status is not AiStatus.FINDING}
    first = min(notes.others, key=_in_order)
    return Others(len(notes.others), len(places), f"{first}: {notes.others[first]}")


def _scale(run: ReportedRun, notes: _Notes) -> ScoreScale:
    """Return the scale that the files name, or else the narrowest that holds the scores."""
    scores = [box.score for box in run.boxes if box.score is not None]
    scores += [score for case in run.cases for score in case.scores]
    if run.scale:
        named = ScoreScale.of(run.scale)
        if named is None:
            notes.wrong(_files(run), f"expected a scale like 0-1, got {run.scale!r}")
        return named or guessed_scale(scores)
    if not scores:
        if run.boxes:
            notes.warnings.append("no scores in the files: every box counts 1 on the scale 0-1")
        return UNSCORED
    guess = guessed_scale(scores)
    if min(scores) < 0:
        notes.wrong(
            _files(run),
            f"expected scores of 0 or more, got {min(scores):g}. Make probabilities of them, or say"
            ' the lowest and highest, as in scale = "-10-10", in a map file',
        )
        return ScoreScale(min(scores), max(scores))
    if guess == OF_TEN:
        notes.wrong(
            _files(run),
            f"expected to be told the scale of scores, got {min(scores):g} to {max(scores):g}, "
            'which may be of 10 or of 100. Say scale = "0-10" or scale = "0-100" in a map file',
        )
        return guess
    notes.warnings.append(
        f"scores {min(scores):g} to {max(scores):g} without a scale: {guess} was guessed; say "
        "scale in a map file where it is another"
    )
    return guess


def _files(run: ReportedRun) -> str:
    """Return the names of the first files of a run."""
    more = ", ..." if run.files[3:] else ""
    return ", ".join(path.name for path in run.files[:3]) + more


def _placed(
    box: ReportedBox, number: int, names: StudyNames, notes: _Notes, *, guessed: bool
) -> _Placed | None:
    """Return a box on the study's image, in stored pixels; None where something is wrong.

    `guessed`: the format does not say that it counts pixels.
    """
    try:
        image = names.image(box.on)
        if guessed:
            refuse_no_box(box)
            refuse_fraction_among_pixels(box)
        corners = stored_corners(box, image)
    except NotOfStudyError as error:
        notes.of_another(box.place, error)
        return None
    except BadInputError as error:
        notes.wrong(box.place, str(error))
        return None
    if image.view is None:
        notes.wrong(box.place, f"expected a view of the exam, got {image.image}, which is unplaced")
        return None
    name = box.box or f"B{number}"
    return _Placed(box, image, DetectionBox(name, image.view, image.image, corners.box))


def _name_repeats(placed: Sequence[_Placed], notes: _Notes) -> None:
    """Name boxes that say what another said already: a run that was brought twice."""
    known: dict[object, str] = {}
    boxes: dict[str, str] = {}
    for one in placed:
        said = one.reported
        key = (one.image.image, one.found.where, said.types, said.score)
        if key in known:
            notes.wrong(said.place, f"expected each box once, got the one of {known[key]} again")
        elif one.found.box in boxes:
            notes.wrong(said.place, f"expected each name of a box once, got {one.found.box} again")
        known[key] = boxes[one.found.box] = said.place


def _name_wrong_scores(
    run: ReportedRun, boxes: Sequence[ReportedBox], scale: ScoreScale, notes: _Notes
) -> None:
    """Name boxes without a score among others that have one, and scores beyond the scale."""
    own = [box for box in boxes if box.place not in notes.others]
    scored = any(box.score is not None for box in own)
    for box in own:
        if box.score is None and scored:
            notes.wrong(box.place, "expected a score, as other boxes have one, got none")
        elif box.score is not None and not scale.holds(box.score):
            notes.wrong(box.place, f"expected a score on the scale {scale}, got {box.score:g}")
    for case in run.cases:
        for score in case.scores:
            if not scale.holds(score):
                notes.wrong(case.place, f"expected a score on the scale {scale}, got {score:g}")


def _detections(placed: Sequence[_Placed], notes: _Notes) -> tuple[Detection, ...]:
    """Return the detections of a case; boxes that share a detection's name belong together."""
    found: dict[str, Detection] = {}
    for one in placed:
        detection = _detection(one)
        known = found.get(detection.detection)
        if known is not None and replace(known, boxes=()) != replace(detection, boxes=()):
            notes.wrong(
                one.reported.place,
                f"expected the same type and scores in all boxes of {detection.detection}",
            )
        boxes = (*known.boxes, one.found) if known else (one.found,)
        found[detection.detection] = replace(detection, boxes=boxes)
    return tuple(found.values())


def _detection(one: _Placed) -> Detection:
    """Return what is reported of a box as a detection of its own."""
    said = one.reported
    return Detection(
        detection=said.detection or f"D{one.found.box.removeprefix('B')}",
        types=said.types,
        score=UNSCORED.highest if said.score is None else said.score,
        boxes=(one.found,),
        malignancy=said.malignancy,
        birads=said.birads,
        morphology=said.morphology,
        quadrant=said.quadrant,
        depth=said.depth,
    )


def _stated(
    cases: Iterable[ReportedCase], names: StudyNames, notes: _Notes
) -> dict[str, list[ReportedCase]]:
    """Return what is said of each case of the study and of its images."""
    said: dict[str, list[ReportedCase]] = defaultdict(list)
    runs: dict[tuple[str, str], ReportedCase] = {}
    for entry in cases:
        try:
            image = "" if entry.on.is_exam else names.image(entry.on).image
            case = names.case(entry.on) if entry.on.is_exam else names.image(entry.on).case
        except NotOfStudyError as error:
            if entry.status is not AiStatus.FINDING:  # one with boxes was named there already
                notes.of_another(entry.place, error)
            continue
        except BadInputError as error:
            if entry.status is not AiStatus.FINDING:
                notes.wrong(entry.place, str(error))
            continue
        earlier = runs.setdefault((case, image), entry)
        if entry.run and earlier.run != entry.run:
            about = entry.on.image or f"case {case}"
            notes.wrong(
                entry.place,
                f"expected one run of the system on {about}, got another in {earlier.place}; "
                "name the files of one",
            )
        said[case].append(entry)
    return said


def _case(
    case: str,
    said: Sequence[ReportedCase],
    detections: tuple[Detection, ...],
    names: StudyNames,
    notes: _Notes,
) -> CaseResult:
    """Return what is reported of a case, its boxes and its own scores together."""
    whole = [entry for entry in said if entry.on.is_exam]
    end = exam_end(case, said, names, boxes=bool(detections))
    notes.warnings += [end.warning] if end.warning else []
    notes.unsaid += [end.unsaid] if end.unsaid else []
    result = CaseResult(
        case,
        end.status,
        detections,
        score_exam=highest_score(detections, *Side),
        score_right=highest_score(detections, Side.RIGHT),
        score_left=highest_score(detections, Side.LEFT),
    )
    if len(whole) > 1 and not notes.problems:
        notes.wrong(whole[1].place, f"expected each case once, got {case} again")
    if not whole:
        return result
    told = whole[0]
    result = replace(result, seconds=told.seconds)
    if not told.scores and not told.scores_told:
        return result
    return replace(
        result,
        score_exam=told.score_exam,
        score_right=told.score_right,
        score_left=told.score_left,
    )
