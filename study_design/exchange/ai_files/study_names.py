"""What of a reported run holds in the study: its images and cases, and boxes in stored pixels.

Everything that is wrong is collected, entry by entry, so that one look shows it all. Where anything
is wrong nothing may come in.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.reported import (
    Corners,
    Problem,
    ReportedBox,
    ReportedCase,
    ReportedImage,
    ReportedRun,
    ScoreScale,
    Unit,
    guessed_scale,
)
from study_design.exchange.case_sheet import CaseSheet
from study_design.exchange.cells import Resolve
from study_design.images.case_list import CaseImage
from study_design.vocabulary import AiStatus, Side

# Files keep coordinates as 32 bit numbers or as fractions; an edge may overstep by this much.
ROUNDING_PX = 0.01
# Relative difference up to which two pictures have the same shape: a pixel in a small picture.
SAME_SHAPE = 0.01
UNSCORED = ScoreScale(0, 1)


@dataclass(frozen=True, slots=True)
class StudyNames:
    """How names in a file become the study's.

    Attributes
    ----------
    accept_twins
        An unknown image of a known case and view is taken for the study's image of that view.
    """

    sheet: CaseSheet
    resolve_case: Resolve
    resolve_image: Resolve
    accept_twins: bool = False


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run in the study's names; the results count only where there are no problems."""

    results: SystemResults
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Notes:
    """What is found on the way."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)

    def wrong(self, place: str, words: str) -> None:
        self.problems.append(Problem(place, words))


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
    notes = _Notes(list(run.problems), list(run.warnings))
    scale = _scale(run, notes)
    placed = [one for n, box in enumerate(run.boxes, 1) if (one := _placed(box, n, names, notes))]
    _name_repeats(placed, notes)
    _name_wrong_scores(run, scale, notes)
    said = _said(run.cases, names, notes)
    cases = []
    for case in dict.fromkeys([*(one.image.case for one in placed), *said]):
        detections = _detections([one for one in placed if one.image.case == case], notes)
        cases.append(_case(case, said.get(case, ()), detections, names.sheet, notes))
    if notes.twins:
        notes.warnings.append(
            f"{len(notes.twins)} images are not the study's own but of the same case and view "
            f"(FOR PROCESSING twins?): {', '.join(list(notes.twins)[:3])}; boxes were taken over"
        )
    results = SystemResults(
        system, run.version, str(scale), run.simulated, run.provenance, tuple(cases)
    )
    return NamedRun(results, tuple(notes.problems), tuple(notes.warnings))


def _scale(run: ReportedRun, notes: _Notes) -> ScoreScale:
    """Return the scale that the files name, or else the narrowest that holds the scores."""
    scores = [box.score for box in run.boxes if box.score is not None]
    scores += [score for case in run.cases for score in _case_scores(case)]
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
    notes.warnings.append(
        f"scores {min(scores):g} to {max(scores):g} without a scale: {guess} was guessed; say "
        "scale in a map file where it is another"
    )
    return guess


def _case_scores(case: ReportedCase) -> list[float]:
    """Return the scores of a whole case that are on the system's scale."""
    return [s for s in (case.score_exam, case.score_right, case.score_left) if s is not None]


def _files(run: ReportedRun) -> str:
    """Return the names of the first files of a run."""
    more = ", ..." if run.files[3:] else ""
    return ", ".join(path.name for path in run.files[:3]) + more


def _placed(box: ReportedBox, number: int, names: StudyNames, notes: _Notes) -> _Placed | None:
    """Return a box on the study's image, in stored pixels; None where something is wrong."""
    try:
        image = _image(box.on, names, notes)
        corners = _stored(box, image)
    except BadInputError as error:
        notes.wrong(box.place, str(error))
        return None
    if image.view is None:
        notes.wrong(box.place, f"expected a view of the exam, got {image.image}, which is unplaced")
        return None
    name = box.box or f"B{number}"
    return _Placed(box, image, DetectionBox(name, image.view, image.image, corners.box))


