"""A picture on other pixels, by areas when it shrinks and between centres when it grows."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def resampled(picture: NDArray[np.uint16], scale: float) -> NDArray[np.float32]:
    """Return a picture on other pixels; its top left corner stays.

    Each new pixel is the mean of the area it covers, so that shrinking loses no speck; enlarging
    interpolates between the centres of the old pixels.
    """
    rows, columns = picture.shape
    down, across = _weights(rows, scale), _weights(columns, scale)
    narrow = (across @ picture.T.astype(np.float32)).T
    result: NDArray[np.float32] = np.ascontiguousarray(down @ narrow, dtype=np.float32)
    return result


def _weights(size: int, scale: float) -> sparse.csr_array:
    """Return the matrix that resamples one axis: new pixels x old pixels, each row sums to one."""
    new_size = max(1, math.ceil(size * scale - 1e-6))
    # Seen from an enlarged pixel, the nearest two centres count; a shrunken one covers an area.
    reach = max(1.0, 1.0 / scale)
    centres = (np.arange(new_size) + 0.5) / scale
    first = np.floor(centres - reach / 2 - 0.5).astype(int)
    places = first[:, None] + np.arange(math.ceil(reach) + 3)
    low = np.maximum(places, (centres - reach / 2)[:, None])
    high = np.minimum(places + 1, (centres + reach / 2)[:, None])
    shares = np.clip(high - low, 0.0, None)
    inside = (places >= 0) & (places < size) & (shares > 0)
    shares = np.where(inside, shares, 0.0)
    shares /= shares.sum(axis=1, keepdims=True)
    rows = np.broadcast_to(np.arange(new_size)[:, None], places.shape)
    return sparse.csr_array(
        (shares[inside].astype(np.float32), (rows[inside], places[inside])),
        shape=(new_size, size),
    )
