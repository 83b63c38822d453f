"""The detections that the example studies ship with, made anew from a model's weights."""

import tempfile
from dataclasses import replace
from pathlib import Path

from inference.data.open_set import open_exam_set
from reader_app.evaluation.detect_study import system_results
from reader_app.evaluation.detection_run import ReadySystem, Report, detect_in
from reader_app.simulated.example_study import (
    Example,
    finished_example,
    open_example,
    write_example_exams,
)
from study_design.detections import CaseResult, SystemResults
from study_design.phantom.sheets import write_manifest, write_truth_sheets
from study_design.vocabulary import AiStatus

# What is fainter is far below what the example studies show, and would only fill the file.
_LEAST_SCORE = 0.05


def detect_examples(ready: ReadySystem, *, seed: int, cases: int, report: Report) -> SystemResults:
    """Return what a model finds in the phantoms of both example studies.

    Parameters
    ----------
    seed, cases
        Of the example studies, as `demo` is given them.

    Notes
    -----
    Boxes name no image: it follows from the view, and cases go by the patients' identifiers.
    """
    found: list[CaseResult] = []
    for example in (finished_example(cases=cases, readers=1), open_example()):
        found += _found_in(example, ready, seed, report)
    return system_results(ready, f"{ready.system.name}-lite", found)


def _found_in(example: Example, ready: ReadySystem, seed: int, report: Report) -> list[CaseResult]:
    """Return the results for one example's phantoms, drawn into a folder that does not stay."""
    with tempfile.TemporaryDirectory(prefix="crossread-example-") as aside:
        folder = Path(aside)
        exams = list(write_example_exams(folder / "dicom", example, seed, lambda *_: None))
        write_manifest(folder, exams)
        write_truth_sheets(folder, exams)
        found = detect_in(
            open_exam_set(folder).exams,
            ready,
            journal=folder / "detections.jsonl",
            cache=folder / "prepared",
            report=report,
        )
    return [_without_images(result) for result in found.values()]


def _without_images(result: CaseResult) -> CaseResult:
    """Return a result whose boxes name no file of a folder that is gone, without the faintest."""
    detections = tuple(
        replace(detection, boxes=tuple(replace(box, image="") for box in detection.boxes))
        for detection in result.detections
        if detection.score >= _LEAST_SCORE
    )
    found_little = result.status is AiStatus.FINDING and not detections
    status = AiStatus.NONE if found_little else result.status
    return replace(result, status=status, detections=detections, seconds=None)
