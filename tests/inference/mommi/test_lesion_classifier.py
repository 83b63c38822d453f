"""The classification model."""

import math

import pytest
import torch

from inference.detectors.pictures import normalised
from inference.layers.densenet import SMALL_DENSENET, DenseNet
from inference.mommi.lesion_classifier import (
    Judgement,
    LesionClassifier,
    category_loss,
    malignancy_loss,
)


class _Seen(torch.nn.Module):
    """A trunk that keeps what it was shown and knows nothing."""

    channels = 2

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[torch.Tensor] = []

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        self.shown.append(pictures)
        return torch.zeros(len(pictures), 2)


def test_a_crop_is_the_square_around_the_lesion_with_its_surroundings() -> None:
    trunk = _Seen()
    classifier = LesionClassifier(trunk, crop_px=20, context=2.0)
    pictures = torch.zeros(2, 3, 64, 64)
    pictures[1, :, 20:30, 20:24] = 1.0  # 10 high and 4 wide: a square of 20 around 22, 25
    classifier(pictures, torch.tensor([[20.0, 20.0, 24.0, 30.0]]), torch.tensor([1]))
    (crop,) = trunk.shown
    expected = torch.zeros(1, 3, 20, 20)
    expected[:, :, 5:15, 8:12] = 1.0
    # RoIAlign reads half a pixel to the right and below; the edges of the lesion blur by it.
    inside = torch.ones(20, 20, dtype=torch.bool)
    inside[4:16, 7:13] = False
    inside[6:14, 9:11] = True
    torch.testing.assert_close(crop[..., inside], normalised(expected)[..., inside])


def test_many_lesions_are_judged_as_if_one_by_one() -> None:
    torch.manual_seed(1)
    classifier = LesionClassifier(DenseNet(SMALL_DENSENET, "group"), crop_px=32, context=1.5)
    pictures = torch.rand(2, 3, 48, 48)
    boxes = torch.rand(11, 4) * 10 + torch.tensor([2.0, 2.0, 20.0, 20.0])
    view = torch.arange(11) % 2
    with torch.no_grad():
        together = classifier(pictures, boxes, view)
        last = classifier(pictures, boxes[-1:], view[-1:])
        none = classifier(pictures, boxes[:0], view[:0])
    torch.testing.assert_close(together.malignancy[-1:], last.malignancy, atol=1e-5, rtol=1e-4)
    assert together.categories.shape == (11,)
    assert none.malignancy.shape == none.categories.shape == (0,)


def test_lesions_of_which_nothing_is_known_teach_nothing() -> None:
    judged = Judgement(torch.tensor([2.0, -1.0]), torch.zeros(2, 5))
    known = malignancy_loss(judged, torch.tensor([1, -1])).item()
    assert known == pytest.approx(math.log1p(math.exp(-2.0)))
    unknown = torch.tensor([-1, -1])
    assert malignancy_loss(judged, unknown).item() == 0.0
    assert category_loss(judged, unknown, unknown).item() == 0.0
    one = category_loss(judged, torch.tensor([-1, 0]), torch.tensor([-1, 0])).item()
    assert one == pytest.approx(math.log(2))
