"""Torch on one thread, and exams to try the four-view system on."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.preprocess import StoredView, prepare
from inference.system import Preparation
from study_design.geometry import Point
from study_design.phantom.exam import LesionSpec, Storage, draw_exam
from study_design.phantom.render import PhantomImage, render
from study_design.phantom.truth import exam_truth
from study_design.vocabulary import Side, View

PhantomMaker = Callable[..., PreparedExam]
ExamMaker = Callable[..., PreparedExam]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def phantom() -> PhantomMaker:
    """Return what draws a phantom of a seed, prepared with its truth."""

    def make(
        seed: int,
        *,
        lesions: Sequence[LesionSpec],
        storage: Storage = Storage.HUNG,
        spacing_mm: float = 0.85,
    ) -> PreparedExam:
        exam = draw_exam(seed, lesions=lesions, storage=storage)
        rendered = render(exam, spacing_mm=spacing_mm)
        views = {
            image.view: prepare(_stored(image, storage), Preparation(spacing_mm))
            for image in rendered.images
        }
        targets = tuple(
            LesionTarget(
                lesion.name,
                placed.view,
                views[placed.view].frame.to_prepared(placed.box),
                lesion.type,
                lesion.malignant,
                quadrant=placed.quadrant,
                depth=lesion.depth,
            )
            for lesion in exam_truth(exam, spacing_mm=spacing_mm).lesions
            for placed in lesion.boxes
        )
        return PreparedExam(f"C{seed}", f"P{seed}", tuple(views.values()), targets)

    return make


@pytest.fixture(scope="session")
def exam_of() -> ExamMaker:
    """Return what makes an exam of given pictures, all of it breast, the nipple at the right."""

    def make(
        pictures: dict[View, NDArray[np.float32]],
        targets: Sequence[LesionTarget] = (),
        case: str = "C",
    ) -> PreparedExam:
        views = tuple(_view(view, pixels) for view, pixels in pictures.items())
        return PreparedExam(case, case, views, tuple(targets))

    return make


def _view(view: View, pixels: NDArray[np.float32]) -> PreparedView:
    height, width = pixels.shape
    breast = np.ones(pixels.shape, np.bool_)
    nipple = Point(width - 1.0, 0.6 * height)
    frame = Frame(height, width, False, False, 0.0, 0.0, 1.0)
    return PreparedView(view, view.value, pixels, breast, 1.0, frame, nipple)


def _stored(image: PhantomImage, storage: Storage) -> StoredView:
    """Return a phantom's view with the flips that its storage asks for."""
    right = image.view.side is Side.RIGHT
    return StoredView(
        image.view,
        image.view.value,
        image.pixels,
        low_is_bright=False,
        flip_horizontal=right and storage is Storage.HUNG,
        flip_vertical=right and storage is Storage.ROTATED,
        spacing_mm=image.spacing_mm,
    )
