"""From stored codes to the pixels of the screen: one table of 65,536 entries does all of it.

Modality rescale or LUT, VOI window or LUT, MONOCHROME1 and the reader's own inversion fold into
one table over codes, so that a new window costs one table and one lookup a pixel. The highest code
is kept for air and is black in every table; a stored code of that value is shown as its neighbour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from reader_app.display.display_kernels import AIR, Pixels
from study_design.images.mammogram import Mammogram, VoiFunction, VoiWindow, window_of_table
from study_design.images.value_table import Values, ValueTable

CODES = 65536
WHITE = 255
OPAQUE_BLACK = 0xFF000000
GREY_TO_RGB = 0x00010101

Greys = NDArray[np.uint8]

# How far a drag must go to shift the window by its width, or to widen it e times.
DRAG_PX = 400.0
MIN_STRETCH, MAX_STRETCH = 0.02, 50.0


@dataclass(frozen=True, slots=True)
class Look:
    """How grey levels are shown, alike in all panes whatever vendor window each image brings.

    Attributes
    ----------
    window
        Number of the vendor window, counted on from the first and round again.
    shift
        How far the reader has moved the centre towards darker, in widths of the vendor window.
    stretch
        Times by which the reader has widened the window.
    inverted
        Whether the reader has swapped black and white.
    window_name
        The vendor window by its name, where the images on the screen bring different ones; an image
        without it shows its first. Empty where the number tells.
    """

    window: int = 0
    shift: float = 0.0
    stretch: float = 1.0
    inverted: bool = False
    window_name: str = ""

    def window_number(self, mammogram: Mammogram) -> int:
        """Return which of an image's vendor windows is in use, from 0."""
        if self.window_name:
            names = _window_names(mammogram)
            return names.index(self.window_name) if self.window_name in names else 0
        return self.window % len(mammogram.windows)

    def window_of(self, mammogram: Mammogram) -> VoiWindow:
        """Return the window for an image: the vendor's, moved and widened as the reader wants."""
        vendor = mammogram.windows[self.window_number(mammogram)]
        turns = (mammogram.low_is_bright, vendor.falls, self.inverted)
        darker = -1.0 if turns.count(True) % 2 else 1.0
        return replace(
            vendor,
            centre=vendor.centre + darker * self.shift * vendor.width,
            width=vendor.width * self.stretch,
        )

    def dragged(self, right_px: float, down_px: float) -> "Look":
        """Return the look after a drag: rightwards widens the window, upwards brightens."""
        stretch = self.stretch * math.exp(right_px / DRAG_PX)
        return replace(
            self,
            shift=self.shift + down_px / DRAG_PX,
            stretch=min(max(stretch, MIN_STRETCH), MAX_STRETCH),
        )

    def next_window(self, mammograms: Sequence[Mammogram]) -> "Look":
        """Return the look with the next vendor window as the vendor made it.

        Images with the same windows go through them by number. Where they differ, all go through
        the names that any of them has, so that one name is never shown beside another that both
        images have.
        """
        vendors = replace(self, shift=0.0, stretch=1.0)
        if len({_window_names(mammogram) for mammogram in mammograms}) <= 1:
            return replace(vendors, window=self.window + 1, window_name="")
        names = tuple(dict.fromkeys(name for m in mammograms for name in _window_names(m)))
        now = names.index(self.window_name) if self.window_name in names else 0
        return replace(vendors, window=0, window_name=names[(now + 1) % len(names)])

    def swapped(self) -> "Look":
        """Return the look with black and white swapped; the window itself stays where it is."""
        return replace(self, inverted=not self.inverted, shift=-self.shift)


def _window_names(mammogram: Mammogram) -> tuple[str, ...]:
    """Return the names of an image's vendor windows; one without a name goes by its number."""
    return tuple(
        window.explanation or f"window {number}"
        for number, window in enumerate(mammogram.windows, start=1)
    )


def lookup_table(mammogram: Mammogram, window: VoiWindow, *, inverted: bool) -> Greys:
    """Return the grey level of every code.

    Parameters
    ----------
    mammogram
        Gives offset, modality transformation and the meaning of low values.
    window
        Centre and width in rescaled values (PS3.3 C.11.2.1.2), or a VOI LUT (C.11.2.1.1).
    inverted
        The reader's own inversion, on top of MONOCHROME1; both come once, after the window.

    Returns
    -------
    uint8[65536]
        Rounded to the nearest level, halves to the even one; entry `AIR` is 0. Codes of more than
        `bits_stored`, which a mammogram does not hold, are shown as the highest.
    """
    used = 1 << mammogram.bits_stored
    stored = np.arange(used, dtype=np.float64) + mammogram.code_offset
    brightness = _brightness(mammogram.modality.outputs(stored), window)
    if mammogram.low_is_bright != inverted:
        brightness = 1.0 - brightness
    table = np.empty(CODES, dtype=np.uint8)
    table[:used] = np.rint(brightness * WHITE)
    table[used:] = table[used - 1]
    table[AIR] = 0
    return table


@lru_cache(maxsize=8)
def _shared_table(like: Mammogram, look: Look) -> Pixels:
    """Return the table of all mammograms that are alike in what concerns grey."""
    greys = lookup_table(like, look.window_of(like), inverted=look.inverted)
    return screen_table(greys)


def table_for(mammogram: Mammogram, look: Look) -> Pixels:
    """Return the pixel of the screen for every code; not to be written to.

    Panes that need the same table share it, as the four views of an exam do.
    """
    like = replace(mammogram, image="", case="", view=None, rows=0, columns=0, sha256="")
    return _shared_table(like, look)


def screen_table(greys: Greys) -> Pixels:
    """Return a table of grey levels as pixels of the screen, 0xFFRRGGBB.

    A surface of 30 bits takes entries of the same width, so it needs another table and no more.
    """
    return OPAQUE_BLACK + GREY_TO_RGB * greys.astype(np.uint32)


def _brightness(values: Values, window: VoiWindow) -> Values:
    """Return what a window makes of rescaled values, from 0 to 1."""
    if window.table is not None:
        return _by_table(values, window, window.table)
    return _VOI[window.function](values, window)


def _by_table(values: Values, window: VoiWindow, table: ValueTable) -> Values:
    """VOI LUT, PS3.3 C.11.2.1.1, spread over the window as it was moved and widened."""
    natural = window_of_table(table, "")
    inputs = natural.centre + (values - window.centre) * (natural.width / window.width)
    return table.outputs(inputs) / table.highest


def _linear(values: Values, window: VoiWindow) -> Values:
    """LINEAR, PS3.3 C.11.2.1.2.1; a width of 1 is a step at the centre - 0.5."""
    middle = window.centre - 0.5
    if window.width <= 1:
        return (values > middle).astype(np.float64)
    return np.clip((values - middle) / (window.width - 1) + 0.5, 0.0, 1.0)


def _linear_exact(values: Values, window: VoiWindow) -> Values:
    """LINEAR_EXACT, PS3.3 C.11.2.1.3.2."""
    return np.clip((values - window.centre) / window.width + 0.5, 0.0, 1.0)


def _sigmoid(values: Values, window: VoiWindow) -> Values:
    """SIGMOID, PS3.3 C.11.2.1.3.1, written so that no exponential overflows."""
    return 0.5 * (1.0 + np.tanh(2.0 * (values - window.centre) / window.width))


_VOI = {
    VoiFunction.LINEAR: _linear,
    VoiFunction.LINEAR_EXACT: _linear_exact,
    VoiFunction.SIGMOID: _sigmoid,
}
