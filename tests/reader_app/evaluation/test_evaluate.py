import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from inference.blob import BlobDetector
from inference.data.exam_set import ExamSet
from inference.data.open_set import open_exam_set
from inference.data.splits import folds
from inference.model_card import read_card
from inference.prepared import PreparedExam
from inference.system import Size
from inference.training.fit import WEIGHTS, FitSettings, fit
from inference.training.processes import processes
from reader_app.evaluation.detection_run import ReadySystem, ready_system
from reader_app.evaluation.evaluate import METRICS, evaluate
from reader_app.evaluation.folds import REPORT, evaluate_folds
from study_design.detections import CaseResult
from study_design.errors import BadInputError
from study_design.vocabulary import AbnormalityType

# Several threads only hinder each other where tests share a computer.
torch.set_num_threads(1)


def test_an_evaluation_writes_boxes_and_measures(phantoms: Path, tmp_path: Path) -> None:
    exams = open_exam_set(phantoms)
    done = evaluate(exams, ready_system("blob", None), out=tmp_path, predict_only=False)
    names = [measure.name for measure in done.measures]
    assert "sensitivity at 0.5, mass" in names
    assert "images with a lesion found" not in names
    content = json.loads((tmp_path / METRICS).read_text())
    assert set(content["measures"]) == set(names)
    with done.predictions.open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == done.boxes > 0
    assert list(rows[0]) == ["image", "x_px", "y_px", "width_px", "height_px", "score", "type"]
    assert float(rows[0]["x_px"]) >= 0


class Judging(BlobDetector):
    """Calls every blob malignant that is surer than the rest."""

    malignancy_threshold = 0.5
    reported = (AbnormalityType.MASS,)

    def settle_threshold(self, exams: Sequence[PreparedExam]) -> int:
        return len(exams)

    def detect(self, exam: PreparedExam) -> CaseResult:
        result = super().detect(exam)
        detections = tuple(replace(one, malignancy=one.score) for one in result.detections)
        return replace(result, detections=detections)


def test_a_system_that_calls_lesions_is_measured_by_images_as_well(
    phantoms: Path, tmp_path: Path
) -> None:
    one = ExamSet("one exam", open_exam_set(phantoms).exams[:1])
    ready = ReadySystem(Judging(), None, "")
    done = evaluate(one, ready, out=tmp_path / "judging", predict_only=False)
    values = {measure.name: measure.value for measure in done.measures}
    assert values["images with a lesion found"].n == 2
    found = [values[f"found {kind} lesions called {kind}"].n for kind in ("malignant", "benign")]
    assert found == [round(2 * values["images with a lesion found"].estimate), 0]


def test_predictions_need_no_truth_and_are_of_the_hidden_part(
    phantoms: Path, tmp_path: Path
) -> None:
    exams = open_exam_set(phantoms)
    hidden = replace(exams.exams[1], truth=None, lesions=())
    part = ExamSet("part hidden", (exams.exams[0], hidden))
    done = evaluate(part, ready_system("blob", None), out=tmp_path, predict_only=True)
    assert done.measures == ()
    with done.predictions.open() as stream:
        images = {row["image"] for row in csv.DictReader(stream)}
    assert images <= {source.image for source in hidden.views}
    assert not (tmp_path / METRICS).exists()


def test_folds_are_trained_evaluated_and_averaged(phantoms: Path, tmp_path: Path) -> None:
    exams = open_exam_set(phantoms)
    drawn = folds(exams.known[:2], 2, seed=0)
    for fold in drawn:
        settings = FitSettings(
            "zhou-single",
            Size.LITE,
            tmp_path / f"fold-{fold.number}",
            tmp_path / "prepared",
            iterations=1,
        )
        with processes() as alone:
            fitted = fit(fold.train, exams.name, settings, processes=alone)
        assert fitted.outcome.finished
        assert fitted.card.trained_on.phantoms
        assert fitted.card.trained_on.exams == 1
        assert (settings.out / WEIGHTS / "model_card.json").is_file()
    means = evaluate_folds(drawn, "zhou-single", tmp_path)
    content = json.loads((tmp_path / REPORT).read_text())
    assert content["folds"] == 2
    assert {mean.name for mean in means} == set(content["measures"])
    on_card = {metric.name for metric in read_card(tmp_path / "fold-2" / WEIGHTS).metrics}
    assert "partial AUC to 1" in on_card

    ready = ready_system("zhou-single", tmp_path / "fold-1" / WEIGHTS)
    seen = ExamSet("training exams", drawn[0].train)
    done = evaluate(seen, ready, out=tmp_path / "seen", predict_only=False)
    assert any("too good" in warning for warning in done.warnings)
    assert any("clinical performance" in warning for warning in done.warnings)
    with pytest.raises(BadInputError, match="Expected weights of zhou in"):
        ready_system("zhou", tmp_path / "fold-1" / WEIGHTS)
