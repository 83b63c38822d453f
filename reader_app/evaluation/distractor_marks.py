"""False marks on what looks like a lesion and is none: how often distractors of phantoms deceive.

A superposition of normal tissue shows on one view only, so a system that compares both views of a
breast can tell it from a mass and one that sees single views cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analysis.froc.detector_froc import LocatedScores, patient_weights, sensitivity_at
from inference.data.exam_set import KnownExam
from reader_app.evaluation.detector_marks import HIT_IOU, DetectorMarks, FalseMark
from reader_app.evaluation.metrics import FALSE_POSITIVES, Measure
from study_design.geometry import Box, iou
from study_design.phantom.distractors import DistractorKind
from study_design.phantom.sheets import DISTRACTORS_FILE
from study_design.tables.cells import sheet_rows
from study_design.tables.csv_file import read_csv
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class KnownDistractor:
    """A distractor on one view, in stored pixels."""

    case: str
    kind: DistractorKind
    view: View
    where: Box


def read_distractors(folder: Path) -> tuple[KnownDistractor, ...]:
    """Return the distractors of a set of phantoms; none where it has no sheet of them.

    Raises
    ------
    BadInputError
        Where the sheet is wrong.
    """
    path = folder / DISTRACTORS_FILE
    if not path.is_file():
        return ()
    table = read_csv(path).require("case", "kind", "view", "x_px", "y_px", "width_px", "height_px")
    found = []
    for row in sheet_rows(table):
        where = row.box()
        if where is None:
            raise row.wrong("x_px", "a box")
        kind = row.word("kind", DistractorKind)
        found.append(KnownDistractor(row.text("case"), kind, row.view("view"), where))
    return tuple(found)


def distractor_measures(
    marks: DetectorMarks,
    exams: Sequence[KnownExam],
    distractors: Sequence[KnownDistractor],
    *,
    seed: int,
) -> tuple[Measure, ...]:
    """Return which share of the distractors of each kind is marked; lower is better.

    Parameters
    ----------
    marks
        Of the exams.
    distractors
        Of a set that holds the exams; those of other exams and views do not count.
    seed
        That of the other measures, for the same bootstrap draws.

    Notes
    -----
    Scores count from the threshold on that gives so many false positives an image in each draw,
    those on distractors among them. A mark lies on a distractor as it would on a lesion, by IoU; a
    mark that hits a lesion is none on a distractor.
    """
    weights = patient_weights(len(marks.patients), seed=seed)
    patient = {exam.case: marks.patients.index(exam.patient) for exam in exams}
    shown = {(exam.case, source.view) for exam in exams for source in exam.views}
    there = [one for one in distractors if (one.case, one.view) in shown]
    on_view: dict[tuple[str, View], list[FalseMark]] = {}
    for mark in marks.false:
        on_view.setdefault((mark.case, mark.view), []).append(mark)
    found = []
    for kind in DistractorKind:
        of_kind = [one for one in there if one.kind is kind]
        if not of_kind:
            continue
        highest = [_highest(one, on_view.get((one.case, one.view), ())) for one in of_kind]
        located = _marked(marks, highest, [patient[one.case] for one in of_kind])
        for rate in FALSE_POSITIVES:
            value = sensitivity_at(located, weights, false_positives=rate)
            found.append(Measure(f"{kind} marked at {rate:g}", value))
    return tuple(found)


def _highest(distractor: KnownDistractor, marks: Sequence[FalseMark]) -> float:
    """Return the score of the surest false mark on a distractor; -inf without one."""
    scores = (mark.score for mark in marks if iou(mark.where, distractor.where) >= HIT_IOU)
    return max(scores, default=float("-inf"))


def _marked(
    marks: DetectorMarks, highest: Sequence[float], patients: Sequence[int]
) -> LocatedScores:
    """Return a system's scores with distractors in the place of lesions."""
    return replace(
        marks.located(),
        lesion=np.array(highest, dtype=np.float64),
        lesion_patient=np.array(patients, dtype=np.int64),
    )