def _image(on: ReportedImage, names: StudyNames, notes: _Notes) -> CaseImage:
    """Return the image of the study that is meant, or refuse."""
    case = names.resolve_case(on.case) or on.case if on.case else ""
    image = names.sheet.named(names.resolve_image(on.image) or on.image) if on.image else None
    if image is not None:
        return _agreeing(image, on, case)
    shown = names.sheet.image(case, on.view) if case and on.view else None
    if shown is None:
        raise BadInputError(_unknown(on, case, names.sheet))
    if on.image and not names.accept_twins:
        raise BadInputError(
            f"expected an image of the study, got {on.image}, another image of {on.view} of case "
            f"{case}, perhaps its FOR PROCESSING twin. Where both have the same pixels, say "
            "twins = true in the map file"
        )
    if on.image:
        notes.twins[on.image] = shown.image
    return shown


def _agreeing(image: CaseImage, on: ReportedImage, case: str) -> CaseImage:
    """Return an image, unless the file says that it is of another case or view."""
    if (case and case != image.case) or (on.view and on.view is not image.view):
        said = " ".join(part for part in (on.case, on.view.value if on.view else "") if part)
        raise BadInputError(
            f"expected an image of {said}, got {on.image}, which is {image.view or 'unplaced'} of "
            f"case {image.case}"
        )
    return image


def _unknown(on: ReportedImage, case: str, sheet: CaseSheet) -> str:
    """Return why an image is not the study's."""
    if case and case not in sheet.cases and not on.image:
        return f"expected a case of the study, got {on.case!r}"
    if case in sheet.cases and on.view is not None:
        return f"expected a view that case {case} has, got {on.view}"
    named = on.image or f"case {on.case!r} without a view"
    return f"expected an image of the study, got {named}"


def _stored(box: ReportedBox, image: CaseImage) -> Corners:
    """Return the corners in stored pixels, or refuse them."""
    if not box.corners.finite:
        raise BadInputError("expected numbers as coordinates, got a cell that holds none")
    if not box.corners.in_order:
        c = box.corners
        raise BadInputError(
            "expected the upper left corner before the lower right one, got "
            f"{c.x0:g}, {c.y0:g} before {c.x1:g}, {c.y1:g}"
        )
    corners = box.corners
    if box.unit is Unit.FRACTIONS:
        corners = corners.scaled(image.columns, image.rows)
    elif box.on.size is not None:
        corners = _resized(box, image)
    return _inside(corners, image)


def _resized(box: ReportedBox, image: CaseImage) -> Corners:
    """Return corners in a picture of another size in stored pixels; refuse another shape."""
    size = box.on.size
    if size is None or (size.columns, size.rows) == (image.columns, image.rows):
        return box.corners
    across, down = image.columns / size.columns, image.rows / size.rows
    if abs(across / down - 1) > SAME_SHAPE:
        raise BadInputError(
            f"expected coordinates in a picture of {image.columns} x {image.rows} pixels, got "
            f"{size.columns:g} x {size.rows:g}, which is of another shape"
        )
    return box.corners.scaled(across, down)


def _inside(corners: Corners, image: CaseImage) -> Corners:
    """Return corners inside an image; what oversteps by rounding is put on the edge."""
    inner = Corners(
        max(corners.x0, 0.0),
        max(corners.y0, 0.0),
        min(corners.x1, float(image.columns)),
        min(corners.y1, float(image.rows)),
    )
    over = max(
        inner.x0 - corners.x0,
        inner.y0 - corners.y0,
        corners.x1 - inner.x1,
        corners.y1 - inner.y1,
    )
    if over > ROUNDING_PX:
        box = corners.box
        raise BadInputError(
            f"expected a box inside {image.columns} x {image.rows} pixels, got {box.x_px:g}, "
            f"{box.y_px:g}, {box.width_px:g} x {box.height_px:g}"
        )
    return inner


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


