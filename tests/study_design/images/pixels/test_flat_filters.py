"""Extremes over squares, against scipy.ndimage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy import ndimage

from study_design.images.pixels.flat_filters import block_extremes, top_hat

GREY = arrays.arrays(np.uint16, arrays.array_shapes(min_dims=2, max_dims=2, max_side=24))


@settings(max_examples=40)
@given(GREY, st.sampled_from((1, 3, 5, 9, 33)))
def test_the_top_hat_is_that_of_scipy(grey: NDArray[np.uint16], width: int) -> None:
    opened = ndimage.grey_opening(grey, size=(width, width))
    assert np.array_equal(top_hat(grey, width), grey - opened)


@pytest.mark.parametrize("extreme", [np.maximum, np.minimum])
@settings(max_examples=30)
@given(grey=GREY, step=st.integers(1, 5))
def test_every_block_gives_its_extreme_also_where_the_edge_cuts_it(
    extreme: np.ufunc, grey: NDArray[np.uint16], step: int
) -> None:
    reduced = block_extremes(grey, step, extreme)
    assert reduced.shape == tuple(-(-size // step) for size in grey.shape)
    for row, column in np.ndindex(*reduced.shape):
        block = grey[row * step : (row + 1) * step, column * step : (column + 1) * step]
        assert reduced[row, column] == extreme.reduce(block, axis=None)
