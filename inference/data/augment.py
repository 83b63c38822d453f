"""Exams varied for training: mirrored, scaled, with more or less contrast, all views alike."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.training.schedule import Augmentation
from study_design.geometry import Box, Point


def augmented(
    exam: PreparedExam, augmentation: Augmentation, rng: np.random.Generator
) -> PreparedExam:
    """Return a variation of an exam; frames, nipples and targets follow the pixels."""
    factor = float(rng.uniform(*augmentation.scale))
    across = bool(augmentation.flip_horizontal and rng.random() < 0.5)
    down = bool(augmentation.flip_vertical and rng.random() < 0.5)
    contrast = float(rng.uniform(1 - augmentation.contrast, 1 + augmentation.contrast))
    sizes = {view.view: view.pixels.shape for view in exam.views}
    views = tuple(
        _mirrored(_scaled(view, factor, contrast), across=across, down=down) for view in exam.views
    )
    targets = tuple(
        _moved(target, sizes[target.view], factor, across=across, down=down)
        for target in exam.targets
        if target.view in sizes
    )
    return replace(exam, views=views, targets=targets)


def _scaled(view: PreparedView, factor: float, contrast: float) -> PreparedView:
    """Return a view enlarged by a factor, its grey values multiplied by another."""
    pixels = view.pixels * np.float32(contrast)
    if factor == 1.0:
        return replace(view, pixels=pixels)
    rows, columns = (max(1, round(size * factor)) for size in view.pixels.shape)
    y = (np.arange(rows) + 0.5) / factor - 0.5
    x = (np.arange(columns) + 0.5) / factor - 0.5
    return replace(
        view,
        pixels=_interpolated(pixels, y, x),
        breast=view.breast[
            np.ix_(*(np.clip(np.rint(a), 0, n - 1).astype(int) for a, n in _axes(view, y, x)))
        ],
        spacing_mm=None if view.spacing_mm is None else view.spacing_mm / factor,
        frame=replace(view.frame, scale=view.frame.scale * factor),
        nipple=view.nipple and Point(view.nipple.x_px * factor, view.nipple.y_px * factor),
    )


def _axes(
    view: PreparedView, y: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[tuple[NDArray[np.float64], int], tuple[NDArray[np.float64], int]]:
    """Return the places along both axes with the old size of each."""
    return (y, view.breast.shape[0]), (x, view.breast.shape[1])


def _interpolated(
    pixels: NDArray[np.float32], y: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the picture between its pixel centres, linearly."""
    grid = np.meshgrid(y, x, indexing="ij")
    result: NDArray[np.float32] = ndimage.map_coordinates(
        pixels, grid, order=1, mode="nearest", output=np.float32
    )
    return result


def _mirrored(view: PreparedView, *, across: bool, down: bool) -> PreparedView:
    """Return a view mirrored left to right, top to bottom, or both."""
    steps = (slice(None, None, -1 if down else 1), slice(None, None, -1 if across else 1))
    rows, columns = view.pixels.shape
    nipple = view.nipple
    if nipple is not None:
        x = columns - nipple.x_px if across else nipple.x_px
        y = rows - nipple.y_px if down else nipple.y_px
        nipple = Point(x, y)
    return replace(
        view,
        pixels=np.ascontiguousarray(view.pixels[steps]),
        breast=np.ascontiguousarray(view.breast[steps]),
        frame=mirrored_frame(view.frame, (rows, columns), across=across, down=down),
        nipple=nipple,
    )


def mirrored_frame(frame: Frame, shape: tuple[int, int], *, across: bool, down: bool) -> Frame:
    """Return the frame of a prepared picture of this shape that is mirrored once more."""
    left_px, top_px = frame.left_px, frame.top_px
    if across:
        left_px = frame.columns - left_px - shape[1] / frame.scale
    if down:
        top_px = frame.rows - top_px - shape[0] / frame.scale
    return replace(
        frame,
        flip_horizontal=frame.flip_horizontal != across,
        flip_vertical=frame.flip_vertical != down,
        left_px=left_px,
        top_px=top_px,
    )


def _moved(
    target: LesionTarget, shape: tuple[int, ...], factor: float, *, across: bool, down: bool
) -> LesionTarget:
    """Return a target on the scaled and mirrored view."""
    rows, columns = (max(1, round(size * factor)) for size in shape)
    where = target.where
    width, height = where.width_px * factor, where.height_px * factor
    x, y = where.x_px * factor, where.y_px * factor
    x = columns - x - width if across else x
    y = rows - y - height if down else y
    return replace(target, where=Box(x, y, width, height))
