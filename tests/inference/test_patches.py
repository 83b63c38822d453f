"""A trunk's first lessons: what its patches show, what it learns, and who starts there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inference.patches import PatchNet
from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.registry import build
from inference.system import Size
from inference.training.loop import TrainingSettings, train
from inference.training.processes import Processes
from inference.weights import initialise
from reader_app.evaluation.detection_run import ready_system
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, View

_ROWS, _COLUMNS = 160, 128


def _exam(number: int, *types: AbnormalityType) -> PreparedExam:
    """Return an exam of one view: a mass is a bright disc, a calcification a bright dot."""
    rng = np.random.default_rng(number)
    pixels = rng.uniform(0.3, 0.5, (_ROWS, _COLUMNS)).astype(np.float32)
    targets = []
    for place, kind in enumerate(types):
        box = Box(20.0 + 60 * place, 40.0 + 10 * number, 20.0, 20.0)
        size = 10 if kind is AbnormalityType.MASS else 2
        row, column = round(box.centre.y_px), round(box.centre.x_px)
        pixels[row - size : row + size, column - size : column + size] = 2.0
        targets.append(
            LesionTarget(f"L{place}", View.L_CC, box, kind, kind is AbnormalityType.MASS)
        )
    view = PreparedView(
        View.L_CC,
        f"{number}",
        pixels,
        np.ones((_ROWS, _COLUMNS), dtype=np.bool_),
        0.5,
        Frame(_ROWS, _COLUMNS, False, False, 0.0, 0.0, 1.0),
        None,
    )
    return PreparedExam(f"C{number}", f"P{number}", (view,), tuple(targets))


def test_a_trunk_learns_to_tell_a_mass_from_a_calcification_and_both_from_nothing(
    learn: Callable[..., None],
) -> None:
    torch.manual_seed(0)
    net = PatchNet(Size.LITE)
    exams = [_exam(n, AbnormalityType.MASS, AbnormalityType.CALCIFICATION) for n in range(2)]

    def mean_loss() -> float:
        with torch.no_grad():
            return float(np.mean([sum(net.losses(exams).values()) for _ in range(5)]))

    untaught = mean_loss()
    learn(net.parameters(), lambda _: net.losses(exams).values(), until=0.5, steps=200)
    assert mean_loss() < 0.4 * untaught


def test_what_is_drawn_follows_from_the_seed_alone() -> None:
    net, exams = PatchNet(Size.LITE), [_exam(0, AbnormalityType.MASS)]
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append(float(net.losses(exams)["type"].detach()))
    assert drawn[0] == drawn[1]


def test_an_exam_without_lesions_teaches_what_nothing_looks_like() -> None:
    losses = PatchNet(Size.LITE).losses([_exam(0)])
    assert set(losses) == {"type"}


def test_a_lesion_whose_malignancy_is_not_known_teaches_its_type_only() -> None:
    exam = _exam(0, AbnormalityType.MASS)
    target = exam.targets[0]
    unknown = LesionTarget("L", target.view, target.where, target.type, None)
    told = PreparedExam("C", "P", exam.views, (unknown,))
    assert set(PatchNet(Size.LITE).losses([told])) == {"type"}


def test_exams_without_views_are_refused() -> None:
    with pytest.raises(BadInputError, match="Expected exams with views"):
        PatchNet(Size.LITE).losses([PreparedExam("C", "P", ())])


@pytest.mark.parametrize("name", ["zhou", "zhou-single", "ueda", "lin", "liao"])
def test_every_system_on_a_resnet_starts_from_the_whole_trunk(name: str, tmp_path: Path) -> None:
    net, file = PatchNet(Size.LITE), tmp_path / "trunk.safetensors"
    state = {key: value for key, value in net.state_dict().items() if key.startswith("body.")}
    save_file(state, file)
    system = build(name, Size.LITE)
    done = initialise(file, system)
    assert not done.unexpected
    assert len(done.taken) == len(state)


def test_a_frozen_trunk_keeps_its_weights_while_what_lies_above_it_learns(tmp_path: Path) -> None:
    net = PatchNet(Size.LITE)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    schedule = replace(net.schedule, iterations=2, batch=1, warmup=0, frozen_trunk=True)
    alone = Processes(0, 1, torch.device("cpu"))
    exams = [_exam(0, AbnormalityType.MASS)]
    train(net, exams, TrainingSettings(tmp_path, schedule, seed=0), processes=alone)
    moved = {name for name, value in net.state_dict().items() if not value.equal(before[name])}
    assert moved == {"type_of.weight", "type_of.bias", "malignant.weight", "malignant.bias"}


def test_it_is_refused_where_a_detector_is_asked_for() -> None:
    with pytest.raises(BadInputError, match="Expected a system that detects, got patches"):
        ready_system("patches", None)
