"""Brings results of an AI system into the study: our own JSON, or CSV in the form of an export.

A case without a word about it was not processed; that is never the same as nothing found, nor as a
failure.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.case_sheet import CaseSheet, holds, read_case_sheet
from study_design.exchange.cells import Resolve
from study_design.exchange.detection_csv import read_detection_tables
from study_design.exchange.detection_json import read_system_results, write_system_results
from study_design.protocol.locked import refuse_when_locked
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_SCALE = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class DetectionImport:
    """What came in: numbers of boxes, of cases with a finding; and what to look at."""

    path: Path
    boxes: int
    with_finding: int
    warnings: tuple[str, ...]


def import_detections(
    folder: StudyFolder,
    paths: Sequence[Path],
    *,
    system: str,
    resolve_case: Resolve,
    resolve_image: Resolve,
) -> DetectionImport:
    """Bring the results of a system in, in place of earlier ones of the same name.

    Parameters
    ----------
    paths
        One JSON file, or detections.csv and, beside it or as a second path, ai_cases.csv.
    resolve_case, resolve_image
        Turn identifiers of a hospital into cases and images of the study.

    Raises
    ------
    BadInputError
        Where a case or image is unknown, a box leaves its image or a score its scale.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "bring in other AI results")
    if not NAME.fullmatch(system):
        raise BadInputError(
            f"Expected a system's name of letters, digits and _ . - (at most 40), got {system!r}."
        )
    sheet = read_case_sheet(folder)
    warnings: list[str] = []
    if len(paths) == 1 and paths[0].suffix.lower() == ".json":
        results = read_system_results(paths[0])
    else:
        tables = read_detection_tables(paths, system)
        results = tables.results
        warnings += tables.warnings
    place = ", ".join(path.name for path in paths)
    named = _in_the_studys_names(results, sheet, resolve_case, resolve_image, place)
    _check(named, sheet, place)
    complete, lacking = _complete(replace(named, system=system), sheet)
    if lacking:
        warnings.append(
            f"{place} says nothing of {len(lacking)} cases of the study: not processed "
            f"({', '.join(lacking[:5])}{', ...' if lacking[5:] else ''})"
        )
    path = folder.detections / f"{system}.json"
    write_system_results(path, complete)
    boxes = [box for case in complete.cases for found in case.detections for box in found.boxes]
    found = sum(case.status is AiStatus.FINDING for case in complete.cases)
    return DetectionImport(path, len(boxes), found, tuple(warnings))


def _in_the_studys_names(
    results: SystemResults, sheet: CaseSheet, case_of: Resolve, image_of: Resolve, place: str
) -> SystemResults:
    """Return the results with cases and images named as the study names them."""
    cases, images = set(sheet.cases), {image.image for image in sheet.images}

    def named(name: str, known: set[str], resolve: Callable[[str], str | None], what: str) -> str:
        found = resolve(name) or name
        if found not in known:
            raise BadInputError(
                f"{place}: expected {what}s of the study, got {name!r}. Import the {what}, or take "
                "the row out."
            )
        return found

    def box_named(box: DetectionBox, case: str) -> DetectionBox:
        shown = sheet.image(case, box.view)
        image = box.image or (shown.image if shown else "")
        return replace(box, image=named(image, images, image_of, "image"))

    def case_named(result: CaseResult) -> CaseResult:
        case = named(result.case, cases, case_of, "case")
        found = tuple(
            replace(detection, boxes=tuple(box_named(box, case) for box in detection.boxes))
            for detection in result.detections
        )
        return replace(result, case=case, detections=found)

    return replace(results, cases=tuple(case_named(result) for result in results.cases))


def _check(results: SystemResults, sheet: CaseSheet, place: str) -> None:
    """Refuse doubles, a status that detections contradict, scores and boxes beyond their limits."""
    limits = _SCALE.fullmatch(results.scale.replace(" ", ""))
    if not limits:
        raise BadInputError(
            f"{place}: expected a scale like 0-1, got {results.scale!r}. Say the lowest and the "
            "highest possible score."
        )
    lowest, highest = float(limits[1]), float(limits[2])
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
            if not lowest <= score <= highest:
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


def _complete(results: SystemResults, sheet: CaseSheet) -> tuple[SystemResults, list[str]]:
    """Add the study's cases that the results do not name, as not processed; return their names."""
    met = {result.case for result in results.cases}
    lacking = [c for c in sheet.cases if c not in met and c not in sheet.excluded]
    added = tuple(CaseResult(case, AiStatus.NOT_PROCESSED) for case in lacking)
    return replace(results, cases=(*results.cases, *added)), lacking
