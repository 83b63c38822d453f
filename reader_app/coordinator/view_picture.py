"""One view as a small picture for the coordinator's windows: hung, in the vendor's first window.

Pixels are shown with whatever stands in air, for that is where names and markers stand.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reader_app.display.display import lookup_table
from reader_app.display.display_hanging import hung_point
from study_design.geometry import Point
from study_design.images.found_text import FoundText, TextBox, TextVerdict
from study_design.images.image_store import load_mammogram, load_pixels
from study_design.images.mammogram import Mammogram
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class TextFrame:
    """Where text stands on a picture, as shares of its width and height; decided on or not."""

    left: float
    top: float
    width: float
    height: float
    verdict: TextVerdict


@dataclass(frozen=True, slots=True, eq=False)
class ViewPicture:
    """A view at a size that suits a window.

    Attributes
    ----------
    greys
        uint8, rows x columns, as it hangs; contiguous.
    """

    image: str
    greys: NDArray[np.uint8]
    frames: tuple[TextFrame, ...]


def view_picture(
    folder: StudyFolder, image: str, text: tuple[FoundText, ...], longest_px: int
) -> ViewPicture:
    """Return a view whose longer side has at most so many pixels.

    Raises
    ------
    ImageError
        Where the image is missing or damaged.
    """
    mammogram = load_mammogram(folder, image)
    codes = load_pixels(folder, mammogram).codes
    step = max(1, math.ceil(max(codes.shape) / longest_px))
    table = lookup_table(mammogram, mammogram.windows[0], inverted=False)
    greys = table[_shrunk(codes.T if mammogram.transposed else codes, step)]
    greys = greys[
        :: -1 if mammogram.flip_vertical else 1, :: -1 if mammogram.flip_horizontal else 1
    ]
    frames = tuple(_frame(mammogram, found.box, found.verdict) for found in text)
    return ViewPicture(image, np.ascontiguousarray(greys), frames)


def _shrunk(codes: NDArray[np.uint16], step: int) -> NDArray[np.uint16]:
    """Return the mean of every block of pixels, of four samples a block; rims are cut."""
    if step == 1:
        return codes
    rows, columns = (size // step * step for size in codes.shape)
    whole = codes[:rows, :columns]
    half = step // 2
    total = np.zeros((rows // step, columns // step), dtype=np.uint32)
    for down, right in ((0, 0), (0, half), (half, 0), (half, half)):
        total += whole[down::step, right::step]
    return (total // 4).astype(np.uint16)


def _frame(mammogram: Mammogram, box: TextBox, verdict: TextVerdict) -> TextFrame:
    """Return where a box of stored pixels hangs."""
    one = hung_point(mammogram, Point(box.x_px, box.y_px))
    other = hung_point(mammogram, Point(box.x_px + box.width_px, box.y_px + box.height_px))
    columns, rows = mammogram.columns_hung, mammogram.rows_hung
    return TextFrame(
        left=min(one.x_hung, other.x_hung) / columns,
        top=min(one.y_hung, other.y_hung) / rows,
        width=abs(one.x_hung - other.x_hung) / columns,
        height=abs(one.y_hung - other.y_hung) / rows,
        verdict=verdict,
    )
