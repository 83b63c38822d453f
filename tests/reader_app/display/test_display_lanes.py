import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_app.display.display_lanes import LANES, blend, braid, unbraid

GENERATOR = np.random.default_rng(5)


def braided(rows: np.ndarray) -> np.ndarray:
    lanes = np.empty(rows.size, dtype=np.float32)
    braid(rows, lanes)
    return lanes


@settings(deadline=None)
@given(st.integers(1, 70))
def test_braided_rows_stand_side_by_side(width: int) -> None:
    rows = GENERATOR.random((LANES, width), dtype=np.float32)
    assert np.array_equal(braided(rows).reshape(width, LANES), rows.T)


@settings(deadline=None)
@given(st.lists(st.integers(0, 37), min_size=1, max_size=50))
def test_every_row_is_blended_by_the_weights_of_its_columns(firsts: list[int]) -> None:
    rows = GENERATOR.random((LANES, 40), dtype=np.float32) * 65535
    shares = GENERATOR.dirichlet((1, 1, 1), len(firsts)).T.astype(np.float32)
    starts = np.array(firsts, dtype=np.uint64) * np.uint64(LANES)
    blended = np.empty(LANES * len(firsts), dtype=np.float32)
    blend(braided(rows), starts, shares[0], shares[2], blended)
    expected = sum(shares[step] * rows[:, np.array(firsts) + step] for step in range(3))
    assert np.allclose(blended.reshape(-1, LANES).T, expected, rtol=1e-5)


@settings(deadline=None)
@given(st.integers(1, LANES), st.integers(1, 50))
def test_unbraided_rows_are_rounded_cut_and_written_no_further_than_the_last(
    count: int, width: int
) -> None:
    rows = np.repeat(GENERATOR.random((1, width), dtype=np.float32) * 120, LANES, axis=0)
    rows[:count] += np.arange(count, dtype=np.float32)[:, None]
    rows[count:] = rows[count - 1]  # as the last row is weighed again where rows run out
    pixels = np.full((count + 2, width), 7, dtype=np.uint16)
    unbraid(braided(rows), np.float32(100), pixels, 1, count)
    assert (pixels[0] == 7).all()
    assert (pixels[-1] == 7).all()
    assert np.array_equal(pixels[1:-1], np.minimum(np.floor(rows[:count] + 0.5), 100))
