"""Where IDVN and BDVN each see a lesion."""

import math

import pytest
import torch

from inference.detectors.pictures import PictureTargets
from inference.mommi.probability_map import probability_loss


def _targets(*boxes: list[float]) -> PictureTargets:
    corners = torch.tensor(list(boxes)).reshape(-1, 4)
    return PictureTargets(corners, torch.ones(len(corners), dtype=torch.long))


def test_the_ellipse_in_a_lesions_box_is_what_a_map_should_show() -> None:
    logits = torch.full((1, 1, 6, 6), -20.0)
    for row, column in [(1, 2), (2, 1), (2, 2), (2, 3), (3, 2)]:
        logits[0, 0, row, column] = 20.0
    # Centre 10, 10 and half-axes of 5 px: five cells of 4 px have their centres inside.
    targets = [_targets([5.0, 5.0, 15.0, 15.0])]
    assert probability_loss([logits], targets, [4]).item() == pytest.approx(0.0, abs=1e-6)
    logits[0, 0, 2, 3] = -20.0
    assert probability_loss([logits], targets, [4]).item() == pytest.approx(4.0, abs=1e-3)


def test_a_small_lesion_weighs_as_much_as_all_the_rest() -> None:
    logits = torch.zeros(2, 1, 50, 50)
    loss = probability_loss([logits], [_targets([4.0, 4.0, 8.0, 8.0]), _targets()], [4])
    assert loss.item() == pytest.approx(2 * math.log(2))
    none = probability_loss([logits], [_targets(), _targets()], [4])
    assert none.item() == pytest.approx(math.log(2))
