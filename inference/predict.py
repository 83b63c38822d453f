"""A system over many exams, case by case: what is done is kept, so a run that stops goes on.

The journal is a file of JSON lines: the first says what runs, each further one is the result of a
case. Failed cases are kept as failed and are tried again only when the journal is removed.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from inference.prepared import PreparedExam
from inference.written_digits import in_written_digits
from study_design.detections import CaseResult, DetectionBox
from study_design.errors import CrossreadError
from study_design.geometry import Box
from study_design.tables.csv_file import write_atomically
from study_design.vocabulary import AiStatus

_RESULT = TypeAdapter(CaseResult)

Detect = Callable[[PreparedExam, PreparedExam], CaseResult]
Report = Callable[[int, int, CaseResult, str], None]


def predict(
    detect: Detect,
    exams: Sequence[PreparedExam],
    cases: Sequence[str],
    *,
    journal: Path,
    identity: str,
    report: Report = lambda *_: None,
) -> tuple[CaseResult, ...]:
    """Return the results of all exams, in their order.

    Parameters
    ----------
    detect
        Given an exam and the one before it, which only the control with shuffled views looks at.
    exams
        Prepared one by one, when their turn comes.
    cases
        The names of the exams.
    journal
        Where results are kept; one of another identity is begun anew.
    identity
        Hash of what determines the results: weights and version.
    report
        Told after each case how many are done, of how many, the result, and why it failed if so.
    """
    done = {result.case: result for result in kept_results(journal, identity)}
    lines = [json.dumps({"identity": identity}).encode(), *map(_RESULT.dump_json, done.values())]
    write_atomically(journal, b"".join(line + b"\n" for line in lines))
    with journal.open("ab") as stream:
        for number, case in enumerate(cases):
            if case in done:
                continue
            done[case], why = _result(detect, exams, number, case)
            stream.write(_RESULT.dump_json(done[case]) + b"\n")
            stream.flush()
            report(number + 1, len(cases), done[case], why)
    return tuple(done[case] for case in cases)


def _result(
    detect: Detect, exams: Sequence[PreparedExam], number: int, case: str
) -> tuple[CaseResult, str]:
    """Return the result of a case with the time it took; a case that cannot be done has failed."""
    try:
        exam, before = exams[number], exams[number - 1]
        began_s = time.perf_counter()
        result = detect(exam, before)
    except (CrossreadError, RuntimeError) as error:
        return CaseResult(case, AiStatus.FAILED), str(error)
    done = replace(_inside(result, exam), seconds=time.perf_counter() - began_s)
    return in_written_digits(done), ""


def _inside(result: CaseResult, exam: PreparedExam) -> CaseResult:
    """Return a result whose boxes end where their images end; networks round a little beyond."""

    def cut(found: DetectionBox) -> DetectionBox:
        view = exam.view(found.view)
        if view is None:
            return found
        where, frame = found.where, view.frame
        left = min(max(0.0, float(where.x_px)), float(frame.columns))
        top = min(max(0.0, float(where.y_px)), float(frame.rows))
        right = min(float(frame.columns), float(where.x_px + where.width_px))
        bottom = min(float(frame.rows), float(where.y_px + where.height_px))
        inside = Box(left, top, max(0.0, right - left), max(0.0, bottom - top))
        return replace(found, where=inside)

    detections = tuple(
        replace(detection, boxes=tuple(cut(box) for box in detection.boxes))
        for detection in result.detections
    )
    return replace(result, detections=detections)


def kept_results(journal: Path, identity: str | None = None) -> Iterator[CaseResult]:
    """Return the results in a journal; none in one of another identity than the one asked for.

    A last line that was cut off is left out.
    """
    lines = journal.read_bytes().splitlines() if journal.is_file() else []
    if not lines or identity not in (None, json.loads(lines[0])["identity"]):
        return
    for line in lines[1:]:
        try:
            yield _RESULT.validate_json(line)
        except ValidationError:
            return
