from pathlib import Path

import numpy as np
from PIL import Image

from reader_app.simulated.phantom_picture import write_phantom_picture


def test_the_picture_shows_an_exam_plain_at_the_left_and_its_truth_at_the_right(
    tmp_path: Path,
) -> None:
    write_phantom_picture(tmp_path / "phantoms.png")
    picture = np.asarray(Image.open(tmp_path / "phantoms.png").convert("RGB")).astype(int)
    colourful = (picture.max(axis=2) - picture.min(axis=2)) > 100
    plain, known = np.array_split(colourful, 2, axis=1)
    assert not plain.any()
    red = known & (np.array_split(picture, 2, axis=1)[1][..., 0] > 200)
    assert red.sum() > 300  # frames of lesions
    assert (known & ~red).sum() > 300  # frames of distractors
