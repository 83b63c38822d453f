"""The whole system: closed gates, learning from the other view, detection, matching, full size."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.prepared import LesionTarget, PreparedExam
from inference.system import DetectionSystem, Size
from inference.training.schedule import Scheduled, Varied
from inference.zhou.four_view import FourView
from inference.zhou.settings import FOUR_VIEW, SINGLE_VIEW, Fusion
from inference.zhou.view_batch import view_batch
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.phantom.exam import LesionSpec, Storage
from study_design.vocabulary import AbnormalityType, Side, View

ExamMaker = Callable[..., PreparedExam]
PhantomMaker = Callable[..., PreparedExam]
CPU = torch.device("cpu")
ASYMMETRY = LesionSpec(AbnormalityType.ASYMMETRY, False, Side.LEFT, size_mm=30.0, conspicuity=0.9)
Puzzle = Callable[[PhantomMaker], tuple[PreparedExam, PreparedExam]]
SHUFFLED = Fusion(left_right=True, cc_mlo=True, shuffled=True)


def system(fusion: Fusion, seed: int = 0) -> FourView:
    torch.manual_seed(seed)
    return FourView(Size.LITE, fusion)


def open_gates(model: FourView) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(0.05)


@pytest.fixture
def four_noises(exam_of: ExamMaker) -> PreparedExam:
    rng = np.random.default_rng(0)
    pictures = {view: rng.random((96, 64), dtype=np.float32) for view in View}
    targets = [
        LesionTarget("L", view, Box(10, 20, 24, 30), AbnormalityType.MASS, True)
        for view in (View.R_CC, View.R_MLO)
    ]
    return exam_of(pictures, targets)


def test_it_is_a_detection_system_with_schedule_and_augmentation() -> None:
    model = system(FOUR_VIEW)
    assert isinstance(model, DetectionSystem)
    assert isinstance(model, Scheduled)
    assert isinstance(model, Varied)


def test_with_closed_gates_four_views_see_exactly_what_one_sees(four_noises: PreparedExam) -> None:
    single, fused = system(SINGLE_VIEW, 1), system(FOUR_VIEW, 2)
    fused.load_state_dict(single.state_dict())
    batch = view_batch([four_noises], shuffled=False, device=CPU)
    for one, four in zip(single.features(batch), fused.features(batch), strict=True):
        assert torch.equal(one, four)
    assert single.detect(four_noises) == fused.detect(four_noises)


def test_an_open_gate_tells_a_view_of_its_sisters(four_noises: PreparedExam) -> None:
    single, fused = system(SINGLE_VIEW), system(FOUR_VIEW)
    open_gates(fused)
    batch = view_batch([four_noises], shuffled=False, device=CPU)
    assert not torch.equal(single.features(batch)[0], fused.features(batch)[0])


def test_a_view_without_sisters_is_seen_as_a_single_view(four_noises: PreparedExam) -> None:
    single, fused = system(SINGLE_VIEW), system(FOUR_VIEW)
    open_gates(fused)
    alone = replace(four_noises, views=four_noises.views[:1])
    batch = view_batch([alone], shuffled=False, device=CPU)
    for one, four in zip(single.features(batch), fused.features(batch), strict=True):
        assert torch.equal(one, four)


def test_gradients_reach_every_gate_from_the_first_step(four_noises: PreparedExam) -> None:
    model = system(FOUR_VIEW)
    torch.stack(list(model.losses([four_noises]).values())).sum().backward()
    gates = [value for name, value in model.named_parameters() if name.endswith("gate")]
    assert gates
    assert all(gate.grad is not None and bool(gate.grad.any()) for gate in gates)


def test_shuffled_sisters_are_the_partners_and_never_ones_own(four_noises: PreparedExam) -> None:
    model = system(SHUFFLED)
    batch = view_batch([four_noises, four_noises], shuffled=True, device=CPU)
    assert batch.other_side.tolist() == [5, 4, 7, 6, 1, 0, 3, 2]
    assert batch.other_projection.tolist() == [6, 7, 4, 5, 2, 3, 0, 1]
    with pytest.raises(BadInputError, match="one"):
        model.detect(four_noises)
    with pytest.raises(BadInputError, match="one"):
        model.losses([four_noises])
    assert model.detect(four_noises, four_noises).case == four_noises.case


def test_exams_without_views_are_refused(four_noises: PreparedExam) -> None:
    with pytest.raises(BadInputError, match="views"):
        system(FOUR_VIEW).detect(replace(four_noises, views=()))


def left_right_puzzle(phantom: PhantomMaker) -> tuple[PreparedExam, PreparedExam]:
    """Return two exams of one R-CC: an asymmetry in the first, a symmetry in the second."""
    spec = replace(ASYMMETRY, side=Side.RIGHT)
    shown, normal = (
        phantom(3, lesions=lesions, spacing_mm=2.0, storage=Storage.MIRRORED)
        for lesions in ((spec,), ())
    )
    main, other = shown.view(View.R_CC), normal.view(View.L_CC)
    assert main is not None
    assert other is not None
    return (
        PreparedExam("A", "A", (main, other), tuple(shown.targets_on(View.R_CC))),
        PreparedExam("B", "B", (main, replace(main, view=View.L_CC))),
    )


def cc_mlo_puzzle(phantom: PhantomMaker) -> tuple[PreparedExam, PreparedExam]:
    """Return two exams of one R-CC: a lesion that MLO confirms, and one that it does not show."""
    spec = replace(ASYMMETRY, side=Side.RIGHT)
    shown, normal = (
        phantom(3, lesions=lesions, spacing_mm=2.0, storage=Storage.MIRRORED)
        for lesions in ((spec,), ())
    )
    main, confirms, silent = (
        shown.view(View.R_CC),
        shown.view(View.R_MLO),
        normal.view(View.R_MLO),
    )
    assert main is not None
    assert confirms is not None
    assert silent is not None
    return (
        PreparedExam("A", "A", (main, confirms), shown.targets),
        PreparedExam("B", "B", (main, silent)),
    )


@pytest.mark.parametrize(
    ("puzzle", "fusion"),
    [
        (left_right_puzzle, Fusion(left_right=True, cc_mlo=False)),
        (cc_mlo_puzzle, Fusion(left_right=False, cc_mlo=True)),
    ],
)
def test_what_only_the_other_view_tells_is_learned_by_fusion(
    phantom: PhantomMaker, learn: Callable[..., None], puzzle: Puzzle, fusion: Fusion
) -> None:
    exams = puzzle(phantom)
    model, head = system(fusion), torch.nn.Conv2d(64, 1, 1)
    batch = view_batch(exams, shuffled=False, device=CPU)
    # The trunk stays as it is: what is learned is learned by the fusion.
    with torch.no_grad():
        maps = model.detector.features(batch.pictures)
    where = exams[0].targets_on(View.R_CC)[0].where.centre
    row, column = round(where.y_px / 4), round(where.x_px / 4)

    def logits() -> torch.Tensor:
        return head(model.fused(maps, batch)[0])[[0, 2], 0, row, column]

    truth = torch.tensor([1.0, 0.0])
    assert logits()[0] == logits()[1]
    learns = [*model.left_right.parameters(), *model.cc_mlo.parameters(), *head.parameters()]
    learn(
        learns,
        lambda _: [binary_cross_entropy_with_logits(logits(), truth)],
        until=0.01,
        steps=300,
        rate=3e-3,
    )
    lesion, none = logits().sigmoid().tolist()
    assert lesion > 0.9
    assert none < 0.1


def test_full_size_has_the_papers_trunk_and_trains(exam_of: ExamMaker) -> None:
    torch.manual_seed(0)
    model = FourView(Size.FULL)
    names = set(model.state_dict())
    assert {
        "detector.backbone.body.layer4.2.conv3.weight",
        "detector.backbone.fpn.inner_blocks.3.0.weight",
        "detector.rpn.head.cls_logits.weight",
        "detector.roi_heads.box_head.fc6.weight",
        "matcher.trees.threshold",
        "heads.known.taught",
    } <= names
    assert model.preparation.spacing_mm == 0.15
    rng = np.random.default_rng(0)
    target = LesionTarget("L", View.R_CC, Box(10, 10, 40, 40), AbnormalityType.MASS, True)
    exam = exam_of(
        {view: rng.random((64, 64), dtype=np.float32) for view in (View.R_CC, View.L_CC)}, [target]
    )
    batch = view_batch([exam], shuffled=False, device=CPU)
    assert [tuple(each.shape[1:]) for each in model.features(batch)] == [
        (256, 16, 16),
        (256, 8, 8),
        (256, 4, 4),
        (256, 2, 2),
        (256, 1, 1),
    ]
    torch.stack(list(model.losses([exam]).values())).sum().backward()
    for name, parameter in model.left_right.named_parameters():
        assert parameter.grad is not None, name
    trunk = model.detector.backbone.body.layer4[2].conv3.weight
    assert trunk.grad is not None
    assert trunk.grad.any()
