"""What one pane shows now: codes kept until the picture moves, and their way to the screen."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reader_app.display.display_hanging import (
    CommonScale,
    PaneSize,
    Placement,
    common_scale,
    hang,
)
from reader_app.display.display_kernels import Codes, Pixels, look_up
from reader_app.display.display_pyramid import FirstFrame, PaneCodes, Picture, resample
from study_design.images.mammogram import Mammogram
from study_design.vocabulary import View

PaneSizes = Mapping[View, PaneSize]


@dataclass(frozen=True, slots=True)
class Hanging:
    """A picture (the same object, not an equal one) where it hangs in a pane of a size."""

    picture: Picture
    placement: Placement
    pane: PaneSize

    def resampled(self, memory: Codes | None = None) -> PaneCodes:
        """Return the codes that the pane shows, in this memory if it is large enough."""
        return resample(self.picture, self.placement, self.pane, memory)

    @property
    def known(self) -> PaneCodes | None:
        """The codes that the pane shows, where they were resampled before the case opened."""
        first = self.picture.first_frame
        if first is None or (first.placement, first.pane) != (self.placement, self.pane):
            return None
        return first.codes


def hung(picture: Picture, pane: PaneSize, scale: CommonScale) -> Hanging:
    """Return a picture as it hangs in a pane at the scale that all panes share."""
    placement = hang(picture.mammogram, picture.chest_wall_hung, pane=pane, scale=scale)
    return Hanging(picture, placement.kept_in(picture.mammogram, pane), pane)


def scale_of_panes(mammograms: Sequence[Mammogram], panes: Collection[PaneSize]) -> CommonScale:
    """Return the largest scale at which each of the mammograms fits into the smallest pane."""
    smallest = PaneSize(min(pane.width for pane in panes), min(pane.height for pane in panes))
    return common_scale(mammograms, smallest)


def ready_to_open(pictures: Sequence[Picture], panes: PaneSizes) -> tuple[Picture, ...]:
    """Return the pictures of a case with all that its panes show first, for the background to do.

    Parameters
    ----------
    panes
        Of the views that are seen when a case opens; a picture of another view stays as it is.
    """
    seen = [picture.mammogram for picture in pictures if picture.mammogram.view in panes]
    if not seen:
        return tuple(pictures)
    scale = scale_of_panes(seen, panes.values())
    ready = []
    for picture in pictures:
        view = picture.mammogram.view
        if view is not None and view in panes:
            hanging = hung(picture, panes[view], scale)
            first = FirstFrame(hanging.placement, hanging.pane, hanging.resampled())
            ready.append(replace(picture, first_frame=first))
        else:
            ready.append(picture)
    return tuple(ready)


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
        """Return the codes that the pane shows; the next hanging may be written over them."""
        if self._codes is None or hanging != self._hanging:
            self._hanging, self._codes = hanging, hanging.known or self._resampled(hanging)
        return self._codes

    def forget(self) -> None:
        """Let go of the picture; the memory stays for the next one."""
        self._hanging = self._codes = None

    def _resampled(self, hanging: Hanging) -> PaneCodes:
        """Resample into the pane's memory, or into larger memory that is the pane's from now on."""
        shown = hanging.resampled(self._memory)
        if shown.codes.size > self._memory.size:
            self._memory = shown.codes.ravel()
        return shown


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
