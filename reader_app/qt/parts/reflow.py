"""Parts of a page that are laid out anew whenever there is another width for them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from reader_app.qt.parts.style import AROUND_PX

Arrange = Callable[[Sequence[QSize], int], tuple[QPoint, ...]]


def in_rows(sizes: Sequence[QSize], width_px: int) -> tuple[QPoint, ...]:
    """Return where parts stand one after another, in as few rows as the width allows.

    A part that is wider than all of the width has a row for itself.
    """
    places: list[QPoint] = []
    x = y = height = 0
    for size in sizes:
        if x and x + size.width() > width_px:
            x, y, height = 0, y + height + AROUND_PX, 0
        places.append(QPoint(x, y))
        x, height = x + size.width() + AROUND_PX, max(height, size.height())
    return tuple(places)


def beside_the_last(sizes: Sequence[QSize], width_px: int) -> tuple[QPoint, ...]:
    """Return a column of all parts but the last, and the last beside it; in rows where too wide."""
    *column, last = sizes
    right = max((size.width() + AROUND_PX for size in column), default=0)
    if right + last.width() > width_px:
        return in_rows(sizes, width_px)
    return (*in_rows(column, 0), QPoint(right, 0))


class Reflow(QWidget):
    """Parts that know their own size, arranged in the width there is."""

    def __init__(self, parts: Sequence[QWidget], arrange: Arrange = in_rows) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self._arrange = arrange
        for part in self._parts:
            part.setParent(self)

    def fit(self, width_px: int) -> None:
        """Arrange the parts in a width, and be as high as that takes."""
        sizes = [part.sizeHint() for part in self._parts]
        taken = QRect(0, 0, 0, 0)
        places = self._arrange(sizes, width_px)
        for part, size, place in zip(self._parts, sizes, places, strict=True):
            part.setGeometry(QRect(place, size))
            taken |= part.geometry()
        self.setFixedSize(taken.size())
