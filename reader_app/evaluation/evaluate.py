"""A system beside the truth of exams: predictions as a table, and everything measured of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.froc.detector_froc import DRAWS, Bootstrapped
from inference.data.exam_set import ExamSet, KnownExam, set_sha256
from inference.model_card import PHANTOM_WARNING
from inference.operating_point import CallsMalignant
from reader_app.evaluation.detection_run import JOURNAL, ReadySystem, Report, detect_in
from reader_app.evaluation.detector_marks import detector_marks
from reader_app.evaluation.image_level import image_level, rated_images
from reader_app.evaluation.judged_images import judged_images, judged_measures
from reader_app.evaluation.metrics import Measure, measures
from study_design.counted import counted
from study_design.detections import CaseResult
from study_design.tables.csv_file import Cell, write_atomically, write_csv

PREDICTIONS, METRICS = "predictions.csv", "metrics.json"
_COLUMNS = ("image", "x_px", "y_px", "width_px", "height_px", "score", "type")


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What came of an evaluation.

    Attributes
    ----------
    measures
        Empty where only predictions were wanted.
    warnings
        What a reader of the numbers must know.
    """

    predictions: Path
    boxes: int
    failed: int
    measures: tuple[Measure, ...]
    warnings: tuple[str, ...]


def evaluate(
    exams: ExamSet,
    ready: ReadySystem,
    *,
    out: Path,
    predict_only: bool,
    report: Report = lambda *_: None,
) -> Evaluation:
    """Run a system over exams and measure it.

    Parameters
    ----------
    predict_only
        Measure nothing and need no truth: of a set with a hidden part, predict that part.
    """
    chosen = (exams.unknown or exams.exams) if predict_only else exams.known
    results = detect_in(chosen, ready, journal=out / JOURNAL, cache=out / "prepared", report=report)
    predictions = out / PREDICTIONS
    boxes = write_predictions(predictions, chosen, results)
    failed = sum(result.status == "failed" for result in results.values())
    found: tuple[Measure, ...] = ()
    warnings = _warnings(ready, chosen, failed)
    if not predict_only:
        by_image = image_level(rated_images(chosen, results), chosen)
        found = (*_measured(ready, chosen, results), *by_image.measures)
        warnings = (*warnings, by_image.line)
        write_metrics(out / METRICS, found, said=(ready.line, *warnings))
    return Evaluation(predictions, boxes, failed, found, warnings)


def _measured(
    ready: ReadySystem, exams: Sequence[KnownExam], results: Mapping[str, CaseResult]
) -> tuple[Measure, ...]:
    """Return what every system is measured by, and Li's rates of one that calls lesions."""
    found = measures(detector_marks(exams, results))
    system = ready.system
    if not isinstance(system, CallsMalignant):
        return found
    types, threshold = system.reported, system.malignancy_threshold
    judged = judged_images(exams, results, types=types, threshold=threshold)
    return (*found, *judged_measures(judged, exams))


def write_predictions(
    path: Path, exams: Sequence[KnownExam], results: Mapping[str, CaseResult]
) -> int:
    """Write one row for each box, in stored pixels; return their number."""
    rows = [row for exam in exams for row in _rows(exam, results[exam.case])]
    write_csv(path, _COLUMNS, rows)
    return len(rows)


def write_metrics(path: Path, found: Sequence[Measure], *, said: Sequence[str]) -> None:
    """Write everything measured, with what must be said of it."""
    content = {
        "says": [sentence for sentence in said if sentence],
        "interval": f"95 %, percentile, {DRAWS} bootstrap draws of patients",
        "measures": {one.name: value_json(one.value) for one in found},
    }
    write_atomically(path, f"{json.dumps(content, indent=1)}\n".encode())


def value_json(value: Bootstrapped) -> dict[str, object]:
    """Return a number with its interval; null where it cannot be estimated."""
    interval = value.interval
    return {
        "estimate": value.estimate if value.is_known else None,
        "ci": [interval.low, interval.high] if interval else None,
        "n": value.n,
    }


def value_text(value: Bootstrapped) -> str:
    """Return a number with its interval, for people."""
    if not value.is_known:
        return "-"
    interval = value.interval
    if interval is None:
        return f"{value.estimate:.2f}"
    return f"{value.estimate:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _rows(exam: KnownExam, result: CaseResult) -> list[dict[str, Cell]]:
    """Return the boxes of an exam, the surest first."""
    return [
        {
            "image": box.image,
            "x_px": box.where.x_px,
            "y_px": box.where.y_px,
            "width_px": box.where.width_px,
            "height_px": box.where.height_px,
            "score": detection.score,
            "type": "+".join(detection.types),
        }
        for detection in sorted(result.detections, key=lambda one: -one.score)
        for box in detection.boxes
        if any(source.image == box.image for source in exam.views)
    ]


def _warnings(ready: ReadySystem, exams: Sequence[KnownExam], failed: int) -> tuple[str, ...]:
    """Return what must be said beside the numbers."""
    card = ready.card
    seen = card is not None and card.trained_on.sha256 == set_sha256(exams)
    said = (
        PHANTOM_WARNING if card is not None and card.trained_on.phantoms else "",
        "The system was trained on these very exams: the numbers are too good." if seen else "",
        f"{counted(failed, 'exam')} failed; they count as exams on which nothing was found."
        if failed
        else "",
    )
    return tuple(sentence for sentence in said if sentence)
