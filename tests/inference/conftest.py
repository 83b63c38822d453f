"""Torch on one thread; nets taught until they know; phantoms, and how well a system knows them."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.preprocess import picture_view, prepare
from study_design.detections import CaseResult
from study_design.geometry import iou
from study_design.phantom.exam import LesionSpec, Storage, draw_exam
from study_design.phantom.render import render

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Parameter

    from inference.system import Preparation

# Fine enough for clusters of calcifications to be seen, coarse enough to be drawn in a second.
RENDERED_MM = 0.9

PreparedPhantom = Callable[..., PreparedExam]
Learn = Callable[..., None]
AveragePrecision = Callable[[Sequence[PreparedExam], Sequence[CaseResult]], float]


@pytest.fixture(scope="session", autouse=True)
def _one_thread_for_nets() -> Iterator[None]:
    """Keep torch on one thread: small nets gain nothing from two, and machines are shared."""
    # Where PyTorch is absent this file is loaded all the same.
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


_WARMUP, _RECENT, _LAST = 8, 10, 10


@pytest.fixture(scope="session")
def learn() -> Learn:
    """Return what teaches a net until its loss is low, and at most so many steps.

    How many steps that takes hangs on the last bits of a processor's sums, which grow from step to
    step; what has been learned by then does not. The last ten steps are small ones, so that a
    single large one does not spoil what is judged.
    """
    torch = pytest.importorskip("torch")

    def taught(
        parameters: "Iterable[Parameter]",
        losses_of: "Callable[[int], Iterable[Tensor]]",
        *,
        until: float,
        steps: int,
        rate: float = 1e-3,
    ) -> None:
        learned = list(parameters)
        optimiser = torch.optim.AdamW(learned)

        def step(number: int, share: float) -> float:
            optimiser.param_groups[0]["lr"] = rate * share
            optimiser.zero_grad()
            loss = torch.stack(list(losses_of(number))).sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 5.0)
            optimiser.step()
            return float(loss.detach())

        recent = deque([float("inf")] * _RECENT, maxlen=_RECENT)
        number = 0
        while sum(recent) / _RECENT > until and number < steps:
            recent.append(step(number, min(1.0, (number + 1) / _WARMUP)))
            number += 1
        for further in range(number, number + _LAST):
            step(further, 0.2)

    return taught


@pytest.fixture(scope="session")
def prepared_phantom() -> PreparedPhantom:
    """Draw a phantom as a system sees it that prepares its views so."""

    def drawn(
        seed: int,
        lesions: Sequence[LesionSpec],
        preparation: "Preparation",
        *,
        storage: Storage = Storage.HUNG,
    ) -> PreparedExam:
        exam = draw_exam(seed, lesions=lesions, storage=storage)
        views: list[PreparedView] = []
        targets: list[LesionTarget] = []
        for image in render(exam, spacing_mm=RENDERED_MM).images:
            stored = picture_view(
                image.pixels,
                view=image.view,
                image=str(image.view),
                spacing_mm=RENDERED_MM,
            )
            view = prepare(stored, preparation)
            views.append(view)
            for entry in image.boxes:
                lesion = exam.lesions[entry.lesion - 1]
                where = view.frame.to_prepared(entry.box)
                targets.append(
                    LesionTarget(
                        f"L{entry.lesion}", image.view, where, lesion.type, lesion.malignant
                    )
                )
        return PreparedExam(f"case{seed}", f"patient{seed}", tuple(views), tuple(targets))

    return drawn


@pytest.fixture(scope="session")
def average_precision() -> AveragePrecision:
    """Return the mean precision at each lesion box found, by falling score; IoU >= .3."""

    def measured(exams: Sequence[PreparedExam], results: Sequence[CaseResult]) -> float:
        ranked: list[tuple[float, bool]] = []
        for exam, result in zip(exams, results, strict=True):
            left = list(exam.targets)
            for detection in result.detections:
                (box,) = detection.boxes
                view = exam.view(box.view)
                assert view is not None
                hits = [
                    target
                    for target in left
                    if target.view is box.view
                    and iou(view.frame.to_stored(target.where), box.where) >= 0.3
                ]
                for hit in hits[:1]:
                    left.remove(hit)
                ranked.append((detection.score, bool(hits)))
        ranked.sort(key=lambda entry: -entry[0])
        places = [place for place, (_, hit) in enumerate(ranked, start=1) if hit]
        precisions = [found / place for found, place in enumerate(places, start=1)]
        return sum(precisions) / sum(len(exam.targets) for exam in exams)

    return measured
