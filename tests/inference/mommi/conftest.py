"""Phantoms, prepared for a system."""

from collections.abc import Callable, Sequence

import pytest

from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.preprocess import picture_view, prepare
from inference.system import Preparation
from study_design.phantom.exam import LesionSpec, Storage, draw_exam
from study_design.phantom.render import COARSEST_SPACING_MM, render

Phantom = Callable[..., PreparedExam]


@pytest.fixture(scope="session")
def phantom() -> Phantom:
    """Draw a phantom as a system sees it at so many mm a pixel."""

    def drawn(
        seed: int,
        lesions: Sequence[LesionSpec],
        *,
        spacing_mm: float,
        storage: Storage = Storage.HUNG,
    ) -> PreparedExam:
        exam = draw_exam(seed, lesions=lesions, storage=storage)
        views: list[PreparedView] = []
        targets: list[LesionTarget] = []
        rendered_mm = min(spacing_mm, COARSEST_SPACING_MM)
        for image in render(exam, spacing_mm=rendered_mm).images:
            stored = picture_view(
                image.pixels, view=image.view, image=str(image.view), spacing_mm=rendered_mm
            )
            view = prepare(stored, Preparation(spacing_mm))
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
