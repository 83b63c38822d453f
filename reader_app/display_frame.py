"""What one pane shows now: codes kept until the picture moves, and their way to the screen."""

from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of device pixels; ends are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    def common(self, other: "Block") -> "Block":
        """Return what two blocks have in common; empty where its ends do not follow its starts."""
        return Block(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )


class PaneFrame:
    """Keeps what the frames of one pane have in common, and computes nothing twice."""

    def __init__(self) -> None:
        self._hanging: Hanging | None = None
        self._codes: PaneCodes | None = None
        self._memory: Codes = np.empty(0, dtype=np.uint16)

    def codes(self, hanging: Hanging) -> PaneCodes:
        """Return the codes that the pane shows; the next picture is written over them."""
        if self._codes is None or hanging != self._hanging:
            self._hanging, self._codes = hanging, hanging.resampled(self._memory)
            if self._codes.codes.size > self._memory.size:
                self._memory = self._codes.codes.ravel()
        return self._codes

    def forget(self) -> None:
        """Let go of the picture; the memory stays for the next one."""
        self._hanging = self._codes = None


def show_codes(
    shown: PaneCodes, table: Pixels, screen: Pixels, *, pane: Block, part: Block
) -> None:
    """Write the pixels of a pane's codes straight into the memory of the screen.

    Parameters
    ----------
    screen
        All of it, rows x columns.
    pane, part
        In device pixels of the screen: where the pane is, and what is to be written.
    """
    rows, columns = shown.codes.shape
    left, top = pane.left + shown.left, pane.top + shown.top
    whole = Block(0, 0, screen.shape[1], screen.shape[0])
    block = Block(left, top, left + columns, top + rows).common(part).common(pane).common(whole)
    if block.left < block.right and block.top < block.bottom:
        ends = block.top, block.bottom, block.left, block.right
        look_up(table, shown.codes, screen, (top, left), ends)


def pixels_of(shown: PaneCodes, table: Pixels) -> Pixels:
    """Return the pixels of a pane's codes as an array of their own."""
    rows, columns = shown.codes.shape
    pixels: Pixels = np.empty((rows, columns), dtype=np.uint32)
    look_up(table, shown.codes, pixels, (0, 0), (0, rows, 0, columns))
    return pixels
