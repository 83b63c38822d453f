"""Marks of a presentation state that are pictures: overlay planes, whose bits may be anything.

A bitmap does not say whether its shapes are marks, writing or a logo. Somebody decides what
overlays of a product stand for; then each connected shape is an outline. Source: PS3.3 C.9.2,
C.11.7; a plane that shutters the picture is no mark.
"""

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from scipy import ndimage

from study_design.errors import BadInputError
from study_design.exchange.ai_files.annotation_marks import layer_words, referenced_images
from study_design.exchange.ai_files.annotation_pairs import Outline
from study_design.exchange.ai_files.reported import Corners
from study_design.tables.foreign.type_words import (
    MAP_ADVICE,
    Meaning,
    TypeWord,
    decided_meaning,
)

OVERLAY = "overlay"
_OVERLAYS, _CURVES = range(0x6000, 0x6020, 2), range(0x5000, 0x5020, 2)
_ROWS, _COLUMNS, _ORIGIN, _LAYER, _DATA = 0x0010, 0x0011, 0x0050, 0x1001, 0x3000
_TOUCHING = np.ones((3, 3), bool)


def overlay_outlines(dataset: Dataset, words: tuple[TypeWord, ...]) -> dict[str, list[Outline]]:
    """Return the shapes of overlay planes by image, where somebody decided what they stand for.

    Raises
    ------
    BadInputError
        For a plane with something on it of which nobody did, or that cannot be placed.
    """
    for group in _CURVES:
        if any(element.tag.group == group for element in dataset):
            raise BadInputError(f"expected figures, got a curve ({group:04X},3000)")
    shutter = dataset.get("ShutterOverlayGroup")
    found: dict[str, list[Outline]] = {}
    for group in _OVERLAYS:
        if group == shutter or not any(element.tag.group == group for element in dataset):
            continue
        outlines = list(_shapes(dataset, group))
        if outlines and not _is_left_out(outlines, words, group):
            images = referenced_images(dataset)
            if len(images) != 1:
                raise BadInputError(f"{_named(group)}: expected one image, got {len(images)}")
            found.setdefault(images[0], []).extend(outlines)
    return found


def _is_left_out(outlines: list[Outline], words: tuple[TypeWord, ...], group: int) -> bool:
    """Tell whether an overlay is no mark, as somebody decided; refuse where nobody did."""
    meaning = decided_meaning(outlines[0].words, words)
    if meaning is None:
        where = outlines[0].corners.box
        counted = "1 shape" if len(outlines) == 1 else f"{len(outlines)} shapes"
        raise BadInputError(
            f"{_named(group)}: expected figures, got a picture of {counted}, the first at "
            f"{where.x_px:g}, {where.y_px:g}, {where.width_px:g} x {where.height_px:g}. "
            f'{MAP_ADVICE}what they are: "{OVERLAY}" = "other", "left out" or a type'
        )
    return meaning is Meaning.LEFT_OUT


def _shapes(dataset: Dataset, group: int) -> Iterator[Outline]:
    """Return the connected shapes of a plane."""
    layer = dataset.get((group, _LAYER))
    name = str(layer.value) if layer is not None else ""
    if (group, _DATA) not in dataset:
        if name:
            raise BadInputError(f"{_named(group)}: expected its bits, got one that the image has")
        return
    try:
        plane = np.atleast_3d(dataset.overlay_array(group).T).T
    except (ValueError, AttributeError, NotImplementedError) as error:
        raise BadInputError(f"{_named(group)}: expected bits, got: {error}") from error
    origin = dataset.get((group, _ORIGIN))
    down, across = origin.value if origin is not None else (1, 1)
    said = (OVERLAY, *layer_words(dataset, name)) if name else (OVERLAY,)
    labelled, _ = ndimage.label(plane.any(axis=0), structure=_TOUCHING)
    for rows, columns in ndimage.find_objects(labelled):
        corners = Corners(
            float(columns.start + across - 1),
            float(rows.start + down - 1),
            float(columns.stop + across - 1),
            float(rows.stop + down - 1),
        )
        yield Outline(corners, said, 0, on_screen=False)


def _named(group: int) -> str:
    """Return an overlay plane by its group."""
    return f"overlay {group:04X}"
