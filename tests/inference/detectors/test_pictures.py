"""Pictures of several sizes as one batch."""

import numpy as np
import torch

from inference.detectors.pictures import MEAN, SPREAD, batched, normalised


def test_smaller_pictures_are_padded_with_air_right_and_below() -> None:
    first = np.full((40, 20), 0.5, np.float32)
    second = np.full((33, 50), 0.25, np.float32)
    batch = batched([first, second])
    assert batch.shape == (2, 3, 64, 64)
    assert (batch[0, :, :40, :20] == 0.5).all()
    assert (batch[1, :, :33, :50] == 0.25).all()
    assert batch[0].sum() == 3 * 0.5 * 40 * 20
    assert batch[1].sum() == 3 * 0.25 * 33 * 50


def test_a_batch_reaches_the_trunk_in_the_range_of_public_weights() -> None:
    out = normalised(torch.full((1, 3, 2, 2), 0.5))
    for channel, (mean, spread) in enumerate(zip(MEAN, SPREAD, strict=True)):
        assert torch.allclose(out[0, channel], torch.tensor((0.5 - mean) / spread))
