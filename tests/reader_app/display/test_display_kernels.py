"""The compiled loops that build a picture, against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_app.display.display_kernels import AIR, Codes, halve, lay_out, read_only


def codes_with_air(seed: int, rows: int, columns: int) -> tuple[Codes, np.ndarray]:
    generator = np.random.default_rng(seed)
    codes = generator.integers(0, 65536, (rows, columns)).astype(np.uint16)
    return codes, generator.random(codes.shape) < generator.random()


def mean_of_tissue(block: Codes) -> int:
    """Return the mean rounded half up, in whole numbers; the block repeats the picture's edge."""
    tissue = np.pad(block, ((0, 2 - block.shape[0]), (0, 2 - block.shape[1])), mode="edge").ravel()
    known = [int(code) for code in tissue if code != AIR]
    return (sum(known) + len(known) // 2) // len(known) if known else AIR


SEEDS, SIDES = st.integers(0, 2**32 - 1), st.integers(1, 37)


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("right", [False, True])
@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, rows=SIDES, columns=SIDES)
def test_a_picture_is_laid_out_as_it_hangs_with_its_air_counted(
    down: bool, right: bool, seed: int, rows: int, columns: int
) -> None:
    codes, air = codes_with_air(seed, rows, columns)
    hung = np.zeros_like(codes)
    of_rows, of_columns = np.zeros(rows, np.uint32), np.zeros(columns, np.uint32)
    lay_out(
        read_only(codes), read_only(air.view(np.uint8)), (down, right), hung, (of_rows, of_columns)
    )
    expected = np.where(air, AIR, np.minimum(codes, AIR - 1))
    turned = expected[:: -1 if down else 1, :: -1 if right else 1]
    assert np.array_equal(hung, turned)
    assert np.array_equal(of_rows, air.sum(axis=1))
    assert np.array_equal(of_columns, air.sum(axis=0))


@settings(deadline=None, max_examples=60)
@given(SEEDS, SIDES, SIDES)
def test_a_halved_pixel_is_the_rounded_mean_of_the_tissue_below_it(
    seed: int, rows: int, columns: int
) -> None:
    codes, air = codes_with_air(seed, rows, columns)
    codes[air] = AIR
    halved = np.empty((-(-rows // 2), -(-columns // 2)), dtype=np.uint16)
    halve(codes, halved)
    for y, x in np.ndindex(*halved.shape):
        assert halved[y, x] == mean_of_tissue(codes[2 * y : 2 * y + 2, 2 * x : 2 * x + 2])
