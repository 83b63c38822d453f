"""Where a breast ends: beside air of one grey, beside a film's fog, and beside film labels."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.breast_outline import breast_outline, triangle_threshold
from study_design.phantom.exam import draw_exam
from study_design.phantom.render import render

_ROWS, _COLUMNS = 400, 300


def _half_disc() -> NDArray[np.bool_]:
    """Return a breast at the left edge."""
    rows, columns = np.mgrid[:_ROWS, :_COLUMNS]
    disc: NDArray[np.bool_] = (rows - 200) ** 2 + columns**2 < 150**2
    return disc


def _film(*, fog: float) -> NDArray[np.uint16]:
    """Return a breast of grey 120 to 180 in a film of some fog, with a bright label beside it."""
    rng = np.random.default_rng(3)
    grey = np.repeat(np.linspace(fog / 6, fog, _ROWS)[:, None], _COLUMNS, axis=1)
    grey[:, -60:] = 0.0
    breast = _half_disc()
    grey[breast] = rng.uniform(120.0, 180.0, int(breast.sum()))
    grey[30:70, 190:230] = 230.0
    return ndimage.gaussian_filter(grey, 1.0).astype(np.uint16)


def _agreement(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    return float((found & wanted).sum() / (found | wanted).sum())


def test_a_films_fog_and_its_label_are_no_breast() -> None:
    film = _film(fog=12.0)
    assert triangle_threshold(film.astype(np.float32)) < 4.0  # which the fog exceeds
    assert _agreement(breast_outline(film), _half_disc()) > 0.94


def test_beside_air_of_one_grey_the_outline_is_the_breast() -> None:
    assert _agreement(breast_outline(_film(fog=0.0)), _half_disc()) > 0.94


def test_a_breast_is_found_on_every_view_of_a_phantom() -> None:
    for image in render(draw_exam(4), spacing_mm=0.5).images:
        outline = breast_outline(image.pixels)
        assert 0.1 < outline.mean() < 0.8
        # Its other side is air: the breast touches one of the upright edges at most.
        assert outline[:, 0].mean() < 0.05 or outline[:, -1].mean() < 0.05


def test_a_picture_of_one_grey_is_breast_all_over() -> None:
    assert breast_outline(np.full((40, 30), 7, dtype=np.uint16)).all()
