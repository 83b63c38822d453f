"""AI results in the study's own form, JSON or tables: named as the study names them, checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from study_design.category_words import birads_category
from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.rows_of_others import Others
from study_design.exchange.ai_files.without_row import UnsaidCase
from study_design.exchange.detection_csv import read_detection_tables
from study_design.exchange.detection_json import read_system_results
from study_design.images.case_sheet import CaseSheet, holds
from study_design.plain_text import shown
from study_design.tables.cells import Resolve
from study_design.tables.foreign.units import ScoreScale
from study_design.vocabulary import BIRADS_CATEGORIES, AiStatus


@dataclass(frozen=True, slots=True)
class OwnResults:
    """What the files hold of this study; `unsaid` are cases all of whose boxes are of another."""

    results: SystemResults
    warnings: tuple[str, ...]
    unsaid: tuple[UnsaidCase, ...]
    others: Others | None


@dataclass(frozen=True, slots=True)
class _Names:
    """What the study's cases and images are called, here and in a hospital."""

    sheet: CaseSheet
    case_of: Resolve
    image_of: Resolve

    def case(self, name: str) -> str:
        """Return the study's name of a case; empty where it has none of that name."""
        found = self.case_of(name) or name
        return found if found in self.sheet.cases else ""

    def image(self, box: DetectionBox, case: str) -> str:
        """Return the study's name of a box's image; empty where it has none of that name."""
        shown = self.sheet.image(case, box.view)
        name = box.image or (shown.image if shown else "")
        found = self.image_of(name) or name
        return found if self.sheet.named(found) else ""


def read_own_results(
    paths: tuple[Path, ...], system: str, sheet: CaseSheet, case_of: Resolve, image_of: Resolve
) -> OwnResults:
    """Return what files in the study's own form hold of the study.

    Raises
    ------
    BadInputError
        Where they contradict themselves, a box leaves its image or a score its scale.
    """
    warnings: tuple[str, ...] = ()
    if len(paths) == 1 and not _is_table(paths[0]):
        results = _in_our_categories(read_system_results(paths[0]), paths[0].name)
    else:
        tables = read_detection_tables(paths, system)
        results, warnings = tables.results, tables.warnings
    place = ", ".join(path.name for path in paths)
    found = _of_study(results, _Names(sheet, case_of, image_of), place)
    _check(found.results, sheet, place)
    return replace(found, warnings=warnings)


def _in_our_categories(results: SystemResults, place: str) -> SystemResults:
    """Return results whose BI-RADS categories are spelt as ours, or refuse."""

    def spelt(found: Detection, case: str) -> Detection:
        category = birads_category(found.birads) if found.birads else None
        if found.birads and category is None:
            raise BadInputError(
                f"{place}, case {case}, {found.detection}, birads: expected one of "
                f"{', '.join(BIRADS_CATEGORIES)}, got {shown(found.birads)!r}. Correct it."
            )
        return replace(found, birads=category)

    return replace(
        results,
        cases=tuple(
            replace(one, detections=tuple(spelt(found, one.case) for found in one.detections))
            for one in results.cases
        ),
    )


def _of_study(results: SystemResults, names: _Names, place: str) -> OwnResults:
    """Return the results of the study's cases and images, in its names; the rest is counted."""
    cases: list[CaseResult] = []
    strange: list[str] = []
    unsaid: list[UnsaidCase] = []
    for result in results.cases:
        case = names.case(result.case)
        if not case:
            strange += [f"{place}: expected cases of the study, got {result.case!r}"] * _rows(
                result
            )
            continue
        named, unknown = _named_boxes(result, case, names)
        strange += [f"{place}: expected images of the study, got {one!r}" for one in unknown]
        detections = named if case == result.case else _renamed(named, case)
        status = result.status
        if result.detections and not named:
            status = AiStatus.NOT_PROCESSED
            unsaid.append(UnsaidCase(case, 0, len(names.sheet.shown(case))))
        cases.append(replace(result, case=case, status=status, detections=detections))
    rows = sum(map(_rows, results.cases))
    others = Others(len(strange), rows, strange[0]) if strange else None
    return OwnResults(replace(results, cases=tuple(cases)), (), tuple(unsaid), others)


