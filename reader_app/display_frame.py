"""What one pane shows now: codes kept until the picture moves, pixels until the look changes."""

from dataclasses import dataclass

import numpy as np

from reader_app.display import Look, lookup_table, screen_table
from reader_app.display_hanging import PaneSize, Placement
from reader_app.display_kernels import Pixels, look_up
from reader_app.display_pyramid import PaneCodes, Picture, resample


@dataclass(frozen=True, slots=True)
class Hanging:
    """A picture (the same object, not an equal one) where it hangs in a pane of a size."""

    picture: Picture
    placement: Placement
    pane: PaneSize

    def resampled(self) -> PaneCodes:
        """Return the codes that the pane shows; may be called in the background."""
        return resample(self.picture, self.placement, self.pane)


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
        self._memory = np.empty(0, dtype=np.uint32)

    def pixels(self, hanging: Hanging, look: Look) -> PanePixels:
        """Return what the pane shows."""
        if self._codes is None or hanging != self._hanging:
            self._hanging, self._look = hanging, None
            self._codes = hanging.resampled()
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
        """Return where the pixels for these codes lie: always in the same memory if it is enough.

        Fresh memory for each frame would cost as much as the lookup, page by page.
        """
        size = codes.codes.size
        if self._memory.size < size:
            self._memory = np.empty(size, dtype=np.uint32)
        return PanePixels(codes.left, codes.top, self._memory[:size].reshape(codes.codes.shape))
