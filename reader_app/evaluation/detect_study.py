"""A built-in system over all cases of a study, before anyone reads, its results with provenance.

Results go the way of every other AI result: checked, completed with cases not processed, written
to `detections/SYSTEM.json`. Until all cases are done they lie in a hidden journal beside it.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from inference.data.study_set import read_study_set
from reader_app.evaluation.detection_run import ReadySystem, Report, detect_in
from study_design.detections import CaseResult, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.detection_import import DetectionSource, import_detections
from study_design.exchange.detection_json import write_system_results
from study_design.record.actor import Actor
from study_design.record.locked import refuse_when_locked
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

_SHORT = 12


@dataclass(frozen=True, slots=True)
class StudyDetections:
    """How many cases ended in which way."""

    path: Path
    finding: int
    none: int
    failed: int
    not_processed: int


def detect_study(
    folder: StudyFolder,
    ready: ReadySystem,
    *,
    by: Actor,
    now: datetime,
    report: Report = lambda *_: None,
) -> StudyDetections:
    """Run a system over the cases of a study and keep its results.

    A run that was stopped goes on after the last case that was done.

    Raises
    ------
    ProtocolError
        Where the protocol is locked: readers must all see the same detections.
    BadInputError
        Where the study has no case to look at, or a result contradicts itself.
    """
    refuse_when_locked(folder, "detect with an AI system")
    exams = [exam for exam in read_study_set(folder).exams if exam.views]
    if not exams:
        raise BadInputError(f"Expected images in {folder.path.name}, got none. Import them first.")
    name = ready.system.name
    journal = folder.detections / f".{name}.jsonl"
    with tempfile.TemporaryDirectory(prefix="crossread-detect-") as aside:
        found = detect_in(
            exams, ready, journal=journal, cache=Path(aside) / "prepared", report=report
        )
        cases = {exam.case for exam in read_study_set(folder).exams}
        skipped = [CaseResult(c, AiStatus.NOT_PROCESSED) for c in sorted(cases - found.keys())]
        ran = f"by {by.name} on {now:%Y-%m-%d} "
        results = system_results(ready, name, (*found.values(), *skipped), run=ran)
        written = Path(aside) / f"{name}.json"
        write_system_results(written, results)
        source = DetectionSource((written,), name, lambda _: None, lambda _: None)
        imported = import_detections(folder, source, by=by, now=now)
    journal.unlink()
    statuses = [result.status for result in found.values()]
    return StudyDetections(
        imported.path,
        statuses.count(AiStatus.FINDING),
        statuses.count(AiStatus.NONE),
        statuses.count(AiStatus.FAILED),
        len(skipped),
    )


def system_results(
    ready: ReadySystem, name: str, found: Iterable[CaseResult], *, run: str = ""
) -> SystemResults:
    """Return what a system found in all cases, with version and provenance.

    Parameters
    ----------
    run
        By whom and when, as words that end in a space; empty where nobody vouches for it.
    """
    return SystemResults(
        system=name,
        version=_version(ready),
        scale=ready.system.scale,
        simulated=False,
        provenance=f"{ready.line} Run {run}with Crossread {SOFTWARE_VERSION}.",
        cases=tuple(map(_with_own_names, found)),
        phantom_trained=ready.card is not None and ready.card.trained_on.phantoms,
    )


def _with_own_names(result: CaseResult) -> CaseResult:
    """Return a result whose detections and boxes are named after the case, unique in the study."""
    detections = []
    number = 0
    for place, detection in enumerate(result.detections, start=1):
        boxes = []
        for box in detection.boxes:
            number += 1
            boxes.append(replace(box, box=f"{result.case}-B{number}"))
        name = f"{result.case}-D{place}"
        detections.append(replace(detection, detection=name, boxes=tuple(boxes)))
    return replace(result, detections=tuple(detections))


def _version(ready: ReadySystem) -> str:
    """Return what distinguishes these results from those of other weights."""
    short = ready.weights_sha256[:_SHORT]
    return f"{SOFTWARE_VERSION}+{short}" if short else SOFTWARE_VERSION
