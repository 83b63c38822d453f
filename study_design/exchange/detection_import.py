"""Brings results of an AI system into the study, from our own files or those of other products.

Everything is read and checked first; then all of it comes in, or nothing. Of a case without a word
about it somebody says whether the system found nothing there or did not look at it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.opened_files import ForeignFiles, open_files
from study_design.exchange.ai_files.reported import Problem, ScoreScale
from study_design.exchange.ai_files.study_images import StudyNames
from study_design.exchange.ai_files.study_names import named_in_study
from study_design.exchange.case_sheet import CaseSheet, holds, read_case_sheet
from study_design.exchange.cells import Resolve
from study_design.exchange.csv_file import CsvTable
from study_design.exchange.detection_csv import read_detection_tables
from study_design.exchange.detection_json import read_system_results, write_system_results
from study_design.exchange.foreign_tables.column_map import ColumnMap
from study_design.exchange.without_row import (
    UnsaidCase,
    WithoutRow,
    answer_words,
    unsaid_question,
    with_answer,
)
from study_design.protocol.locked import refuse_when_locked
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")

ADVICE = (
    "Correct it, or say in a map file what columns and words mean (--map FILE); --preview shows "
    "everything."
)


@dataclass(frozen=True, slots=True)
class DetectionImport:
    """What came in: numbers of boxes, of cases with a finding; and what to look at."""

    path: Path
    boxes: int
    with_finding: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeseenDetections:
    """What an import would bring, before anything is written.

    Attributes
    ----------
    results
        In the study's names, as far as they could be read; they count only without problems.
    problems
        What is wrong, by row or item; a map file may mend it.
    table, column_map
        Of a foreign table: its columns, and the map by which it was read.
    words
        What the files call abnormalities.
    foreign
        Not in the study's own form, so that a map file may say more.
    unsaid
        Cases whose end the files leave open.
    question
        What is to be said of them, in one line; empty once somebody has said it. Nothing comes in
        before.
    """

    results: SystemResults
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    column_map: ColumnMap
    table: CsvTable | None = None
    words: tuple[str, ...] = ()
    foreign: bool = True
    unsaid: tuple[UnsaidCase, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class DetectionSource:
    """Files with the results of a system, and how to understand what they name.

    Attributes
    ----------
    paths
        Our own JSON; detections.csv and, beside it or as a second path, ai_cases.csv; COCO JSON;
        any other table; DICOM objects of one kind, or folders of them.
    resolve_case, resolve_image
        Turn identifiers of a hospital into cases and images of the study.
    column_map
        What a map file says of the columns and words of other products.
    without_row
        What holds for cases without a row; None where nobody has said it.
    """

    paths: tuple[Path, ...]
    system: str
    resolve_case: Resolve
    resolve_image: Resolve
    column_map: ColumnMap = field(default_factory=ColumnMap)
    without_row: WithoutRow | None = None


def import_detections(folder: StudyFolder, source: DetectionSource) -> DetectionImport:
    """Bring the results of a system in, in place of earlier ones of the same name.

    Raises
    ------
    BadInputError
        Where a case or image is unknown, a box leaves its image or a score its scale; the first of
        several problems is told, with their number. Then where the files say nothing of a case and
        nobody else does.
    ProtocolError
        Where the protocol is locked.
    """
    foreseen = foresee_detections(folder, source)
    if foreseen.problems:
        more = len(foreseen.problems) - 1
        rest = f" (and {more} more)" if more else ""
        raise BadInputError(f"{str(foreseen.problems[0]).rstrip('.')}{rest}. {ADVICE}")
    return accept_detections(folder, foreseen)


def foresee_detections(folder: StudyFolder, source: DetectionSource) -> ForeseenDetections:
    """Return what an import would bring; nothing is written.

    Raises
    ------
    BadInputError
        Where the files cannot be read at all, or our own ones contradict themselves.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "bring in other AI results")
    if not NAME.fullmatch(source.system):
        raise BadInputError(
            "Expected a system's name of letters, digits and _ . - (at most 40), got "
            f"{source.system!r}."
        )
    sheet = read_case_sheet(folder)
    opened = open_files(source.paths, source.column_map)
    if isinstance(opened, ForeignFiles):
        foreseen = _foreign(opened, source, sheet)
    else:
        foreseen = _own(opened.paths, source, sheet)
    place = ", ".join(path.name for path in source.paths)
    complete, lacking = _complete(replace(foreseen.results, system=source.system), sheet)
    open_ends = (*(one for one in foreseen.unsaid if one.case not in sheet.excluded), *lacking)
    among = len(set(sheet.cases) - sheet.excluded)
    return _asked(
        replace(foreseen, results=complete, unsaid=open_ends),
        source.without_row,
        f"{place}: {unsaid_question(open_ends, among)}",
    )


