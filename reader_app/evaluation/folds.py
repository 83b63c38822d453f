"""A system trained on several folds: each evaluated on its held-out exams, then mean and SD."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inference.data.exam_set import ExamSet
from inference.data.splits import Fold
from inference.model_card import Metric, add_metrics
from inference.training.fit import WEIGHTS
from reader_app.evaluation.detection_run import Report, ready_system
from reader_app.evaluation.evaluate import evaluate
from reader_app.evaluation.metrics import Measure
from study_design.tables.csv_file import write_atomically

REPORT = "folds.json"


@dataclass(frozen=True, slots=True)
class FoldMean:
    """A quantity over folds; `sd` is that of the folds' estimates, None for a single one."""

    name: str
    mean: float
    sd: float | None
    folds: int


def evaluate_folds(
    folds: Sequence[Fold], system: str, out: Path, *, report: Report = lambda *_: None
) -> tuple[FoldMean, ...]:
    """Return the means over folds whose weights lie in `out`, and write them beside.

    Each fold's own numbers go onto its model card.
    """
    found = []
    for fold in folds:
        folder = out / f"fold-{fold.number}"
        exams = ExamSet(f"fold {fold.number}, held out", fold.held_out)
        ready = ready_system(system, folder / WEIGHTS)
        done = evaluate(exams, ready, out=folder / "held-out", predict_only=False, report=report)
        add_metrics(folder / WEIGHTS, tuple(map(_metric, done.measures)))
        found.append(done.measures)
    means = _means(found)
    content = {
        "system": system,
        "folds": len(folds),
        "measures": {one.name: {"mean": one.mean, "sd": one.sd, "n": one.folds} for one in means},
    }
    write_atomically(out / REPORT, f"{json.dumps(content, indent=1)}\n".encode())
    return means


def _metric(measure: Measure) -> Metric:
    """Return a quantity as a model card has it."""
    value, interval = measure.value, measure.value.interval
    return Metric(
        measure.name,
        value.estimate if value.is_known else None,
        interval.low if interval else None,
        interval.high if interval else None,
    )


def _means(found: Sequence[tuple[Measure, ...]]) -> tuple[FoldMean, ...]:
    """Return each quantity over the folds that have it."""
    values: dict[str, list[float]] = {}
    for fold in found:
        for measure in fold:
            if measure.value.is_known:
                values.setdefault(measure.name, []).append(measure.value.estimate)
    return tuple(
        FoldMean(
            name,
            statistics.fmean(of_folds),
            statistics.stdev(of_folds) if len(of_folds) > 1 else None,
            len(of_folds),
        )
        for name, of_folds in values.items()
    )
