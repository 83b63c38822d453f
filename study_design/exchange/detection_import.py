"""Brings results of an AI system into the study, from our own files or those of other products.

Everything is read and checked first; then all of it comes in, or nothing. Of a case without a word
about it somebody says whether the system found nothing there or did not look at it.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from study_design.detections import CaseResult, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.opened_files import ForeignFiles, open_files
from study_design.exchange.ai_files.reported import Problem
from study_design.exchange.ai_files.rows_of_others import Others
from study_design.exchange.ai_files.study_images import StudyNames
from study_design.exchange.ai_files.study_names import named_in_study
from study_design.exchange.ai_files.without_row import (
    UnsaidCase,
    WithoutRow,
    answer_words,
    unsaid_question,
    with_answer,
)
from study_design.exchange.detection_json import system_results_json
from study_design.exchange.own_detections import read_own_results
from study_design.images.case_sheet import CaseSheet, read_case_sheet
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.locked import refuse_when_locked
from study_design.record.payloads.staff import DetectionsRecorded
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.cells import Resolve
from study_design.tables.csv_file import CsvTable, write_atomically
from study_design.tables.foreign.column_map import ColumnMap
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
        What is to be said before anything comes in, in one line: how cases without a row ended, and
        that rows of other studies are to be left out; empty once somebody has said it.
    others
        How many rows are of other studies; None where none is.
    answer
        What somebody said of cases without a row.
    """

    results: SystemResults
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    column_map: ColumnMap
    table: CsvTable | None = None
    words: tuple[str, ...] = ()
    foreign: bool = True
    unsaid: tuple[UnsaidCase, ...] = ()
    others: Others | None = None
    question: str = ""
    answer: WithoutRow | None = None


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
    leave_out_others
        Rows of images and cases that the study does not have are left out.
    """

    paths: tuple[Path, ...]
    system: str
    resolve_case: Resolve
    resolve_image: Resolve
    column_map: ColumnMap = field(default_factory=ColumnMap)
    without_row: WithoutRow | None = None
    leave_out_others: bool = False


def import_detections(
    folder: StudyFolder, source: DetectionSource, *, by: Actor, now: datetime
) -> DetectionImport:
    """Bring the results of a system in, in place of earlier ones of the same name.

    Parameters
    ----------
    by, now
        Who brings them in and when, for the record.

    Raises
    ------
    BadInputError
        Where a case or image is unknown, a box leaves its image or a score its scale; the first of
        several problems is told, with their number. Then where rows are of other studies, or the
        files say nothing of a case, and nobody says what holds.
    ProtocolError
        Where the protocol is locked.
    """
    foreseen = foresee_detections(folder, source)
    if foreseen.problems:
        more = len(foreseen.problems) - 1
        rest = f" (and {more} more)" if more else ""
        raise BadInputError(f"{str(foreseen.problems[0]).rstrip('.')}{rest}. {ADVICE}")
    return accept_detections(folder, foreseen, by=by, now=now)


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
    refuse_odd_name(source.system)
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
    asked = f"{place}: {unsaid_question(open_ends, among)}" if open_ends else ""
    warnings = (*foreseen.warnings, *_replaced(folder, source.system))
    named = replace(foreseen, results=complete, unsaid=open_ends, warnings=warnings)
    return _answered(_without_others(named, source.leave_out_others), source.without_row, asked)


def refuse_odd_name(system: str) -> None:
    """Refuse a system's name that cannot be a file's.

    Raises
    ------
    BadInputError
        With what a name may be.
    """
    if not NAME.fullmatch(system):
        raise BadInputError(
            "Expected a system's name of letters, digits and _ . - (at most 40), got "
            f"{system!r}. Write it like MammoAI-2."
        )


def _replaced(folder: StudyFolder, system: str) -> tuple[str, ...]:
    """Return that results of a system of this name are there, whose place new ones take."""
    is_there = (folder.detections / f"{system}.json").is_file()
    return (f"{system} has results in the study: these take their place",) if is_there else ()


def accept_detections(
    folder: StudyFolder, foreseen: ForeseenDetections, *, by: Actor, now: datetime
) -> DetectionImport:
    """Write what was foreseen, which must be free of problems, and that it came in.

    Raises
    ------
    BadInputError
        Where something is open that nobody has said.
    ProtocolError
        Where the protocol is locked.
    """
    refuse_when_locked(folder, "bring in other AI results")
    if foreseen.question:
        raise BadInputError(foreseen.question)
    results = foreseen.results
    path = folder.detections / f"{results.system}.json"
    content = system_results_json(results)
    boxes = [box for case in results.cases for found in case.detections for box in found.boxes]
    others = foreseen.others
    recorded = DetectionsRecorded(
        {path.name: hashlib.sha256(content).hexdigest()},
        len(results.cases),
        without_row=foreseen.answer.value if foreseen.answer else "",
        unsaid=len(foreseen.unsaid),
        left_out=others.rows if others else 0,
        rows=others.among if others else None,
    )
    with open_store(folder) as store:
        store.append(staff_act(recorded, by=by, now=now))
    write_atomically(path, content)
    found = sum(case.status is AiStatus.FINDING for case in results.cases)
    return DetectionImport(path, len(boxes), found, foreseen.warnings)


def _own(paths: tuple[Path, ...], source: DetectionSource, sheet: CaseSheet) -> ForeseenDetections:
    """Return what files in the study's own form hold."""
    found = read_own_results(paths, source.system, sheet, source.resolve_case, source.resolve_image)
    return ForeseenDetections(
        found.results,
        (),
        found.warnings,
        source.column_map,
        foreign=False,
        unsaid=found.unsaid,
        others=found.others,
    )


def _foreign(opened: ForeignFiles, source: DetectionSource, sheet: CaseSheet) -> ForeseenDetections:
    """Return what files of another product hold, with everything that is wrong."""
    if opened.run is None:
        name = opened.table.path.name if opened.table else ""
        nothing = SystemResults(source.system, "", "0-1", False, "", ())
        problem = Problem(name, opened.lacks.removeprefix(f"{name}: ").removeprefix(f"{name}, "))
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
        others=named.others,
    )


def _without_others(foreseen: ForeseenDetections, leave_out: bool) -> ForeseenDetections:
    """Return what was foreseen without rows of other studies, which its provenance tells, or ask.

    Where all rows are of others something else is wrong, as a rule their identifiers.
    """
    if foreseen.others is None:
        return foreseen
    others = replace(foreseen.others, left_out=leave_out)
    if others.is_all:
        place, _, words = others.question.partition(": ")
        problem = Problem(place, words)
        return replace(foreseen, problems=(*foreseen.problems, problem), others=others)
    if not leave_out:
        return replace(foreseen, others=others, question=others.question)
    told = f"{foreseen.results.provenance}; {others.provenance}"
    return replace(
        foreseen,
        results=replace(foreseen.results, provenance=told),
        warnings=(*foreseen.warnings, others.provenance),
        others=others,
    )


def _answered(
    foreseen: ForeseenDetections, answer: WithoutRow | None, question: str
) -> ForeseenDetections:
    """Return what was foreseen with the answer for cases without a row, or with the question."""
    if not foreseen.unsaid:
        return foreseen
    if answer is None:
        return replace(foreseen, question=f"{foreseen.question} {question}".strip())
    return replace(
        foreseen,
        results=with_answer(foreseen.results, foreseen.unsaid, answer),
        warnings=(*foreseen.warnings, answer_words(len(foreseen.unsaid), answer)),
        answer=answer,
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