def accept_detections(folder: StudyFolder, foreseen: ForeseenDetections) -> DetectionImport:
    """Write what was foreseen, which must be free of problems.

    Raises
    ------
    BadInputError
        Where the files leave open how a case ended and nobody says it.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "bring in other AI results")
    if foreseen.question:
        raise BadInputError(foreseen.question)
    results = foreseen.results
    path = folder.detections / f"{results.system}.json"
    write_system_results(path, results)
    boxes = [box for case in results.cases for found in case.detections for box in found.boxes]
    found = sum(case.status is AiStatus.FINDING for case in results.cases)
    return DetectionImport(path, len(boxes), found, foreseen.warnings)


def _own(paths: tuple[Path, ...], source: DetectionSource, sheet: CaseSheet) -> ForeseenDetections:
    """Return what files in the study's own form hold, checked."""
    warnings: tuple[str, ...] = ()
    if len(paths) == 1 and not _is_table(paths[0]):
        results = read_system_results(paths[0])
    else:
        tables = read_detection_tables(paths, source.system)
        results, warnings = tables.results, tables.warnings
    place = ", ".join(path.name for path in paths)
    named = _in_the_studys_names(results, sheet, source.resolve_case, source.resolve_image, place)
    _check(named, sheet, place)
    return ForeseenDetections(named, (), warnings, source.column_map, foreign=False)


def _foreign(opened: ForeignFiles, source: DetectionSource, sheet: CaseSheet) -> ForeseenDetections:
    """Return what files of another product hold, with everything that is wrong."""
    if opened.run is None:
        name = opened.table.path.name if opened.table else ""
        nothing = SystemResults(source.system, "", "0-1", False, "", ())
        problem = Problem(name, opened.lacks.removeprefix(f"{name}: "))
        return ForeseenDetections(nothing, (problem,), (), opened.column_map, opened.table)
    names = StudyNames(sheet, source.resolve_case, source.resolve_image, opened.column_map.twins)
    named = named_in_study(opened.run, source.system, names)
    return ForeseenDetections(
        named.results,
        named.problems,
        named.warnings,
        opened.column_map,
        opened.table,
        opened.run.words,
        unsaid=named.unsaid,
    )


def _asked(
    foreseen: ForeseenDetections, answer: WithoutRow | None, question: str
) -> ForeseenDetections:
    """Return what was foreseen with the answer for cases without a row, or with the question."""
    if not foreseen.unsaid:
        return foreseen
    if answer is None:
        return replace(foreseen, question=question)
    return replace(
        foreseen,
        results=with_answer(foreseen.results, foreseen.unsaid, answer),
        warnings=(*foreseen.warnings, answer_words(len(foreseen.unsaid), answer)),
    )


def _is_table(path: Path) -> bool:
    """Tell a table from JSON by its first sign."""
    with path.open("rb") as stream:
        return stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"[")


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
        if case != result.case:
            found = _renamed(found, case)
        return replace(result, case=case, detections=found)

    return replace(results, cases=tuple(case_named(result) for result in results.cases))


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


def _complete(
    results: SystemResults, sheet: CaseSheet
) -> tuple[SystemResults, tuple[UnsaidCase, ...]]:
    """Add the study's cases that the results do not name, as not processed; return them too."""
    met = {result.case for result in results.cases}
    lacking = [c for c in sheet.cases if c not in met and c not in sheet.excluded]
    added = tuple(CaseResult(case, AiStatus.NOT_PROCESSED) for case in lacking)
    complete = replace(results, cases=(*results.cases, *added))
    return complete, tuple(UnsaidCase(case, 0, len(sheet.shown(case))) for case in lacking)
