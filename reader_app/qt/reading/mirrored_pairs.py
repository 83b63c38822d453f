"""Left and right of one projection move as mirror images, at one zoom, while the reader wants it.

CC never moves with MLO: no place of one corresponds to a place of the other.
"""

from collections.abc import Mapping
from functools import partial

from reader_app.qt.reading.viewport import Viewport
from study_design.vocabulary import Side, View


class MirroredPairs:
    """The panes of an exam in pairs, together from the start.

    Hanging lays pairs out as mirror images anyway; so a pane that is not seen may follow too.
    """

    def __init__(self, panes: Mapping[View, Viewport]) -> None:
        self._panes = panes
        self._together = True
        self._moved_last = {view.projection: view for view in panes if view.side is Side.RIGHT}
        for view, pane in panes.items():
            pane.hung.moved.connect(partial(self._note_moved, view))

    @property
    def together(self) -> bool:
        """Whether a move of one breast's picture moves the other's."""
        return self._together

    def toggle(self) -> None:
        """Let pairs move together or each picture alone.

        What has been moved apart comes together at once, where the reader moved last.
        """
        self._together = not self._together
        for view in self._moved_last.values():
            self._lead(view)

    def _note_moved(self, view: View) -> None:
        """Remember who leads, and let the other breast follow."""
        self._moved_last[view.projection] = view
        self._lead(view)

    def _lead(self, view: View) -> None:
        """Let the other breast follow a view, if pairs move together."""
        lead = self._panes[view].hung.hanging
        if self._together and lead is not None:
            other = Side.LEFT if view.side is Side.RIGHT else Side.RIGHT
            self._panes[View.of(other, view.projection)].hung.follow(lead)
