"""What one pane shows now: codes kept until the picture moves, pixels until the look changes."""

from dataclasses import dataclass

import numpy as np

from reader_app.display import Look, lookup_table, screen_table
from reader_app.display_hanging import PaneSize, Placement
from reader_app.display_kernels import Codes, Pixels, look_up
from reader_app.display_pyramid import PaneCodes, Picture, resample


@dataclass(frozen=True, slots=True)
class Hanging:
    """A picture (the same object, not an equal one) where it hangs in a pane of a size."""

    picture: Picture
    placement: Placement
    pane: PaneSize

    def resampled(self, memory: Codes | None = None) -> PaneCodes:
        """Return the codes that the pane shows, in this memory if it is large enough."""
        return resample(self.picture, self.placement, self.pane, memory)


@dataclass(frozen=True, slots=True, eq=False)
class PanePixels:
    """Pixels of the screen, 0xFFRRGGBB, and where in the pane the first is; beside it is black.

    The next frame of the pane is written over them.
    """

    left: int
    top: int
    pixels: Pixels


class PaneFrame:
    """Makes the frames of one pane and computes nothing twice."""

    def __init__(self) -> None:
        self._hanging: Hanging | None = None
        self._look: Look | None = None
        self._codes: PaneCodes | None = None
        self._code_memory: Codes = np.empty(0, dtype=np.uint16)
        self._pixel_memory: Pixels = np.empty(0, dtype=np.uint32)

    def pixels(self, hanging: Hanging, look: Look) -> PanePixels:
        """Return what the pane shows."""
        if self._codes is None or hanging != self._hanging:
            self._hanging, self._look = hanging, None
            self._codes = hanging.resampled(self._code_memory)
        shown = self._pixels_of(self._codes)
        if look != self._look:
            self._look = look
            mammogram = hanging.picture.mammogram
            greys = lookup_table(mammogram, look.window_of(mammogram), inverted=look.inverted)
            look_up(screen_table(greys), self._codes.codes, shown.pixels)
        return shown

    def forget(self) -> None:
        """Let go of the picture; the memory stays for the next one."""
        self._hanging = self._codes = None

    def _pixels_of(self, codes: PaneCodes) -> PanePixels:
        """Return where the pixels for these codes lie; make room for the largest frame so far."""
        size = codes.codes.size
        if self._pixel_memory.size < size:
            self._pixel_memory = np.empty(size, dtype=np.uint32)
            self._code_memory = np.empty(size, dtype=np.uint16)
        return PanePixels(
            codes.left, codes.top, self._pixel_memory[:size].reshape(codes.codes.shape)
        )