def _rows(result: CaseResult) -> int:
    """Return how many rows a case has: its boxes, or itself."""
    return sum(len(found.boxes) for found in result.detections) or 1


def _named_boxes(
    result: CaseResult, case: str, names: _Names
) -> tuple[tuple[Detection, ...], list[str]]:
    """Return the detections on images of the study, and the names of other images."""
    unknown: list[str] = []
    detections = []
    for found in result.detections:
        boxes = []
        for box in found.boxes:
            image = names.image(box, case)
            if image:
                boxes.append(replace(box, image=image))
            else:
                unknown.append(box.image or f"{box.view} of {case}")
        if boxes or not found.boxes:
            detections.append(replace(found, boxes=tuple(boxes)))
    return tuple(detections), unknown


def _is_table(path: Path) -> bool:
    """Tell a table from JSON by its first sign."""
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"[")


def _renamed(detections: tuple[Detection, ...], case: str) -> tuple[Detection, ...]:
    """Return detections named after the study's case: their own names may hold the hospital's."""
    numbers = count(1)
    return tuple(
        replace(
            detection,
            detection=f"{case}-D{place}",
            boxes=tuple(replace(box, box=f"{case}-B{next(numbers)}") for box in detection.boxes),
        )
        for place, detection in enumerate(detections, start=1)
    )


def _check(results: SystemResults, sheet: CaseSheet, place: str) -> None:
    """Refuse doubles, a status that detections contradict, scores and boxes beyond their limits."""
    limits = ScoreScale.of(results.scale)
    if limits is None:
        raise BadInputError(
            f"{place}: expected a scale like 0-1, got {results.scale!r}. Say the lowest and the "
            "highest possible score."
        )
    _refuse_doubles("case", [result.case for result in results.cases], place)
    everything = [detection for result in results.cases for detection in result.detections]
    _refuse_doubles("box", [box.box for found in everything for box in found.boxes], place)
    for result in results.cases:
        where = f"{place}, case {result.case}"
        if bool(result.detections) and result.status is not AiStatus.FINDING:
            raise BadInputError(
                f"{where}: expected the status finding beside detections, got {result.status}."
            )
        for score in _scores(result):
            if not limits.holds(score):
                raise BadInputError(
                    f"{where}: expected scores on the scale {results.scale}, got {score:g}. "
                    "Correct the score, or say the scale in ai_cases.csv."
                )
        for found in result.detections:
            _check_boxes(found, result.case, sheet, where)


def _refuse_doubles(what: str, names: Sequence[str], place: str) -> None:
    """Refuse a name that stands for two things."""
    doubled = [name for name, times in Counter(names).items() if times > 1]
    if doubled:
        raise BadInputError(
            f"{place}: expected each {what} once, got {doubled[0]} twice. Remove or rename one."
        )


def _scores(result: CaseResult) -> list[float]:
    """Return all scores of a case that are on the system's scale."""
    of_case = (result.score_exam, result.score_right, result.score_left)
    scores = [score for score in of_case if score is not None]
    return scores + [found.score for found in result.detections]


def _check_boxes(found: Detection, case: str, sheet: CaseSheet, where: str) -> None:
    """Refuse a box of another case or view than its image's, and one that leaves it."""
    if not found.boxes:
        raise BadInputError(f"{where}: expected a box in detection {found.detection}, got none.")
    for box in found.boxes:
        image = sheet.named(box.image)
        if image is None or image.case != case or image.view is not box.view:
            raise BadInputError(
                f"{where}: expected an image that shows {box.view}, got {box.image}. Correct it."
            )
        if not holds(image, box.where):
            raise BadInputError(
                f"{where}, {box.view}: expected a box inside {image.columns} x {image.rows} "
                f"pixels, got {box.where.x_px:g}, {box.where.y_px:g}, {box.where.width_px:g} x "
                f"{box.where.height_px:g}. Give boxes in stored pixels."
            )
