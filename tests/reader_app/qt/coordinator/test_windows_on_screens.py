"""Every desk window fits a small laptop, also enlarged, and large screens."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize

from reader_app.qt.parts.screen_fit import FRAME, fitting

FILE = Path(__file__).with_name("windows_on_screen.py")


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [(1366, 768, "1"), (1366, 768, "1.5"), (1920, 1080, "1"), (3840, 2160, "2")],
)
def test_the_windows_fit_a_screen(
    run_on_screen: Callable[..., None], width: int, height: int, scale: str
) -> None:
    run_on_screen(FILE, width, height, select="fit", QT_SCALE_FACTOR=scale)


@pytest.mark.parametrize("wanted", [QSize(1600, 900), QSize(300, 200), QSize(200, 3000)])
@pytest.mark.parametrize("room", [QRect(0, 0, 1366, 728), QRect(1920, 40, 911, 472)])
def test_a_window_lies_inside_the_room_of_its_screen(wanted: QSize, room: QRect) -> None:
    place = fitting(wanted, room)
    assert room.contains(place.marginsAdded(FRAME))
    assert place.size() == wanted.boundedTo(place.size())
    assert place.width() == min(wanted.width(), room.width() - FRAME.left() - FRAME.right())