def _name_wrong_scores(run: ReportedRun, scale: ScoreScale, notes: _Notes) -> None:
    """Name boxes without a score among others that have one, and scores beyond the scale."""
    scored = any(box.score is not None for box in run.boxes)
    for box in run.boxes:
        if box.score is None and scored:
            notes.wrong(box.place, "expected a score, as other boxes have one, got none")
        elif box.score is not None and not scale.holds(box.score):
            notes.wrong(box.place, f"expected a score on the scale {scale}, got {box.score:g}")
    for case in run.cases:
        for score in _case_scores(case):
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


def _said(
    cases: Iterable[ReportedCase], names: StudyNames, notes: _Notes
) -> dict[str, list[ReportedCase]]:
    """Return what is said of each case of the study and of its images."""
    said: dict[str, list[ReportedCase]] = defaultdict(list)
    runs: dict[tuple[str, str], ReportedCase] = {}
    for entry in cases:
        try:
            case = _case_named(entry.on, names, notes)
        except BadInputError as error:
            # An image with boxes was named there already.
            if not (entry.on.image and entry.status is AiStatus.FINDING):
                notes.wrong(entry.place, str(error))
            continue
        earlier = runs.setdefault((case, entry.on.image), entry)
        if entry.run and earlier.run != entry.run:
            about = entry.on.image or f"case {case}"
            notes.wrong(
                entry.place,
                f"expected one run of the system on {about}, got another in {earlier.place}; "
                "name the files of one",
            )
        said[case].append(entry)
    return said


def _case_named(on: ReportedImage, names: StudyNames, notes: _Notes) -> str:
    """Return the case that an entry is about, or refuse."""
    if on.image:
        return _image(on, names, notes).case
    case = names.resolve_case(on.case) or on.case
    if case not in names.sheet.cases:
        raise BadInputError(f"expected a case of the study, got {on.case!r}")
    return case


def _case(
    case: str,
    said: Sequence[ReportedCase],
    detections: tuple[Detection, ...],
    sheet: CaseSheet,
    notes: _Notes,
) -> CaseResult:
    """Return what is reported of a case, its boxes and its own scores together."""
    whole = [entry for entry in said if not entry.on.image]
    result = CaseResult(
        case,
        _status(case, said, bool(detections), sheet, notes),
        detections,
        score_exam=_highest(detections, *Side),
        score_right=_highest(detections, Side.RIGHT),
        score_left=_highest(detections, Side.LEFT),
    )
    if len(whole) > 1 and not notes.problems:
        notes.wrong(whole[1].place, f"expected each case once, got {case} again")
    if not whole:
        return result
    told = whole[0]
    result = replace(result, seconds=told.seconds)
    if not _case_scores(told) and not told.scores_told:
        return result
    return replace(
        result,
        score_exam=told.score_exam,
        score_right=told.score_right,
        score_left=told.score_left,
    )


def _status(
    case: str, said: Sequence[ReportedCase], found: bool, sheet: CaseSheet, notes: _Notes
) -> AiStatus:
    """Return the status of a case: a failure on one image is never nothing found in the exam."""
    statuses = {entry.status for entry in said}
    if found:
        if AiStatus.FAILED in statuses:
            notes.warnings.append(f"case {case}: boxes, though the system failed in part")
        return AiStatus.FINDING
    for status in (AiStatus.FINDING, AiStatus.FAILED, AiStatus.NONE):
        if status in statuses:
            break
    else:
        return AiStatus.NOT_PROCESSED
    images = {entry.on.image for entry in said if entry.on.image}
    of_case = [image for image in sheet.images if image.case == case and image.view]
    if images and len(images) < len(of_case):
        notes.warnings.append(
            f"case {case}: the files speak of {len(images)} of its {len(of_case)} images"
        )
    return status


def _highest(detections: Sequence[Detection], *sides: Side) -> float | None:
    """Return the highest score of the detections on some breasts."""
    scores = [d.score for d in detections if any(box.view.side in sides for box in d.boxes)]
    return max(scores, default=None)
