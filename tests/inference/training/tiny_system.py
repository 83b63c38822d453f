"""The smallest trainable system, and exams for it: what tests of training and weights run on."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.system import Preparation, Size
from study_design.detections import CaseResult
from study_design.geometry import Box, Point
from study_design.vocabulary import AbnormalityType, AiStatus, View


class TinySystem(nn.Module):
    """Tells where the brightest lesion is, by one convolution and some noise of its own."""

    name = "tiny"
    size = Size.LITE
    preparation = Preparation(1.0)
    scale = "0-1"
    noise = 0.05

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.head = nn.Linear(4, 2)
        self.register_buffer("threshold", torch.zeros(1))

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        parts = []
        for exam in exams:
            view = exam.views[0]
            picture = torch.from_numpy(view.pixels)[None, None]
            picture = picture + self.noise * torch.randn_like(picture)
            centre = exam.targets[0].where.centre
            rows, columns = view.pixels.shape
            wanted = torch.tensor([centre.x_px / columns, centre.y_px / rows])
            found = self.head(torch.relu(self.conv(picture)).mean(dim=(2, 3)))[0]
            parts.append((found.float() - wanted) ** 2)
        return {"x": torch.stack(parts)[:, 0].mean(), "y": torch.stack(parts)[:, 1].mean()}

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        self.threshold.fill_(float(len(exams)))

    def detect(self, exam: PreparedExam) -> CaseResult:
        return CaseResult(exam.case, AiStatus.NONE)


def tiny_exams(count: int) -> list[PreparedExam]:
    rng = np.random.default_rng(3)
    exams = []
    for number in range(count):
        pixels = rng.random((20, 16), dtype=np.float32)
        frame = Frame(20, 16, False, False, 0.0, 0.0, 1.0)
        breast = np.ones(pixels.shape, dtype=np.bool_)
        view = PreparedView(View.L_CC, "i", pixels, breast, 1.0, frame, Point(15.0, 10.0))
        box = Box(float(rng.uniform(0, 10)), float(rng.uniform(0, 10)), 5.0, 6.0)
        target = LesionTarget("L1", View.L_CC, box, AbnormalityType.MASS, malignant=True)
        exams.append(PreparedExam(f"C{number}", f"P{number}", (view,), (target,)))
    return exams
