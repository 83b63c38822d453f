"""The best anchors of each level."""

import torch

from inference.detectors.candidates import best_of_levels


def test_each_level_sends_its_best_and_a_small_one_all() -> None:
    logits = torch.tensor([[0.1, 0.9, 0.5, 0.3, 0.2], [0.9, 0.1, 0.2, 0.3, 0.4]])
    best = best_of_levels(logits, (3, 2), 2)
    assert best.index.tolist() == [[1, 2, 3, 4], [0, 2, 4, 3]]
    assert best.level.tolist() == [0, 0, 1, 1]
